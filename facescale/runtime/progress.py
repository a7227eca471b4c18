"""How far a run has come: counts, rate, percentiles, time to go. Pure; the caller brings the clock."""

import statistics
import typing
from collections import Counter, deque
from collections.abc import Mapping

from facescale.structures.outcome import Outcome, Status

_KEPT = 10_000
_TWO = 2


@typing.final
class Progress:
    """Counts over all items of OUT, and speed over those that this run finished."""

    def __init__(
        self, standing: Mapping[str, int], costs: Mapping[str, float], *, now: float, workers: int
    ) -> None:
        """Start counting.

        Args:
            standing: status -> items of OUT before this run does anything.
            costs: key -> estimated cost of each item to do, in any unit.
            now: seconds on a monotonic clock.
            workers: how many work side by side.
        """
        self._counts = Counter({status: standing.get(status, 0) for status in Status})
        self._costs = dict(costs)
        self._to_do = sum(costs.values())
        self._began = now
        self._first: float | None = None
        self._cost = 0.0
        self._seconds: deque[float] = deque(maxlen=_KEPT)
        self.workers = workers
        self.committed = 0
        """Outcomes that this run made final."""
        self.finished = 0
        """Items that this run took to an end, failed ones too."""
        self.skipped = 0
        """Items that another attempt had finished when this run came to them."""
        self.redone = 0
        self.lost_workers = 0
        self.deaths = 0
        """Children that died."""

    def start_work(self, now: float) -> None:
        """Note that workers are at work: rate and time to go count from here, without the engine's start."""
        if self._first is None:
            self._first = now

    def end(self, outcome: Outcome, before: Status, *, committed: bool) -> None:
        """Count an item that came to an end.

        Args:
            outcome: its end.
            before: how it stood, pending or failed in an earlier run.
            committed: whether this run made it so.
        """
        self._counts[before] -= 1
        self._counts[outcome.status] += 1
        self._cost += self._costs.pop(outcome.key, 0.0)
        self.finished += 1
        if committed and outcome.status is not Status.FAILED:
            self.committed += 1
        self.skipped += not committed
        if outcome.status is Status.DONE and outcome.timings:
            self._seconds.append(sum(outcome.timings.values()))

    def table(self, now: float) -> dict[str, str | int | float | None]:
        """Return the live table: one flat, JSON-able row."""
        since = None if self._first is None else now - self._first
        rate = self.finished / since if since else None
        left = max(self._to_do - self._cost, 0.0)
        to_go = left * since / self._cost if since and self._cost else None
        half, most = self._percentiles()
        return {
            "total": self._counts.total(),
            **{status.value: self._counts[status] for status in Status},
            "workers": self.workers,
            "rate_per_s": rate,
            "p50_s": half,
            "p95_s": most,
            "eta_s": to_go,
            "elapsed_s": now - self._began,
            "redone": self.redone,
            "lost_workers": self.lost_workers,
            "deaths": self.deaths,
        }

    def _percentiles(self) -> tuple[float | None, float | None]:
        if len(self._seconds) < _TWO:
            return (self._seconds[0], self._seconds[0]) if self._seconds else (None, None)
        cuts = statistics.quantiles(list(self._seconds), n=20, method="inclusive")
        return cuts[9], cuts[18]
