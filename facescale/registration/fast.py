"""The preset "fast": Levenberg-Marquardt on few points first, then on all. Knows nothing of scans' files."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Bool
from torch import Tensor

from facescale.fitting.levenberg_marquardt import LevenbergMarquardt, LmState, begin, solve
from facescale.fitting.unknowns import Unknowns
from facescale.registration.scan_problem import Carried, ScanProblem

FEWEST = 400
"""Points of any level, where the sample has them: a solve needs more matches than it has unknowns."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of the schedule."""

    share: float
    """Of the points that drive the fit, but never less than `FEWEST`."""
    solver: LevenbergMarquardt
    outside_weight: float = 1.0
    """Of points outside the face proper: the face, which hair hides least, leads."""

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"expected a share in (0, 1], got {self.share}")


@dataclass(frozen=True, kw_only=True)
class FastSettings:
    """How the preset runs; measured in benchmarks/registration.py."""

    levels: tuple[Level, ...] = field(
        default_factory=lambda: (
            Level(share=0.12, solver=LevenbergMarquardt(iterations=3, tolerance=0.3), outside_weight=0.02),
            Level(share=0.3, solver=LevenbergMarquardt(iterations=6, tolerance=0.1)),
            Level(share=1.0, solver=LevenbergMarquardt(iterations=4, tolerance=0.05, hessians=1)),
        )
    )
    late: Level = field(
        default_factory=lambda: Level(
            share=0.4, solver=LevenbergMarquardt(iterations=5, tolerance=0.05, hessians=2, damping=0.1)
        )
    )
    """Runs last, and only for heads with blocks that have no slope before the others have moved."""
    to_the_end: Level | None = None
    """Runs after all others, on all points and all blocks, until a lane stands still; None leaves it out."""

    def to_convergence(self) -> "FastSettings":
        """The same schedule, and then steps until one moves the surface by less than 2 um; 60 at the most."""
        solver = LevenbergMarquardt(iterations=60, tolerance=0.002, damping=1e-3, rise=0.0)
        return replace(self, to_the_end=Level(share=1.0, solver=solver))

    def described(self) -> Mapping[str, str | float]:
        """The settings as a flat record."""
        record: dict[str, str | float] = {"solver": "Levenberg-Marquardt, closed-form Jacobian"}
        for name, level in (
            *((f"level{k}", level) for k, level in enumerate(self.levels)),
            ("late", self.late),
            *((("to_the_end", self.to_the_end),) if self.to_the_end else ()),
        ):
            record |= {
                f"{name}_share": level.share,
                f"{name}_iterations": level.solver.iterations,
                f"{name}_tolerance_mm": level.solver.tolerance,
            }
        return record


def fit(
    problem: ScanProblem, unknowns: Unknowns, *, points: int, start_width: float, settings: FastSettings
) -> LmState[Unknowns, Carried]:
    """Fit all lanes of a problem.

    Args:
        problem: with all points.
        unknowns: where to start.
        points: that a sample was asked to have; levels take shares of this number, which unlike the length of
            the padded batch is the same whatever the batch.
        start_width: robust width in mm before the first search.
        settings: the schedule.
    """
    lanes = len(problem.data.points)
    device = problem.data.points.device
    width = torch.full((lanes,), start_width, device=device)
    layout = problem.layout
    early = layout.early_columns.to(device)
    first = replace(unknowns, coefficients=unknowns.coefficients[:, early])
    state = begin(first, Carried(width=width, found=None), lanes=lanes, device=device)
    for level in settings.levels:
        state = _run(replace(problem, layout=layout.early()), level, state, points)
    coefficients = unknowns.coefficients.clone()
    coefficients[:, early] = state.unknowns.coefficients
    state = replace(state, unknowns=replace(state.unknowns, coefficients=coefficients))
    if not bool(early.all()):
        state = _with_late(problem, state, points, settings)
    if settings.to_the_end is None:
        return state
    return _run(problem, settings.to_the_end, state, points)


def _with_late(
    problem: ScanProblem, state: LmState[Unknowns, Carried], points: int, settings: FastSettings
) -> LmState[Unknowns, Carried]:
    """Fit all blocks from where the early ones ended, where that does good."""
    late = _run(problem, settings.late, state, points)
    better = no_worse(problem, late, state, taken=_taken(settings.late, points))
    return replace(
        late,
        unknowns=late.unknowns.where(better, state.unknowns),
        status=torch.where(better, late.status, state.status),
    )


def no_worse(
    problem: ScanProblem,
    late: LmState[Unknowns, Carried],
    before: LmState[Unknowns, Carried],
    *,
    taken: int,
) -> Bool[Tensor, "b"]:
    """Whether the late level did good: lower energy on all points, and lower loss on those it did not see.

    Late blocks multiply the others, and a solve's last step is never verified. The points it did not see drove
    the levels before it, so the comparison leans towards what there was.
    """
    unseen = problem.data.after(taken)
    judge = replace(problem, data=unseen) if unseen.points.shape[1] else problem
    pairs = (late.unknowns, before.unknowns)
    energy, energy_before = (problem.energy(each, before.carried) for each in pairs)
    loss, loss_before = (judge.loss(each, before.carried) for each in pairs)
    return (energy <= energy_before) & (loss <= loss_before)


def _taken(level: Level, points: int) -> int:
    """Points of a level, where the sample has them."""
    return max(round(level.share * points), min(FEWEST, points))


def _run(
    problem: ScanProblem, level: Level, state: LmState[Unknowns, Carried], points: int
) -> LmState[Unknowns, Carried]:
    part = replace(problem, outside_weight=level.outside_weight)
    if level.share < 1:
        part = replace(part, data=problem.data.first(_taken(level, points)))
    # the points differ from level to level, and with them the hints
    state = replace(state, carried=replace(state.carried, found=None))
    return solve(part, level.solver, state)
