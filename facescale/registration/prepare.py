"""The load stage: from a Capture to the points and the first pose that a fit starts from. numpy only.

Every random choice comes from the item's own seed, so that a sample never depends on its neighbours.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from facescale.registration.config import RegistrationConfig
from facescale.registration.first_pose import FirstPose, first_pose
from facescale.registration.head_template import HeadTemplate
from facescale.registration.sample import Sample, ScanPoints
from facescale.registration.scan_surface import (
    Drawn,
    Half,
    ScanSurface,
    draw,
    faces_inwards,
    scan_surface,
    within,
)
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected

POOL_POINTS = 8000
BALL_MM = 230.0
"""Around the middle of the head: what lies outside is no part of it."""
LEAST_POINTS = 300
"""Scan points near the head below which there is nothing to fit."""
SMOOTHED_OVER = 6
PIECE_SHARE = 0.04
"""Connected pieces with fewer of the points than this float."""
FLOATING_WEIGHT = 0.1
JOINED_SPACINGS = 3.0
TINY = 1e-9


def prepare(capture: Capture, template: HeadTemplate, config: RegistrationConfig, seed: int) -> Sample:
    """Check a scan, decide its unit and first pose, and draw the points that fit and that judge.

    Args:
        capture: the scan and what is known of it.
        template: of the head model that will be fitted.
        config: the registration's settings.
        seed: of this item; `config.seed` is added to it.

    Raises:
        CaptureRejected: the scan cannot be registered, with the reason.
    """
    rng = np.random.default_rng([config.seed, seed])
    surface = scan_surface(capture.scan, rng)
    keypoints = _keypoints(capture, surface)
    drawn = draw(surface, POOL_POINTS, rng)
    if faces_inwards(drawn):
        surface = replace(
            surface, winding=-1.0, notes=(*surface.notes, "faces wind inwards; read turned round")
        )
        drawn = replace(drawn, normals=-drawn.normals)
    pose = first_pose(template, drawn, keypoints, capture.unit, config, rng)
    fit = _near_head(surface, template, pose, config, rng, half="fit")
    if len(fit.positions) < LEAST_POINTS:
        raise CaptureRejected(
            "too-few-points",
            f"expected at least {LEAST_POINTS} scan points near the head, found {len(fit.positions)}",
        )
    held_out = _near_head(surface, template, pose, config, rng, half="held-out")
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
    template: HeadTemplate,
    pose: FirstPose,
    config: RegistrationConfig,
    rng: np.random.Generator,
    *,
    half: Half,
) -> ScanPoints:
    """Points of one half of the scan within reach of the posed mean head."""
    wanted = config.points if half == "fit" else config.held_out
    unit = pose.millimetres_per_unit
    middle = pose.rotation @ template.skin.mean(axis=0) + pose.translation
    mask = within(surface, middle / unit, BALL_MM / unit)
    skin = cKDTree(template.skin)
    drawn = draw(surface, wanted, rng, half=half, mask=mask)
    keep, near, local = _within_reach(drawn, pose, skin, config.robust.reach_mm)
    if 0 < len(keep) < wanted:
        # the ball holds more than the head: draw again, as many more as its share asks for
        more = int(np.ceil(1.1 * wanted * len(drawn.positions) / len(keep)))
        drawn = draw(surface, min(more, 10 * wanted), rng, half=half, mask=mask)
        keep, near, local = _within_reach(drawn, pose, skin, config.robust.reach_mm)
    keep = keep[:wanted]
    near = near[:wanted]
    positions = drawn.positions[keep]
    normals = _normals(local[keep], drawn.normals[keep] @ pose.rotation, template.skin_normals[near])
    area = drawn.area * unit * unit
    return ScanPoints(
        positions=(positions + surface.origin) * unit,
        normals=(normals @ pose.rotation.T).astype(np.float32),
        weights=_piece_weights(local[keep], np.sqrt(area)).astype(np.float32),
        area_mm2=area,
    )


def _within_reach(
    drawn: Drawn, pose: FirstPose, skin: cKDTree, reach: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of drawn points near the posed mean head, their nearest skin points, and all in its frame."""
    local = (drawn.positions * pose.millimetres_per_unit - pose.translation) @ pose.rotation
    away, near = skin.query(local, distance_upper_bound=reach)
    keep = np.flatnonzero(np.isfinite(away))
    return keep, near[keep], local


def _normals(positions: np.ndarray, given: np.ndarray, skin_normals: np.ndarray) -> np.ndarray:
    """Normals smoothed over the neighbourhood; those of a bare cloud are found and get the posed head's sign."""
    if len(positions) < SMOOTHED_OVER:
        return np.zeros_like(positions)
    _, near = cKDTree(positions).query(positions, k=SMOOTHED_OVER)
    if given.any():
        smooth = given[near].mean(axis=1)
    else:
        patch = positions[near] - positions[near].mean(axis=1, keepdims=True)
        smooth = np.linalg.eigh(np.einsum("nki,nkj->nij", patch, patch))[1][:, :, 0]
        smooth *= np.where(np.einsum("ni,ni->n", smooth, skin_normals) < 0, -1.0, 1.0)[:, None]
    length = np.linalg.norm(smooth, axis=1, keepdims=True)
    return np.divide(smooth, length, out=np.zeros_like(smooth), where=length > TINY)


def _piece_weights(positions: np.ndarray, spacing: float) -> np.ndarray:
    """Little weight for points of small pieces that hang in the air."""
    count = len(positions)
    if count == 0:
        return np.zeros(0)
    pairs = cKDTree(positions).query_pairs(JOINED_SPACINGS * spacing, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs), dtype=bool), pairs.T), shape=(count, count))
    _, piece = connected_components(graph, directed=False)
    share = np.bincount(piece)[piece] / count
    return np.where(share >= PIECE_SHARE, 1.0, FLOATING_WEIGHT)
