"""Adam over b independent lanes, with a scale a column and bounds. Knows nothing of heads or energies."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.fitting.status import SolveStatus

X = TypeVar("X")
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Settings of Adam, by the names of Kingma and Ba."""

    rate: float = 1e-3
    iterations: int = 300
    last_share: float = 1.0
    """Of the rate that is left at the last step; in between it falls geometrically. 1 is Adam as it is."""
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    tolerance: float = 0.0
    """A lane whose least energy falls by no more than this share of it over `window` steps has converged. 0
    makes no test: Adam runs to its last step."""
    window: int = 50
    """Steps; Adam's energy is noisy, so that the least of a window is compared with the least before it."""

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.iterations < 1 or not 0 < self.last_share <= 1:
            raise ValueError(
                "expected a positive rate, iterations >= 1 and a last share in (0, 1], got "
                f"{self.rate}, {self.iterations} and {self.last_share}"
            )
        if self.tolerance < 0 or self.window < 1:
            raise ValueError(
                f"expected tolerance >= 0 and a window >= 1, got {self.tolerance} and {self.window}"
            )


class AbstractDescent(ABC, Generic[X, S]):
    """b independent problems whose slope can be taken."""

    @abstractmethod
    def slope(
        self, unknowns: X, state: S
    ) -> tuple[Float[Tensor, "b u"], Float[Tensor, "b"], Bool[Tensor, "b"], S]:
        """Gradient and energy, lanes with too little data to go on, and what to carry to the next call."""

    @abstractmethod
    def room(self, unknowns: X) -> tuple[Float[Tensor, "b u"], Float[Tensor, "b u"]]:
        """Lower and upper bounds of the next step; the infinities where free."""

    @abstractmethod
    def stepped(self, unknowns: X, step: Float[Tensor, "b u"]) -> X:
        """Unknowns moved by a step."""


@dataclass(frozen=True, kw_only=True)
class AdamResult(Generic[X, S]):
    """Where a run of Adam ended."""

    unknowns: X
    carried: S
    energy: Float[Tensor, "b"]
    """At the last slope, one step before the end."""
    status: Int[Tensor, "b"]
    """STEP_LIMIT, CONVERGED where a tolerance asks for that test, or why a lane stood still."""
    iterations: Int[Tensor, "b"]
    """Slopes that a lane took part in while running."""


def minimise(
    problem: AbstractDescent[X, S],
    settings: Adam,
    unknowns: X,
    carried: S,
    *,
    scales: Float[Tensor, "u"],
) -> AdamResult[X, S]:
    """Run Adam on y = x / scale, so that one rate serves columns of different units.

    Args:
        problem: what is minimised; steps beyond its bounds are cut.
        settings: Adam's.
        unknowns: where to start.
        carried: handed from slope to slope.
        scales: what one unit of each column's y is in x.
    """
    first: Tensor | None = None
    second = torch.zeros(())
    energy, status, taken = torch.zeros(()), torch.zeros(()), torch.zeros(())
    plateau: _Plateau | None = None
    for count in range(1, settings.iterations + 1):
        gradient, energy, starved, carried = problem.slope(unknowns, carried)
        gradient = gradient * scales
        finite = gradient.isfinite().all(dim=1)
        if first is None:
            first, second = torch.zeros_like(gradient), torch.zeros_like(gradient)
            status = torch.full_like(starved, int(SolveStatus.RUNNING), dtype=torch.long)
            taken = torch.zeros_like(status)
            plateau = _Plateau(energy, settings)
        status = torch.where(starved & (status == 0), int(SolveStatus.STARVED), status)
        status = torch.where(~finite & (status == 0), int(SolveStatus.NOT_FINITE), status)
        taken = taken + (status == int(SolveStatus.RUNNING))
        assert plateau is not None
        flat = plateau.reached(energy, count)
        if flat is not None:
            status = torch.where(flat & (status == 0), int(SolveStatus.CONVERGED), status)
            if bool((status != int(SolveStatus.RUNNING)).all()):
                break
        moving = (status == int(SolveStatus.RUNNING))[:, None]
        gradient = torch.where(moving, gradient, 0.0)
        first = settings.beta1 * first + (1 - settings.beta1) * gradient
        second = settings.beta2 * second + (1 - settings.beta2) * gradient.square()
        mean = first / (1 - settings.beta1**count)
        spread = (second / (1 - settings.beta2**count)).sqrt() + settings.epsilon
        lower, upper = problem.room(unknowns)
        rate = settings.rate * settings.last_share ** ((count - 1) / max(settings.iterations - 1, 1))
        step = torch.minimum(torch.maximum(-rate * mean / spread * scales, lower), upper)
        unknowns = problem.stepped(unknowns, torch.where(moving, step, 0.0))
    return AdamResult(
        unknowns=unknowns,
        carried=carried,
        energy=energy,
        status=torch.where(status == int(SolveStatus.RUNNING), int(SolveStatus.STEP_LIMIT), status),
        iterations=taken,
    )


@final
class _Plateau:
    """Notices lanes whose energy has stopped falling.

    Args:
        energy: at the start, one a lane.
        settings: with tolerance and window.
    """

    def __init__(self, energy: Float[Tensor, "b"], settings: Adam) -> None:
        self._settings = settings
        self._before = torch.full_like(energy, torch.inf)
        self._least = energy

    def reached(self, energy: Float[Tensor, "b"], count: int) -> Bool[Tensor, "b"] | None:
        """Look at the energy of a step; says which lanes are flat at the end of each window, else None."""
        if self._settings.tolerance == 0:
            return None
        self._least = torch.minimum(self._least, energy)
        if count % self._settings.window:
            return None
        fallen = self._before - self._least
        flat = self._before.isfinite() & (fallen <= self._settings.tolerance * self._before)
        self._before, self._least = torch.minimum(self._before, self._least), torch.full_like(energy, torch.inf)
        return flat
