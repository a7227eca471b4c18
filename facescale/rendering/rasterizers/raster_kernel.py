"""Warp kernels that find the nearest face at each pixel's centre, and its barycentrics and depth.

One pass over the faces writes (depth, face) into a 64-bit key a pixel with an atomic minimum, so the result
does not depend on the order of threads; a pass over the pixels evaluates the winners. The CPU, one thread,
takes four columns at a time. Edge functions are float64:
products of two float32 differences are exact there, so faces agree about their common edge and leave no gap.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels

LANES = {"cpu": 1, "cuda": 8}
"""Threads that share the rows of one face."""
NOT_FOUND = 2**63 - 1
"""A key above every depth."""
KEY_PADDING = 3
"""Keys behind the last pixel that a block of columns may read and write back."""

# A face with a corner at or behind the near plane, or not finite, is left out whole.
LOAD_FACE = """
    double x[3], y[3], z[3];
    for (int k = 0; k < 3; ++k) {
        const float* v = vertices.data + 3 * ((long long)shape * count + faces.data[3 * (long long)face + k]);
        x[k] = v[0];
        y[k] = v[1];
        z[k] = v[2];
    }
"""

# Twice the signed areas of the pixel's centre with each edge; their sum is that of the face.
EDGE_FUNCTIONS = """
    const double cx = column + 0.5, cy = row + 0.5;
    const double e0 = (x[1] - cx) * (y[2] - cy) - (y[1] - cy) * (x[2] - cx);
    const double e1 = (x[2] - cx) * (y[0] - cy) - (y[2] - cy) * (x[0] - cx);
    const double e2 = (x[0] - cx) * (y[1] - cy) - (y[0] - cy) * (x[1] - cx);
"""

# Bits of a float, changed so that they sort as signed integers like the float itself.
SORTABLE = """
    auto sortable = [](int bits) { return (long long)(bits ^ ((bits >> 31) & 0x7fffffff)); };
"""

_COVER = (
    SORTABLE
    + """
    const double limit = 3.0e38;
"""
    + LOAD_FACE
    + """
    for (int k = 0; k < 3; ++k)
        if (!(z[k] > (double)near_plane && z[k] < limit && wp::abs(x[k]) < limit && wp::abs(y[k]) < limit))
            return;
    const double area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]);
    if (area == 0.0 || (cull_back && area > 0.0))
        return;
    // The first and last column and row whose centres lie within the face's bounds.
    const double left = wp::max(wp::min(wp::min(x[0], x[1]), x[2]) - 0.5, 0.0);
    const double right = wp::min(wp::max(wp::max(x[0], x[1]), x[2]) - 0.5, (double)(width - 1));
    const double top = wp::max(wp::min(wp::min(y[0], y[1]), y[2]) - 0.5, 0.0);
    const double bottom = wp::min(wp::max(wp::max(y[0], y[1]), y[2]) - 0.5, (double)(height - 1));
    if (right < 0.0 || bottom < 0.0 || left > right || top > bottom)
        return;
    const int first_column = (int)left + (left > (double)(int)left ? 1 : 0), last_column = (int)right;
    const int first_row = (int)top + (top > (double)(int)top ? 1 : 0), last_row = (int)bottom;
    // Anticlockwise or not, the edge functions are not negative inside from here on.
    if (area < 0.0) {
        const double sx = x[1], sy = y[1], sz = z[1];
        x[1] = x[2]; y[1] = y[2]; z[1] = z[2];
        x[2] = sx; y[2] = sy; z[2] = sz;
    }
    // Depth, or with perspective its negative inverse, is linear in the image and sorts alike.
    double share[3];
    for (int k = 0; k < 3; ++k)
        share[k] = (perspective ? -1.0 / z[k] : z[k]) / wp::abs(area);
    long long* image = (long long*)keys.data + (long long)shape * height * width;
#ifdef __CUDA_ARCH__
    typedef double Columns;
    const int block = 1;
    const Columns steps = 0.0;
#else
    typedef double Columns __attribute__((ext_vector_type(4)));
    typedef float Orders __attribute__((ext_vector_type(4)));
    typedef int Bits __attribute__((ext_vector_type(4)));
    typedef long long Keys __attribute__((ext_vector_type(4)));
    const int block = 4;
    const Columns steps = {0.0, 1.0, 2.0, 3.0};
#endif
    for (int row = first_row + lane; row <= last_row; row += lanes) {
        const double cy = row + 0.5;
        const double y0 = y[0] - cy, y1 = y[1] - cy, y2 = y[2] - cy;
        for (int column = first_column; column <= last_column; column += block) {
            const Columns cx = steps + (column + 0.5);
            const Columns x0 = x[0] - cx, x1 = x[1] - cx, x2 = x[2] - cx;
            const Columns e0 = x1 * y2 - x2 * y1, e1 = x2 * y0 - x0 * y2, e2 = x0 * y1 - x1 * y0;
            const Columns order = e0 * share[0] + e1 * share[1] + e2 * share[2];
            long long* slot = image + (long long)row * width + column;
#ifdef __CUDA_ARCH__
            if (e0 >= 0.0 && e1 >= 0.0 && e2 >= 0.0)
                atomicMin(slot, (sortable(__float_as_int((float)order)) << 32) | (unsigned int)face);
#else
            Columns least = e0 < e1 ? e0 : e1;
            least = least < e2 ? least : e2;
            least = steps <= (double)(last_column - column) ? least : (Columns)-1.0;
            const Orders narrow = __builtin_convertvector(order, Orders);
            Bits bits;
            __builtin_memcpy(&bits, &narrow, sizeof(bits));
            bits ^= (bits >> 31) & 0x7fffffff;
            const Keys key = (__builtin_convertvector(bits, Keys) << 32) | (long long)face;
            Keys old;
            __builtin_memcpy(&old, slot, sizeof(old));
            old = least >= 0.0 ? (key < old ? key : old) : old;
            __builtin_memcpy(slot, &old, sizeof(old));
#endif
        }
    }
"""
)

_RESOLVE = (
    """
    for (long long pixel = (long long)first; pixel < (long long)first + run; ++pixel) {
        const long long key = keys.data[pixel];
        float* weight = found_weights.data + 3 * pixel;
        if (key == 0x7fffffffffffffffll) {
            found_face.data[pixel] = -1;
            weight[0] = weight[1] = weight[2] = 0.0f;
            found_depth.data[pixel] = 1.0f / 0.0f;
            continue;
        }
        const int face = (int)(key & 0xffffffffull);
        const int column = pixel % width, row = pixel / width % height;
        const int shape = pixel / ((long long)width * height);
"""
    + LOAD_FACE
    + EDGE_FUNCTIONS
    + """
        // Over the depths, all times the product of the depths.
        const double q0 = perspective ? e0 * z[1] * z[2] : e0;
        const double q1 = perspective ? e1 * z[2] * z[0] : e1;
        const double q2 = perspective ? e2 * z[0] * z[1] : e2;
        const double share = 1.0 / (q0 + q1 + q2);
        found_face.data[pixel] = face;
        weight[0] = (float)(q0 * share);
        weight[1] = (float)(q1 * share);
        weight[2] = (float)(q2 * share);
        found_depth.data[pixel] = (float)((q0 * z[0] + q1 * z[1] + q2 * z[2]) * share);
    }
"""
)


@functools.cache
@no_type_check
def cover_kernel() -> Any:
    """Make the pass over the faces; one thread a (shape, face, lane)."""
    wp = kernels.warp()

    @wp.func_native(_COVER)
    def cover(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        shape: wp.int32, face: wp.int32, lane: wp.int32, lanes: wp.int32, count: wp.int32,
        height: wp.int32, width: wp.int32, near_plane: wp.float32, perspective: wp.bool, cull_back: wp.bool,
        keys: wp.array(dtype=wp.int64),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def cover_faces(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32),
        num_faces: wp.int32, lanes: wp.int32, count: wp.int32, height: wp.int32, width: wp.int32,
        near_plane: wp.float32, perspective: wp.bool, cull_back: wp.bool,
        keys: wp.array(dtype=wp.int64),
    ):  # fmt: skip
        thread = wp.tid()
        lane = thread % lanes
        index = thread // lanes
        cover(
            vertices, faces, index // num_faces, index % num_faces, lane, lanes, count,
            height, width, near_plane, perspective, cull_back, keys,
        )  # fmt: skip

    return cover_faces


@functools.cache
@no_type_check
def resolve_kernel() -> Any:
    """Make the pass over the pixels; one thread a run of pixels."""
    wp = kernels.warp()

    @wp.func_native(_RESOLVE)
    def resolve(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32), keys: wp.array(dtype=wp.int64),
        first: wp.int32, run: wp.int32, count: wp.int32, height: wp.int32, width: wp.int32,
        perspective: wp.bool, found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.float32), found_depth: wp.array(dtype=wp.float32),
    ): ...  # fmt: skip

    @wp.kernel(module="unique")
    def resolve_pixels(
        vertices: wp.array(dtype=wp.float32), faces: wp.array(dtype=wp.int32), keys: wp.array(dtype=wp.int64),
        run: wp.int32, count: wp.int32, height: wp.int32, width: wp.int32,
        perspective: wp.bool, found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.float32), found_depth: wp.array(dtype=wp.float32),
    ):  # fmt: skip
        resolve(
            vertices, faces, keys, wp.tid() * run, run, count, height, width, perspective,
            found_face, found_weights, found_depth,
        )  # fmt: skip

    return resolve_pixels
