"""A stand-in for topologies that are not ours: a sheet over the built-in head with any number of vertices.

It follows the true shapes of people drawn from the built-in head; its vertices are points of their surfaces.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from facescale.geometry.sites import Sites, points_at
from facescale.heads.linear import LinearHead
from facescale.heads.stand_ins.surface import resampled

RIM_SHARE = 1.9
"""Vertices on the rim in square roots of all: edges are then about as long there as elsewhere."""


@dataclass(frozen=True, kw_only=True)
class StandInSheet:
    """Where each of its vertices lies on the built-in head."""

    head: LinearHead
    sites: Sites
    faces: Int[np.ndarray, "f 3"]
    uv: Float[np.ndarray, "v 2"]
    """On the built-in head's chart."""
    ibug68: Int[np.ndarray, "68"]
    """The nearest vertices to the landmarks of the mean."""

    def follow(self, shape: Float[np.ndarray, "h 3"]) -> Float[np.ndarray, "v 3"]:
        """The sheet on a shape in the built-in head's topology, in its unit and frame."""
        points = points_at(torch.from_numpy(np.asarray(shape, np.float64))[None], self.head.faces, self.sites)
        return points[0].numpy()


def stand_in_sheet(vertices: int) -> StandInSheet:
    """Spread a sheet of exactly so many vertices over head and neck, open below."""
    rim = round(RIM_SHARE * vertices**0.5)
    sheet = resampled(vertices, 2 * vertices - 2 - rim)
    head = sheet.head
    assert head.uv is not None
    assert head.faces_uv is not None
    chart = head.uv[head.faces_uv[sheet.sites.face].long()]
    uv = (chart * sheet.sites.barycentric[..., None]).sum(dim=-2).double().numpy()
    mean = points_at(head.mean_vertices()[None], head.faces, sheet.sites)[0].double().numpy()
    marks = points_at(head.mean_vertices()[None], head.faces, head.landmarks["ibug68"])[0].double().numpy()
    nearest = np.linalg.norm(mean[None] - marks[:, None], axis=2).argmin(axis=1)
    return StandInSheet(head=head, sites=sheet.sites, faces=sheet.faces, uv=np.clip(uv, 0, 1), ibug68=nearest)
