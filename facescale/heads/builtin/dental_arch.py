"""The curve on which a row of teeth stands: incisal edges, canine tips and buccal cusps. No teeth here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_STEP = 0.05
_ONSET = 1.8
"""Between 1 and 2: how late the arch begins to turn. The breadths of adult arches are within reach."""
_TOLERANCE = 0.5
"""How far the arch may miss a breadth, mm."""
_BEYOND = 12.0
"""How far the curve goes on behind the last tooth, mm."""


@dataclass(frozen=True, kw_only=True)
class ArchCurve:
    """The left half of a symmetric curve in the occlusal plane: x to the left, z forward, mm.

    It begins at the origin, between the central incisors, and runs back.
    """

    length: Float[np.ndarray, "n"]
    """Along the curve."""
    point: Float[np.ndarray, "n 2"]
    angle: Float[np.ndarray, "n"]
    """From +x towards the back, radians."""

    def at(
        self, length: float
    ) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"], Float[np.ndarray, "2"]]:
        """Point, unit tangent (towards the back) and unit normal (out of the mouth), each (x, z)."""
        x, z, angle = (np.interp(length, self.length, row) for row in (*self.point.T, self.angle))
        tangent = np.array([np.cos(angle), -np.sin(angle)])
        return np.array([x, z]), tangent, np.array([-tangent[1], tangent[0]])


def arch_curve(widths: Sequence[float], *, canine_half: float, molar_half: float) -> ArchCurve:
    """Bend a row of tooth widths into an arch of given breadth.

    The direction turns towards the back by a saturating function of the length: flat incisors, a turn at the
    canine, almost straight molars. Its two constants follow from the two breadths.

    Args:
        widths: mesiodistal, mm, from the central incisor (0) to the second molar (6).
        canine_half: x at the middle of the canine, mm; met within half a millimetre, as is the other.
        molar_half: x at the middle of the first molar, mm.

    Raises:
        ValueError: breadths that no such arch has.
    """
    from scipy.optimize import least_squares

    ends = np.cumsum(widths)
    length = np.arange(0, ends[-1] + _BEYOND, _STEP)
    middles = [ends[2] - widths[2] / 2, ends[5] - widths[5] / 2]

    def bent(constants: np.ndarray) -> ArchCurve:
        final, turn = constants
        angle = final * (1 - np.exp(-((length / turn) ** _ONSET)))
        steps = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
        middle = (steps[1:] + steps[:-1]) / 2 * _STEP
        return ArchCurve(length=length, point=np.concatenate([[[0, 0]], middle.cumsum(axis=0)]), angle=angle)

    def misses(constants: np.ndarray) -> np.ndarray:
        curve = bent(constants)
        reached = np.interp(middles, curve.length, curve.point[:, 0])
        return reached - [canine_half, molar_half]

    found = least_squares(misses, [1.3, 25.0], bounds=([0.6, 5.0], [1.75, 80.0]))
    if np.abs(found.fun).max() > _TOLERANCE:
        raise ValueError(
            f"expected breadths that an arch of {ends[-1]:.1f} mm a side can have, got halves of "
            f"{canine_half} mm at the canine and {molar_half} mm at the first molar; "
            f"the nearest misses them by {found.fun.round(2)} mm"
        )
    return bent(found.x)
