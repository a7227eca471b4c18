"""The load stage: from a Capture to the points and the first pose that a fit starts from. numpy only.

Every random choice comes from the item's own seed, so that a sample never depends on its neighbours.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from scipy.ndimage import label
from scipy.spatial import KDTree

from facescale.registration.config import RegistrationConfig
from facescale.registration.first_pose import FirstPose, first_pose
from facescale.registration.head_template import HeadTemplate
from facescale.registration.landmark_judge import LandmarkJudge
from facescale.registration.point_pool import smoothed
from facescale.registration.sample import Sample, ScanPoints
from facescale.registration.scan_surface import Drawn, ScanSurface, draw, faces_inwards, scan_surface, within
from facescale.registration.surface_pose import SEARCH_POINTS
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected

BALL_MM = 230.0
"""Around the middle of the head: what lies outside is no part of it."""
LEAST_POINTS = 300
"""Scan points near the head below which there is nothing to fit."""
SPARE = 1.08
"""More points are drawn than are wanted, since the share within reach is estimated."""
SMOOTHED_OVER = 6
PIECE_SHARE = 0.04
"""Connected pieces with fewer of the points than this float."""
FLOATING_WEIGHT = 0.1
JOINED_SPACINGS = 1.5
MOST_DRAWN_SHARE = 0.1
"""A head that is a smaller share of what surrounds it gets fewer points."""


def prepare(
    capture: Capture,
    template: HeadTemplate,
    config: RegistrationConfig,
    seed: int,
    *,
    judge: LandmarkJudge,
) -> Sample:
    """Check a scan, decide its unit and first pose, and draw the points that fit and that judge.

    Args:
        capture: the scan and what is known of it.
        template: of the head model that will be fitted.
        config: the registration's settings.
        seed: of this item; `config.seed` is added to it.
        judge: asked where keypoints, axes and surface leave the orientation open.

    Raises:
        CaptureRejected: the scan cannot be registered, with the reason.
    """
    rng = np.random.default_rng([config.seed, seed])
    surface = scan_surface(capture.surface, rng)
    keypoints = _keypoints(capture, surface)
    drawn = draw(surface, SEARCH_POINTS, rng)
    if faces_inwards(drawn):
        surface = replace(
            surface, winding=-1.0, notes=(*surface.notes, "faces wind inwards; read turned round")
        )
        drawn = replace(drawn, normals=-drawn.normals)
    ask = partial(judge.judge, surface, drawn)
    pose = first_pose(template, drawn, keypoints, capture.unit, config, rng, ask=ask)
    fit, held_out = _near_head(surface, drawn, template, pose, config, rng)
    if len(fit.positions) < LEAST_POINTS:
        raise CaptureRejected(
            "too-few-points",
            f"expected at least {LEAST_POINTS} scan points near the head, found {len(fit.positions)}",
        )
    dense = None
    if config.method == "nicp":
        # drawn last, so that the model's fit is the same with and without
        more = replace(config, points=config.nicp_points, held_out=0)
        dense, _ = _near_head(surface, drawn, template, pose, more, rng)
    start = pose.initialisation
    native = np.array(list(pose.keypoints.values())).reshape(-1, 3) + surface.origin
    return Sample(
        item=capture.item,
        millimetres_per_unit=pose.millimetres_per_unit,
        unit=pose.unit,
        unit_from=pose.unit_from,
        fit=fit,
        held_out=held_out,
        rotation=pose.rotation,
        translation=pose.translation + surface.origin * pose.millimetres_per_unit,
        scale=1.0,
        keypoint_names=tuple(pose.keypoints),
        keypoint_positions=native * pose.millimetres_per_unit,
        initialisation=replace(start, notes=surface.notes + start.notes),
        dense=dense,
    )


def _keypoints(capture: Capture, surface: ScanSurface) -> dict[str, np.ndarray]:
    """Finite keypoints relative to the surface's origin."""
    if capture.keypoints is None:
        return {}
    relative = capture.keypoints.positions.astype(np.float64) - surface.origin
    return {
        name: position
        for name, position in zip(capture.keypoints.names, relative, strict=True)
        if np.isfinite(position).all()
    }


def _near_head(
    surface: ScanSurface,
    first: Drawn,
    template: HeadTemplate,
    pose: FirstPose,
    config: RegistrationConfig,
    rng: np.random.Generator,
) -> tuple[ScanPoints, ScanPoints]:
    """Points within reach of the posed mean head: those that drive the fit, and those that judge it."""
    unit = pose.millimetres_per_unit
    middle = (pose.rotation @ template.middle + pose.translation) / unit
    reach = config.robust.reach_mm
    in_ball = np.linalg.norm(first.positions - middle, axis=1) < BALL_MM / unit
    share = _within_reach(first.positions[in_ball], pose, template, reach)[0].mean() if in_ball.any() else 0.0
    wanted = max(config.points, config.held_out)
    drawn = draw(
        surface,
        int(SPARE * 2 * wanted / max(share, MOST_DRAWN_SHARE)),
        rng,
        mask=within(surface, middle, BALL_MM / unit),
    )
    keep, near, local = _within_reach(drawn.positions, pose, template, reach)
    parts = []
    for half, count in ((False, config.points), (True, config.held_out)):
        chosen = np.flatnonzero(keep & (drawn.held_out == half))[:count]
        given = drawn.normals[chosen] @ pose.rotation
        normals = given
        if not (half and given.any()):  # a held-out point is judged by the facing of its own face
            normals = _normals(local[chosen], given, template.skin_normals[near[chosen]])
        # a half's faces stand for the whole surface, thinned to what was wanted
        area = drawn.area * unit * unit * keep.sum() / max(len(chosen), 1)
        parts.append(
            ScanPoints(
                positions=(drawn.positions[chosen] + surface.origin) * unit,
                normals=(normals @ pose.rotation.T).astype(np.float32),
                weights=_piece_weights(local[chosen], np.sqrt(area)).astype(np.float32),
                area_mm2=area,
            )
        )
    return parts[0], parts[1]


def _within_reach(
    positions: np.ndarray, pose: FirstPose, template: HeadTemplate, reach: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether points lie near the posed mean head, their nearest skin points, and they in its frame."""
    local = (positions * pose.millimetres_per_unit - pose.translation) @ pose.rotation
    away, near = template.field.look_up(local)
    return away < reach, near, local


def _normals(positions: np.ndarray, given: np.ndarray, skin_normals: np.ndarray) -> np.ndarray:
    """Normals smoothed over the neighbourhood; those of a bare cloud are found, with the posed head's sign."""
    if given.any():
        return smoothed(positions, given, KDTree(positions), SMOOTHED_OVER)
    found = smoothed(positions, None, KDTree(positions), 2 * SMOOTHED_OVER)
    return found * np.where(np.einsum("ni,ni->n", found, skin_normals) < 0, -1.0, 1.0)[:, None]


def _piece_weights(positions: np.ndarray, spacing: float) -> np.ndarray:
    """Little weight for points of small pieces that hang in the air, found on a grid."""
    if len(positions) == 0:
        return np.zeros(0)
    cell = ((positions - positions.min(axis=0)) / (JOINED_SPACINGS * spacing)).astype(np.int64)
    filled = np.zeros(cell.max(axis=0) + 1, dtype=bool)
    filled[tuple(cell.T)] = True
    labels = np.empty(filled.shape, dtype=np.int32)
    label(filled, structure=np.ones((3, 3, 3), dtype=bool), output=labels)
    piece = labels[tuple(cell.T)]
    share = np.bincount(piece)[piece] / len(positions)
    return np.where(share >= PIECE_SHARE, 1.0, FLOATING_WEIGHT)
