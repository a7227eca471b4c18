"""Notes of what workers have begun, so that what was lost with a worker is known afterwards.

A note is written before a dispatch: one without an end tells of a worker, node or driver that was lost
meanwhile. Knows nothing of why. No outcome ever rests on a note.
"""

import hashlib
import json
import typing
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from facescale.runtime.storage import Storage

GROUPS = "run/begun"
ALONE = "run/alone"
_ENDED = "ended"


def bound(unfinished: int, *, batch_size: int) -> int:
    """Return how many of a lost dispatch's unfinished items a child can have begun, at the most.

    One batch in the fit, two loaded ahead, three fitted and not yet saved: see `child.Child.run`.
    """
    return min(unfinished, 6 * batch_size)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a worker finds when it begins a shard."""

    losses: int
    """Times that the shard was begun in this run and never ended."""
    ended: bool
    """It even ended once: its reports were lost on their way, and most of its items have outcomes."""


@typing.final
class Begun:
    """The notes of one run."""

    def __init__(self, storage: Storage, run: str) -> None:
        self._storage = storage
        self._run = run

    def begin_group(self, keys: Sequence[str], worker: str) -> Earlier:
        """Note that a worker takes up a shard of several items."""
        earlier = self._begin(self._group(keys), keys, worker)
        if not earlier:
            return Earlier(losses=0, ended=False)
        names = [path.rsplit("/", 1)[1] for path in self._storage.names(self._group(keys))]
        return Earlier(losses=0 if _ENDED in names else earlier, ended=_ENDED in names)

    def end_group(self, keys: Sequence[str]) -> None:
        """Note that all its items have an end; the note stays, for the engine may ask for the shard again."""
        self._storage.write(f"{self._group(keys)}/{_ENDED}", b"")

    def begin_alone(self, key: str, worker: str) -> int:
        """Note that a worker takes up one item and nothing else.

        Returns:
            How many times the item was so begun before, in any run, and never ended.
        """
        return self._begin(f"{ALONE}/{key}", [key], worker)

    def end_alone(self, key: str) -> None:
        """Note that it ended under the eyes of its supervisor."""
        self._storage.delete_folder(f"{ALONE}/{key}")

    def lost_groups(self) -> list[tuple[str, ...]]:
        """Return the keys of each shard that an earlier run began and never ended."""
        folders: dict[str, set[str]] = {}
        for path in self._storage.names(GROUPS):
            folder, name = path.rsplit("/", 1)
            folders.setdefault(folder, set()).add(name)
        notes = [f"{folder}/0.json" for folder, names in folders.items() if _ENDED not in names]
        read = self._storage.read_many(notes)
        return [tuple(json.loads(data)["keys"]) for _, data in read if data is not None]

    def alone(self) -> frozenset[str]:
        """Return the keys of items that were alone on their worker when it was lost."""
        return frozenset(path.split("/")[2] for path in self._storage.names(ALONE))

    def forget_groups(self) -> None:
        """Delete the notes of all shards; those of items alone stay, since they count losses."""
        self._storage.delete_folder(GROUPS)

    def _begin(self, folder: str, keys: Sequence[str], worker: str) -> int:
        # The token keeps two dispatches apart that are otherwise alike: equal bytes would count as one write.
        note = {"keys": list(keys), "worker": worker, "token": uuid.uuid4().hex}
        data = json.dumps(note).encode()
        earlier = 0
        while not self._storage.create(f"{folder}/{earlier}.json", data):
            earlier += 1
        return earlier

    def _group(self, keys: Sequence[str]) -> str:
        return f"{GROUPS}/{self._run}/{hashlib.sha256(''.join(keys).encode()).hexdigest()[:32]}"
