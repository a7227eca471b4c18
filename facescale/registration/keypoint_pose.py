"""A first pose from a few named points, of which some may be wrong. numpy only; knows nothing of surfaces."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facescale.registration.rigid import kabsch

LEAST = 3
"""Points that fix a pose."""
AGREE_MM = 14.0
"""A keypoint this far from its place on the aligned mean head is wrong: faces differ from the mean by 5 mm or
so, and a click misses by 3."""
MOST_SUBSETS = 400


@dataclass(frozen=True, kw_only=True)
class KeypointPose:
    """A pose and what it rests on."""

    rotation: np.ndarray
    """(3, 3) head frame to scan's axes."""
    translation: np.ndarray
    """(3,), in the unit of the positions after scaling to mm."""
    scale: float
    """Millimetres of scan in a millimetre of head; near 1 when the unit is right."""
    names: tuple[str, ...]
    """The points that agree."""
    dropped: tuple[str, ...]
    """The points that do not."""
    rms: float
    """Of the agreeing points' distances, mm of head."""


def keypoint_pose(
    template: Mapping[str, np.ndarray], named: Mapping[str, np.ndarray], *, scaled: bool
) -> KeypointPose | None:
    """Find the largest set of keypoints that agree on one pose.

    Where not all agree, every three (or a fixed choice of threes when there are many) propose a pose; the
    points near their places under it vote. At least three must agree, and more than half.

    Args:
        template: positions on the mean head, mm.
        named: positions on the scan, mm, or any unit with `scaled`.
        scaled: whether scale is free as well.

    Returns:
        The pose, or None where too few points agree.
    """
    names = tuple(name for name in named if name in template)
    if len(names) < LEAST:
        return None
    head = np.stack([template[name] for name in names])
    scan = np.stack([np.asarray(named[name], dtype=np.float64) for name in names])
    best = np.zeros(len(names), dtype=bool)
    best_error = np.inf
    everyone = list(range(len(names)))
    agrees, _ = _votes(head, scan, everyone, scaled=scaled)
    # subsets are tried only where not all agree: some 35 of them for NoW's seven
    for subset in (tuple(everyone),) if agrees.all() else _threes(len(names)):
        agrees, error = _votes(head, scan, list(subset), scaled=scaled)
        if (agrees.sum(), -error) > (best.sum(), -best_error):
            best, best_error = agrees, error
    if best.sum() < max(LEAST, len(names) // 2 + 1):
        return None
    rotation, translation, scale = kabsch(head[best], scan[best], scaled=scaled)
    apart = np.linalg.norm(scan - scale * head @ rotation.T - translation, axis=1) / scale
    return KeypointPose(
        rotation=rotation,
        translation=translation,
        scale=scale,
        names=tuple(n for n, good in zip(names, best, strict=True) if good),
        dropped=tuple(n for n, good in zip(names, best, strict=True) if not good),
        rms=float(np.sqrt((apart[best] ** 2).mean())),
    )


def _votes(head: np.ndarray, scan: np.ndarray, subset: list[int], *, scaled: bool) -> tuple[np.ndarray, float]:
    """Who agrees with the pose of a subset, refitted twice to those who do, and their mean error."""
    agrees = np.zeros(len(head), dtype=bool)
    agrees[subset] = True
    error = np.inf
    for _ in range(3):
        rotation, translation, scale = kabsch(head[agrees], scan[agrees], scaled=scaled)
        if not scale > 0:
            return np.zeros(len(head), dtype=bool), np.inf
        apart = np.linalg.norm(scan - scale * head @ rotation.T - translation, axis=1) / scale
        agrees = apart < AGREE_MM
        if agrees.sum() < LEAST:
            return np.zeros(len(head), dtype=bool), np.inf
        error = float(apart[agrees].mean())
    return agrees, error


def _threes(count: int) -> list[tuple[int, ...]]:
    """All threes, or a fixed random choice."""
    every = itertools.combinations(range(count), LEAST)
    if count <= 14:  # noqa: PLR2004 - 364 threes
        return list(every)
    rng = np.random.default_rng(0)
    return [tuple(rng.choice(count, LEAST, replace=False)) for _ in range(MOST_SUBSETS)]


def mirrored(named: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same points with left and right exchanged in their names; ibug numbers are left out."""
    swap = {"left": "right", "right": "left"}
    return {
        "_".join(swap.get(part, part) for part in name.split("_")): position
        for name, position in named.items()
        if not name.startswith("ibug_")
    }
