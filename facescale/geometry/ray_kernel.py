"""The Warp kernel of first ray hits: a traversal of Warp's tree through which no ray slips.

Warp's own query tests boxes without slack: a ray along a box's edge or through a vertex can miss a closed mesh.
Here boxes are a few float32 roundings larger and faces are tested in float64 after a shear that maps the ray to
an axis (Woop, Benthin and Wald 2013), so that neighbouring faces agree about their common edge.
Reads the node layout of warp-lang's `native/bvh.h`, which is why that package's version is pinned.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels
from facescale.geometry.closest_point_kernel import LANES

# `way` is the unnormalised direction; lengths along it are in units of its norm until the end.
_PREPARE = """
    const wp::Mesh& surface = *(const wp::Mesh*)mesh;
    const wp::BVH& bvh = surface.bvh;
    float inverse[3];
    for (int k = 0; k < 3; ++k) {
        const float w = way[k];
        inverse[k] = w >= 0.0f ? 1.0f / wp::max(w, 1e-20f) : 1.0f / wp::min(w, -1e-20f);
    }
    int kz = 0;
    for (int k = 1; k < 3; ++k)
        if (wp::abs(way[k]) > wp::abs(way[kz])) kz = k;
    const int kx = (kz + 1) % 3, ky = (kz + 2) % 3;
    const double scale = 1.0 / (double)way[kz];
    const double shear_x = (double)way[kx] * scale, shear_y = (double)way[ky] * scale;
    double best = (double)limit;
    double weight_b = 0.0, weight_c = 0.0;
    int winner = -1;
"""

# The three edge functions are twice the signed areas of the sheared face seen along the ray.
_TEST_FACE = """
#ifdef __CUDA_ARCH__
    auto visit = [&](int flat) {
        double x[3], y[3], z[3];
        for (int k = 0; k < 3; ++k) {
            const wp::vec3 v = wp::bvh_load_vec3(
                surface.points.data, wp::bvh_load_int(surface.indices.data, flat * 3 + k));
            const double depth = (double)v[kz] - (double)origin[kz];
            x[k] = ((double)v[kx] - (double)origin[kx]) - shear_x * depth;
            y[k] = ((double)v[ky] - (double)origin[ky]) - shear_y * depth;
            z[k] = scale * depth;
        }
        const double ea = x[2] * y[1] - y[2] * x[1];
        const double eb = x[0] * y[2] - y[0] * x[2];
        const double ec = x[1] * y[0] - y[1] * x[0];
        const double total = ea + eb + ec;
        if (total == 0.0)
            return;
        const double wa = ea / total, wb = eb / total, wc = ec / total;
        if (!(wa >= -1e-9 && wb >= -1e-9 && wc >= -1e-9))
            return;
        const double t = wa * z[0] + wb * z[1] + wc * z[2];
        if (t >= 0.0 && t < best) {
            best = t;
            winner = flat;
            weight_b = wb;
            weight_c = wc;
        }
    };
#else
    typedef float Single __attribute__((ext_vector_type(WIDTH)));
    typedef double Lanes __attribute__((ext_vector_type(WIDTH)));
    auto visit_lanes = [&](int first, int count) {
        auto load = [&](int row, double from) {
            Single v;
            __builtin_memcpy(&v, ordered.data + row * (long long)stride + first, sizeof(v));
            return __builtin_convertvector(v, Lanes) - from;
        };
        Lanes x[3], y[3], z[3];
        for (int k = 0; k < 3; ++k) {
            const Lanes depth = load(3 * k + kz, (double)origin[kz]);
            x[k] = load(3 * k + kx, (double)origin[kx]) - shear_x * depth;
            y[k] = load(3 * k + ky, (double)origin[ky]) - shear_y * depth;
            z[k] = scale * depth;
        }
        const Lanes ea = x[2] * y[1] - y[2] * x[1];
        const Lanes eb = x[0] * y[2] - y[0] * x[2];
        const Lanes ec = x[1] * y[0] - y[1] * x[0];
        const Lanes share = 1.0 / (ea + eb + ec);
        const Lanes wa = ea * share, wb = eb * share, wc = ec * share;
        const Lanes t = wa * z[0] + wb * z[1] + wc * z[2];
        const Lanes least = wa < wb ? (wa < wc ? wa : wc) : (wb < wc ? wb : wc);
        // A face seen edge on has no share: its NaN fails every comparison.
        Lanes hit = least >= -1e-9 ? t : (Lanes)1e300;
        hit = t >= 0.0 ? hit : (Lanes)1e300;
        for (int lane = 0; lane < count; ++lane)
            if (hit[lane] < best) {
                best = hit[lane];
                winner = bvh.primitive_indices[first + lane];
                weight_b = wb[lane];
                weight_c = wc[lane];
            }
    };
#endif
    auto enter = [&](int node) {
        const wp::BVHPackedNodeHalf low = wp::bvh_load_node(bvh.node_lowers, node);
        const wp::BVHPackedNodeHalf high = wp::bvh_load_node(bvh.node_uppers, node);
        const float ax = (low.x - origin[0]) * inverse[0], bx = (high.x - origin[0]) * inverse[0];
        const float ay = (low.y - origin[1]) * inverse[1], by = (high.y - origin[1]) * inverse[1];
        const float az = (low.z - origin[2]) * inverse[2], bz = (high.z - origin[2]) * inverse[2];
        const float first = wp::max(wp::max(wp::min(ax, bx), wp::min(ay, by)), wp::min(az, bz));
        const float last = wp::min(wp::min(wp::max(ax, bx), wp::max(ay, by)), wp::max(az, bz));
        const float begin = wp::max(first, 0.0f) * (1.0f - 1e-6f);
        return begin <= last * (1.0f + 1e-6f) ? begin : 3.0e38f;
    };
"""

_SEARCH = """
    int nodes[64];
    float begins[64];
    int waiting = 0;
    int node = enter(root) < 3.0e38f ? root : -1;
    while (node >= 0) {
        const wp::BVHPackedNodeHalf low = wp::bvh_load_node(bvh.node_lowers, node);
        const wp::BVHPackedNodeHalf high = wp::bvh_load_node(bvh.node_uppers, node);
        node = -1;
        if (low.b) {
            const int end = high.i;
#ifdef __CUDA_ARCH__
            for (int i = low.i; i < end; ++i)
                visit(wp::bvh_load_int(bvh.primitive_indices, i));
#else
            for (int first = low.i; first < end; first += WIDTH)
                visit_lanes(first, end - first < WIDTH ? end - first : WIDTH);
#endif
        } else {
            const int left = low.i, right = high.i;
            const float to_left = enter(left), to_right = enter(right);
            const bool left_first = to_left < to_right;
            const float far_begin = left_first ? to_right : to_left;
            if (far_begin < 3.0e38f && (double)far_begin <= best && waiting < 64) {
                nodes[waiting] = left_first ? right : left;
                begins[waiting++] = far_begin;
            }
            const float near_begin = left_first ? to_left : to_right;
            if (near_begin < 3.0e38f && (double)near_begin <= best)
                node = left_first ? left : right;
        }
        while (node < 0 && waiting > 0) {
            --waiting;
            if ((double)begins[waiting] <= best)
                node = nodes[waiting];
        }
    }
    if (winner >= 0) {
        const wp::vec3 a = wp::bvh_load_vec3(surface.points.data, surface.indices.data[winner * 3]);
        const wp::vec3 b = wp::bvh_load_vec3(surface.points.data, surface.indices.data[winner * 3 + 1]);
        const wp::vec3 c = wp::bvh_load_vec3(surface.points.data, surface.indices.data[winner * 3 + 2]);
        const double wb = wp::min(wp::max(weight_b, 0.0), 1.0);
        const double wc = wp::min(wp::max(weight_c, 0.0), 1.0 - wb);
        found_face[slot] = winner - first_face;
        found_weights[slot] = wp::vec3((float)(1.0 - wb - wc), (float)wb, (float)wc);
        found_length[slot] = (float)(best * (double)norm);
        found_front[slot] = dot(cross(b - a, c - a), way) < 0.0f;
    }
"""


@functools.cache
@no_type_check
def first_hit_kernel() -> Any:
    """Make the kernel; one thread a (shape, ray)."""
    wp = kernels.warp()

    @wp.func_native((_PREPARE + _TEST_FACE + _SEARCH).replace("WIDTH", str(LANES)))
    def pierce(
        mesh: wp.uint64,
        ordered: wp.array(dtype=wp.float32),
        stride: wp.int32,
        root: wp.int32,
        origin: wp.vec3,
        way: wp.vec3,
        norm: wp.float32,
        limit: wp.float32,
        first_face: wp.int32,
        slot: wp.int32,
        found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.vec3),
        found_length: wp.array(dtype=wp.float32),
        found_front: wp.array(dtype=wp.bool),
    ): ...

    @wp.kernel(module="unique")
    def first_hit(
        mesh: wp.uint64,
        ordered: wp.array(dtype=wp.float32),
        stride: wp.int32,
        roots: wp.array(dtype=wp.int32),
        first_faces: wp.array(dtype=wp.int32),
        origins: wp.array(dtype=wp.vec3),
        directions: wp.array(dtype=wp.vec3),
        max_length: wp.float32,
        per_shape: wp.int32,
        found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.vec3),
        found_length: wp.array(dtype=wp.float32),
        found_front: wp.array(dtype=wp.bool),
    ):
        slot = wp.tid()
        shape = slot // per_shape
        found_face[slot] = wp.int64(-1)
        found_weights[slot] = wp.vec3(0.0, 0.0, 0.0)
        found_length[slot] = wp.inf
        found_front[slot] = False
        origin = origins[slot]
        way = directions[slot]
        norm = wp.length(way)
        if norm > 0.0 and wp.isfinite(norm) and wp.isfinite(origin[0] + origin[1] + origin[2]):
            pierce(
                mesh, ordered, stride, roots[shape], origin, way, norm, max_length / norm,
                first_faces[shape], slot, found_face, found_weights, found_length, found_front,
            )  # fmt: skip

    return first_hit
