"""Garbage of an OUT: attempt folders that no record names, left by workers that were lost; nothing else.

Knows nothing of runs but that one must not be going on while something is deleted.
"""

import time
from collections import defaultdict
from dataclasses import dataclass

from facescale.runtime.lease import Lease, LeaseTiming
from facescale.runtime.outcomes import OutcomeLedger, new_run_id
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Outcome

SAFE_AGE_S = 7 * 24 * 3600.0
"""Younger folders may belong to a worker that still lives, on a node that nobody hears of."""
_ATTEMPT = 3
"""Parts of an attempt folder: items, item, attempt."""


@dataclass(frozen=True, kw_only=True)
class Garbage:
    """What no record names."""

    folders: tuple[str, ...]
    size: int
    """Bytes."""
    young: int
    """Folders that nothing names either, and that are too young to be judged."""
    deleted: bool

    def __str__(self) -> str:
        verb = "deleted" if self.deleted else "would delete"
        text = f"{verb} {len(self.folders)} attempt folders that no outcome names, {self.size / 1e6:.1f} MB"
        if self.young:
            text += f"; {self.young} younger ones were left"
        return text if self.deleted or not self.folders else f"{text}; --delete does it"


def collect(
    out: str | Storage,
    *,
    delete: bool = False,
    age_s: float = SAFE_AGE_S,
    now: float | None = None,
    timing: LeaseTiming | None = None,
) -> Garbage:
    """Find, and on demand delete, the attempt folders that neither an outcome nor a retired record names.

    Args:
        out: OUT, or its opened storage.
        delete: False only looks, and takes no lease.
        age_s: seconds for which nothing in a folder must have changed.
        now: seconds since 1970; the present unless told.
        timing: how the lease measures time.

    Raises:
        FolderInUse: a run holds OUT.
        CorruptOutcome: an outcome cannot be read: it may name any folder.
    """
    storage = Storage.open(out) if isinstance(out, str) else out
    if not delete:
        return _find(storage, age_s, now)
    with Lease.acquire(storage, f"gc-{new_run_id()}", visiting=True, timing=timing):
        found = _find(storage, age_s, now)
        for folder in found.folders:
            storage.delete_folder(folder)
    return Garbage(folders=found.folders, size=found.size, young=found.young, deleted=True)


def _find(storage: Storage, age_s: float, now: float | None) -> Garbage:
    # The listing comes before the records: a folder that is committed in between is then known as named.
    sizes: defaultdict[str, int] = defaultdict(int)
    changed: defaultdict[str, float] = defaultdict(float)
    for entry in storage.entries("items"):
        parts = entry.path.split("/")
        if len(parts) > _ATTEMPT:
            folder = "/".join(parts[:_ATTEMPT])
            sizes[folder] += entry.size
            changed[folder] = max(changed[folder], entry.modified)
    named = _named(storage)
    limit = (time.time() if now is None else now) - age_s
    nameless = sorted(sizes.keys() - named)
    old = tuple(folder for folder in nameless if changed[folder] < limit)
    return Garbage(
        folders=old, size=sum(sizes[folder] for folder in old), young=len(nameless) - len(old), deleted=False
    )


def _named(storage: Storage) -> set[str]:
    ledger = OutcomeLedger(storage)
    found = set()
    for _, outcome in ledger.get_many(ledger.final_keys()):
        if not isinstance(outcome, Outcome):
            raise outcome
        found.add(outcome.attempt)
    for _, data in storage.read_many(list(storage.names("retired"))):
        if data is not None:
            try:
                found.add(Outcome.from_json(data).attempt)
            except ValueError:
                continue  # set aside because it cannot be read
    return found
