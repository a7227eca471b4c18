"""Decide a scan's unit and first pose from what there is: keypoints, stated axes, or the surface alone.

Knows nothing of the fit that follows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from facescale.registration.config import Axis, RegistrationConfig
from facescale.registration.head_template import HeadTemplate
from facescale.registration.keypoint_pose import keypoint_pose, mirrored
from facescale.registration.landmark_judge import Verdict
from facescale.registration.orientation import adapt
from facescale.registration.point_pool import PointPool
from facescale.registration.rigid import Motions
from facescale.registration.sample import Initialisation, UnitFrom
from facescale.registration.scan_surface import Drawn
from facescale.registration.surface_pose import MOST_SCORE_MM, Search, by_surface
from facescale.registration.units import (
    check_size,
    median_radius,
    unit_by_keypoints,
    units_by_size,
)
from facescale.structures.units import MILLIMETRES_PER, Unit

FREE_RADII_MM = (62.0, 78.0, 97.0, 121.0, 152.0, 190.0)
"""With the scale free and no keypoints, the scan's median radius is tried to be each of these."""
CHECK_POINTS = 3000
"""Scan points that a pose by keypoints is checked against."""


@dataclass(frozen=True, kw_only=True)
class FirstPose:
    """Where the mean head lies in the scan, in mm relative to the scan's origin."""

    rotation: np.ndarray
    """(3, 3) float64."""
    translation: np.ndarray
    """(3,) float64."""
    millimetres_per_unit: float
    unit: Unit | None
    unit_from: UnitFrom
    keypoints: Mapping[str, np.ndarray]
    """Those that are believed, native unit, relative to the scan's origin."""
    initialisation: Initialisation


def first_pose(
    template: HeadTemplate,
    drawn: Drawn,
    keypoints: Mapping[str, np.ndarray],
    stated: Unit | None,
    config: RegistrationConfig,
    rng: np.random.Generator,
    *,
    ask: Callable[[], Verdict],
) -> FirstPose:
    """Decide unit and pose, or say why it cannot be done.

    Args:
        template: the mean head.
        drawn: points of the whole scan, native unit.
        keypoints: by name, native unit, relative to the same origin as `drawn`.
        stated: the unit that the corpus states.
        config: unit, scale, axes.
        rng: for the automatic search.
        ask: asks the second judge, which is slower than the search: only where that leaves it open.

    Raises:
        CaptureRejected: "impossible-size", "no-orientation", "ambiguous-unit".
    """
    radius = median_radius(drawn.positions)
    unit = config.unit or stated
    known: tuple[Unit, UnitFrom] | None = None
    if unit is not None and config.scale == "fixed":
        known = (unit, "config" if config.unit else "corpus")
    notes: list[str] = []
    if keypoints:
        pose = _by_keypoints(template, drawn, keypoints, known, config, notes)
        if pose is not None:
            return pose
    if known is not None:
        check_size(radius, known[0])
        trials: list[tuple[float, Unit | None]] = [(MILLIMETRES_PER[known[0]], known[0])]
    elif config.scale == "free":
        trials = [(size / radius, None) for size in FREE_RADII_MM]
    else:
        trials = [(MILLIMETRES_PER[u], u) for u in units_by_size(radius)]
    source: UnitFrom = known[1] if known else ("free" if config.scale == "free" else "size")
    axes = None if config.up is None or config.front is None else axes_rotation(config.up, config.front)
    search = Search(template=template, drawn=drawn, trials=trials, rng=rng)
    settled = by_surface(search.run, axes, notes, ask)
    best = settled.best.orientation
    return FirstPose(
        rotation=best.rotation,
        translation=best.translation,
        millimetres_per_unit=settled.best.millimetres,
        unit=settled.best.unit,
        unit_from=source,
        keypoints={},
        initialisation=Initialisation(
            oriented_by=settled.oriented_by,
            score_mm=best.score,
            ratio=settled.ratio,
            keypoint_rms_mm=float("nan"),
            notes=settled.notes,
        ),
    )


def _by_keypoints(
    template: HeadTemplate,
    drawn: Drawn,
    keypoints: Mapping[str, np.ndarray],
    known: tuple[Unit, UnitFrom] | None,
    config: RegistrationConfig,
    notes: list[str],
) -> FirstPose | None:
    """The pose by keypoints, as they are named or with their sides exchanged; None, with a note, if neither."""
    straight = _checked(template, drawn, keypoints, known, config)
    if isinstance(straight, FirstPose):
        return straight
    exchanged = _checked(template, drawn, mirrored(keypoints), known, config)
    if isinstance(exchanged, FirstPose):
        return _noted(
            exchanged, "left and right are exchanged in the keypoints' names; read the other way round"
        )
    notes.append(straight + "; not used")
    return None


def _checked(
    template: HeadTemplate,
    drawn: Drawn,
    named: Mapping[str, np.ndarray],
    known: tuple[Unit, UnitFrom] | None,
    config: RegistrationConfig,
) -> FirstPose | str:
    """The pose of keypoints that agree with each other and with the surface, else what speaks against it."""
    free = keypoint_pose(template.keypoints, named, scaled=True)
    if free is None:
        return "the keypoints agree on no pose"
    unit, unit_from = known or (None, "free" if config.scale == "free" else "keypoints")
    millimetres = 1.0 / free.scale
    if config.scale == "fixed":
        unit = unit or unit_by_keypoints(free.scale)
        if unit is None:
            return f"the keypoints are {free.scale:.4g} native units to a millimetre of head"
        millimetres = MILLIMETRES_PER[unit]
    fixed = keypoint_pose(template.keypoints, {k: v * millimetres for k, v in named.items()}, scaled=False)
    if fixed is None:
        return "the keypoints are no face's in the scan's unit"
    pool = PointPool.of(drawn, millimetres, count=CHECK_POINTS)
    start = Motions(rotation=fixed.rotation[None], translation=fixed.translation[None])
    motions, scores = adapt(template, pool, start)
    if scores[0] > MOST_SCORE_MM:
        return f"the face that the keypoints ask for is {scores[0]:.1f} mm from the surface"
    return FirstPose(
        rotation=motions.rotation[0],
        translation=motions.translation[0],
        millimetres_per_unit=millimetres,
        unit=unit,
        unit_from=unit_from,
        keypoints={name: named[name] for name in fixed.names},
        initialisation=Initialisation(
            oriented_by="keypoints",
            score_mm=float(scores[0]),
            ratio=float("nan"),
            keypoint_rms_mm=fixed.rms,
            notes=tuple(f"keypoint {name} disagrees with the others; left out" for name in fixed.dropped),
        ),
    )


def _noted(pose: FirstPose, note: str) -> FirstPose:
    start = pose.initialisation
    return replace(pose, initialisation=replace(start, notes=(note, *start.notes)))


def axes_rotation(up: Axis, front: Axis) -> np.ndarray:
    """The rotation of the head frame (+y up, +z front) onto a scan's stated axes."""
    y, z = _axis(up), _axis(front)
    return np.stack([np.cross(y, z), y, z], axis=1)


def _axis(name: Axis) -> np.ndarray:
    direction = np.zeros(3)
    direction["xyz".index(name[1])] = 1.0 if name[0] == "+" else -1.0
    return direction
