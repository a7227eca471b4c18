"""What seven keypoints of a face say of themselves and of their scan: frame, scale, mistakes. Pure."""

import numpy as np

from facescale.structures.keypoints import NOW7, NOW7_IN_IBUG68, Keypoints

_IBUG_OF = {name: f"ibug_{index:02d}" for name, index in zip(NOW7, NOW7_IN_IBUG68, strict=True)}
_OUTSIDE = 0.03
"""Of the box's diagonal: a keypoint farther outside belongs to another scan or unit."""
_AWAY = 0.05
"""Of the box's diagonal: a keypoint farther from every vertex floats."""
_PROPORTION = (0.8, 2.6)
"""Outer eye distance over the height from mouth to eyes, about 1.5 in adults."""

Problem = tuple[str, str]
"""A slug and a sentence."""


def seven_points(keypoints: Keypoints) -> np.ndarray:
    """(7, 3) positions in NoW's order; NaN for those that the set lacks."""
    at = dict(zip(keypoints.names, keypoints.positions, strict=True))
    nothing = np.full(3, np.nan)
    return np.stack([np.asarray(at.get(name, at.get(_IBUG_OF[name], nothing))) for name in NOW7])


def eye_distance(keypoints: Keypoints) -> float | None:
    """Between the outer eye corners in the scan's unit, 85-105 mm in adults; None where one is missing."""
    points = seven_points(keypoints)
    distance = float(np.linalg.norm(points[0] - points[3]))
    return distance if np.isfinite(distance) else None


def head_rotation(keypoints: Keypoints) -> np.ndarray | None:
    """Rotation from the scan's frame to the head frame (+x subject's left, +y up, +z out of the face).

    Returns:
        (3, 3), within some degrees, for looking at a scan; None where the points do not tell.
    """
    points = seven_points(keypoints)
    right, left, mouth = _mean(points[:2]), _mean(points[2:4]), _mean(points[5:7])
    across, up = left - right, (left + right) / 2 - mouth
    length = np.linalg.norm(across)
    if not (np.isfinite(across).all() and np.isfinite(up).all() and length > 0):
        return None
    across = across / length
    up = up - across * (across @ up)
    height = np.linalg.norm(up)
    if height < 0.05 * length:  # eyes and mouth on one line
        return None
    up = up / height
    return np.stack([across, up, np.cross(across, up)])


def _mean(points: np.ndarray) -> np.ndarray:
    """Of the points that are there; NaN of none."""
    there = points[np.isfinite(points).all(axis=1)]
    return there.mean(axis=0) if len(there) else np.full(3, np.nan)


def keypoint_problems(keypoints: Keypoints, vertices: np.ndarray) -> list[Problem]:
    """Look for keypoints that cannot belong to a scan or are in the wrong order.

    Args:
        keypoints: in the scan's frame and unit.
        vertices: (v, 3) of the scan.

    Returns:
        Problems found, none for good ones.
    """
    problems: list[Problem] = []
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    diagonal = float(np.linalg.norm(high - low))
    beyond = np.maximum(low - keypoints.positions, keypoints.positions - high).max(axis=1)
    outside = int((beyond > _OUTSIDE * diagonal).sum())
    if outside:
        text = f"{outside} of {len(keypoints.names)} keypoints lie outside the scan's bounding box"
        return [("keypoints-outside", text)]
    away = np.array([np.sqrt(np.square(vertices - point).sum(axis=1).min()) for point in keypoints.positions])
    floating = int((away > _AWAY * diagonal).sum())
    if floating:
        text = (
            f"{floating} keypoints are farther than {100 * _AWAY:.0f} % of the scan's diagonal from any vertex"
        )
        problems.append(("keypoints-off-surface", text))
    return problems + _order_problems(keypoints)


def _order_problems(keypoints: Keypoints) -> list[Problem]:
    """A nose behind the plane of eyes and mouth means that left and right are swapped."""
    points = seven_points(keypoints)
    if not np.isfinite(points).all():
        return []
    rotation = head_rotation(keypoints)
    if rotation is None:
        return [("keypoints-flat", "eyes and mouth lie on one line")]
    local = (points - points.mean(axis=0)) @ rotation.T
    plane = local[[0, 1, 2, 3, 5, 6], 2].mean()
    problems: list[Problem] = []
    if local[4, 2] < plane:
        problems.append(
            ("keypoints-mirrored", "the nose lies behind eyes and mouth: left and right are swapped")
        )
    x = local[:, 0]
    if not (x[0] < x[1] < x[2] < x[3] and x[5] < x[6]):
        problems.append(("keypoints-order", "from the subject's right to the left they are not in NoW's order"))
    proportion = float((x[3] - x[0]) / (local[:4, 1].mean() - local[5:7, 1].mean()))
    if not _PROPORTION[0] < proportion < _PROPORTION[1]:
        text = f"eyes are {proportion:.1f} times as far apart as from the mouth, about 1.5 is usual"
        problems.append(("keypoints-proportion", text))
    return problems
