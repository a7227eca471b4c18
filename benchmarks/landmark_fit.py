"""The solver of landmark_fit alone: ours against a dense Levenberg-Marquardt and the strongest Adam we found.

    python -m benchmarks.landmark_fit [--head ict builtin] [--frames 1 8 60 300] [--write]

One thread; seconds are this process' own on its core, since machines are shared. All three minimise the same
energy from the same first poses: 171 landmarks a frame with 1 px of noise (ibug68 without the jaw and 120 sites
of the face), one focal length and identity a subject, pose and expression a frame. Dense has our rows and our
kind of active set; only the elimination of frames is missing. Adam has the exact closed-form gradient, cheaper
than autograd; its rate, decay, steps and the scale of each block are searched on another subject of the first
head. Equal error: Adam's row is the shortest run that on the subject for tuning ends within 0.1 mm of the
minimum, root mean square over the face and over frames, or the longest one tried; ours runs to its own,
stricter tolerance.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.closest_point import hardware
from facescale.fitting.bounded_step import bounded_step
from facescale.fitting.schur import ArrowStep, ArrowSystem
from facescale.fitting.schur_reference import dense_system
from facescale.heads.library import load_head
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.problem import LandmarkProblem
from facescale.reconstruction.landmark_fit.sample import prepare
from facescale.reconstruction.landmark_fit.solve import solve
from facescale.reconstruction.landmark_fit.unknowns import FOCAL, POSE, LandmarkUnknowns
from tests.reconstruction.landmark_fit.subjects import embedding_of, subject_of, truth_of

CLOSE_MM = 0.1
LADDER = (200, 400, 800)
"""Adam's numbers of steps, fewest first."""
ADAM_FRAMES = 100
"""Larger subjects are left out: Adam's cost a frame no longer changes."""
DENSE_LIMIT = 5000
"""Unknowns beyond which a dense Hessian takes gigabytes and minutes."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One subject, or several of one frame."""

    problem: LandmarkProblem
    start: LandmarkUnknowns
    best: Tensor
    """(i, n, 3) points of the face at the minimum."""
    face: Tensor
    """(n, 3, c) their basis, for measuring."""

    def error(self, at: LandmarkUnknowns) -> float:
        """Root mean square distance from the minimum, mm."""
        return float((self._points(at) - self.best).square().sum(-1).mean().sqrt())

    def _points(self, at: LandmarkUnknowns) -> Tensor:
        return points_of(self.face, at, self.problem)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One setting of Adam: units of y = x / scale."""

    steps: int
    rate: float
    last_share: float
    rotation: float
    translation: float
    focal: float
    expression: float
    identity: float


def points_of(face: Tensor, at: LandmarkUnknowns, problem: LandmarkProblem) -> Tensor:
    own = at.identity[problem.batch.lane_of_instant()]
    both = torch.cat([at.expression, own], dim=1)
    return torch.einsum("nac,ic->ina", face, both)


def make_case(fitter: LandmarkFitter, frames: int, *, subjects: int, seed: int) -> Case:
    prepared = []
    for index in range(subjects):
        truth = truth_of(fitter.head, views=frames, seed=seed + index)
        subject = subject_of(fitter.head, fitter.embedding, truth, seed=seed + index)
        prepared.append(prepare(subject, fitter.embedding, fitter.config))
    problem = fitter.problem(prepared)
    tight = LandmarkFitter(fitter.head, fitter.embedding, LandmarkFitConfig(tolerance=1e-5, iterations=60))
    start = fitter.start(problem.batch)[0]
    ended = solve(tight.problem(prepared), start)
    face = fitter.head.regions["face"].nonzero()[::10, 0]
    names = {block.name: block.size for block in fitter.head.blocks}
    split = fitter.head.basis[face].double().split(list(names.values()), dim=-1)
    parts = dict(zip(names, split, strict=True))
    basis = torch.cat([parts["expression"], parts["identity"]], dim=-1)
    best = points_of(basis, ended.unknowns, problem)
    return Case(problem=problem, start=start, best=best, face=basis)


def least(step: Callable[[], object], *, repeats: int) -> float:
    """Least time of this process in seconds."""
    times = []
    for _ in range(repeats):
        before = time.process_time()
        step()
        times.append(time.process_time() - before)
    return min(times)


def dense_stepper(
    system: ArrowSystem,
    damping: Tensor,
    *,
    local_box: tuple[Tensor, Tensor],
    shared_box: tuple[Tensor, Tensor],
    held: Tensor | None,
) -> ArrowStep:
    """The same step from the Hessian written out, one lane."""
    del held
    wide = system.double()
    hessian, gradient = dense_system(wide, 0)
    hessian.diagonal().mul_(1 + damping[0])
    lower, upper = (torch.cat([shared_box[k][0], local_box[k].flatten()]) for k in (0, 1))
    step, good = bounded_step(hessian[None], gradient[None], lower[None], upper[None], rounds=4)
    size = system.shared.shape[1]
    local = step[0, size:].reshape(system.local_gradient.shape)
    on_side = (local <= local_box[0]) | (local >= local_box[1])
    return ArrowStep(local=local, shared=step[:, :size], usable=good, held=on_side)


def adam(case: Case, trial: Trial) -> LandmarkUnknowns:
    """Adam on local and shared columns together."""
    problem, at = case.problem, case.start
    batch, size = problem.batch, problem.model.identity.size
    ones = torch.ones(1, POSE + problem.model.expression.size, dtype=torch.float64) * trial.expression
    ones[:, :3], ones[:, 3:FOCAL], ones[:, FOCAL] = trial.rotation, trial.translation, trial.focal
    common = torch.full((1, size + batch.focals), trial.identity, dtype=torch.float64)
    common[:, size:] = trial.focal
    moments: list[tuple[Tensor, Tensor]] | None = None
    for count in range(1, trial.steps + 1):
        sight = problem.sight(at)
        slopes = problem.gradient(at, sight, problem.widths(sight))
        scaled = [slopes[0] * ones, slopes[1] * common]
        before = moments or [(torch.zeros_like(g), torch.zeros_like(g)) for g in scaled]
        moments = [
            (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g.square())
            for (m, v), g in zip(before, scaled, strict=True)
        ]
        rate = trial.rate * trial.last_share ** ((count - 1) / max(trial.steps - 1, 1))
        boxes = problem.boxes(at)
        steps = []
        for (m, v), unit, box in zip(moments, (ones, common), boxes, strict=True):
            mean, spread = m / (1 - 0.9**count), (v / (1 - 0.999**count)).sqrt() + 1e-8
            steps.append(torch.minimum(torch.maximum(-rate * mean / spread * unit, box[0]), box[1]))
        at = at.stepped(steps[0], steps[1], batch)
    return at


def search(case: Case, *, draws: int, seed: int) -> Trial:
    """The shortest run of Adam that comes close enough on a subject for tuning.

    Every number of steps starts from the best setting of the one before and draws around it, ever nearer.
    """
    rng = np.random.default_rng(seed)
    centre = Trial(
        steps=LADDER[0],
        rate=0.2,
        last_share=0.01,
        rotation=0.02,
        translation=4.0,
        focal=0.05,
        expression=0.15,
        identity=0.5,
    )
    tunable = [field.name for field in fields(Trial) if field.name != "steps"]
    for rung, steps in enumerate(LADDER):
        centre = replace(centre, steps=steps)
        best = case.error(adam(case, centre))
        for draw in range(draws):
            reach = 0.6 / (1 + rung) * (1 - 0.5 * draw / draws)
            moved = {name: getattr(centre, name) * 10 ** rng.uniform(-reach, reach) for name in tunable}
            moved["last_share"] = min(moved["last_share"], 1.0)
            trial = replace(centre, **moved)
            error = case.error(adam(case, trial))
            if error < best:
                best, centre = error, trial
        print(f"  Adam, {steps} steps: {best:.3f} mm from the minimum", flush=True)
        if best < CLOSE_MM:
            return centre
    return centre


def row(name: str, frames: int, seconds: float, ours: float, note: str) -> str:
    rate = f"{frames / seconds:.0f}" if seconds < frames else f"{frames / seconds:.2f}"
    return f"| {frames} | {name} | {rate} | {1e3 * seconds / frames:.2f} | {seconds / ours:.1f} | {note} |"


def measure(fitter: LandmarkFitter, frames: int, trial: Trial | None) -> list[str]:
    """Rows of one subject's size."""
    case = make_case(fitter, frames, subjects=1, seed=1000)
    ended = solve(case.problem, case.start)
    ours = least(lambda: solve(case.problem, case.start), repeats=9 if frames < 100 else 5)
    iterations = int(ended.iterations[0])
    note = f"{iterations} iterations, {case.error(ended.unknowns):.4f} mm from the minimum"
    rows = [row("ours", frames, ours, ours, note)]
    starts = least(lambda: fitter.start(case.problem.batch), repeats=5)
    rows.append(row("first poses", frames, starts, ours, "POSIT, before any of the solvers"))
    unknowns = (
        frames * (POSE + fitter.model.expression.size) + fitter.model.identity.size + case.problem.batch.focals
    )
    if unknowns <= DENSE_LIMIT:
        before = time.process_time()
        dense = solve(case.problem, case.start, stepper=dense_stepper)
        seconds = time.process_time() - before
        note = (
            f"{int(dense.iterations[0])} iterations, {case.error(dense.unknowns):.4f} mm, {unknowns} unknowns"
        )
        rows.append(row("dense Hessian", frames, seconds, ours, note))
    else:
        size = unknowns**2 * 8 / 1e9
        rows.append(f"| {frames} | dense Hessian | - | - | - | left out: {unknowns} unknowns, {size:.1f} GB |")
    if trial is not None and frames <= ADAM_FRAMES:
        before = time.process_time()
        found = adam(case, trial)
        seconds = time.process_time() - before
        note = f"{trial.steps} steps, {case.error(found):.3f} mm"
        rows.append(row("Adam, tuned", frames, seconds, ours, note))
    return rows


def together(fitter: LandmarkFitter, subjects: int) -> str:
    """Many subjects of one frame in one batch."""
    case = make_case(fitter, 1, subjects=subjects, seed=2000)
    seconds = least(lambda: solve(case.problem, case.start), repeats=5)
    count = solve(case.problem, case.start).iterations.double()
    note = f"{subjects} subjects of 1 frame in one batch, {count.mean():.1f} iterations"
    return f"| {subjects} x 1 | ours | {subjects / seconds:.0f} | {1e3 * seconds / subjects:.2f} | - | {note} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", nargs="+", default=["ict", "builtin"])
    parser.add_argument("--frames", type=int, nargs="+", default=[1, 8, 60, 300])
    parser.add_argument("--draws", type=int, default=8, help="settings of Adam tried for each number of steps")
    parser.add_argument("--write", action="store_true", help="write a dated file to benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    about = __doc__.split("\n\n", 2)[2]
    parts = [f"# landmark_fit, the solver alone\n\n{hardware('cpu')}\n\n{about}"]
    trial: Trial | None = None
    for name in options.head:
        head = load_head(name)
        fitter = LandmarkFitter(head, embedding_of(head), LandmarkFitConfig())
        if options.draws and trial is None:
            trial = search(make_case(fitter, 8, subjects=1, seed=500), draws=options.draws, seed=0)
        size = f"{fitter.model.identity.size} + {fitter.model.expression.size}"
        lines = [
            f"\n## {name}, {size} coefficients\n",
            f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs. Adam's setting: {trial}.\n",
            "| frames | solver | frames/s | ms a frame | time to ours | note |",
            "|---:|---|---:|---:|---:|---|",
        ]
        for frames in options.frames:
            lines += measure(fitter, frames, trial)
            print("\n".join(lines[-5:]), flush=True)
        lines.append(together(fitter, 60))
        parts.append("\n".join(lines))
        print(parts[-1], flush=True)
    if options.write:
        day = datetime.now(UTC).date()
        path = Path(__file__).parent / "results" / f"landmark_fit_{hardware('cpu')}_{day}.md"
        path.write_text("\n".join(parts) + "\n")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
