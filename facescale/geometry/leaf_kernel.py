"""The Warp kernel that lays the corners of all faces out in the order of the tree's leaves."""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

import torch
from torch import Tensor

from facescale.geometry import kernels

PADDING = 64
"""Columns behind the last face, so that a block of lanes never reads beyond the array."""


@functools.cache
@no_type_check
def _leaf_order_kernel() -> Any:
    wp = kernels.warp()

    @wp.func_native(
        """
        const wp::Mesh& surface = *(const wp::Mesh*)mesh;
        const int face = surface.bvh.primitive_indices[slot];
        for (int k = 0; k < 3; ++k) {
            const wp::vec3 corner = surface.points.data[surface.indices.data[face * 3 + k]];
            for (int axis = 0; axis < 3; ++axis)
                ordered.data[(3 * k + axis) * (long long)stride + slot] = corner[axis];
        }
        """
    )
    def lay_out(mesh: wp.uint64, slot: wp.int32, stride: wp.int32, ordered: wp.array(dtype=wp.float32)): ...

    @wp.kernel(module="unique")
    def leaf_order(mesh: wp.uint64, stride: wp.int32, ordered: wp.array(dtype=wp.float32)):
        lay_out(mesh, wp.tid(), stride, ordered)

    return leaf_order


def empty_leaves(num_faces: int, *, device: torch.device) -> Tensor:
    """[9 f + padding]: one row a coordinate of a corner, one column a face in the order of the tree."""
    return torch.zeros(9, num_faces + PADDING, device=device)


def fill_leaves(mesh: Any, leaves: Tensor) -> None:
    """Write the corners as they are now; to be called after every refit."""
    array = kernels.warp().from_torch(leaves.view(-1))
    faces, stride = leaves.shape[1] - PADDING, leaves.shape[1]
    kernels.launch(_leaf_order_kernel(), dim=faces, inputs=[mesh.id, stride, array], device=leaves.device)
