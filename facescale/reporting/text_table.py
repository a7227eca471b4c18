"""A table of cells that are texts already, as Markdown and as LaTeX. Knows nothing of what it tells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_TEX: Mapping[str, str] = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\N{EN DASH}": "--",
    "\N{NO-BREAK SPACE}": "~",
}


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table that is ready to be written."""

    title: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    """Columns that are set to the right."""
    best: frozenset[tuple[int, int]] = frozenset()
    """Row and column of the cells that are set off."""
    notes: tuple[str, ...] = ()
    """Sentences below the table."""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.heads)]
        if wrong:
            raise ValueError(f"expected {len(self.heads)} cells a row, got {wrong[0]}")


def to_markdown(table: TextTable) -> str:
    """GitHub's kind of table, with title, caption and notes."""
    rule = ["---:" if k in table.right else "---" for k in range(len(table.heads))]
    lines = [f"## {table.title}", "", _line(_plain(h) for h in table.heads), _line(rule)]
    for number, row in enumerate(table.rows):
        marked = (f"**{_plain(c)}**" if (number, k) in table.best else _plain(c) for k, c in enumerate(row))
        lines.append(_line(marked))
    lines += ["", table.caption]
    lines += ["", *(f"- {' '.join(note.split())}" for note in table.notes)] if table.notes else []
    return "\n".join(lines) + "\n"


def to_latex(table: TextTable) -> str:
    """A floating table that needs the package booktabs."""
    columns = "".join("r" if k in table.right else "l" for k in range(len(table.heads)))
    lines = [
        r"\begin{table*}",
        r"\centering",
        rf"\caption{{{_tex(table.title)}. {_tex(table.caption)}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(_tex(head) for head in table.heads) + r" \\",
        r"\midrule",
    ]
    for number, row in enumerate(table.rows):
        cells = [
            rf"\textbf{{{_tex(cell)}}}" if (number, k) in table.best else _tex(cell)
            for k, cell in enumerate(row)
        ]
        lines.append(" & ".join(cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}", r"\end{table*}"]
    return "\n".join([*lines, *(f"% {' '.join(note.split())}" for note in table.notes)]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)
