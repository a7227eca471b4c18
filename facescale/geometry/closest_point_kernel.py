"""The Warp kernel of closest points: a traversal of Warp's tree with a triangle test of our own.

Warp's own query skips every face whose area is below 1e-6 of its squared edges and takes its barycentrics
from differences of products, which lose all digits on slivers and for far points. This one takes every
face: the search runs in float32, the winning face is evaluated once more in float64.
Reads the node layout of warp-lang's `native/bvh.h`, which is why that package's version is pinned.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels

LANES = 8

# Corners come relative to the query, so that the query is the origin. Each candidate is a point of the face
# by construction: an ill-conditioned projection can only lose to the edges, never invent a short distance.
_CLOSEST_ON_FACE = """
    auto closest_on_face = [](auto a, auto b, auto c, auto& weight_b, auto& weight_c) {
        using Vector = decltype(a);
        using Real = decltype(dot(a, a));
        const Vector ab = b - a, ac = c - a, bc = c - b;
        const Vector normal = cross(ab, ac);
        const Real area_sq = dot(normal, normal);
        const Real ab_sq = dot(ab, ab), ac_sq = dot(ac, ac);
        Real best = Real(3.0e38);
        Real wa = Real(-1), wb = Real(-1), wc = Real(-1);
        if (area_sq > Real(0)) {
            wb = dot(cross(ac, a), normal) / area_sq;
            wc = dot(cross(a, ab), normal) / area_sq;
            wa = Real(1) - wb - wc;
            if (wa >= Real(0) && wb >= Real(0) && wc >= Real(0)) {
                const Vector x = a + wb * ab + wc * ac;
                best = dot(x, x);
                weight_b = wb;
                weight_c = wc;
                if (area_sq > Real(1e-4) * ab_sq * ac_sq)
                    return best;
            }
        }
        // A well-shaped face is nearest on an edge that the query's projection lies beyond.
        const bool all = !(area_sq > Real(1e-4) * ab_sq * ac_sq);
        auto along = [](const Vector& from, const Vector& edge, Real edge_sq) {
            const Real t = -dot(from, edge);
            return t <= Real(0) || !(edge_sq > Real(0)) ? Real(0) : (t >= edge_sq ? Real(1) : t / edge_sq);
        };
        if (all || wc < Real(0)) {
            const Real t = along(a, ab, ab_sq);
            const Vector x = a + t * ab;
            const Real d = dot(x, x);
            if (d < best) { best = d; weight_b = t; weight_c = Real(0); }
        }
        if (all || wb < Real(0)) {
            const Real t = along(a, ac, ac_sq);
            const Vector x = a + t * ac;
            const Real d = dot(x, x);
            if (d < best) { best = d; weight_b = Real(0); weight_c = t; }
        }
        if (all || wa < Real(0)) {
            const Real t = along(b, bc, dot(bc, bc));
            const Vector x = b + t * bc;
            const Real d = dot(x, x);
            if (d < best) { best = d; weight_b = Real(1) - t; weight_c = t; }
        }
        return best;
    };
"""

# On the CPU the faces of a leaf are tested side by side, WIDTH at a time, from corners that lie in the tree's
# order. Every candidate is computed and the least taken: a mispredicted branch costs more than the arithmetic.
_LEAF_OF_LANES = """
#ifndef __CUDA_ARCH__
    typedef float Lanes __attribute__((ext_vector_type(WIDTH)));
    struct Vector { Lanes x, y, z; };
    auto minus = [](const Vector& a, const Vector& b) { return Vector{a.x - b.x, a.y - b.y, a.z - b.z}; };
    auto inner = [](const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y + a.z * b.z; };
    auto outer = [](const Vector& a, const Vector& b) {
        return Vector{a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
    };
    auto least = [](Lanes a, Lanes b) { return a < b ? a : b; };
    auto on_edge = [&](const Vector& from, const Vector& edge, Lanes edge_sq) {
        const Lanes t = -inner(from, edge) / (edge_sq > 1e-37f ? edge_sq : (Lanes)1e-37f);
        const Lanes u = t < 0.0f ? (Lanes)0.0f : (t > 1.0f ? (Lanes)1.0f : t);
        const Vector x{from.x + u * edge.x, from.y + u * edge.y, from.z + u * edge.z};
        return inner(x, x);
    };
    auto leaf_distances = [&](int first) {
        auto load = [&](int row, float origin) {
            Lanes v;
            __builtin_memcpy(&v, ordered.data + row * (long long)stride + first, sizeof(v));
            return v - origin;
        };
        const Vector a{load(0, point[0]), load(1, point[1]), load(2, point[2])};
        const Vector b{load(3, point[0]), load(4, point[1]), load(5, point[2])};
        const Vector c{load(6, point[0]), load(7, point[1]), load(8, point[2])};
        const Vector ab = minus(b, a), ac = minus(c, a), bc = minus(c, b);
        const Vector normal = outer(ab, ac);
        const Lanes area_sq = inner(normal, normal);
        const Lanes scale = 1.0f / (area_sq > 1e-37f ? area_sq : (Lanes)1e-37f);
        const Lanes wb = inner(outer(ac, a), normal) * scale, wc = inner(outer(a, ab), normal) * scale;
        const Vector foot{
            a.x + wb * ab.x + wc * ac.x, a.y + wb * ab.y + wc * ac.y, a.z + wb * ab.z + wc * ac.z};
        const Lanes far = (Lanes)3.0e38f;
        Lanes inside = wb >= 0.0f ? inner(foot, foot) : far;
        inside = wc >= 0.0f ? inside : far;
        inside = wb + wc <= 1.0f ? inside : far;
        inside = area_sq > 1e-37f ? inside : far;
        Lanes d = least(inside, on_edge(a, ab, inner(ab, ab)));
        d = least(d, on_edge(a, ac, inner(ac, ac)));
        return least(d, on_edge(b, bc, inner(bc, bc)));
    };
#endif
"""

_SEARCH = """
    const wp::Mesh& surface = *(const wp::Mesh*)mesh;
    const wp::BVH& bvh = surface.bvh;
    auto corner = [&](int flat, int k) {
        return wp::bvh_load_vec3(surface.points.data, wp::bvh_load_int(surface.indices.data, flat * 3 + k));
    };
    auto box_distance = [&](const wp::BVHPackedNodeHalf& low, const wp::BVHPackedNodeHalf& high) {
        const float x = wp::max(wp::max(low.x - point[0], point[0] - high.x), 0.0f);
        const float y = wp::max(wp::max(low.y - point[1], point[1] - high.y), 0.0f);
        const float z = wp::max(wp::max(low.z - point[2], point[2] - high.z), 0.0f);
        return x * x + y * y + z * z;
    };
    int winner = -1;
    // The slack keeps a face at exactly the maximum distance; float64 decides about it below.
    float best = max_distance < 1e18f ? max_distance * max_distance * (1.0f + 1e-5f) + 1e-30f : 3.0e38f;
    float wb, wc;
    auto visit = [&](int flat) {
        const float d = closest_on_face(
            corner(flat, 0) - point, corner(flat, 1) - point, corner(flat, 2) - point, wb, wc);
        if (d < best) { best = d; winner = flat; }
    };
    const bool finite = wp::isfinite(point[0]) && wp::isfinite(point[1]) && wp::isfinite(point[2]);
    if (finite && hint >= 0)
        visit(hint);
    int nodes[64];
    float distances[64];
    int waiting = 0;
    int node = finite ? root : -1;
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
            for (int first = low.i; first < end; first += WIDTH) {
                const Lanes d = leaf_distances(first);
                const int count = end - first < WIDTH ? end - first : WIDTH;
                for (int lane = 0; lane < count; ++lane)
                    if (d[lane] < best) { best = d[lane]; winner = bvh.primitive_indices[first + lane]; }
            }
#endif
        } else {
            const int left = low.i, right = high.i;
            const float to_left = box_distance(
                wp::bvh_load_node(bvh.node_lowers, left), wp::bvh_load_node(bvh.node_uppers, left));
            const float to_right = box_distance(
                wp::bvh_load_node(bvh.node_lowers, right), wp::bvh_load_node(bvh.node_uppers, right));
            const bool left_first = to_left < to_right;
            const float near_distance = left_first ? to_left : to_right;
            const float far_distance = left_first ? to_right : to_left;
            if (far_distance < best && waiting < 64) {
                nodes[waiting] = left_first ? right : left;
                distances[waiting++] = far_distance;
            }
            if (near_distance < best)
                node = left_first ? left : right;
        }
        while (node < 0 && waiting > 0) {
            --waiting;
            if (distances[waiting] < best)
                node = nodes[waiting];
        }
    }
"""

_REFINE = """
    if (winner >= 0) {
        auto exact = [&](int k) {
            const wp::vec3 x = corner(winner, k);
            return wp::vec3d((double)x[0] - point[0], (double)x[1] - point[1], (double)x[2] - point[2]);
        };
        const wp::vec3d a = exact(0), b = exact(1), c = exact(2);
        double vb = 0.0, vc = 0.0;
        const double distance = wp::sqrt(closest_on_face(a, b, c, vb, vc));
        if (distance <= (double)max_distance) {
            const wp::vec3d x = a + vb * (b - a) + vc * (c - a);
            found_face[slot] = winner - first_face;
            found_weights[slot] = wp::vec3((float)wp::max(1.0 - vb - vc, 0.0), (float)vb, (float)vc);
            found_point[slot] = wp::vec3(
                (float)(x[0] + point[0]), (float)(x[1] + point[1]), (float)(x[2] + point[2]));
            found_distance[slot] = (float)distance;
        }
    }
"""


@functools.cache
@no_type_check
def closest_point_kernel() -> Any:
    """Make the kernel; one thread a (shape, point)."""
    wp = kernels.warp()

    @wp.func_native((_CLOSEST_ON_FACE + _LEAF_OF_LANES + _SEARCH + _REFINE).replace("WIDTH", str(LANES)))
    def closest_on_surface(
        mesh: wp.uint64,
        ordered: wp.array(dtype=wp.float32),
        stride: wp.int32,
        root: wp.int32,
        point: wp.vec3,
        max_distance: wp.float32,
        hint: wp.int32,
        first_face: wp.int32,
        slot: wp.int32,
        found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.vec3),
        found_point: wp.array(dtype=wp.vec3),
        found_distance: wp.array(dtype=wp.float32),
    ): ...

    @wp.kernel(module="unique")
    def closest_point(
        mesh: wp.uint64,
        ordered: wp.array(dtype=wp.float32),
        stride: wp.int32,
        roots: wp.array(dtype=wp.int32),
        first_faces: wp.array(dtype=wp.int32),
        queries: wp.array(dtype=wp.vec3),
        hints: wp.array(dtype=wp.int64),
        max_distance: wp.float32,
        per_shape: wp.int32,
        found_face: wp.array(dtype=wp.int64),
        found_weights: wp.array(dtype=wp.vec3),
        found_point: wp.array(dtype=wp.vec3),
        found_distance: wp.array(dtype=wp.float32),
    ):
        slot = wp.tid()
        shape = slot // per_shape
        first_face = first_faces[shape]
        point = queries[slot]
        found_face[slot] = wp.int64(-1)
        found_weights[slot] = wp.vec3(0.0, 0.0, 0.0)
        found_point[slot] = wp.vec3(0.0, 0.0, 0.0)
        # A finite sum is infinity here, any NaN or infinity in the query is NaN.
        found_distance[slot] = wp.where(wp.isfinite(point[0] + point[1] + point[2]), wp.inf, wp.nan)
        hint = wp.int32(-1)
        if hints:  # noqa: SIM102 - Warp evaluates both sides of an `and`
            if hints[slot] >= wp.int64(0) and hints[slot] < wp.int64(first_faces[shape + 1] - first_face):
                hint = first_face + wp.int32(hints[slot])
        closest_on_surface(
            mesh, ordered, stride, roots[shape], point, max_distance, hint, first_face, slot,
            found_face, found_weights, found_point, found_distance,
        )  # fmt: skip

    return closest_point
