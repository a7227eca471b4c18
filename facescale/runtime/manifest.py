"""The manifest of one OUT: one row an item, made before anything runs. Knows nothing of outcomes or of Ray.

It never holds pixels or vertices, only where they are and how large.
"""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import, where pyright cannot see them.

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomli_w

from facescale.runtime.storage import Storage
from facescale.structures.formats import check_format
from facescale.structures.item import InputFile, Item, item_key

PATH = "manifest.parquet"
CONFIG_PATH = "config.toml"
FORMAT_VERSION = 1
_FORMAT = b"facescale_format"
_BATCH = 8192
_NAMED = 5

SCHEMA = pa.schema([
    pa.field("key", pa.string(), nullable=False),
    pa.field("corpus", pa.string(), nullable=False),
    pa.field("item", pa.string(), nullable=False),
    pa.field("subject", pa.string(), nullable=False),
    pa.field("sequence", pa.string(), nullable=False),
    pa.field(
        "inputs",
        pa.list_(
            pa.struct([
                ("role", pa.string()),
                ("uri", pa.string()),
                ("path", pa.string()),
                ("size", pa.int64()),
                ("digest", pa.string()),
            ])
        ),
        nullable=False,
    ),
    pa.field("size", pa.int64(), nullable=False),
    pa.field("attributes", pa.map_(pa.string(), pa.string()), nullable=False),
    pa.field("cost", pa.float64(), nullable=False),
])  # fmt: skip
"""`cost` is in whatever unit the pipeline estimates in: only ratios count. The others are `Item`'s."""


@dataclass(frozen=True, kw_only=True)
class MergeReport:
    """What a rerun found against the manifest that stands."""

    added: int = 0
    kept: int = 0
    vanished: tuple[str, ...] = ()
    """Items of the manifest that the corpus no longer has: their rows and results stay."""
    changed: tuple[str, ...] = ()
    """Items whose inputs are others now: the new row is added, the old one and its result stay."""

    def __str__(self) -> str:
        text = f"manifest: {self.added} rows added, {self.kept} kept"
        if self.changed:
            text += f"; inputs changed, so done again beside the old result: {_some(self.changed)}"
        if self.vanished:
            text += f"; inputs vanished, rows kept: {_some(self.vanished)}"
        return text


def build_manifest(
    items: Iterable[Item],
    *,
    method: Mapping[str, Any],
    assets: Mapping[str, str],
    method_version: int,
    cost: Callable[[Item], float] = lambda item: float(item.size),
) -> pa.Table:
    """Name every item by its key and lay the items out as a table, streaming.

    Args:
        items: the items of one or several corpora, in the order that the manifest keeps.
        method: see `item_key`; JSON-able.
        assets: see `item_key`.
        method_version: see `item_key`.
        cost: estimated cost of an item, in any unit; bytes unless told.

    Raises:
        ValueError: two items share an id, or a cost is not a positive finite number.
    """
    seen: dict[tuple[str, str], str] = {}
    batches = []
    rows: list[dict[str, Any]] = []
    for item in items:
        first = item.inputs[0].path if item.inputs else ""
        name = (item.corpus, item.item)
        if name in seen:
            twin = seen[name]
            raise ValueError(
                f"expected every item to have its own id, but {item.item!r} names both {twin!r} and {first!r}"
            )
        seen[name] = first
        row = to_row(item)
        row["key"] = item_key(item, method=method, assets=assets, method_version=method_version)
        row["cost"] = float(cost(item))
        if not 0.0 <= row["cost"] < float("inf"):
            raise ValueError(f"expected a finite cost >= 0 for {item.item!r}, got {row['cost']}")
        rows.append(row)
        if len(rows) == _BATCH:
            batches.append(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))
            rows = []
    if rows:
        batches.append(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def to_row(item: Item) -> dict[str, Any]:
    """Return the columns of an item; key and cost are the manifest's to add."""
    return {
        "corpus": item.corpus,
        "item": item.item,
        "subject": item.subject,
        "sequence": item.sequence,
        "inputs": [vars(file) for file in item.inputs],
        "size": item.size,
        "attributes": list(item.attributes.items()),
    }


def to_item(row: Mapping[str, Any]) -> Item:
    """Read one row of the manifest, as `Table.to_pylist` or Ray Data gives it."""
    attributes = row["attributes"]
    return Item(
        corpus=row["corpus"],
        item=row["item"],
        subject=row["subject"],
        sequence=row["sequence"],
        inputs=tuple(InputFile(**file) for file in row["inputs"]),
        attributes=dict(attributes.items() if isinstance(attributes, Mapping) else attributes),
    )


def items_of(manifest: pa.Table) -> Iterator[tuple[str, Item]]:
    """Return key and item of every row, in order, streaming."""
    for batch in manifest.to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            yield row["key"], to_item(row)


def merge_manifest(standing: pa.Table | None, found: pa.Table) -> tuple[pa.Table, MergeReport]:
    """Join what the corpus holds now to the manifest that stands; no row is ever dropped.

    Rows keep their place. A row whose key stands already takes over the new addresses, since a corpus may
    have moved; everything that enters the key is equal by construction.
    """
    if standing is None:
        return found, MergeReport(added=found.num_rows)
    place = pc.index_in(standing["key"], value_set=found["key"].combine_chunks())
    gone = pc.is_null(place)
    lost = standing.filter(gone)
    now = set(zip(found["corpus"].to_pylist(), found["item"].to_pylist(), strict=True))
    names = list(zip(lost["corpus"].to_pylist(), lost["item"].to_pylist(), strict=True))
    added = found.filter(pc.invert(pc.is_in(found["key"], value_set=standing["key"].combine_chunks())))
    # Row by row the new address where there is one, the old row where there is none.
    both = pa.concat_tables([found, standing])
    own = pa.array(range(found.num_rows, both.num_rows), pa.int64())
    merged = both.take(pc.if_else(gone, own, place.cast(pa.int64())))
    report = MergeReport(
        added=added.num_rows,
        kept=standing.num_rows,
        vanished=tuple(item for corpus, item in names if (corpus, item) not in now),
        changed=tuple(item for corpus, item in names if (corpus, item) in now),
    )
    return pa.concat_tables([merged, added]).combine_chunks(), report


def save_manifest(storage: Storage, manifest: pa.Table) -> None:
    """Write manifest.parquet atomically."""
    storage.write(PATH, to_parquet(manifest, FORMAT_VERSION))


def load_manifest(storage: Storage) -> pa.Table | None:
    """Read manifest.parquet, None where OUT has none.

    Raises:
        NewerFormat: a later version wrote it.
        ValueError: the file is no manifest.
    """
    try:
        table = pq.read_table(BytesIO(storage.read(PATH)))
    except FileNotFoundError:
        return None
    except pa.ArrowInvalid as error:
        raise ValueError(f"expected a parquet table at {storage.uri}/{PATH}: {error}") from error
    check_format(f"a manifest at {storage.uri}/{PATH}", format_of(table), FORMAT_VERSION)
    if table.column_names != SCHEMA.names:
        raise ValueError(
            f"expected the columns {SCHEMA.names} in {storage.uri}/{PATH}, got {table.column_names}"
        )
    return table.cast(SCHEMA)


def format_of(table: pa.Table) -> int | str:
    """Return the version that a table says it has; 1 where it says nothing."""
    said = (table.schema.metadata or {}).get(_FORMAT)
    return said.decode() if said else 1


def to_parquet(table: pa.Table, version: int = 1) -> bytes:
    """Serialise a table and say which format it has."""
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _FORMAT: str(version).encode()})
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def claim_config(storage: Storage, config: Mapping[str, Any], *, may_differ: Collection[str] = ()) -> None:
    """Make OUT belong to one resolved config, or check that it already belongs to this one.

    Args:
        storage: OUT.
        config: nested plain values; None is left out, since TOML has none.
        may_differ: dotted names ("run.workers") that change no result and so may change between runs.

    Raises:
        ValueError: OUT belongs to another config; says which lines differ.
    """
    text = tomli_w.dumps(_plain(config))
    if storage.create(CONFIG_PATH, text.encode()):
        return
    import tomllib

    try:
        standing = tomllib.loads(storage.read(CONFIG_PATH).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"expected TOML in {storage.uri}/{CONFIG_PATH}: {error}") from error
    ours, theirs = (_lines(value, may_differ) for value in (_plain(config), standing))
    if ours != theirs:
        diff = difflib.unified_diff(theirs, ours, f"{storage.uri}/{CONFIG_PATH}", "this run", n=0, lineterm="")
        changes = [line for line in diff if not line.startswith("@@")]
        raise ValueError(
            f"expected the config that {storage.uri} was started with, got another one; "
            "choose another OUT, or undo:\n" + "\n".join(changes)
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple | set | frozenset):
        ordered = value if isinstance(value, list | tuple) else sorted(value)
        return [_plain(inner) for inner in ordered]
    if isinstance(value, bool | int | float):
        return value
    return str(value)


def _lines(config: Mapping[str, Any], skip: Collection[str], prefix: str = "") -> list[str]:
    lines: list[str] = []
    for name in sorted(config):
        path = f"{prefix}{name}"
        if path in skip:
            continue
        value = config[name]
        lines += _lines(value, skip, f"{path}.") if isinstance(value, Mapping) else [f"{path} = {value!r}"]
    return lines


def _some(names: tuple[str, ...]) -> str:
    text = ", ".join(names[:_NAMED])
    return f"{len(names)} ({text}{', ...' if len(names) > _NAMED else ''})"
