"""Delete all that an OUT holds of some subject, and prove it by reading what is left. Touches nothing outside.

The order makes an interruption harmless: the manifest's rows, by which the subject is found, go last.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facescale.runtime.lease import Lease, LeaseTiming
from facescale.runtime.manifest import load_manifest, save_manifest
from facescale.runtime.outcomes import KEY12, OutcomeLedger, new_run_id
from facescale.runtime.results import ResultsView
from facescale.runtime.reviews import FOLDER as REVIEWS
from facescale.runtime.storage import Storage

SEARCHED = 1 << 30
"""Bytes of a file up to which it is searched for keys; a larger one is told, not trusted."""
_PAGES = (".html",)
_TABLES = ("table.parquet",)


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What an OUT held of a subject, and what was found of it afterwards."""

    subject: str
    items: tuple[str, ...]
    files: tuple[str, ...]
    """That hold nothing else, or that can be made again without the subject: deleted."""
    rewritten: tuple[str, ...]
    """That hold others too: written anew without the subject."""
    left: tuple[str, ...] = ()
    """Files that still name the subject's items, each with what was found."""
    searched: int = 0
    """Files that were read for the proof."""
    deleted: bool = False

    def __str__(self) -> str:
        named = f"{len(self.items)} items of the subject {self.subject!r}"
        if not self.deleted:
            text = (
                f"would delete {named}: {len(self.files)} files, and {len(self.rewritten)} files written anew"
            )
            return f"{text}; --delete does it"
        text = f"deleted {named}: {len(self.files)} files, {len(self.rewritten)} written anew"
        if self.left:
            return "\n".join([f"{text}; still named in:", *(f"  {one}" for one in self.left)])
        return f"{text}; read {self.searched} files that are left: none names any of them"


def forget(
    out: str | Storage, subject: str, *, delete: bool = False, timing: LeaseTiming | None = None
) -> Forgotten:
    """Find, and on demand delete, everything of a subject: artefacts, records, decisions, rows, pages.

    Args:
        out: OUT, or its opened storage.
        subject: its id, as the manifest has it.
        delete: False only looks, and takes no lease.
        timing: how the lease measures time.

    Raises:
        ValueError: OUT holds no manifest, or no item of the subject.
        FolderInUse: a run holds OUT.
    """
    storage = Storage.open(out) if isinstance(out, str) else out
    if not delete:
        return _find(storage, subject)[0]
    with Lease.acquire(storage, f"forget-{new_run_id()}", visiting=True, timing=timing):
        found, keys, manifest = _find(storage, subject)
        for path in found.files:
            storage.delete(path)
        # empty folders on local disk would keep the names of items
        for folder in sorted({folder for path in found.files if (folder := _own_folder(path, keys))}):
            storage.delete_folder(folder)
        for path in found.rewritten:
            if path.startswith(f"{REVIEWS}/"):
                storage.write(path, _without(storage.read(path), keys))
        rest = manifest.filter(pa.array([key not in keys for key in manifest["key"].to_pylist()]))
        view = ResultsView(OutcomeLedger(storage), cached=False)
        view.refresh(rest)
        view.save()
        save_manifest(storage, rest)
    left, searched = _prove(storage, keys)
    return Forgotten(
        subject=subject,
        items=found.items,
        files=found.files,
        rewritten=found.rewritten,
        left=left,
        searched=searched,
        deleted=True,
    )


def _find(storage: Storage, subject: str) -> tuple[Forgotten, frozenset[str], pa.Table]:
    manifest = load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the output folder of a run, found no manifest in {storage.uri}")
    rows = [row for row in manifest.select(["key", "item", "subject"]).to_pylist() if row["subject"] == subject]
    if not rows:
        some = sorted(set(manifest["subject"].to_pylist()))[:5]
        raise ValueError(f"expected a subject of {storage.uri}, such as {', '.join(some)}, got {subject!r}")
    keys = frozenset(row["key"] for row in rows)
    paths = [entry.path for entry in storage.entries("")]
    rewritten = [path for path in paths if path.startswith(f"{REVIEWS}/") and _names_key(storage, path, keys)]
    files = [path for path in paths if path not in rewritten and _belongs(path, keys)]
    found = Forgotten(
        subject=subject,
        items=tuple(row["item"] for row in rows),
        files=tuple(sorted(files)),
        rewritten=(*sorted(rewritten), "manifest.parquet", "results/table.parquet"),
    )
    return found, keys, manifest


def _belongs(path: str, keys: frozenset[str]) -> bool:
    """Whether a file is about these items alone, or shows them among others and can be made again."""
    parts = path.split("/")
    if parts[0] == "items":
        return parts[1].rpartition("-")[2] in {key[:KEY12] for key in keys}
    copies = parts[0] == "run" and path.endswith(_TABLES)
    shows = path.endswith(_PAGES) or parts[0] == "report"
    return copies or shows or any(key in path for key in keys)


def _own_folder(path: str, keys: frozenset[str]) -> str:
    """The folder of one item that a file lies in; empty where it lies among others."""
    parts = path.split("/")
    if parts[0] == "items":
        return "/".join(parts[:2])
    place = next((n for n, part in enumerate(parts[:-1], 1) if any(key in part for key in keys)), 0)
    return "/".join(parts[:place])


def _names_key(storage: Storage, path: str, keys: frozenset[str]) -> bool:
    data = storage.read(path)
    return any(key.encode() in data for key in keys)


def _without(data: bytes, keys: frozenset[str]) -> bytes:
    """A submission of decisions without those about some items."""
    record: dict[str, Any] = json.loads(data)
    record["reviews"] = [row for row in record["reviews"] if row["key"] not in keys]
    return json.dumps(record, sort_keys=True).encode()


def _prove(storage: Storage, keys: frozenset[str]) -> tuple[tuple[str, ...], int]:
    """Read every file that is left; those that still name an item, and how many were read."""
    left, searched = [], 0
    for entry in storage.entries(""):
        if _belongs(entry.path, keys) and not entry.path.endswith(_PAGES):
            left.append(f"{entry.path} (by its name)")
            continue
        if entry.size > SEARCHED:
            left.append(f"{entry.path} (too large to search: {entry.size:,} bytes)")
            continue
        try:
            data = storage.read(entry.path)
        except FileNotFoundError:
            continue
        searched += 1
        if any(key in text for text in _texts(entry.path, data) for key in keys):
            left.append(f"{entry.path} (in its content)")
    return tuple(left), searched


def _texts(path: str, data: bytes) -> Iterator[str]:
    """What can be searched of a file: parquet's keys are compressed, all else is taken as it is."""
    if not path.endswith(".parquet"):
        yield data.decode("latin1")
        return
    table = pq.read_table(io.BytesIO(data))
    if "key" in table.column_names:
        yield "\n".join(map(str, table["key"].to_pylist()))
