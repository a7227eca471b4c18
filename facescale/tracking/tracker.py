"""Where a run's aggregates go. Knows nothing of Ray, items or faces; never sees a single subject's numbers."""

import typing
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class TrackedRun:
    """Where a run is recorded."""

    server: str
    run: str
    """Its id there."""


RunState = Literal["FINISHED", "FAILED", "KILLED"]


class AbstractTracker(ABC):
    """One tracked run a job. No method raises because a server is away: compute never waits for tracking."""

    @abstractmethod
    def start(self, name: str, *, params: Mapping[str, object], tags: Mapping[str, str]) -> None:
        """Open the run."""

    @abstractmethod
    def where(self) -> TrackedRun | None:
        """Wait a bounded time for the run to be open; None where it is not recorded."""

    @abstractmethod
    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Record aggregates."""

    @abstractmethod
    def log_artifact(self, path: Path) -> None:
        """Attach a file as it is now."""

    @abstractmethod
    def finish(self, state: RunState) -> str:
        """Close the run and wait a bounded time for what is still under way.

        Returns:
            One sentence on where the run can be seen, or on what went wrong.
        """


@typing.final
class NullTracker(AbstractTracker):
    """Tracks nothing."""

    def start(self, name: str, *, params: Mapping[str, object], tags: Mapping[str, str]) -> None:
        """Do nothing."""
        del name, params, tags

    def where(self) -> TrackedRun | None:
        """Nowhere."""
        return None

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Do nothing."""
        del metrics, step

    def log_artifact(self, path: Path) -> None:
        """Do nothing."""
        del path

    def finish(self, state: RunState) -> str:
        """Say that tracking is off."""
        del state
        return "tracking is off"
