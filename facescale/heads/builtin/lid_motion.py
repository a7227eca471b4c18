"""Opening and closing of the left eyelids: rotation about the eyeball, lifted over the cornea."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.interpolate import PchipInterpolator

from facescale.heads.builtin import controls
from facescale.heads.builtin.eyelids import HALF_RING, INNER_CORNER_PLACE, MARGIN_RING
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

UPPER_SHARES = (0.0, 0.04, 0.14, 0.32, 0.58, 0.84, 1.0, 1.0, 0.55, 0.12, 0.0, 0.0)
LOWER_SHARES = (0.0, 0.04, 0.12, 0.28, 0.5, 0.78, 1.0, 1.0, 0.5, 0.1, 0.0, 0.0)
"""How far each ring goes with the lid margin, ring 6."""
LIFT_SHARES = (0.0, 0.05, 0.15, 0.35, 0.6, 0.85, 1.0, 1.0, 0.75, 0.2, 0.0, 0.0)
"""The same for what lifts the lid off the eyeball."""
MEETING = 0.2
"""Where closed lids meet: this share of the way up from the lower to the upper margin."""
CORNEA_HALF_WIDTH = 5.5


@dataclass(frozen=True, kw_only=True)
class LidPose:
    """Where the lids of one eye go."""

    upper: float
    """Share of the way to where the lids meet; negative opens wider."""
    lower: float
    lift: tuple[float, float] = (0.0, 0.0)
    """mm that the upper and lower margin are lifted off the eyeball over the cornea."""
    lift_at: float = 0.0
    """mm of the cornea's apex to the left of the eyeball's centre."""


LID_POSES: Mapping[str, LidPose] = {
    "eyeBlink": LidPose(upper=1.0, lower=1.0, lift=(2.3, 1.6)),
    "eyeSquint": LidPose(upper=0.18, lower=1.6, lift=(0.4, 0.7)),
    "eyeWide": LidPose(upper=-0.3, lower=-0.25, lift=(0.2, 0.1)),
    "eyeLookDown": LidPose(upper=0.42, lower=-0.55, lift=(0.9, 1.0)),
    "eyeLookUp": LidPose(upper=-0.24, lower=0.35, lift=(1.0, 0.4)),
    "eyeLookIn": LidPose(upper=0.0, lower=0.0, lift=(0.4, 0.4), lift_at=-5.0),
    "eyeLookOut": LidPose(upper=0.0, lower=0.0, lift=(0.4, 0.4), lift_at=5.0),
}


def lid_displacement(pose: LidPose) -> Float[np.ndarray, "v 3"]:
    """Displacement of the skin around the left eye, mm."""
    topology, cage = skin_topology(), skin_cage()
    rings = topology.rings["eye"]
    upper_angle, lower_angle = _margin_angles()
    moved = np.zeros_like(cage)
    for ring, vertices in enumerate(rings):
        away = cage[vertices] - controls.EYE_CENTRE
        above = _on_upper_lid(len(vertices))
        span = upper_angle(away[:, 0]) - lower_angle(away[:, 0])
        upper = -pose.upper * UPPER_SHARES[ring] * (1 - MEETING) * span
        lower = pose.lower * LOWER_SHARES[ring] * MEETING * span
        turned = _about_x(away, np.where(above, upper, lower))
        width = np.exp(-0.5 * np.square((away[:, 0] - pose.lift_at) / CORNEA_HALF_WIDTH))
        lift = np.where(above, *pose.lift) * width * LIFT_SHARES[ring]
        outward = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        moved[vertices] = turned + lift[:, None] * outward - away
    return moved


def _margin_angles() -> tuple[PchipInterpolator, PchipInterpolator]:
    """Elevation of the upper and lower margin as functions of x; they agree, and stay, beyond the corners."""
    ring = skin_cage()[skin_topology().rings["eye"][MARGIN_RING]] - controls.EYE_CENTRE
    elevation = np.arctan2(ring[:, 1], ring[:, 2])
    step = np.arange(HALF_RING + 1)
    lids = []
    for places in (INNER_CORNER_PLACE - step, (INNER_CORNER_PLACE + step) % len(ring)):
        x, angle = ring[places, 0], elevation[places]
        lids.append((np.concatenate([[-60], x, [60]]), np.concatenate([angle[:1], angle, angle[-1:]])))
    return PchipInterpolator(*lids[0]), PchipInterpolator(*lids[1])


def _on_upper_lid(count: int) -> Bool[np.ndarray, "n"]:
    """Places of the upper lid: from the outer corner over the top to the inner one."""
    place = np.arange(count)
    return (place > INNER_CORNER_PLACE - HALF_RING) & (place < INNER_CORNER_PLACE)


def _about_x(points: Float[np.ndarray, "n 3"], angle: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 3"]:
    """Raise points about the x axis by angles in radians."""
    x, y, z = points.T
    return np.stack([x, y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle)], axis=1)
