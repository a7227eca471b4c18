"""Warp kernels that blend attributes of faces' corners at each pixel, and carry gradients back.

The channels of one pixel are one thread's inner loop.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels

_CORNERS = """
        const long long plane = (long long)height * width, base = pixel / plane * count;
        const float* weight = weights.data + 3 * pixel;
        long long rows[3];
        for (int k = 0; k < 3; ++k)
            rows[k] = (base + faces.data[3 * face + k]) * channels;
"""

_FORWARD = (
    """
    for (long long pixel = (long long)first; pixel < (long long)first + run; ++pixel) {
        float* out = blended.data + pixel * channels;
        const long long face = found_face.data[pixel];
        if (face < 0) {
            for (int c = 0; c < channels; ++c)
                out[c] = 0.0f;
            continue;
        }
"""
    + _CORNERS
    + """
        for (int c = 0; c < channels; ++c)
            out[c] = weight[0] * values.data[rows[0] + c] + weight[1] * values.data[rows[1] + c]
                + weight[2] * values.data[rows[2] + c];
    }
"""
)

_BACKWARD = (
    """
    for (long long pixel = (long long)first; pixel < (long long)first + run; ++pixel) {
        float* to_weight = weight_grad.data + 3 * pixel;
        to_weight[0] = to_weight[1] = to_weight[2] = 0.0f;
        const long long face = found_face.data[pixel];
        if (face < 0)
            continue;
"""
    + _CORNERS
    + """
        const float* given = grad.data + pixel * channels;
        for (int c = 0; c < channels; ++c)
            for (int k = 0; k < 3; ++k) {
                to_weight[k] += given[c] * values.data[rows[k] + c];
                wp::atomic_add(value_grad.data + rows[k] + c, given[c] * weight[k]);
            }
    }
"""
)


@functools.cache
@no_type_check
def forward_kernel() -> Any:
    """Make the forward kernel; one thread a run of pixels."""
    wp = kernels.warp()

    @wp.func_native(_FORWARD)
    def forward(
        values: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weights: wp.array(dtype=wp.float32),
        first: wp.int32, run: wp.int32, count: wp.int32, channels: wp.int32, height: wp.int32, width: wp.int32,
        blended: wp.array(dtype=wp.float32),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def interpolate_pixels(
        values: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weights: wp.array(dtype=wp.float32),
        run: wp.int32, count: wp.int32, channels: wp.int32, height: wp.int32, width: wp.int32,
        blended: wp.array(dtype=wp.float32),
    ):  # fmt: skip
        forward(
            values, faces, found_face, weights, wp.tid() * run, run, count, channels, height, width, blended
        )

    return interpolate_pixels


@functools.cache
@no_type_check
def backward_kernel() -> Any:
    """Make the reverse kernel; one thread a run of pixels."""
    wp = kernels.warp()

    @wp.func_native(_BACKWARD)
    def backward(
        values: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weights: wp.array(dtype=wp.float32),
        grad: wp.array(dtype=wp.float32), first: wp.int32, run: wp.int32, count: wp.int32,
        channels: wp.int32, height: wp.int32, width: wp.int32,
        value_grad: wp.array(dtype=wp.float32), weight_grad: wp.array(dtype=wp.float32),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def interpolate_backward_pixels(
        values: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), weights: wp.array(dtype=wp.float32),
        grad: wp.array(dtype=wp.float32), run: wp.int32, count: wp.int32,
        channels: wp.int32, height: wp.int32, width: wp.int32,
        value_grad: wp.array(dtype=wp.float32), weight_grad: wp.array(dtype=wp.float32),
    ):  # fmt: skip
        backward(
            values, faces, found_face, weights, grad, wp.tid() * run, run, count, channels, height, width,
            value_grad, weight_grad,
        )  # fmt: skip

    return interpolate_backward_pixels
