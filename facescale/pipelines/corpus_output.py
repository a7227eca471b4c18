"""How the corpus commands talk: tables and progress on a terminal, rows into a file. Knows nothing of scans."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import pyarrow as pa

_BATCH = 2000


def readable_size(count: int) -> str:
    """Bytes in decimal units."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004 - decimal units
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def print_table(heads: Iterable[str], rows: Iterable[tuple[str, ...]], *, right: tuple[int, ...] = ()) -> None:
    """A rich table; names from files are text, never markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


class progress:  # noqa: N801 - reads as a statement
    """A count on a terminal's stderr, nothing elsewhere; entering gives the function that advances it."""

    def __init__(self, name: str, *, total: int | None = None, quiet: bool = False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        columns = (TextColumn(name), SpinnerColumn() if total is None else BarColumn(), MofNCompleteColumn())
        console = Console(stderr=True)
        self._bar = Progress(
            *columns, console=console, transient=True, disable=quiet or not console.is_terminal
        )
        self._task = self._bar.add_task(name, total=total)

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        return lambda: self._bar.advance(self._task)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class RowFile:
    """Rows into a .parquet or .jsonl file; nothing is written unless the `with` ends well.

    Args:
        uri: its address, local or s3://; empty writes nothing.
        schema: types of the rows.
    """

    def __init__(self, uri: str, schema: pa.Schema) -> None:
        self._uri = uri
        self._schema = schema
        self._rows: list[Mapping[str, Any]] = []
        self._batches: list[pa.RecordBatch] = []

    def __enter__(self) -> Self:
        return self

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row."""
        if self._uri:
            self._rows.append(row)
            if len(self._rows) == _BATCH:
                self._pack()

    def __exit__(self, kind: object, *_: object) -> None:
        if not self._uri or kind is not None:
            return
        from facescale.corpora.files import write_bytes

        self._pack()
        table = pa.Table.from_batches(self._batches, self._schema)
        write_bytes(self._uri, _as_jsonl(table) if self._uri.endswith(".jsonl") else _as_parquet(table))

    def _pack(self) -> None:
        """Columns take a tenth of the memory of rows."""
        self._batches.append(pa.RecordBatch.from_pylist(self._rows, self._schema))
        self._rows = []


def _as_jsonl(table: pa.Table) -> bytes:
    lines = (json.dumps(row, sort_keys=True) for batch in table.to_batches(_BATCH) for row in batch.to_pylist())
    return "".join(f"{line}\n" for line in lines).encode()


def _as_parquet(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()
