"""How the corpus commands talk: tables and progress on a terminal, rows into a file. Knows nothing of scans."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def progress(name: str, *, total: int | None = None, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Count on a terminal's stderr, nothing elsewhere; gives the function that counts one more."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (TextColumn(name), SpinnerColumn() if total is None else BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def row_file(uri: str, schema: pa.Schema) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Collect rows for a .parquet or .jsonl file; it is written only where the `with` ends well.

    Args:
        uri: its address, local or s3://; empty writes nothing.
        schema: types of the rows.

    Yields:
        The function that adds one row.
    """
    rows: list[Mapping[str, Any]] = []
    batches: list[pa.RecordBatch] = []

    def pack() -> None:
        # Columns take a tenth of the memory of rows.
        batches.append(pa.RecordBatch.from_pylist(rows, schema))
        rows.clear()

    def add(row: Mapping[str, Any]) -> None:
        if uri:
            rows.append(row)
            if len(rows) == _BATCH:
                pack()

    yield add
    if uri:
        from facescale.corpora.files import write_bytes

        pack()
        table = pa.Table.from_batches(batches, schema)
        write_bytes(uri, _as_jsonl(table) if uri.endswith(".jsonl") else _as_parquet(table))


def _as_jsonl(table: pa.Table) -> bytes:
    lines = (json.dumps(row, sort_keys=True) for batch in table.to_batches(_BATCH) for row in batch.to_pylist())
    return "".join(f"{line}\n" for line in lines).encode()


def _as_parquet(table: pa.Table) -> bytes:
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()
