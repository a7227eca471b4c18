"""Opening and closing of the left eyelids: rotation about the eyeball, lifted over the cornea."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.interpolate import PchipInterpolator

from facescale.heads.builtin import controls
from facescale.heads.builtin.eyelids import HALF_RING, INNER_CORNER_PLACE, INNER_RING, MARGIN_RING
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
    "eyeBlink": LidPose(upper=0.985, lower=0.97, lift=(2.2, 2.2)),
    "eyeSquint": LidPose(upper=0.18, lower=1.6, lift=(0.4, 0.7)),
    "eyeWide": LidPose(upper=-0.3, lower=-0.25, lift=(0.2, 0.1)),
    "eyeLookDown": LidPose(upper=0.55, lower=-0.85, lift=(0.9, 1.2)),
    "eyeLookUp": LidPose(upper=-0.2, lower=0.65, lift=(1.0, 0.4)),
    "eyeLookIn": LidPose(upper=0.0, lower=0.0, lift=(0.4, 0.4), lift_at=-5.0),
    "eyeLookOut": LidPose(upper=0.0, lower=0.0, lift=(0.4, 0.4), lift_at=5.0),
    # the cheek pushes the lower lid up
    "cheekSquint": LidPose(upper=0.0, lower=0.8, lift=(0.0, 0.5)),
    "mouthSmile": LidPose(upper=0.0, lower=0.45, lift=(0.0, 0.3)),
}


def lid_displacement(pose: LidPose) -> Float[np.ndarray, "v 3"]:
    """Displacement of the skin around the left eye, mm."""
    topology, cage = skin_topology(), skin_cage()
    rings = topology.rings["eye"]
    margin = _margin_angles(MARGIN_RING)
    moved = np.zeros_like(cage)
    for ring, vertices in enumerate(rings):
        away = cage[vertices] - controls.EYE_CENTRE
        above = _on_upper_lid(len(vertices))
        outer_upper, outer_lower = (angle(away[:, 0]) for angle in margin)
        # the inner edges lie nearer to each other than the outer ones: each pair closes by its own distance
        own = _margin_angles(INNER_RING) if ring == INNER_RING else margin
        upper, lower = (angle(away[:, 0]) for angle in own)
        meeting = outer_lower + MEETING * (outer_upper - outer_lower)
        turn = np.where(
            above,
            pose.upper * UPPER_SHARES[ring] * (meeting - upper),
            pose.lower * LOWER_SHARES[ring] * (meeting - lower),
        )
        turned = _about_x(away, turn)
        width = np.exp(-0.5 * np.square((away[:, 0] - pose.lift_at) / CORNEA_HALF_WIDTH))
        lift = np.where(above, *pose.lift) * width * LIFT_SHARES[ring]
        outward = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        moved[vertices] = turned + lift[:, None] * outward - away
    return moved


def _margin_angles(ring: int) -> tuple[PchipInterpolator, PchipInterpolator]:
    """Elevation of the upper and the lower edge as functions of x; beyond the corners they stay."""
    edge = skin_cage()[skin_topology().rings["eye"][ring]] - controls.EYE_CENTRE
    elevation = np.arctan2(edge[:, 1], edge[:, 2])
    step = np.arange(HALF_RING + 1)
    lids = []
    for places in (INNER_CORNER_PLACE - step, (INNER_CORNER_PLACE + step) % len(edge)):
        x, angle = edge[places, 0], elevation[places]
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
