"""Warp kernels that find where outlines pass between the centres of neighbouring pixels.

An outline is an edge with the surface on one side only, as seen in the image: a border, or a fold between a
face seen from the front and one seen from behind. Walking these edges, rather than asking the face at each
pixel as Laine et al. 2020 do, also finds the outline where its own face is thinner than a pixel and shows at no
centre, which is the rule on a head: surfaces that turn away project to slivers.

One pass over the edges writes (depth, edge, side) of each crossing into a 64-bit key a pair of pixels with an
atomic minimum; a pass over the pairs keeps the crossings that are seen.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels
from facescale.rendering.rasterizers.raster_kernel import LOAD_FACE, SORTABLE

# `along` is the coordinate between the two pixels of a pair, `across` the other: x and y for axis 0.
_LOAD_EDGE = """
    const float* ends[2];
    for (int k = 0; k < 2; ++k)
        ends[k] = vertices.data + 3 * ((long long)shape * count + edges.data[2 * (long long)edge + k]);
"""

_WALK = (
    SORTABLE
    + _LOAD_EDGE
    + """
    const float limit = 3.0e38f;
    auto usable = [&](const float* v) {
        return v[2] > near_plane && v[2] < limit && wp::abs(v[0]) < limit && wp::abs(v[1]) < limit;
    };
    if (!usable(ends[0]) || !usable(ends[1]))
        return;
    const double dx = (double)ends[1][0] - ends[0][0], dy = (double)ends[1][1] - ends[0][1];
    double side[2];
    bool drawn[2];
    for (int k = 0; k < 2; ++k) {
        const int third = opposite.data[2 * (long long)edge + k];
        side[k] = 0.0;
        drawn[k] = false;
        if (third < 0)
            continue;
        const float* v = vertices.data + 3 * ((long long)shape * count + third);
        if (!usable(v))
            continue;
        side[k] = dx * ((double)v[1] - ends[0][1]) - dy * ((double)v[0] - ends[0][0]);
        // The second face runs along the edge backwards, so its front has the other sign.
        drawn[k] = side[k] != 0.0 && (!cull_back || (k == 0 ? side[k] < 0.0 : side[k] > 0.0));
    }
    if (drawn[0] && drawn[1] && (side[0] > 0.0) != (side[1] > 0.0))
        return;
    if (!drawn[0] && !drawn[1])
        return;
    const double inside = drawn[0] ? side[0] : side[1];
    for (int axis = 0; axis < 2; ++axis) {
        const int along = axis, across = 1 - axis;
        const int pairs = (axis == 0 ? width : height) - 1, lines = axis == 0 ? height : width;
        const double from = ends[0][across], to = ends[1][across], step = axis == 0 ? dx : dy;
        const double low = wp::max(wp::min(from, to) - 0.5, 0.0);
        const double high = wp::min(wp::max(from, to) - 0.5, (double)lines);
        if (!(low < high))
            continue;
        // Lines with low <= line < high: a vertex on a line belongs to one of its two edges.
        const int first = (int)low + (low > (double)(int)low ? 1 : 0);
        const int last = (int)high + (high > (double)(int)high ? 1 : 0);
        const bool second_inside = axis == 0 ? (dy < 0.0) == (inside > 0.0) : (dx > 0.0) == (inside > 0.0);
        for (int line = first; line < last; ++line) {
            const double s = (line + 0.5 - from) / (to - from);
            const double place = ends[0][along] + s * step - 0.5;
            if (!(place >= 0.0 && place < (double)pairs))
                continue;
            const double za = ends[0][2], zb = ends[1][2];
            const float depth = (float)(perspective ? 1.0 / ((1.0 - s) / za + s / zb) : za + s * (zb - za));
            union { float value; int bits; } both_ways;
            both_ways.value = depth;
            const long long key = (sortable(both_ways.bits) << 32) | (edge << 1) | (second_inside ? 1 : 0);
            const int row = axis == 0 ? line : (int)place, column = axis == 0 ? (int)place : line;
            long long* slot = (long long*)keys.data
                + (((long long)shape * 2 + axis) * height + row) * width + column;
#ifdef __CUDA_ARCH__
            atomicMin(slot, key);
#else
            if (key < *slot)
                *slot = key;
#endif
        }
    }
"""
)

# A crossing is seen if the outer pixel shows something behind the edge and the inner one nothing behind it.
# Both comparisons allow for what the surface in the pixel falls within one pixel.
_SEE = (
    SORTABLE
    + """
    auto fall = [&](int shape, int face, float depth) {
"""
    + LOAD_FACE
    + """
        const double area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]);
        double gx = 0.0, gy = 0.0;
        for (int k = 0; k < 3; ++k) {
            const int i = (k + 1) % 3, j = (k + 2) % 3;
            const double value = perspective ? 1.0 / z[k] : z[k];
            gx += value * (y[i] - y[j]);
            gy += value * (x[j] - x[i]);
        }
        const double scale = perspective ? (double)depth * depth : 1.0;
        return scale * wp::max(wp::abs(gx), wp::abs(gy)) / wp::abs(area);
    };
    for (long long slot = (long long)first; slot < (long long)first + run; ++slot) {
        const long long key = keys.data[slot];
        crossings.data[slot] = -1;
        if (key == 0x7fffffffffffffffll)
            continue;
        const int code = (int)(key & 0x7fffffffull), edge = code >> 1;
        const long long plane = (long long)height * width;
        const int axis = (int)(slot / plane % 2), shape = (int)(slot / plane / 2);
"""
    + _LOAD_EDGE
    + """
        const float dx = wp::abs(ends[1][0] - ends[0][0]), dy = wp::abs(ends[1][1] - ends[0][1]);
        // Each edge counts along one axis only, that in which it moves faster across: else it counts twice.
        if (axis == 0 ? dx > dy : dy >= dx)
            continue;
        union { float value; int bits; } both_ways;
        both_ways.bits = (int)sortable((int)(key >> 32));
        const float depth = both_ways.value;
        const long long pixel = (long long)shape * plane + slot % plane;
        const long long next = pixel + (axis == 0 ? 1 : width);
        const long long inner = (code & 1) ? next : pixel, outer = (code & 1) ? pixel : next;
        const int inner_face = (int)found_face.data[inner], outer_face = (int)found_face.data[outer];
        if (inner_face < 0)
            continue;
        const double slack = 1e-5 * wp::abs(depth);
        const float inner_depth = found_depth.data[inner], outer_depth = found_depth.data[outer];
        if ((double)inner_depth > depth + slack + fall(shape, inner_face, inner_depth))
            continue;
        if (outer_face >= 0 && (double)outer_depth < depth + slack + fall(shape, outer_face, outer_depth))
            continue;
        crossings.data[slot] = code;
    }
"""
)


@functools.cache
@no_type_check
def walk_kernel() -> Any:
    """Make the pass over the edges; one thread a (shape, edge)."""
    wp = kernels.warp()

    @wp.func_native(_WALK)
    def walk(
        vertices: wp.array(dtype=wp.float32),
        edges: wp.array(dtype=wp.int32), opposite: wp.array(dtype=wp.int32),
        shape: wp.int32, edge: wp.int32, count: wp.int32, height: wp.int32, width: wp.int32,
        near_plane: wp.float32, perspective: wp.bool, cull_back: wp.bool, keys: wp.array(dtype=wp.int64),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def walk_edges(
        vertices: wp.array(dtype=wp.float32),
        edges: wp.array(dtype=wp.int32), opposite: wp.array(dtype=wp.int32),
        num_edges: wp.int32, count: wp.int32, height: wp.int32, width: wp.int32,
        near_plane: wp.float32, perspective: wp.bool, cull_back: wp.bool, keys: wp.array(dtype=wp.int64),
    ):  # fmt: skip
        thread = wp.tid()
        walk(
            vertices, edges, opposite, thread // num_edges, thread % num_edges, count, height, width,
            near_plane, perspective, cull_back, keys,
        )  # fmt: skip

    return walk_edges


@functools.cache
@no_type_check
def see_kernel() -> Any:
    """Make the pass over the pairs; one thread a run of them."""
    wp = kernels.warp()

    @wp.func_native(_SEE)
    def see(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32), edges: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), found_depth: wp.array(dtype=wp.float32),
        keys: wp.array(dtype=wp.int64), first: wp.int32, run: wp.int32, count: wp.int32,
        height: wp.int32, width: wp.int32, perspective: wp.bool, crossings: wp.array(dtype=wp.int32),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def see_pairs(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32), edges: wp.array(dtype=wp.int32),
        found_face: wp.array(dtype=wp.int64), found_depth: wp.array(dtype=wp.float32),
        keys: wp.array(dtype=wp.int64), run: wp.int32, count: wp.int32,
        height: wp.int32, width: wp.int32, perspective: wp.bool, crossings: wp.array(dtype=wp.int32),
    ):  # fmt: skip
        see(
            vertices, faces, edges, found_face, found_depth, keys, wp.tid() * run, run, count,
            height, width, perspective, crossings,
        )  # fmt: skip

    return see_pairs
