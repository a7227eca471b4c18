"""Levenberg-Marquardt over b independent lanes with bounds. Knows nothing of heads, scans or energies."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.fitting.bounded_step import bounded_step
from facescale.fitting.normal_equations import NormalEquations
from facescale.fitting.status import SolveStatus

X = TypeVar("X")
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Linearisation(Generic[S]):
    """A problem seen from one set of unknowns."""

    equations: NormalEquations
    energy: Float[Tensor, "b"]
    """At these unknowns, in this linearisation's own robust widths."""
    comparable: Float[Tensor, "b"]
    """At these unknowns, in the previous linearisation's widths: what acceptance is judged by."""
    starved: Bool[Tensor, "b"]
    """Lanes with too little data to be solved."""
    state: S
    """Whatever the problem carries on: matches as hints, robust widths."""


class AbstractProblem(ABC, Generic[X, S]):
    """b independent robust least-squares problems with unknowns X and carried state S."""

    @abstractmethod
    def linearise(
        self, unknowns: X, state: S, *, hessian: Float[Tensor, "b u u"] | None = None
    ) -> Linearisation[S]:
        """Search correspondences, weigh them, and form the normal equations.

        Args:
            unknowns: where.
            state: carried from the last linearisation.
            hessian: one to be kept, so that only the gradient is new; None forms both.
        """

    @abstractmethod
    def room(self, unknowns: X) -> tuple[Float[Tensor, "b u"], Float[Tensor, "b u"]]:
        """Lower and upper bounds of the next step; the infinities where free."""

    @abstractmethod
    def stepped(self, unknowns: X, step: Float[Tensor, "b u"]) -> X:
        """Unknowns moved by a step."""

    @abstractmethod
    def length(self, step: Float[Tensor, "b u"], equations: NormalEquations) -> Float[Tensor, "b"]:
        """How far a step moves things, in the unit of the tolerance."""

    @abstractmethod
    def select(self, keep: Bool[Tensor, "b"], new: X, old: X) -> X:
        """`new` in the lanes of `keep`, `old` elsewhere."""

    @abstractmethod
    def select_state(self, keep: Bool[Tensor, "b"], new: S, old: S) -> S:
        """The same for the carried state."""


@dataclass(frozen=True, kw_only=True)
class LevenbergMarquardt:
    """Settings of one solve."""

    iterations: int = 10
    """Steps at the most."""
    tolerance: float = 0.01
    """A lane whose step is shorter, in `AbstractProblem.length`'s unit, has converged."""
    hessians: int | None = None
    """Searches that form a new Hessian; later ones keep the last, which near the end costs no accuracy, since
    only the gradient decides where a fit ends. None forms one every time."""
    damping: float = 1e-4
    """First damping, as a share of the Hessian's diagonal."""
    rise: float = 1e-3
    """Relative rise of the energy that still counts as none: searches jitter at convergence."""
    most_damping: float = 1e6
    """A lane that needs more has stalled."""

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.tolerance < 0 or self.damping <= 0:
            raise ValueError(
                "expected iterations >= 1, tolerance >= 0 and damping > 0, got "
                f"{self.iterations}, {self.tolerance} and {self.damping}"
            )


@dataclass(frozen=True, kw_only=True)
class LmState(Generic[X, S]):
    """All that a solve carries from step to step; a later solve may continue it."""

    unknowns: X
    carried: S
    damping: Float[Tensor, "b"]
    status: Int[Tensor, "b"]
    """Values of SolveStatus."""
    iterations: Int[Tensor, "b"]
    """Searches that a lane took part in while running."""
    energy: Float[Tensor, "b"]


def begin(unknowns: X, carried: S, *, lanes: int, device: torch.device | str) -> LmState[X, S]:
    """A state from which `solve` starts."""
    return LmState(
        unknowns=unknowns,
        carried=carried,
        damping=torch.zeros(lanes, dtype=torch.float64, device=device),
        status=torch.full((lanes,), int(SolveStatus.RUNNING), device=device),
        iterations=torch.zeros(lanes, dtype=torch.long, device=device),
        energy=torch.full((lanes,), torch.inf, dtype=torch.float64, device=device),
    )


def solve(problem: AbstractProblem[X, S], settings: LevenbergMarquardt, state: LmState[X, S]) -> LmState[X, S]:
    """Take damped Gauss-Newton steps until every lane has ended one way or the other.

    A lane that ends stands still while the others go on; nothing that happens in a lane reaches another one.

    Args:
        problem: what is solved.
        settings: limits and tolerances.
        state: from `begin`, or from an earlier solve whose lanes shall run on from where they are; lanes that
            were starved or not finite stay ended.
    """
    running = (state.status != int(SolveStatus.STARVED)) & (state.status != int(SolveStatus.NOT_FINITE))
    status = torch.where(running, int(SolveStatus.RUNNING), state.status)
    unknowns, trial, carried = state.unknowns, state.unknowns, state.carried
    damping = torch.full_like(state.damping, settings.damping)
    best: Linearisation[S] | None = None
    iterations = state.iterations
    for count in range(settings.iterations):
        iterations = iterations + running
        keep = best is not None and settings.hessians is not None and count >= settings.hessians
        seen = problem.linearise(trial, carried, hessian=best.equations.hessian if best and keep else None)
        if best is None:
            best, better = seen, running
        else:
            bound = best.energy * (1 + settings.rise) + torch.finfo(torch.float32).tiny
            better = running & (seen.comparable <= bound)
            best = _select(problem, better, seen, best)
        unknowns = trial if _all(better) else problem.select(better, trial, unknowns)
        carried = best.state
        status = _verdict(status, seen, better)
        damping = torch.where(better, damping * 0.2, (damping * 10).clamp_min(1e-3))
        status = _set(status, damping > settings.most_damping, SolveStatus.STALLED)
        step, usable = _damped(problem, best.equations, unknowns, damping)
        status = _set(status, ~usable, SolveStatus.NOT_FINITE)
        running = status == int(SolveStatus.RUNNING)
        trial = problem.stepped(unknowns, torch.where(running[:, None], step, 0.0))
        small = problem.length(step, best.equations) < settings.tolerance
        # the last small step is taken on trust: to verify it would cost one more search
        unknowns = problem.select(running & small, trial, unknowns)
        status = _set(status, running & small, SolveStatus.CONVERGED)
        running = status == int(SolveStatus.RUNNING)
        if not bool(running.any()):
            break
    # nor is the step at the limit verified; it came from a linearisation that was
    unknowns = problem.select(running, trial, unknowns)
    assert best is not None
    return LmState(
        unknowns=unknowns,
        carried=carried,
        damping=damping,
        status=_set(status, running, SolveStatus.STEP_LIMIT),
        iterations=iterations,
        energy=best.energy,
    )


def _damped(
    problem: AbstractProblem[X, S], equations: NormalEquations, unknowns: X, damping: Tensor
) -> tuple[Tensor, Tensor]:
    damped = equations.hessian.clone()
    damped.diagonal(dim1=1, dim2=2).mul_(1 + damping[:, None])
    return bounded_step(damped, equations.gradient, *problem.room(unknowns))


def _all(lanes: Tensor) -> bool:
    """Whether all lanes are set, where that is cheap to know: on a GPU it is a wait, and false."""
    return lanes.device.type == "cpu" and bool(lanes.all())


def _verdict(status: Tensor, seen: Linearisation[S], better: Tensor) -> Tensor:
    """End lanes that have nothing to go on; one that was fine a step ago merely goes back."""
    first = better | (status != int(SolveStatus.RUNNING))
    status = _set(status, seen.starved & first, SolveStatus.STARVED)
    return _set(status, ~seen.energy.isfinite() & first, SolveStatus.NOT_FINITE)


def _set(status: Tensor, where: Tensor, value: SolveStatus) -> Tensor:
    return torch.where(where & (status == int(SolveStatus.RUNNING)), int(value), status)


def _select(
    problem: AbstractProblem[X, S], keep: Tensor, new: Linearisation[S], old: Linearisation[S]
) -> Linearisation[S]:
    if _all(keep):
        return new
    return Linearisation(
        equations=NormalEquations(
            hessian=torch.where(keep[:, None, None], new.equations.hessian, old.equations.hessian),
            gradient=torch.where(keep[:, None], new.equations.gradient, old.equations.gradient),
        ),
        energy=torch.where(keep, new.energy, old.energy),
        comparable=torch.where(keep, new.comparable, old.comparable),
        starved=torch.where(keep, new.starved, old.starved),
        state=problem.select_state(keep, new.state, old.state),
    )
