"""`facescale corpus layouts`: which layouts there are, and the options of one."""

import inspect
import re
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from facescale.corpora.layouts import LAYOUTS, find_layout
from facescale.pipelines.corpus_output import print_table


@dataclass(frozen=True, kw_only=True)
class LayoutsConfig:
    """What is asked of the list of layouts."""

    corpus: str = ""
    """A layout whose options are wanted; empty: all layouts."""

    def __post_init__(self) -> None:
        if self.corpus:
            find_layout(self.corpus)


def list_layouts(config: LayoutsConfig) -> int:
    """Print all layouts, or the options of one; returns exit status 0."""
    if not config.corpus:
        found = [find_layout(name) for name in LAYOUTS]
        takes = {"scan": "register", "views": "reconstruct"}
        rows = [(one.name, takes[one.holds], one.title) for one in found]
        print_table(("layout", "for", "what it is"), rows)
        return 0
    layout = find_layout(config.corpus)
    print(f"{layout.name}: {layout.title}")
    print(f"licence: {layout.licence or 'yours: it reads your own files'}\n")
    print_table(("option", "default", "what it says"), option_rows(layout.options))
    return 0


def option_rows(kind: type[Any]) -> list[tuple[str, str, str]]:
    """Name, default and documentation of every option of a layout."""
    said = _documented(kind)
    rows = []
    for field in fields(kind):
        default = field.default if field.default is not MISSING else "needed"
        hint = get_type_hints(kind)[field.name]
        words = getattr(hint, "__args__", ()) if getattr(hint, "__origin__", None) is not tuple else ()
        listed = " | ".join(str(word) for word in words if isinstance(word, str))
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        rows.append((field.name, shown, said.get(field.name, "") + (f" ({listed})" if listed else "")))
    return rows


def _documented(kind: type[Any]) -> dict[str, str]:
    """The text under each field of a dataclass and of those that it extends, in one line."""
    said: dict[str, str] = {}
    for part in reversed(kind.__mro__[:-1]):
        found = re.findall(
            r'^    (\w+):[^\n]*\n    """(.*?)"""', inspect.getsource(part), re.DOTALL | re.MULTILINE
        )
        said |= {name: " ".join(text.split()) for name, text in found}
    return said
