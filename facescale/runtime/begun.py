"""Notes of what workers have begun, so that what was lost with a worker is known afterwards.

A note is written before a dispatch and deleted after it: one that stands tells of a worker, node or driver that
was lost meanwhile. Knows nothing of why. It is never evidence that an outcome rests on.
"""

import hashlib
import json
import typing
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facescale.runtime.storage import Storage

PREFIX = "run/begun"


def bound(unfinished: int, *, batch_size: int) -> int:
    """Return how many of a lost dispatch's unfinished items a child can have begun, at the most.

    One batch in the fit, two loaded ahead, three fitted and not yet saved: see `child.Child.run`.
    """
    return min(unfinished, 6 * batch_size)


def name_of(keys: Sequence[str]) -> str:
    """Name a dispatch by what it carries, so that the same one meets its own notes again."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """What earlier runs left begun."""

    groups: Mapping[str, tuple[str, ...]]
    """Path of the note -> keys of a dispatch of several items."""
    alone: frozenset[str]
    """Keys of items that were alone on their worker when it was lost."""


@typing.final
class Begun:
    """The notes of one OUT."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def begin(self, keys: Sequence[str], worker: str) -> int:
        """Note a dispatch.

        Returns:
            How many times the same dispatch was begun before and never ended.
        """
        # The token keeps two dispatches apart that are otherwise alike: equal bytes would count as one write.
        note = {"keys": list(keys), "worker": worker, "token": uuid.uuid4().hex}
        data = json.dumps(note).encode()
        earlier = 0
        while not self._storage.create(f"{self._folder(keys)}/{earlier}.json", data):
            earlier += 1
        return earlier

    def end(self, keys: Sequence[str]) -> None:
        """Note that a dispatch ended under the eyes of its supervisor."""
        self._storage.delete_folder(self._folder(keys))

    def leftovers(self) -> Leftovers:
        """Read what earlier runs left begun."""
        groups: dict[str, tuple[str, ...]] = {}
        alone: set[str] = set()
        for path, data in self._storage.read_many(sorted(self._storage.names(PREFIX))):
            if data is None:
                continue
            keys = json.loads(data)["keys"]
            if len(keys) == 1:
                alone.update(keys)
            else:
                groups[path] = tuple(keys)
        return Leftovers(groups=groups, alone=frozenset(alone))

    def forget_groups(self, leftovers: Leftovers) -> None:
        """Delete the notes of earlier runs' shards; those of items alone stay, since they count losses."""
        for folder in {path.rsplit("/", 1)[0] for path in leftovers.groups}:
            self._storage.delete_folder(folder)

    @staticmethod
    def _folder(keys: Sequence[str]) -> str:
        return f"{PREFIX}/{name_of(keys)}"
