"""Calibrated cameras on arcs around a head, as multi-view rigs have them. Renders nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from facescale.structures.view import PinholeRecord

SIDEWAYS = np.radians(62.0)
"""How far to either side the outermost cameras stand."""
RISES = tuple(np.radians(rise) for rise in (4.0, -18.0, 24.0))
"""Of the arcs above the level of the face; the first is filled first."""
A_ROW = 6
"""Cameras for which one arc is enough."""
DISTANCE = (900.0, 1100.0)
"""From the middle of the head, mm."""
REACH = 330.0
"""Width around the middle of the head that the shorter side of a picture shows, mm: heads move."""
JITTER = np.radians(2.0)


@dataclass(frozen=True, kw_only=True)
class Optics:
    """What the lenses of a rig have in common."""

    size: tuple[int, int]
    """Width and height of the pictures, pixels."""
    distorted: bool = False
    """Whether lenses bend; the calibration knows how."""
    one_lens: bool = False
    """Whether all cameras share focal length, principal point and distortion."""


def cameras_on_arcs(
    names: Sequence[str], rng: np.random.Generator, *, aim: Float[np.ndarray, "3"], optics: Optics
) -> dict[str, PinholeRecord]:
    """Place cameras that all see the whole head.

    The first stands in front; a single arc is filled up to `A_ROW` cameras, three arcs beyond.

    Args:
        names: of the cameras.
        rng: all randomness.
        aim: middle of the head in the world, mm; the face looks along +z.
        optics: of the lenses.

    Returns:
        Name -> camera, world to camera, mm.
    """
    shared = np.random.default_rng(rng.integers(1 << 31))
    seed = int(shared.integers(1 << 31))
    found = {}
    for place, (name, planned) in enumerate(zip(names, _places(len(names)), strict=True)):
        own = np.random.default_rng([seed, place])
        focal, principal, distortion = _lens(np.random.default_rng([seed]) if optics.one_lens else own, optics)
        yaw, rise = np.array(planned) + own.normal(0, JITTER, 2) * (place > 0)
        way = np.array([np.sin(yaw) * np.cos(rise), np.sin(rise), np.cos(yaw) * np.cos(rise)])
        distance = own.uniform(*DISTANCE)
        focal = focal * (1.0 if optics.one_lens else distance / np.mean(DISTANCE))
        rotation = _rolled(own.normal(0, JITTER)) @ _upright(-way)
        off = np.array([*own.normal(0, 8.0, 2), 0.0])
        found[name] = PinholeRecord(
            rotation=rotation,
            translation=np.array([0, 0, distance]) + off - rotation @ aim,
            focal=focal,
            principal=principal,
            distortion=distortion,
            size=optics.size,
        )
    return found


def _places(count: int) -> list[tuple[float, float]]:
    """Yaw and rise of each camera, from the middle outwards."""
    rows = 1 if count <= A_ROW else len(RISES)
    found = []
    for row in range(rows):
        members = len(range(row, count, rows))
        # one camera of the first row stands in front, whatever their number
        steps = np.linspace(-1, 1, members) if members % 2 else np.linspace(-1, 1, members + 1)[1:]
        yaws = SIDEWAYS * steps if members > 1 else np.zeros(1)
        found.append([(float(yaw), RISES[row]) for yaw in sorted(yaws, key=lambda yaw: (abs(yaw), yaw))])
    return [found[place % rows][place // rows] for place in range(count)]


def _lens(rng: np.random.Generator, optics: Optics) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Focal lengths, principal point and distortion."""
    focal = min(optics.size) * float(np.mean(DISTANCE)) / REACH
    k1, k2 = rng.normal(0, 0.08), rng.normal(0, 0.03)
    p1, p2 = rng.normal(0, 0.001, 2)
    bent = np.array([k1, k2, p1, p2, 0.0]) if optics.distorted else np.zeros(5)
    principal = np.array(optics.size) / 2 + rng.normal(0, 0.008, 2) * optics.size
    return focal * np.array([1, 1 + rng.normal(0, 0.001)]), principal, bent


def _upright(forward: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3 3"]:
    """World to camera for a view along a direction, +y of the world up in the picture."""
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward])


def _rolled(angle: float) -> Float[np.ndarray, "3 3"]:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
