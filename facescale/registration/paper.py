"""The preset "paper-asm": the setting of ASM's face registration (Yang et al. 2023, supplement section 3).

Adam with rate 1e-3 for 300 steps on the mean squared distance of scan vertices to the nearest face, all
parameters and the rigid motion at once from a pose by keypoints, with a regulariser on the coefficients.
The paper leaves the units open. Adam moves a parameter by 0.3 of its unit in 300 steps at most, so they
decide the result, and are stated here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch

from facescale.fitting.adam import Adam, AdamResult, minimise
from facescale.fitting.unknowns import RIGID, Unknowns
from facescale.registration.scan_problem import Carried, ScanProblem

UNREACHABLE_MM = 1e5


@dataclass(frozen=True, kw_only=True)
class PaperSettings:
    """The preset's numbers, with the unit of every block."""

    adam: Adam = field(default_factory=lambda: Adam(rate=1e-3, iterations=300))
    rotation_unit: float = 1.0
    """Radians."""
    translation_unit_mm: float = 100.0
    """Decimetres, as in the BFM code that ASM's reconstruction network comes from."""
    scale_unit: float = 1.0
    """Natural logarithm."""
    coefficient_unit: float = 1.0
    """Coefficients as their blocks have them: identity in standard deviations, expression in activations; those
    of ASM in radians, natural logarithms, sides of the chart, entries of the factor of Sigma."""
    block_units: Mapping[str, float] = field(default_factory=lambda: {"tau_translation": 100.0})
    """Blocks with another unit: the bones of ASM move in decimetres, as the head does."""

    def to_convergence(self) -> "PaperSettings":
        """The same rate, until the energy falls by less than 1e-3 of itself in 100 steps; 3000 at the most."""
        return replace(self, adam=replace(self.adam, iterations=3000, tolerance=1e-3, window=100))

    def described(self) -> Mapping[str, str | float]:
        """The settings as a flat record."""
        return {
            "solver": "Adam",
            "rate": self.adam.rate,
            "iterations": self.adam.iterations,
            **({"tolerance": self.adam.tolerance} if self.adam.tolerance else {}),
            "rotation_unit_rad": self.rotation_unit,
            "translation_unit_mm": self.translation_unit_mm,
            "scale_unit_log": self.scale_unit,
            "identity_unit_std": self.coefficient_unit,
            "expression_unit_activation": self.coefficient_unit,
            "coefficient_unit": self.coefficient_unit,
            **{f"{name}_unit": unit for name, unit in self.block_units.items()},
            "energy": "squared point-to-face distance, Gaussian prior as in the preset fast",
        }


def fit(problem: ScanProblem, unknowns: Unknowns, *, settings: PaperSettings) -> AdamResult[Unknowns, Carried]:
    """Fit all lanes of a problem as the paper does: every point counts, however far and whichever way it faces.

    Args:
        problem: with all points; its robust settings are set aside.
        unknowns: where to start.
        settings: the preset's numbers.
    """
    lanes, device = len(problem.data.points), problem.data.points.device
    plain = replace(
        problem,
        reach=UNREACHABLE_MM,
        facing=-2.0,
        borders=True,
        hair_width=UNREACHABLE_MM,
        narrowest=UNREACHABLE_MM,
    )
    width = torch.full((lanes,), UNREACHABLE_MM, device=device)
    layout = problem.layout
    scales = torch.full((layout.pose_size + layout.coefficients,), settings.coefficient_unit)
    scales[:3] = settings.rotation_unit
    scales[3:RIGID] = settings.translation_unit_mm
    scales[RIGID : layout.pose_size] = settings.scale_unit
    units = [
        torch.full((b.size,), settings.block_units.get(b.name, settings.coefficient_unit))
        for b in layout.blocks
    ]
    scales[layout.pose_size :] = torch.cat(units) if units else 0.0
    return minimise(
        plain,
        settings.adam,
        unknowns,
        Carried(width=width, found=None),
        scales=scales.double().to(device),
    )
