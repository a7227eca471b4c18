"""What every imported head owes the contract, computed from its mean: origin, size, regions, mirror map.

Knows nothing of any model's files.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.regions import inside_polygon
from facescale.structures.keypoints import NOW7_IN_IBUG68

FACE_RADIUS = 95.0
"""mm around the nose tip: what is reported as the face."""
EYE_CORNERS = (36, 39, 42, 45)
NOSE_TIP = 30
LEFT_EYE, RIGHT_EYE = range(42, 48), range(36, 42)
OUTER_CORNERS = (36, 45)
OUTER_DISTANCE = (60.0, 130.0)
"""mm between the outer corners of the eyes: from a small child's to beyond any adult's."""
PAIRED_WITHIN = 0.5
"""mm between a vertex and its counterpart's reflection."""
SYMMETRIC = 0.9
"""Share of vertices with a counterpart below which a model is not taken for symmetric."""


def landmark_points(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], ibug68: Sites
) -> Float[Tensor, "68 3"]:
    """Where the landmarks lie on a shape."""
    return points_at(vertices[None], faces, ibug68)[0]


def head_origin(points: Float[Tensor, "68 3"], *, unit: str) -> Float[Tensor, "3"]:
    """The midpoint of the four eye corners, which is every head's origin.

    Args:
        points: the landmarks of the mean in mm, native axes turned to the head frame's.
        unit: what the files were taken to be in, for the message.

    Raises:
        ValueError: eyes too near, too far, or the wrong way round: another unit, axis or landmark order.
    """
    right, left = (points[index] for index in OUTER_CORNERS)
    apart = float((left - right).norm())
    low, high = OUTER_DISTANCE
    if not low <= apart <= high:
        raise ValueError(
            f"expected the outer corners of the eyes {low:.0f} to {high:.0f} mm apart with coordinates in "
            f"{unit}, got {apart:.3g} mm: another unit, or landmarks of another model"
        )
    eyes = points[list(EYE_CORNERS)].mean(dim=0)
    ahead = float((points[NOSE_TIP] - eyes)[2])
    if not (float((left - right)[0]) > 0.9 * apart and ahead > 0):
        raise ValueError(
            "expected +x to the subject's left and +z out of the face, got the left eye "
            f"{float((left - right)[0]):.3g} mm to +x of the right one and the nose {ahead:.3g} mm to +z"
        )
    return eyes


def now7(ibug68: Sites) -> Sites:
    """The seven points of NoW among the 68."""
    chosen = torch.tensor(NOW7_IN_IBUG68)
    return Sites(face=ibug68.face[chosen], barycentric=ibug68.barycentric[chosen])


def regions(
    mean: Float[Tensor, "v 3"],
    points: Float[Tensor, "68 3"],
    *,
    eyeballs: Sequence[Bool[Tensor, "v"]] = (),
    hidden: Bool[Tensor, "v"] | None = None,
) -> Mapping[str, Bool[Tensor, "v"]]:
    """The three regions that the contract asks for, and "opaque".

    Args:
        mean: the shape, mm in the head frame.
        points: its landmarks.
        eyeballs: left and right, where they are parts of their own.
        hidden: what no scanner sees: teeth, tongue, sockets; None where there is nothing of the kind.
    """
    inside = torch.zeros(len(mean), dtype=torch.bool) if hidden is None else hidden.clone()
    seen = torch.zeros_like(inside)
    for ball, lids in zip(eyeballs, (LEFT_EYE, RIGHT_EYE), strict=False):
        inside |= ball
        opening = points[list(lids), :2]
        ahead = mean[:, 2] > (mean[ball, 2].amin() + mean[ball, 2].amax()) / 2
        seen |= ball & ahead & inside_polygon(mean[:, :2], opening)
    head = ~inside
    return {
        "scannable": head | seen,
        "face": head & ((mean - points[NOSE_TIP]).norm(dim=1) < FACE_RADIUS),
        "head": head,
        "opaque": torch.ones_like(head),
    }


def mirror_map(mean: Float[Tensor, "v 3"]) -> Int[Tensor, "v"] | None:
    """Pair vertices across the plane x = 0 of the head frame.

    Returns:
        Each vertex's counterpart, itself on the midline, -1 where there is none within half a millimetre; None
        where that is more than a tenth of all.
    """
    points = mean.double().numpy()
    away, found = KDTree(points).query(reflected(mean).double().numpy())
    partner = np.asarray(found)
    index = np.arange(len(points))
    mutual = (away < PAIRED_WITHIN) & (partner[partner] == index)
    if mutual.mean() < SYMMETRIC:
        return None
    return torch.from_numpy(np.where(mutual, partner, -1).astype(np.int32))


def mirror_of(
    mean: Float[Tensor, "v 3"], name: str, published: Int[np.ndarray, "v"] | None
) -> tuple[Int[Tensor, "v"] | None, str]:
    """A published mirror map where it mirrors the mean, else what `mirror_map` finds.

    Args:
        mean: mm in the head frame.
        name: of the published map.
        published: each vertex's counterpart, -1 where it has none; None without such a map.

    Returns:
        The map, and where it comes from.
    """
    if published is not None:
        partner = torch.from_numpy(published.astype(np.int64))
        away = (reflected(mean)[partner.clamp_min(0)] - mean).norm(dim=1)
        if float(((partner >= 0) & (away < PAIRED_WITHIN)).float().mean()) >= SYMMETRIC:
            return partner.int(), f"mirror map: {name}"
    found = mirror_map(mean)
    return found, "mirror map: " + ("none, the mean is not symmetric" if found is None else "from the mean")


def reflected(mean: Float[Tensor, "v 3"]) -> Float[Tensor, "v 3"]:
    """A mean as a mirror shows it.

    The plane is half the sum of the extremes: symmetric models are so to their outermost points.
    """
    across = mean[:, :1]
    return torch.cat([across.max() + across.min() - across, mean[:, 1:]], dim=1)
