"""What a check says of an item or of a corpus. Reads nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from facescale.structures.errors import CaptureRejected
from facescale.structures.outcome import Scalar


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    """It would be tried."""
    ERROR = "error"
    """It would be rejected, or cannot be read at all."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to know of an item."""

    level: Level
    reason: str
    """Slug; of an error the one that a run would reject it with."""
    message: str
    hint: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    """The level of the worst finding."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.ERROR, Level.WARNING) if level in levels), Level.OK)


def verdict(findings: Iterable[Finding]) -> dict[str, Scalar]:
    """The columns that every check has: level, reasons, message, hint."""
    findings = tuple(findings)
    return {
        "level": worst(findings).value,
        "reasons": " ".join(finding.reason for finding in findings),
        "message": "; ".join(finding.message for finding in findings),
        "hint": "; ".join(dict.fromkeys(finding.hint for finding in findings if finding.hint)),
    }


def refusal(bad: CaptureRejected | OSError | MemoryError) -> Finding:
    """The finding of an item that cannot be read."""
    if isinstance(bad, CaptureRejected):
        return Finding(level=Level.ERROR, reason=bad.reason, message=bad.detail, hint=bad.hint)
    hint = "check access to the storage, then try again"
    return Finding(level=Level.ERROR, reason="unreadable", message=f"{type(bad).__name__}: {bad}", hint=hint)
