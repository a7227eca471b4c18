"""The first pose of each instant: POSIT (DeMenthon and Davis 1995) of the mean head, with robust weights.

A scaled orthographic view is linear in its pose, so it finds any turn of the head without a start; repeated
with the landmarks corrected for each point's depth it ends at the perspective pose.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.fitting.robust import geman_mcclure, spread
from facescale.reconstruction.landmark_fit.batch import LandmarkBatch

ROUNDS = 8
WIDTH = 2.5
"""Robust width in robust standard deviations: errors of the mean face are many, not few."""
RIDGE = 1e-6
"""Of the spread of points: a coplanar set leaves the depth row to it."""


def posit(
    points: Float[Tensor, "k 3"],
    image: Float[Tensor, "v k 2"],
    present: Bool[Tensor, "v k"],
) -> tuple[Float[Tensor, "v 3 3"], Float[Tensor, "v 3"], Float[Tensor, "v k"]]:
    """Pose points before cameras.

    Args:
        points: in the head frame, mm.
        image: normalised coordinates x/z, y/z.
        present: which count.

    Returns:
        Rotations and translations, head to camera, and distances in normalised coordinates.
    """
    weight = present.double()
    stretch = torch.zeros_like(image[..., 0])
    rotation, translation, distance = None, None, stretch
    for _ in range(ROUNDS):
        aim = image * (1 + stretch[..., None])
        rotation, middle, scale = _scaled_orthographic(points, aim, weight)
        depth = 1.0 / scale
        # the origin's image is the offset of the affine map
        translation = torch.cat([middle, torch.ones_like(middle[:, :1])], dim=1) * depth[:, None]
        turned = points @ rotation.mT
        stretch = turned[..., 2] / depth[:, None]
        camera = turned + translation[:, None]
        front = camera[..., 2] > 0
        seen = camera[..., :2] / torch.where(front, camera[..., 2], 1.0)[..., None]
        distance = torch.where(front, (seen - image).norm(dim=-1), torch.inf)
        width = WIDTH * spread(distance, present).nan_to_num(1.0, posinf=1.0).clamp_min(1e-9)
        weight = geman_mcclure(distance, width[:, None])[1] * present
    assert rotation is not None
    assert translation is not None
    return rotation, translation, distance


def _scaled_orthographic(points: Tensor, aim: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Rotation, image of the origin, and scale, by weighted least squares of an affine map."""
    share = weight / weight.sum(dim=1, keepdim=True).clamp_min(1e-12)
    centre = share @ points
    away = points - centre[:, None]
    middle = (share[..., None] * aim).sum(dim=1)
    moments = (away * share[..., None]).mT @ away
    ridge = RIDGE * moments.diagonal(dim1=1, dim2=2).sum(dim=1).clamp_min(1e-12)
    moments = moments + ridge[:, None, None] * torch.eye(3, dtype=moments.dtype, device=moments.device)
    affine = torch.linalg.solve(moments, (away * share[..., None]).mT @ (aim - middle[:, None])).mT
    two, scale = _orthonormal(affine)
    rotation = torch.cat([two, torch.linalg.cross(two[:, 0], two[:, 1])[:, None]], dim=1)
    offset = middle - scale[:, None] * (two @ centre[..., None])[..., 0]
    return rotation, offset, scale


def _orthonormal(affine: Float[Tensor, "v 2 3"]) -> tuple[Float[Tensor, "v 2 3"], Float[Tensor, "v"]]:
    """Nearest pair of orthonormal rows, and the mean length of the rows' principal axes.

    (A A')^-1/2 A, the root of a 2 x 2 matrix written out: forty times faster than as many decompositions.
    """
    square = affine @ affine.mT
    (a, b), (_, d) = (row.unbind(dim=-1) for row in square.unbind(dim=1))
    root = (a * d - b * b).clamp_min(0).sqrt()
    length = (a + d + 2 * root).clamp_min(1e-24).sqrt()
    # the root is (M + root I) / length, with determinant `root`
    safe = (root * length).clamp_min(1e-24)
    inverse = torch.stack([d + root, -b, -b, a + root], dim=-1).unflatten(-1, (2, 2)) / safe[:, None, None]
    return inverse @ affine, (length / 2).clamp_min(1e-9)


def first_poses(
    points: Float[Tensor, "k 3"],
    batch: LandmarkBatch,
    index: Tensor,
) -> tuple[Float[Tensor, "i 3 3"], Float[Tensor, "i 3"], Float[Tensor, "v"]]:
    """Pose the mean head in every instant, at the focal lengths that are known or assumed.

    Of the poses that the views of an instant propose, the one that serves all of them best is taken.

    Args:
        points: fixed sites of the mean head.
        batch: the views.
        index: which landmarks the points are.

    Returns:
        Rotations and translations, head to world, and each view's own median distance as a share of the
        height of its face; infinity where none is present.
    """
    present = batch.present[:, index]
    image = (batch.pixels[:, index] - batch.principal[:, None]) / batch.focal[:, None]
    rotation, translation, distance = posit(points, image, present)
    per_pixel = batch.focal.mean(dim=1) / batch.face_height
    own = torch.where(present, distance, torch.nan).nanmedian(dim=1).values * per_pixel
    own = own.nan_to_num(torch.inf)
    rotation = batch.rotation.mT @ rotation
    translation = (batch.rotation.mT @ (translation - batch.translation)[..., None])[..., 0]
    if batch.single:
        return rotation, translation, own
    best = torch.stack(
        [
            _proposal(points, batch, image, present, (rotation, translation), views)
            for views in ((batch.instant == instant).nonzero()[:, 0] for instant in range(len(batch.own_focal)))
        ]
    )
    return rotation[best], translation[best], own


def _proposal(
    points: Tensor,
    batch: LandmarkBatch,
    image: Tensor,
    present: Tensor,
    poses: tuple[Tensor, Tensor],
    views: Tensor,
) -> Tensor:
    """The view of an instant whose pose has the least sum of distances over all its views' medians."""
    rotation, translation = poses
    world = points @ rotation[views].mT + translation[views, None]
    # proposals first, then the views that judge them
    camera = world[:, None] @ batch.rotation[views].mT + batch.translation[views, None]
    front = camera[..., 2] > 0
    seen = camera[..., :2] / torch.where(front, camera[..., 2], 1.0)[..., None]
    distance = torch.where(front, (seen - image[views]).norm(dim=-1), torch.inf)
    median = torch.where(present[views], distance, torch.nan).nanmedian(dim=-1).values
    scale = (batch.focal[views].mean(dim=1) / batch.face_height[views]).expand_as(median)
    cost = (median * scale).nan_to_num(0.0, posinf=1.0).clamp_max(1.0).sum(dim=1)
    # a view without landmarks proposes nothing
    cost = torch.where(present[views].any(dim=1), cost, torch.inf)
    return views[cost.argmin()]
