"""Search for the Adam that reaches a given error soonest: the strongest fair baseline of registration.

It minimises the same energy as our solver, with the same search tree, priors, bounds and robust widths, by
the same closed-form gradient, which is several times cheaper than autograd. Rate, its decay and the scale of
every block are tuned; only the solver differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from facescale.fitting.adam import Adam, minimise
from facescale.fitting.unknowns import RIGID, Unknowns
from facescale.registration.scan_problem import Carried, ScanProblem

LADDER = (40, 60, 90, 130, 200, 300, 450, 700)
"""Numbers of steps that are tried, fewest first."""

Judge = Callable[[int, Unknowns], float]
"""Error of a fit of the development scan with this index."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One setting of Adam."""

    steps: int
    rate: float
    last_share: float
    rotation: float
    """rad in a unit of y = x / scale; `translation` in mm."""
    translation: float
    blocks: tuple[tuple[str, float], ...]
    """Of each block of coefficients, in its prior deviations; the first is 1, since the rate scales all."""

    def described(self) -> str:
        """For a table."""
        units = ", ".join(f"{name} {unit:.3g} prior sd" for name, unit in self.blocks)
        return (
            f"{self.steps} steps, rate {self.rate:.3g} falling to {self.last_share:.2g} of it; units: rotation "
            f"{self.rotation:.3g} rad, translation {self.translation:.3g} mm, {units}"
        )


def run(problem: ScanProblem, start: Unknowns, trial: Trial, *, start_width: float) -> Unknowns:
    """Fit with one setting. Blocks that move nothing while the others rest stay out: Adam is quicker so."""
    whole = problem.layout
    layout = whole.early()
    early = whole.early_columns.to(start.coefficients.device)
    units = dict(trial.blocks)
    scales = torch.cat(
        [
            torch.full((3,), trial.rotation),
            torch.full((3,), trial.translation),
            torch.ones(layout.pose_size - RIGID),
            *(units[block.name] * block.prior_std.cpu() for block in layout.blocks),
        ]
    ).double()
    lanes = len(problem.data.points)
    width = torch.full((lanes,), start_width, device=problem.data.points.device)
    settings = Adam(rate=trial.rate, iterations=trial.steps, last_share=trial.last_share)
    carried = Carried(width=width, found=None)
    ended = minimise(
        replace(problem, layout=layout),
        settings,
        replace(start, coefficients=start.coefficients[:, early]),
        carried,
        scales=scales.to(width.device),
    ).unknowns
    coefficients = start.coefficients.clone()
    coefficients[:, early] = ended.coefficients
    return replace(ended, coefficients=coefficients)


def _drawn(rng: np.random.Generator, steps: int, names: Sequence[str]) -> Trial:
    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    return Trial(
        steps=steps,
        rate=between(0.01, 0.5),
        last_share=between(0.01, 1.0),
        rotation=between(0.01, 0.2),
        translation=between(1.0, 20.0),
        blocks=((names[0], 1.0), *((name, between(0.3, 6.0)) for name in names[1:])),
    )


def _near(trial: Trial, rng: np.random.Generator, steps: int) -> Trial:
    def shifted(value: float, most: float = np.inf) -> float:
        return float(min(value * np.exp(rng.normal(0, 0.35)), most))

    return replace(
        trial,
        steps=steps,
        rate=shifted(trial.rate),
        last_share=shifted(trial.last_share, 1.0),
        rotation=shifted(trial.rotation),
        translation=shifted(trial.translation),
        blocks=(trial.blocks[0], *((name, shifted(unit)) for name, unit in trial.blocks[1:])),
    )


def search(
    problems: Sequence[tuple[ScanProblem, Unknowns]],
    judge: Judge,
    *,
    target: float,
    trials: int,
    start_width: float,
    seed: int = 0,
) -> tuple[Trial, float]:
    """Find the setting that reaches a mean error in the fewest steps, or the best one if none does.

    Half of each rung's trials are drawn at random, half near the best so far.

    Args:
        problems: development scans and their starts.
        judge: error of a fit of one of them.
        target: mean error to reach.
        trials: settings a rung.
        start_width: robust width in mm at the start.
        seed: of the draws.

    Returns:
        The setting and its mean error on the development scans.
    """
    rng = np.random.default_rng(seed)
    names = [block.name for block in problems[0][0].layout.early().blocks]
    best: tuple[float, Trial] | None = None
    for steps in LADDER:
        pool = [_drawn(rng, steps, names) for _ in range(trials if best is None else trials // 2)]
        if best is not None:
            pool += [replace(best[1], steps=steps)]
            pool += [_near(best[1], rng, steps) for _ in range(trials - len(pool))]
        for trial in pool:
            errors = [
                judge(index, run(problem, start, trial, start_width=start_width))
                for index, (problem, start) in enumerate(problems)
            ]
            mean = float(np.nan_to_num(np.mean(errors), nan=np.inf))
            if best is None or mean < best[0]:
                best = (mean, trial)
        assert best is not None
        print(f"  {steps} steps: best {best[0]:.4f} mm (to reach {target:.4f})", flush=True)
        if best[0] <= target:
            break
    assert best is not None
    return best[1], best[0]
