"""The ledger of one OUT: which item ended how. Owns the layout of outcomes/, failures/, retired/ and items/.

Knows nothing of runs in progress, of processes or of what an item is.
"""

import itertools
import re
import time
import typing
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from facescale.runtime.storage import Storage
from facescale.structures.formats import NewerFormat
from facescale.structures.item import KEY_LENGTH, Item
from facescale.structures.outcome import FINAL, Outcome, Status

_NAME_LENGTH = 80
KEY12 = 12
"""Digits of a key that names of folders carry."""


class CorruptOutcome(ValueError):  # noqa: N818 - the word becomes the reason in the results table
    """An outcome object that cannot be read: it is reported, and its item is not trusted."""


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What the names of an item's failure records say, without reading them."""

    runs: int
    """In how many runs the item failed."""
    last: str
    """Path of the newest record."""


def new_run_id() -> str:
    """Name a run; names sort by the time they were made."""
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:6]}"


def new_attempt_id() -> str:
    """Name an attempt; no two attempts of any process share one."""
    return uuid.uuid4().hex[:16]


def attempt_folder(item: Item | str, key: str, attempt: str) -> str:
    """Return the folder that one attempt at an item writes into, relative to OUT.

    Args:
        item: the item, or its id; made readable and safe as a name, while the key keeps it distinct.
        key: the item's key.
        attempt: from `new_attempt_id`.
    """
    name = item if isinstance(item, str) else item.item
    return f"items/{readable_name(name)}-{key[:KEY12]}/{attempt}"


def readable_name(item: str) -> str:
    """Make an item's id safe as the name of a file; different ids may become alike."""
    plain = unicodedata.normalize("NFKD", item).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:_NAME_LENGTH] or "item"


def outcome_path(key: str) -> str:
    """Return where the outcome of a key stands; two digits of fan-out keep folders and listings small."""
    assert len(key) == KEY_LENGTH, key
    return f"outcomes/{key[:2]}/{key}.json"


@typing.final
class OutcomeLedger:
    """Outcomes are created once and never changed; failures pile up beside them."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def commit(self, outcome: Outcome) -> bool:
        """Make a final outcome the one that all readers trust; the last write of an item.

        Returns:
            True where it is ours; False where another attempt was first. The loser then calls `discard`.
        """
        assert outcome.status in FINAL, outcome.status
        return self.storage.create(outcome_path(outcome.key), outcome.to_json())

    def discard(self, outcome: Outcome) -> None:
        """Delete the artefacts of an attempt that lost; the winner's stay."""
        if not outcome.attempt:
            return
        winner = self.get(outcome.key)
        assert winner is None or winner.attempt != outcome.attempt, outcome.attempt
        self.storage.delete_folder(outcome.attempt)

    def get(self, key: str) -> Outcome | None:
        """Read the outcome of a key, None where it has none.

        Raises:
            CorruptOutcome: something stands there that is no outcome of this key.
        """
        try:
            data = self.storage.read(outcome_path(key))
        except FileNotFoundError:
            return None
        return parse_outcome(data, key)

    def get_many(
        self, keys: Iterable[str], *, threads: int = 16
    ) -> Iterator[tuple[str, Outcome | CorruptOutcome]]:
        """Read outcomes in parallel; a corrupt one comes as the error, one that has gone is left out."""
        paths = {outcome_path(key): key for key in keys}
        for path, data in self.storage.read_many(paths, threads=threads):
            if data is None:
                continue
            key = paths[path]
            try:
                yield key, parse_outcome(data, key)
            except CorruptOutcome as error:
                yield key, error

    def final_keys(self) -> set[str]:
        """Return the keys that have an outcome, from names alone."""
        keys = (
            path[-KEY_LENGTH - 5 : -5] for path in self.storage.hex_names("outcomes") if path.endswith(".json")
        )
        return {key for key in keys if len(key) == KEY_LENGTH}

    def record_failure(self, outcome: Outcome) -> None:
        """Note that an item failed in a run; a later run may try again."""
        assert outcome.status is Status.FAILED, outcome.status
        data = outcome.to_json()
        for number in itertools.count():
            if self.storage.create(f"failures/{outcome.key}/{outcome.run}-{number}.json", data):
                return

    def failures(self) -> Mapping[str, Failures]:
        """Return key -> in how many runs it failed, from names alone."""
        found: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)
        for path in self.storage.hex_names("failures"):
            match = re.fullmatch(r"failures/([0-9a-f]+)/(.+)-(\d+)\.json", path)
            if match:
                found[match[1]].append((match[2], int(match[3]), path))
        return {
            key: Failures(runs=len({run for run, _, _ in records}), last=max(records)[2])
            for key, records in found.items()
        }

    def retire(self, key: str) -> tuple[str, ...]:
        """Reopen an item: move its outcome and failure records to retired/, where nobody counts them.

        Artefacts stay where they are. Repeating it after an interruption finishes what is left.

        Returns:
            The paths that were moved.
        """
        moved = list(self.storage.names(f"failures/{key}"))
        if self._exists(outcome_path(key)):
            moved.append(outcome_path(key))
        stamp = new_run_id()
        for path in moved:
            folder, name = path.split("/", 1)[0], path.rsplit("/", 1)[1]
            self.storage.move(path, f"retired/{key}/{stamp}-{folder}-{name}")
        return tuple(moved)

    def retired_keys(self) -> set[str]:
        """Return the keys that were ever reopened."""
        return {path.split("/")[1] for path in self.storage.names("retired")}

    def _exists(self, path: str) -> bool:
        try:
            self.storage.read(path)
        except FileNotFoundError:
            return False
        return True


def parse_outcome(data: bytes, key: str) -> Outcome:
    """Read an outcome object and check that it is this key's.

    Raises:
        CorruptOutcome: it is not.
        NewerFormat: a later version wrote it.
    """
    try:
        outcome = Outcome.from_json(data)
    except NewerFormat:
        raise  # set aside as corrupt it would be done again, by a version that knows less
    except ValueError as error:
        raise CorruptOutcome(f"outcome of {key}: {error}") from error
    if outcome.key != key:
        raise CorruptOutcome(f"outcome of {key}: expected that key inside, got {outcome.key!r}")
    return outcome
