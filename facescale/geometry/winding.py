"""Generalised winding numbers: how much of a surface, open or closed, surrounds a point."""

import math
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry import kernels
from facescale.geometry.winding_kernel import winding_kernel

# Nodes farther away than this many of their radii count as one dipole (Barill et al. 2018).
ACCURACY = 3.0


@final
class WindingField:
    """Fast winding numbers of one shape; a far cluster of faces counts as one dipole.

    Args:
        vertices: the shape.
        faces: counter-clockwise seen from outside.
    """

    def __init__(self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> None:
        wp = kernels.warp()
        self.device = vertices.device
        self._points = vertices.detach().to(torch.float32).contiguous().clone()
        self._faces = faces.to(torch.int32).reshape(-1).contiguous()
        with kernels.on_stream(self.device):
            self._mesh = wp.Mesh(
                points=wp.from_torch(self._points, dtype=wp.vec3),
                indices=wp.from_torch(self._faces, dtype=wp.int32),
                support_winding_number=True,
            )

    def number(self, points: Float[Tensor, "n 3"]) -> Float[Tensor, "n"]:
        """About 1 inside and 0 outside, in between near a hole; approximate to about 0.02."""
        wp = kernels.warp()
        queries = points.detach().to(self.device, torch.float32).contiguous()
        found = torch.empty(len(points), device=self.device)
        if len(points):
            arrays = [wp.from_torch(queries, dtype=wp.vec3), wp.from_torch(found)]
            inputs = [self._mesh.id, ACCURACY, *arrays]
            kernels.launch(winding_kernel(), dim=len(points), inputs=inputs, device=self.device)
        return found


def winding_number_reference(
    points: Float[Tensor, "n 3"], corners: Float[Tensor, "f 3 3"]
) -> Float[Tensor, "n"]:
    """Sum of all faces' solid angles over 4 pi in float64 (van Oosterom and Strackee 1983): the twin."""
    a, b, c = (corners.double()[None] - points.double()[:, None, None]).unbind(2)
    la, lb, lc = a.norm(dim=-1), b.norm(dim=-1), c.norm(dim=-1)
    volume = (a * torch.linalg.cross(b, c)).sum(-1)
    rest = la * lb * lc + (a * b).sum(-1) * lc + (b * c).sum(-1) * la + (c * a).sum(-1) * lb
    return torch.atan2(volume, rest).sum(dim=1) / (2 * math.pi)
