"""The Warp kernel that finds where each shape's subtree starts in a grouped tree."""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

import torch
from torch import Tensor

from facescale.geometry import kernels


@functools.cache
@no_type_check
def _subtree_roots_kernel() -> Any:
    wp = kernels.warp()

    @wp.func_native("return *((const wp::Mesh*)mesh)->bvh.root;")
    def tree_root(mesh: wp.uint64) -> wp.int32: ...

    @wp.kernel(module="unique")
    def subtree_roots(mesh: wp.uint64, grouped: wp.bool, roots: wp.array(dtype=wp.int32)):
        shape = wp.tid()
        if grouped:
            roots[shape] = wp.mesh_get_group_root(mesh, shape)
        else:
            roots[shape] = tree_root(mesh)

    return subtree_roots


def subtree_roots(mesh: Any, batch: int, *, device: torch.device) -> Tensor:
    """Node at which each shape's faces start; refitting leaves it in place.

    Args:
        mesh: a Warp mesh, grouped by shape where there is more than one.
        batch: shapes.
        device: the mesh's.
    """
    roots = torch.empty(batch, dtype=torch.int32, device=device)
    array = kernels.warp().from_torch(roots)
    kernels.launch(_subtree_roots_kernel(), dim=batch, inputs=[mesh.id, batch > 1, array], device=device)
    return roots
