"""Levenberg-Marquardt on a batch of subjects with their instants eliminated. Knows nothing of images or files.

`fitting.levenberg_marquardt` holds one dense Hessian a lane; here a lane's unknowns grow with its instants.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.fitting.schur import (
    ArrowStep,
    ArrowSystem,
    Elimination,
    bounded_arrow_step,
    lane_sums,
    per_block,
)
from facescale.fitting.status import SolveStatus
from facescale.reconstruction.landmark_fit.problem import LandmarkProblem, Sight
from facescale.reconstruction.landmark_fit.unknowns import FOCAL, LandmarkUnknowns

DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-4, 1e-6, 1e8
"""As shares of the diagonal; the least one keeps factors in float32 positive."""
NEAR = 1.0
"""Length of a step, in the unit of `LandmarkFitConfig.tolerance`, from which on a lane is near its end."""
POLISH = 4
"""Changes of the active set in the last step."""
RISE = 1e-9
"""Relative rise of the energy that still counts as none: rounding."""


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Where the lanes of a batch have ended."""

    unknowns: LandmarkUnknowns
    status: Int[Tensor, "b"]
    """Values of SolveStatus."""
    iterations: Int[Tensor, "b"]
    energy: Float[Tensor, "b"]
    shared_variance: Float[Tensor, "b s"]
    """Marginal variances of the shared unknowns."""
    own_focal_variance: Float[Tensor, "i"]
    """Of the instants' own log focal lengths."""


@dataclass(frozen=True, kw_only=True)
class _Running:
    """The lanes that still move."""

    problem: LandmarkProblem
    lanes: Int[Tensor, "r"]
    """Their places in the whole batch."""
    unknowns: LandmarkUnknowns
    sight: Sight
    widths: Float[Tensor, "v"]
    energy: Float[Tensor, "r"]
    damping: Float[Tensor, "r"]
    near: Bool[Tensor, "r"]
    """Lanes whose last step was short enough for the robust loss' own curvature."""
    held: Bool[Tensor, "i l"] | None

    @property
    def counts(self) -> tuple[int, ...]:
        return self.problem.batch.counts


def solve(
    problem: LandmarkProblem, start: LandmarkUnknowns, *, stepper: Callable[..., ArrowStep] = bounded_arrow_step
) -> Solution:
    """Step until every lane has ended one way or the other; lanes that end leave the batch.

    Args:
        problem: what is solved.
        start: where from.
        stepper: another way to the same step, for measurements.
    """
    counts, config = problem.batch.counts, problem.config
    ended = _nowhere(problem, start)
    run = _begin(problem, start)
    for count in range(1, config.iterations + 1):
        system = run.problem.system(run.unknowns, run.sight, run.widths, run.near)
        local_box, shared_box = run.problem.boxes(run.unknowns)
        step = stepper(system, run.damping, local_box=local_box, shared_box=shared_box, held=run.held)
        run, verdict = _advance(run, system, step, last=count == config.iterations)
        over = verdict != int(SolveStatus.RUNNING)
        if not bool(over.any()):
            continue
        ended = _record(ended, run, verdict, over, counts=counts, iterations=count, last=(system, step))
        if bool(over.all()):
            break
        run = _without(run, over)
    return ended


def _begin(problem: LandmarkProblem, start: LandmarkUnknowns) -> _Running:
    sight = problem.sight(start)
    widths = problem.widths(sight)
    energy = problem.energy(start, sight, widths)
    lanes = torch.arange(len(energy), device=energy.device)
    return _Running(
        problem=problem,
        lanes=lanes,
        unknowns=start,
        sight=sight,
        widths=widths,
        energy=energy,
        damping=torch.full_like(energy, DAMPING),
        near=torch.zeros_like(energy, dtype=torch.bool),
        held=None,
    )


def _advance(run: _Running, system: ArrowSystem, step: ArrowStep, *, last: bool) -> tuple[_Running, Tensor]:
    """Take the step in the lanes where it lowers the energy; what became of each lane."""
    problem, batch = run.problem, run.problem.batch
    trial = run.unknowns.stepped(step.local, step.shared, batch)
    seen = problem.sight(trial, run.sight.outline)
    energy = problem.energy(trial, seen, run.widths)
    better = step.usable & (energy <= run.energy * (1 + RISE))
    falls = -(step.local * system.local_gradient).sum(dim=1)
    slope = lane_sums(falls, run.counts) - (step.shared * system.shared_gradient).sum(dim=1)
    instants = torch.tensor(run.counts, device=slope.device)
    # Downhill, or the factors' rounding has turned the step.
    better = better & (slope >= 0)
    small = (slope >= 0) & (slope <= instants * problem.config.tolerance**2)
    unknowns = trial if bool(better.all()) else trial.where(better, run.unknowns, run.counts)
    damping = torch.where(
        better, (run.damping * 0.1).clamp_min(LEAST_DAMPING), (run.damping * 10).clamp_min(1e-3)
    )
    # A search of the outline or a narrower robust width changes what is compared: energies start anew.
    fresh = seen if problem.model.sliding is None and bool(better.all()) else problem.sight(unknowns)
    widths = problem.widths(fresh)
    verdict = torch.full_like(run.lanes, int(SolveStatus.RUNNING))
    verdict = torch.where(small & step.usable, int(SolveStatus.CONVERGED), verdict)
    verdict = torch.where(damping > MOST_DAMPING, int(SolveStatus.STALLED), verdict)
    verdict = torch.where(run.energy.isfinite(), verdict, int(SolveStatus.NOT_FINITE))
    if last:
        running = verdict == int(SolveStatus.RUNNING)
        verdict = torch.where(running, int(SolveStatus.STEP_LIMIT), verdict)
    moved = replace(
        run,
        unknowns=unknowns,
        sight=fresh,
        widths=widths,
        energy=problem.energy(unknowns, fresh, widths),
        damping=damping,
        near=better & (slope <= instants * NEAR**2),
        held=step.held,
    )
    return moved, verdict


def _nowhere(problem: LandmarkProblem, start: LandmarkUnknowns) -> Solution:
    lanes = len(start.identity)
    shared = start.identity.shape[1] + problem.batch.focals
    return Solution(
        unknowns=start,
        status=torch.full((lanes,), int(SolveStatus.RUNNING), device=start.identity.device),
        iterations=torch.zeros(lanes, dtype=torch.long, device=start.identity.device),
        energy=torch.full_like(start.identity[:, 0], torch.nan),
        shared_variance=start.identity.new_full((lanes, shared), torch.nan),
        own_focal_variance=torch.full_like(start.log_focal, torch.nan),
    )


def _record(
    ended: Solution,
    run: _Running,
    verdict: Tensor,
    over: Tensor,
    *,
    counts: tuple[int, ...],
    iterations: int,
    last: tuple[ArrowSystem, ArrowStep],
) -> Solution:
    """Put lanes that are over where they belong in the whole batch."""
    whole = torch.zeros(len(counts), dtype=torch.bool, device=over.device)
    whole[run.lanes[over]] = True
    blocks = per_block(whole, counts)
    found = run.unknowns.select(over, run.counts)
    polished, freed = _polished(run, over, found, last)
    converged = verdict[over] == int(SolveStatus.CONVERGED)
    return replace(
        ended,
        unknowns=ended.unknowns.put(whole, counts, polished.where(converged, found, freed.counts)),
        status=ended.status.index_put((whole,), verdict[over]),
        iterations=ended.iterations.index_put((whole,), torch.tensor(iterations, device=over.device)),
        energy=ended.energy.index_put((whole,), run.energy[over]),
        shared_variance=ended.shared_variance.index_put(
            (whole,), freed.shared_covariance().diagonal(dim1=1, dim2=2)
        ),
        own_focal_variance=ended.own_focal_variance.index_put((blocks,), freed.local_variance(FOCAL)),
    )


def _polished(
    run: _Running, over: Tensor, at: LandmarkUnknowns, last: tuple[ArrowSystem, ArrowStep]
) -> tuple[LandmarkUnknowns, Elimination]:
    """Two more steps of some lanes with the last curvature, and what is known of their unknowns.

    Curvatures in float32 bend the path of a fit by their rounding, which depends on the lanes beside it; lanes
    end within the tolerance, perhaps with an unknown held that should not be. Gradients and factors in float64
    make too small to be seen what the paths differ by there. The last linearisation is less than the
    tolerance away: its curvature serves.
    """
    block = per_block(over, run.counts)
    problem = run.problem.select(over)
    widths = run.widths[block[run.problem.batch.instant]]
    system, held = last[0].select(over).double(), last[1].held[block]
    sight = problem.sight(at)
    none = torch.zeros(len(system.counts), dtype=torch.float64, device=held.device)

    def gradients(at: LandmarkUnknowns, sight: Sight) -> ArrowSystem:
        local, shared = problem.gradient(at, sight, widths)
        return replace(system, local_gradient=local, shared_gradient=shared)

    local_box, shared_box = problem.boxes(at)
    step = bounded_arrow_step(
        gradients(at, sight), none, local_box=local_box, shared_box=shared_box, held=held, rounds=POLISH
    )
    freed = step.elimination
    assert freed is not None
    at = at.stepped(step.local, step.shared, problem.batch)
    now = gradients(at, problem.sight(at, sight.outline))
    (low, high), (shared_low, shared_high) = problem.boxes(at)
    local, shared = freed.step(torch.where(step.held, 0.0, now.local_gradient), now.shared_gradient)
    local = torch.where(step.held | ~step.usable.all(), 0.0, local)
    local, shared = torch.clamp(local, low, high), torch.clamp(shared, shared_low, shared_high)
    return at.stepped(local, shared, problem.batch), freed


def _without(run: _Running, over: Tensor) -> _Running:
    keep = ~over
    instants = per_block(keep, run.counts)
    views = instants[run.problem.batch.instant]
    problem = run.problem.select(keep)
    unknowns = run.unknowns.select(keep, run.counts)
    return _Running(
        problem=problem,
        lanes=run.lanes[keep],
        unknowns=unknowns,
        sight=problem.sight(unknowns),
        widths=run.widths[views],
        energy=run.energy[keep],
        damping=run.damping[keep],
        near=run.near[keep],
        held=None if run.held is None else run.held[instants],
    )
