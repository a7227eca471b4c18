"""The table of all items of a report: which columns, in which order, as which cells. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facescale.reporting import columns, numbers
from facescale.structures.outcome import Status

_LONG = 140


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a page's table."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a page's table."""

    text: str
    kind: str = ""
    """CSS classes."""
    value: float | None = None
    """What it is sorted by, for numbers."""
    status: str = ""
    """Class of a coloured mark before the text."""
    title: str = ""
    """Shown when pointed at."""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row of a page's table."""

    status: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """A table that can be sorted and filtered."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    statuses: tuple[str, ...] = ()
    """What the rows can be filtered by."""
    left_out: str = ""
    """Says so where not all rows are shown."""


def number_cell(value: object, text: Callable[[object], str]) -> Cell:
    """A right-aligned number, absent ones included."""
    return Cell(text=text(value), kind="n", value=numbers.number(value))


def text_cell(value: object) -> Cell:
    """A text, cut where it is long; all of it shows when pointed at."""
    text = numbers.ABSENT if value is None or value == "" else str(value)
    if len(text) <= _LONG // 3:
        return Cell(text=text)
    return Cell(text=text[:_LONG], kind="long", title=text[:1000])


_NUMBERS: tuple[tuple[str, str, Callable[[object], str]], ...] = (
    (columns.FIT, "face, mm", numbers.millimetres),
    (columns.MEAN_HEAD, "mean head, mm", numbers.millimetres),
    ("face_scan_to_mesh_median_mm", "median, mm", numbers.millimetres),
    ("face_scan_to_mesh_p90_mm", "p90, mm", numbers.millimetres),
    ("face_vertex_error_mean_mm", "true error, mm", numbers.millimetres),
    (columns.LANDMARKS, "landmarks, %", numbers.millimetres),
    (columns.MEAN_HEAD_LANDMARKS, "mean head's, %", numbers.millimetres),
    (columns.COVERAGE, "coverage", numbers.share),
)


def item_table(rows: Sequence[Mapping[str, Any]], *, max_rows: int) -> PageTable:
    """Lay out items: what did not succeed first, then from the worst fit to the best.

    Args:
        rows: as `columns.rows_of` gives them.
        max_rows: the table says how many it leaves out.
    """
    figures = [entry for entry in _NUMBERS if columns.present(rows, entry[0])]
    timed = any(columns.seconds_of(row) is not None for row in rows)
    texts = [(name, name) for name in ("subject", "unit") if columns.present(rows, name)]
    heads = [Column(label="item"), Column(label="status"), Column(label="reason")]
    heads += [Column(label=label) for _, label in texts]
    heads += [Column(label=label, numeric=True) for _, label, _ in figures]
    heads += [Column(label="seconds", numeric=True)] if timed else []
    shown = sorted(rows, key=_order)[:max_rows]
    body = []
    for row in shown:
        status = str(row.get("status") or Status.PENDING.value)
        cells = [text_cell(row.get("item")), Cell(text=status, status=status), text_cell(row.get("reason"))]
        cells += [text_cell(row.get(name)) for name, _ in texts]
        cells += [number_cell(row.get(name), form) for name, _, form in figures]
        if timed:
            cells.append(number_cell(columns.seconds_of(row), lambda x: numbers.seconds(x).removesuffix(" s")))
        body.append(TableRow(status=status, cells=tuple(cells)))
    left_out = ""
    if len(rows) > len(shown):
        left_out = (
            f"{len(shown):,} of {len(rows):,} items: what did not succeed, then the worst. "
            "All are in results/table.parquet."
        )
    present = {row.status for row in body}
    statuses = tuple(status.value for status in Status if status.value in present)
    return PageTable(columns=tuple(heads), rows=tuple(body), statuses=statuses, left_out=left_out)


_FIRST = (Status.QUARANTINED, Status.FAILED, Status.REJECTED, Status.DONE, Status.PENDING)


def _order(row: Mapping[str, Any]) -> tuple[int, float, str]:
    status = row.get("status") or Status.PENDING.value
    error = numbers.number(row.get(columns.FIT))
    return (
        [s.value for s in _FIRST].index(status),
        -(error if error is not None else -1.0),
        str(row.get("item", "")),
    )
