"""Failures that may be their worker's fault: held back until an item known to be good was repeated. Pure.

A device that is broken but alive lets every fit raise, quickly: its worker would take shard after shard and
fail the whole corpus. Knows nothing of processes or storage.
"""

import typing
from dataclasses import replace

from facescale.runtime.protocol import Report
from facescale.structures.outcome import Outcome, Status

GRAVE = 3
"""After that many items in a row that failed in the fit, the worker is in doubt."""
_OF_THE_FIT = ("fit-", "out-of-memory")


def in_the_fit(outcome: Outcome) -> bool:
    """Tell whether an item failed while it was computed: what a broken device looks like."""
    return outcome.status is Status.FAILED and outcome.reason.startswith(_OF_THE_FIT)


@typing.final
class Suspicion:
    """The failures of one shard since an item of it was done.

    Args:
        proved: an item was done on this worker before; where none was, one failure is enough.
    """

    def __init__(self, *, proved: bool = False) -> None:
        self._proved = proved
        self._held: list[Report] = []

    @property
    def is_grave(self) -> bool:
        """Whether so much failed that the worker should be tried."""
        return len(self._held) >= (GRAVE if self._proved else 1)

    def take(self, report: Report, outcome: Outcome) -> list[Report]:
        """Take an item's end.

        Returns:
            What can be reported now.
        """
        if in_the_fit(outcome):
            self._held.append(report)
            return []
        return [*self.believe(), report] if outcome.status is Status.DONE else [report]

    def believe(self) -> list[Report]:
        """Report what was held: the worker is sound, or nobody can tell."""
        held, self._held = self._held, []
        return held

    def disbelieve(self) -> list[Report]:
        """Give the items back: the worker is broken. Their failure records stay and count for nothing."""
        return [replace(report, kind="returned", outcome="", committed=False) for report in self.believe()]
