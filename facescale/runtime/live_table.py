"""Shows a run's progress: a table that stays on a terminal, one plain line a minute elsewhere.

Knows nothing of where the numbers come from.
"""

import io
import sys
import typing
from collections.abc import Mapping
from typing import Any

_LINE_S = 60.0
_MINUTE = 60.0
_HOUR = 3600.0

Row = Mapping[str, Any]


def plain_line(stage: str, row: Row) -> str:
    """Return one line for a log."""
    counts = ", ".join(
        f"{row[name]} {name}" for name in ("done", "rejected", "failed", "quarantined") if row[name]
    )
    finished = row["total"] - row["pending"]
    parts = [f"{stage}: {finished}/{row['total']}", counts or "nothing yet"]
    if row["rate_per_s"]:
        parts.append(f"{_rate(row['rate_per_s'])}, {_seconds(row['p50_s'])} p50, {_seconds(row['p95_s'])} p95")
    if row["eta_s"] is not None:
        parts.append(f"{_span(row['eta_s'])} to go")
    trouble = [f"{row[name]} {words}" for name, words in _TROUBLE if row[name]]
    return "; ".join(parts + trouble)


_TROUBLE = (("redone", "redone"), ("lost_workers", "workers lost"), ("deaths", "children died"))


@typing.final
class LiveTable:
    """A context manager; call `show` as often as you like."""

    def __init__(self, stage: str, stream: io.TextIOBase | None = None) -> None:
        self._stage = stage
        self._stream: Any = sys.stderr if stream is None else stream
        self._live: Any = None
        self._last_line = float("-inf")

    def __enter__(self) -> "LiveTable":
        if self._stream.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(file=self._stream)
            self._live = Live(console=console, auto_refresh=False, transient=False)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, row: Row, now: float, *, last: bool = False) -> None:
        """Show a row of `Progress.table`.

        Args:
            row: the row.
            now: seconds on a monotonic clock.
            last: the run is over.
        """
        if self._live is not None:
            self._live.update(_table(self._stage, row), refresh=True)
        elif last or now - self._last_line >= _LINE_S:
            self._last_line = now
            print(plain_line(self._stage, row), file=self._stream, flush=True)

    def say(self, text: str) -> None:
        """Print a message above the table."""
        if self._live is not None:
            self._live.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self._stream, flush=True)


def _table(stage: str, row: Row) -> Any:
    from rich.table import Table

    columns = {
        "stage": stage,
        "items": f"{row['total'] - row['pending']}/{row['total']}",
        "done": str(row["done"]),
        "rejected": str(row["rejected"]),
        "failed": str(row["failed"]),
        "quarantined": str(row["quarantined"]),
        "rate": _rate(row["rate_per_s"]),
        "p50": _seconds(row["p50_s"]),
        "p95": _seconds(row["p95_s"]),
        "to go": _span(row["eta_s"]),
    }
    trouble = ", ".join(f"{row[name]} {words}" for name, words in _TROUBLE if row[name])
    # Without lines and at one blank between columns, it fits into 80.
    table = Table(box=None, padding=(0, 1, 0, 0), caption=trouble or None, caption_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name == "stage" else "right", no_wrap=True)
    table.add_row(*columns.values())
    return table


def _rate(a_second: float | None) -> str:
    if not a_second:
        return "-"
    if a_second >= 1.0:
        return f"{a_second:.1f}/s"
    return f"{a_second * _MINUTE:.1f}/min" if a_second * _MINUTE >= 1.0 else f"{a_second * _HOUR:.1f}/h"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}s"


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    hours, rest = divmod(whole, int(_HOUR))
    minutes, left = divmod(rest, int(_MINUTE))
    return f"{hours}h{minutes:02d}m" if hours else f"{minutes}m{left:02d}s"
