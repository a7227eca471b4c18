"""The Warp kernel that carries gradients of barycentrics and depth back to the vertices.

With edge functions e and q = e / depth of the corners (q = e without perspective), a pixel's barycentrics are
b = q / sum(q) and its depth sum(b z); the formulas below are the chain rule backwards through these.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels
from facescale.rendering.rasterizers.raster_kernel import EDGE_FUNCTIONS, LOAD_FACE

_BACKWARD = (
    """
    for (long long pixel = (long long)first; pixel < (long long)first + run; ++pixel) {
        const int face = (int)found_face.data[pixel];
        if (face < 0)
            continue;
        const float* given = weight_grad.data + 3 * pixel;
        const double to_depth = (double)depth_grad.data[pixel];
        if (given[0] == 0.0f && given[1] == 0.0f && given[2] == 0.0f && to_depth == 0.0)
            continue;
        const int column = pixel % width, row = pixel / width % height;
        const int shape = pixel / ((long long)width * height);
"""
    + LOAD_FACE
    + EDGE_FUNCTIONS
    + """
        const double e[3] = {e0, e1, e2};
        double q[3], b[3], to_b[3], to_e[3], total = 0.0, mean = 0.0;
        for (int k = 0; k < 3; ++k)
            total += q[k] = perspective ? e[k] / z[k] : e[k];
        const double share = 1.0 / total;
        for (int k = 0; k < 3; ++k) {
            b[k] = q[k] * share;
            to_b[k] = (double)given[k] + to_depth * z[k];
            mean += to_b[k] * b[k];
        }
        double gx[3] = {0.0, 0.0, 0.0}, gy[3] = {0.0, 0.0, 0.0}, gz[3];
        for (int k = 0; k < 3; ++k) {
            const double to_q = (to_b[k] - mean) * share;
            to_e[k] = perspective ? to_q / z[k] : to_q;
            gz[k] = to_depth * b[k] - (perspective ? to_q * q[k] / z[k] : 0.0);
        }
        for (int k = 0; k < 3; ++k) {
            const int i = (k + 1) % 3, j = (k + 2) % 3;
            gx[i] += to_e[k] * (y[j] - cy);
            gy[i] -= to_e[k] * (x[j] - cx);
            gx[j] -= to_e[k] * (y[i] - cy);
            gy[j] += to_e[k] * (x[i] - cx);
        }
        for (int k = 0; k < 3; ++k) {
            float* slot = vertex_grad.data
                + 3 * ((long long)shape * count + faces.data[3 * (long long)face + k]);
            wp::atomic_add(slot, (float)gx[k]);
            wp::atomic_add(slot + 1, (float)gy[k]);
            wp::atomic_add(slot + 2, (float)gz[k]);
        }
    }
"""
)


@functools.cache
@no_type_check
def backward_kernel() -> Any:
    """Make the kernel; one thread a run of pixels."""
    wp = kernels.warp()

    @wp.func_native(_BACKWARD)
    def backward(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weight_grad: wp.array(dtype=wp.float32),
        depth_grad: wp.array(dtype=wp.float32), first: wp.int32, run: wp.int32, count: wp.int32,
        height: wp.int32, width: wp.int32, perspective: wp.bool, vertex_grad: wp.array(dtype=wp.float32),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def backward_pixels(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weight_grad: wp.array(dtype=wp.float32),
        depth_grad: wp.array(dtype=wp.float32), run: wp.int32, count: wp.int32,
        height: wp.int32, width: wp.int32, perspective: wp.bool, vertex_grad: wp.array(dtype=wp.float32),
    ):  # fmt: skip
        backward(
            vertices, faces, found_face, weight_grad, depth_grad, wp.tid() * run, run, count,
            height, width, perspective, vertex_grad,
        )  # fmt: skip

    return backward_pixels
