"""What people decided about items after looking at them: accept or reject, bound to the item's key.

Decisions lie beside the outcomes and touch none of them, so that retries and reruns leave them alone. Knows
nothing of what was looked at.
"""

import hashlib
import json
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from facescale.runtime.storage import Storage
from facescale.structures.item import KEY_LENGTH

FOLDER = "review"
FORMAT_VERSION = 1
Decision = Literal["accept", "reject", "clear"]
DECISIONS: tuple[Decision, ...] = typing.get_args(Decision)


class CorruptReview(ValueError):  # noqa: N818 - a state of storage that people have to hear of
    """A record of decisions that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """One decision about one item."""

    key: str
    decision: Decision
    """"clear" takes an earlier decision back."""
    reason: str = ""
    author: str = ""
    at: str
    """When it was made: ISO 8601 in UTC, as `timestamp` writes it, so that text sorts as time."""

    def __post_init__(self) -> None:
        if len(self.key) != KEY_LENGTH:
            raise ValueError(f"expected a key of {KEY_LENGTH} digits, got {self.key!r}")
        decision_of(self.decision)
        if self.at != timestamp(self.at):
            raise ValueError(f"expected a time like {timestamp(self.at)}, got {self.at!r}")


def decision_of(text: str) -> Decision:
    """Read the word of a decision.

    Raises:
        ValueError: another word.
    """
    for decision in DECISIONS:
        if text == decision:
            return decision
    raise ValueError(f"expected a decision among {', '.join(DECISIONS)}, got {text!r}")


def timestamp(text: str = "") -> str:
    """Normalise a time to UTC milliseconds; the present one where none is given.

    Raises:
        ValueError: no ISO 8601 time with a zone.
    """
    when = datetime.fromisoformat(text) if text else datetime.now(UTC)
    if when.tzinfo is None:
        raise ValueError(f"expected a time with its zone, such as 2026-01-31T12:00:00Z, got {text!r}")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@typing.final
class ReviewLedger:
    """All decisions of one OUT: one object a submission, created once and never changed.

    A submission is named by its content, so that handing in the same file twice is handing it in once. Of
    several decisions about a key the one made last counts, whoever made it and whenever it was handed in;
    the others stay on record.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._read: dict[str, tuple[Review, ...]] = {}

    def submit(self, reviews: Sequence[Review]) -> bool:
        """Keep decisions.

        Returns:
            False where exactly these were handed in before.
        """
        lines = sorted((asdict(review) for review in reviews), key=lambda row: (row["key"], row["at"]))
        data = json.dumps({"format_version": FORMAT_VERSION, "reviews": lines}, sort_keys=True).encode()
        path = f"{FOLDER}/{hashlib.sha256(data).hexdigest()[:32]}.json"
        if path in self._storage.names(FOLDER):
            return False
        return self._storage.create(path, data)

    def current(self, *, strict: bool = True) -> Mapping[str, Review]:
        """Read the decision that counts for every key that has one; cleared ones are left out.

        Args:
            strict: False passes over records that cannot be read: a run must not stop for one.

        Raises:
            CorruptReview: a record cannot be read; guessing would lose somebody's work.
        """
        paths = [path for path in self._storage.names(FOLDER) if path.endswith(".json")]
        for path, data in self._storage.read_many([path for path in paths if path not in self._read]):
            if data is None:
                continue
            try:
                self._read[path] = _parse(path, data)
            except CorruptReview:
                if strict:
                    raise
        last = latest(review for path in paths for review in self._read.get(path, ()))
        return {key: review for key, review in last.items() if review.decision != "clear"}


def latest(reviews: Iterable[Review]) -> dict[str, Review]:
    """Key -> the decision made last; of two in the same millisecond the cautious one, reject, then accept."""
    order = {"clear": 0, "accept": 1, "reject": 2}
    found: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda one: (one.at, order[one.decision], one.author, one.reason)):
        found[review.key] = review
    return found


def _check_version(found: object) -> None:
    if found != FORMAT_VERSION:
        raise ValueError(f"expected review format {FORMAT_VERSION}, got {found}")


def _parse(path: str, data: bytes) -> tuple[Review, ...]:
    try:
        fields = json.loads(data)
        _check_version(fields["format_version"])
        return tuple(Review(**row) for row in fields["reviews"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptReview(f"{path}: {error}; move it away to go on without its decisions") from error
