"""The 68 landmarks of a model whose files have none, or only the inner 51: carried over from the built-in head.

A rigid motion with one scale brings the built-in mean's face onto the model's, an affine map takes up what is
left of the proportions, and each landmark goes to the nearest point of the model's skin. Measured on
ICT-FaceKit, which has its own: a median of 3 mm and at most 9 mm for the inner 51, up to 26 mm along the jaw
for the contour, which each model draws elsewhere. Good to start a fit from, no ground truth.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.alignment import align
from facescale.geometry.sites import Sites, points_at

INNER = 17
"""Landmarks before this one are the contour of the jaw."""
NOSE_TIP = 30
MIDLINE = 0.1
"""Of the model's width: where its nose tip is looked for."""
ROUNDS, AFFINE_ROUNDS = 30, 10
KEPT = 0.8
"""Share of the nearest pairs that an alignment listens to: the rest is hair, neck and holes."""
STIFFNESS = 0.05
"""Of the affine map towards the rigid one, relative to the spread of the points."""
SAMPLE = 4
"""Every so many vertices of the built-in face take part."""


def transfer_landmarks(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], inner: Sites | None = None
) -> Sites:
    """Place the 68 landmarks of ibug on a model's mean.

    Args:
        vertices: the mean in mm, +x the subject's left, +y up, +z out of the face, anywhere.
        faces: of the skin alone.
        inner: the last 51 where they are known; they stay as they are and guide the rest.
    """
    from facescale.geometry.surface import SurfaceBvh
    from facescale.heads.builtin.head import load_builtin

    head = load_builtin()
    shape = head.mean_vertices().double()
    points = points_at(shape[None].float(), head.faces, head.landmarks["ibug68"])[0].double()
    face = shape[head.regions["face"]][::SAMPLE]
    tree = SurfaceBvh(vertices[None].float(), faces)
    if inner is None:
        shift = _nose_tip(vertices) - points[NOSE_TIP]
        face, points = face + shift, points + shift
    else:
        known = points_at(vertices[None].float(), faces, inner).double()
        motion = align(points[None, INNER:], known, scale=True)
        face, points = motion(face[None])[0], motion(points[None])[0]
    for round_ in range(ROUNDS + AFFINE_ROUNDS):
        found = tree.closest(face[None].float())
        near = found.distance[0] <= found.distance[0].quantile(KEPT)
        source, target = face[near], found.points[0, near].double()
        if round_ < ROUNDS:
            motion = align(source[None], target[None], scale=True)
            face, points = motion(face[None])[0], motion(points[None])[0]
        else:
            middle = source.mean(dim=0)
            linear, shift = _affine(source - middle, target - middle)
            face, points = ((p - middle) @ linear.T + shift + middle for p in (face, points))
    sites = tree.closest(points[None].float()).sites
    face_of, barycentric = sites.face[0].int(), sites.barycentric[0]
    if inner is not None:
        face_of = torch.cat([face_of[:INNER], inner.face.int()])
        barycentric = torch.cat([barycentric[:INNER], inner.barycentric.float()])
    return Sites(face=face_of, barycentric=barycentric)


def _nose_tip(vertices: Float[Tensor, "v 3"]) -> Float[Tensor, "3"]:
    """The foremost point near the middle."""
    x = vertices[:, 0].double()
    middle, width = (x.max() + x.min()) / 2, x.max() - x.min()
    central = vertices[(x - middle).abs() < MIDLINE * width].double()
    return central[central[:, 2].argmax()]


def _affine(source: Float[Tensor, "n 3"], target: Float[Tensor, "n 3"]) -> tuple[Tensor, Tensor]:
    """Least squares, held near the identity."""
    eye = torch.eye(3, dtype=source.dtype)
    shift = target.mean(dim=0) - source.mean(dim=0)
    centred = source - source.mean(dim=0)
    stiff = STIFFNESS * centred.square().sum() * eye
    linear = torch.linalg.solve(centred.T @ centred + stiff, centred.T @ (target - shift) + stiff).T
    return linear, shift
