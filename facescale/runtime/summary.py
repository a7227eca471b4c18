"""What a run reports at its end: counts that add up, and the exit status. Knows nothing of storage."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum

from facescale.structures.outcome import Status

MAX_FAILED = 0.05
"""Share of failed, quarantined and pending items that a run may end with and still be fine."""


class ExitStatus(IntEnum):
    """What the shell sees."""

    FINE = 0
    TOO_MANY_FAILED = 1
    BAD_CONFIG = 2
    BREAKER = 3
    FOLDER_IN_USE = 4
    INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class ThisRun:
    """What one run did."""

    committed: int = 0
    """Outcomes that this run made final."""
    skipped: int = 0
    """Items that it found final."""
    redone: int = 0
    """Items begun again because work was lost before its outcome."""
    lost_workers: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How the items of OUT stand; the five counts are the total."""

    total: int
    done: int
    rejected: int
    failed: int
    quarantined: int
    pending: int
    this_run: ThisRun

    def __post_init__(self) -> None:
        parts = self.done + self.rejected + self.failed + self.quarantined + self.pending
        assert parts == self.total, f"{parts} items are accounted for, {self.total} are in the manifest"

    def to_json(self) -> bytes:
        """Serialise as summary.json."""
        return json.dumps(asdict(self), indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Summary":
        """Read what `to_json` wrote."""
        fields = json.loads(data)
        return cls(**{**fields, "this_run": ThisRun(**fields["this_run"])})

    def __str__(self) -> str:
        counts = ", ".join(
            f"{getattr(self, status.value)} {status.value}" for status in Status if getattr(self, status.value)
        )
        run = self.this_run
        return (
            f"{self.total} items: {counts or 'nothing'}; this run committed {run.committed}, "
            f"skipped {run.skipped}, redid {run.redone}, lost {run.lost_workers} workers, "
            f"took {run.seconds:.0f} s"
        )


def summarise(statuses: Iterable[Status | str], this_run: ThisRun | None = None) -> Summary:
    """Count one status an item of the manifest."""
    counts = Counter(Status(status) for status in statuses)
    return Summary(
        total=counts.total(),
        this_run=this_run or ThisRun(),
        **{status.value: counts[status] for status in Status},
    )


def exit_status(summary: Summary, *, max_failed: float = MAX_FAILED, left_out: int = 0) -> ExitStatus:
    """Judge a run that came to its end by itself.

    Args:
        summary: how OUT stands.
        max_failed: share of failed, quarantined and pending items that is still fine.
        left_out: pending items that the user kept out of this run (--limit, --where, --subjects): they
            are neither asked for nor missing.
    """
    asked = summary.total - left_out
    missing = summary.failed + summary.quarantined + summary.pending - left_out
    assert 0 <= left_out <= summary.pending, f"{left_out} left out of {summary.pending} pending"
    return ExitStatus.TOO_MANY_FAILED if missing > max_failed * asked else ExitStatus.FINE
