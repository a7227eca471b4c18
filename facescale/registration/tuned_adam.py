"""The preset "adam": Adam at its best, the strongest first-order rival of the preset "fast".

It minimises the very energy of "fast", with the same search tree, robust widths, priors and bounds, and the
same evaluation at the matched sites alone. Rate and units were found by benchmarks/adam_search.py, as the
setting that reaches the error of "fast" in the fewest steps, on scans of off-span ICT identities
(benchmarks/results/registration_cpu_2026-11-21.md): 450 steps, within 8 % of that error at 69 times its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch

from facescale.fitting.adam import Adam, AdamResult, minimise
from facescale.fitting.unknowns import RIGID, Layout, Unknowns
from facescale.registration.scan_problem import Carried, ScanProblem


@dataclass(frozen=True, kw_only=True)
class TunedAdamSettings:
    """The preset's numbers, with the unit of every block."""

    adam: Adam = field(default_factory=lambda: Adam(rate=0.0457, iterations=450))
    rotation_unit: float = 0.268
    """Radians."""
    translation_unit_mm: float = 6.28
    scale_unit: float = 0.02
    """Natural logarithm: some 2 mm at the border of a face, as the search found for the others. Not searched:
    its scans are metric."""
    block_units: Mapping[str, float] = field(default_factory=lambda: {"identity": 1.0, "expression": 1.33})
    """As the search found them: standard deviations, activations. Blocks with other names take one standard
    deviation of their prior, which is what the identity's unit is."""

    def to_convergence(self) -> "TunedAdamSettings":
        """The rate falls, since at a constant one Adam ends in its own noise.

        Until the energy falls by less than 1e-4 of itself in 100 steps; 2000 at the most.
        """
        falling = replace(self.adam, iterations=2000, last_share=0.02, tolerance=1e-4, window=100)
        return replace(self, adam=falling)

    def described(self) -> Mapping[str, str | float]:
        """The settings as a flat record."""
        return {
            "solver": "Adam, tuned by benchmarks/adam_search.py",
            "rate": self.adam.rate,
            "iterations": self.adam.iterations,
            **({"tolerance": self.adam.tolerance} if self.adam.tolerance else {}),
            "rotation_unit_rad": self.rotation_unit,
            "translation_unit_mm": self.translation_unit_mm,
            "scale_unit_log": self.scale_unit,
            **{f"{name}_unit": unit for name, unit in self.block_units.items()},
            "other_blocks_unit": "one standard deviation of the prior",
            "energy": "as in the preset fast",
        }

    def scales(self, layout: Layout) -> torch.Tensor:
        """What one unit of Adam's is in each column, (pose + coefficients,) float64."""
        pose = [self.rotation_unit] * 3 + [self.translation_unit_mm] * 3
        pose += [self.scale_unit] * (layout.pose_size - RIGID)
        blocks = [
            torch.full((b.size,), self.block_units[b.name]) if b.name in self.block_units else b.prior_std.cpu()
            for b in layout.blocks
        ]
        return torch.cat([torch.tensor(pose), *blocks]).double()


def fit(
    problem: ScanProblem, unknowns: Unknowns, *, start_width: float, settings: TunedAdamSettings
) -> AdamResult[Unknowns, Carried]:
    """Fit all lanes of a problem.

    Args:
        problem: with all points.
        unknowns: where to start.
        start_width: robust width in mm before the first search.
        settings: the preset's numbers.
    """
    device = problem.data.points.device
    width = torch.full((len(problem.data.points),), start_width, device=device)
    return minimise(
        problem,
        settings.adam,
        unknowns,
        Carried(width=width, found=None),
        scales=settings.scales(problem.layout).to(device),
    )
