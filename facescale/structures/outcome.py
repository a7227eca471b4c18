"""What became of an item: statuses, the outcome object, its JSON form. No storage, no Ray."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from facescale.structures.formats import check_format

FORMAT_VERSION = 1

Scalar = str | int | float | bool | None


class Status(StrEnum):
    """Every item of a corpus is in exactly one of these at any time."""

    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    PENDING = "pending"


FINAL = frozenset({Status.DONE, Status.REJECTED, Status.QUARANTINED})
"""Statuses that an outcome object can hold; a rerun leaves them alone."""


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """One artefact that an outcome vouches for."""

    path: str
    """Relative to the attempt folder, forward slashes."""
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The whole record of one item: the object that readers trust, and the only one."""

    key: str
    item: str
    subject: str
    status: Status
    reason: str = ""
    """Slug that rows are grouped by; empty when done."""
    message: str = ""
    """What was expected and what was found; for a crash: signal, stderr tail, native stack."""
    hint: str = ""
    attempt: str = ""
    """Folder of the artefacts relative to OUT; empty where there are none."""
    files: tuple[FileRecord, ...] = ()
    row: Mapping[str, Scalar] = field(default_factory=dict)
    """The result row: flat, scalars only."""
    run: str = ""
    """Id of the run that made it."""
    worker: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds: load, fit, save."""
    versions: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    """Licence of head, weights and corpus, so that a tainted result can be told years later."""
    format_version: int = FORMAT_VERSION

    def to_json(self) -> bytes:
        """Serialise; NaN and infinity become null, since JSON has neither."""
        return json.dumps(_finite(asdict(self)), sort_keys=True, allow_nan=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Outcome":
        """Read what `to_json` wrote.

        Raises:
            NewerFormat: of a format that this version does not know.
            ValueError: not an outcome.
        """
        try:
            fields = json.loads(data)
            check_format("an outcome", fields["format_version"], FORMAT_VERSION)
            fields["status"] = Status(fields["status"])
            fields["files"] = tuple(FileRecord(**f) for f in fields["files"])
            return cls(**fields)
        except (KeyError, TypeError) as error:
            msg = f"expected an outcome object, got {data[:80]!r}"
            raise ValueError(msg) from error


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - NaN test
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
