"""The Warp kernel of fast winding numbers."""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels


@functools.cache
@no_type_check
def winding_kernel() -> Any:
    """Make the kernel; one thread a point."""
    wp = kernels.warp()

    @wp.func_native("return wp::mesh_query_winding_number(mesh, point, accuracy);")
    def winding_number(mesh: wp.uint64, point: wp.vec3, accuracy: wp.float32) -> wp.float32: ...

    @wp.kernel(module="unique")
    def winding_numbers(
        mesh: wp.uint64,
        accuracy: wp.float32,
        points: wp.array(dtype=wp.vec3),
        found: wp.array(dtype=wp.float32),
    ):
        i = wp.tid()
        found[i] = winding_number(mesh, points[i], accuracy)

    return winding_numbers
