"""Rigid alignment of a surface to points, without scale: what reconstructions are compared under."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Integer

from facescale.geometry.normals import face_normals
from facescale.geometry.rotations import rotation_from_vector
from facescale.geometry.surface import SurfaceBvh

STEPS = 50
SETTLED_MM = 1e-4
"""Root mean square step of the points below which the alignment has converged."""


@dataclass(frozen=True, kw_only=True)
class RigidMotion:
    """x -> rotation @ x + translation."""

    rotation: Float[np.ndarray, "3 3"]
    translation: Float[np.ndarray, "3"]
    converged: bool

    def __call__(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Move points."""
        return points @ self.rotation.T + self.translation


def align_surface(
    vertices: Float[np.ndarray, "v 3"],
    faces: Integer[np.ndarray, "f 3"],
    points: Float[np.ndarray, "n 3"],
    *,
    start: RigidMotion | None = None,
) -> RigidMotion:
    """Move a surface onto points by least squares of distances to its tangent planes (Chen and Medioni 1992).

    No point is trimmed and no scale is fitted: what does not match stays an error.

    Args:
        vertices: of the surface, mm.
        faces: what of it the points may lie on.
        points: where it should be; within some centimetres of it, or under `start`.
        start: the first motion of the surface; None starts where it is.
    """
    surface = torch.from_numpy(vertices).float()[None]
    triangles = torch.from_numpy(np.ascontiguousarray(faces)).long()
    tree, planes = SurfaceBvh(surface, triangles), face_normals(surface, triangles)[0].double().numpy()
    # the points move, so that one tree serves all steps
    rotation = np.eye(3) if start is None else start.rotation.T
    translation = np.zeros(3) if start is None else -start.rotation.T @ start.translation
    converged = False
    for _ in range(STEPS):
        moved = points @ rotation.T + translation
        found = tree.closest(torch.from_numpy(moved).float()[None])
        normal = planes[found.sites.face[0].numpy()]
        apart = ((moved - found.points[0].double().numpy()) * normal).sum(axis=1)
        middle = moved.mean(axis=0)
        rows = np.concatenate([np.cross(moved - middle, normal), normal], axis=1)
        step = np.linalg.lstsq(rows, -apart, rcond=None)[0]
        turn = rotation_from_vector(torch.from_numpy(step[:3])).numpy()
        rotation = turn @ rotation
        translation = turn @ (translation - middle) + middle + step[3:]
        after = points @ rotation.T + translation
        if np.sqrt(np.square(after - moved).sum(axis=1).mean()) < SETTLED_MM:
            converged = True
            break
    return RigidMotion(rotation=rotation.T, translation=-rotation.T @ translation, converged=converged)
