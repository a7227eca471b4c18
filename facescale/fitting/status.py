"""How a solve ended, as a value: one bad lane must never raise and take its batch along."""

from enum import IntEnum


class SolveStatus(IntEnum):
    """One lane's verdict; an integer, so that a batch of them is a tensor."""

    RUNNING = 0
    CONVERGED = 1
    STEP_LIMIT = 2
    STALLED = 3
    STARVED = 4
    NOT_FINITE = 5

    @property
    def sentence(self) -> str:
        """What happened, for a row in a table."""
        return _SENTENCES[self]

    @property
    def usable(self) -> bool:
        """Whether the parameters may be read as a fit, if perhaps an unfinished one."""
        return self in {SolveStatus.CONVERGED, SolveStatus.STEP_LIMIT, SolveStatus.STALLED}


_SENTENCES = {
    SolveStatus.RUNNING: "not finished",
    SolveStatus.CONVERGED: "converged",
    SolveStatus.STEP_LIMIT: "stopped at the iteration limit while still moving",
    SolveStatus.STALLED: "no step lowers the energy any more",
    SolveStatus.STARVED: "fewer matches than unknowns",
    SolveStatus.NOT_FINITE: "the energy or a step was not finite",
}
