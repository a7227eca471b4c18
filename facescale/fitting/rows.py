"""Weighted residuals along directions at sites of a head: the one form that geometric energies come in.

Knows nothing of normal equations or of solvers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.fitting.surface_matches import Matches
from facescale.geometry.sites import Sites


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Residuals direction . (point - site), with the roots of their weights in directions and residuals."""

    sites: Sites
    """On the head; they ride on it."""
    points: Float[Tensor, "b n 3"]
    """In the head frame, mm; they move with the pose."""
    directions: Float[Tensor, "b n 3"]
    """Unit directions times the root of the weight; zero for rows that do not count."""
    residual: Float[Tensor, "b n"]
    """Times the root of the weight."""


def of_matches(matches: Matches, weights: Float[Tensor, "b n"]) -> Rows:
    """Signed distances to the surface: point-to-plane where a site is inside a face, exact elsewhere.

    Args:
        matches: of points with the surface.
        weights: of the squared distances.
    """
    root = weights.sqrt()
    return Rows(
        sites=matches.sites,
        points=matches.points,
        directions=matches.directions * root[..., None],
        residual=matches.residual * root,
    )


def of_pairs(
    sites: Sites,
    points: Float[Tensor, "b n 3"],
    at: Float[Tensor, "b n 3"],
    weights: Float[Tensor, "b n"],
) -> Rows:
    """Points that belong to known sites, such as keypoints: three rows each, along x, y and z.

    Args:
        sites: n of them, the same for every lane or one set a lane.
        points: in the head frame, mm.
        at: where the sites are now.
        weights: of the squared distances; zero for absent points.
    """
    lanes, count = weights.shape
    root = weights.sqrt()
    axes = torch.eye(3, device=points.device).repeat_interleave(count, dim=0)
    return Rows(
        sites=Sites(
            face=sites.face.expand(lanes, count).repeat(1, 3),
            barycentric=sites.barycentric.expand(lanes, count, 3).repeat(1, 3, 1),
        ),
        points=points.repeat(1, 3, 1),
        directions=axes * root.repeat(1, 3)[..., None],
        residual=((points - at) * root[..., None]).mT.flatten(1),
    )


def joined(first: Rows, second: Rows) -> Rows:
    """All rows of two energies."""
    faces: list[Int[Tensor, "b n"]] = [first.sites.face.long(), second.sites.face.long()]
    return Rows(
        sites=Sites(
            face=torch.cat(faces, dim=1),
            barycentric=torch.cat([first.sites.barycentric, second.sites.barycentric], dim=1),
        ),
        points=torch.cat([first.points, second.points], dim=1),
        directions=torch.cat([first.directions, second.directions], dim=1),
        residual=torch.cat([first.residual, second.residual], dim=1),
    )
