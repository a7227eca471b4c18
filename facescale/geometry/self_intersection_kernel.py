"""The Warp kernel of self-intersections: each face asks the tree for faces that it crosses.

The tree is walked in float32, whose boxes are exact; pairs are tested in float64.
`geometry/self_intersection.py` says what a crossing is and has the slow twin.
Reads the node layout of warp-lang's `native/bvh.h`, which is why that package's version is pinned.
"""

# ruff: noqa: ANN202 - Warp reads a return annotation as a returned value.
# Annotations are values of a module that loads on first use.
# pyright: reportInvalidTypeForm=false
import functools
from typing import Any, no_type_check

from facescale.geometry import kernels
from facescale.geometry.self_intersection import FLAT, PARALLEL, ROUNDING

_LOAD = """
    const wp::Mesh& surface = *(const wp::Mesh*)mesh;
    const wp::BVH& bvh = surface.bvh;
    auto corner = [&](int flat, int k) {
        return wp::bvh_load_vec3(surface.points.data, wp::bvh_load_int(surface.indices.data, flat * 3 + k));
    };
    const wp::vec3 own[3] = {corner(face, 0), corner(face, 1), corner(face, 2)};
    const wp::vec3 lowest = wp::min(wp::min(own[0], own[1]), own[2]);
    const wp::vec3 highest = wp::max(wp::max(own[0], own[1]), own[2]);
    float own_size = 0.0f;
    for (int k = 0; k < 3; ++k)
        own_size = wp::max(own_size, wp::max(wp::abs(lowest[k]), wp::abs(highest[k])));
    wp::vec3d a[3], b[3];
    for (int k = 0; k < 3; ++k)
        for (int axis = 0; axis < 3; ++axis)
            a[k][axis] = (double)own[k][axis] - (double)own[0][axis];
    auto common_normal = [](const wp::vec3d& e, const wp::vec3d& f) {
        const wp::vec3d n = cross(e, f);
        return dot(n, n) > PARALLEL * dot(e, e) * dot(f, f) ? n : wp::vec3d(0.0, 0.0, 0.0);
    };
    // Overlap of the shadows along an axis of any length; no answer, so a huge one, for an axis of none.
    auto overlap = [&](const wp::vec3d& axis) {
        const double squared = dot(axis, axis);
        if (!(squared > 0.0))
            return 1e300;
        const double a0 = dot(axis, a[0]), a1 = dot(axis, a[1]), a2 = dot(axis, a[2]);
        const double b0 = dot(axis, b[0]), b1 = dot(axis, b[1]), b2 = dot(axis, b[2]);
        const double one = wp::max(wp::max(a0, a1), a2) - wp::min(wp::min(b0, b1), b2);
        const double other = wp::max(wp::max(b0, b1), b2) - wp::min(wp::min(a0, a1), a2);
        return wp::min(one, other) / wp::sqrt(squared);
    };
    // How far three points reach from the plane through `base`; zero for a normal without length.
    auto reach = [](const wp::vec3d& normal, const wp::vec3d& base, const wp::vec3d* points) {
        const double squared = dot(normal, normal);
        double most = 0.0;
        for (int k = 0; k < 3; ++k)
            most = wp::max(most, wp::abs(dot(normal, points[k] - base)));
        return squared > 0.0 ? most / wp::sqrt(squared) : 0.0;
    };
    const wp::vec3d edges_a[3] = {a[1] - a[0], a[2] - a[1], a[0] - a[2]};
    const wp::vec3d normal_a = common_normal(edges_a[0], edges_a[2]);
"""

# 0: they share no edge; 1: they share one; 2: they are folded onto each other along it.
_FOLD = """
    auto fold_of = [&]() {
        bool met_a[3] = {false, false, false}, met_b[3] = {false, false, false};
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j)
                if (a[i][0] == b[j][0] && a[i][1] == b[j][1] && a[i][2] == b[j][2])
                    met_a[i] = met_b[j] = true;
        if (met_a[0] + met_a[1] + met_a[2] != 2 || met_b[0] + met_b[1] + met_b[2] != 2)
            return 0;
        const int free_a = met_a[0] ? (met_a[1] ? 2 : 1) : 0, free_b = met_b[0] ? (met_b[1] ? 2 : 1) : 0;
        const wp::vec3d start = a[(free_a + 1) % 3], edge = a[(free_a + 2) % 3] - start;
        const double squared = wp::max(dot(edge, edge), 1e-300);
        wp::vec3d u = a[free_a] - start, v = b[free_b] - start;
        u = u - (dot(u, edge) / squared) * edge;
        v = v - (dot(v, edge) / squared) * edge;
        const wp::vec3d turn = cross(u, v);
        return wp::atan2(wp::sqrt(dot(turn, turn)), dot(u, v)) < fold_angle ? 2 : 1;
    };
"""

_TEST_PAIR = """
    auto depth_with = [&](int other) {
        float size = own_size;
        for (int k = 0; k < 3; ++k) {
            const wp::vec3 x = corner(other, k);
            for (int axis = 0; axis < 3; ++axis) {
                b[k][axis] = (double)x[axis] - (double)own[0][axis];
                size = wp::max(size, wp::abs(x[axis]));
            }
        }
        const double limit = wp::max(tolerance, ROUNDING * (double)size);
        const int fold = fold_of();
        if (fold == 1)
            return 0.0;
        const wp::vec3d edges_b[3] = {b[1] - b[0], b[2] - b[1], b[0] - b[2]};
        const wp::vec3d normal_b = common_normal(edges_b[0], edges_b[2]);
        const wp::vec3d plane = dot(normal_a, normal_a) >= dot(normal_b, normal_b) ? normal_a : normal_b;
        const double flat = FLAT * (double)size;
        const bool coplanar = dot(normal_a, normal_a) > 0.0 && dot(normal_b, normal_b) > 0.0
            && reach(normal_a, a[0], b) <= flat && reach(normal_b, b[0], a) <= flat;
        double depth = 1e300;
        auto parted = [&](const wp::vec3d& axis) {
            depth = wp::min(depth, overlap(axis));
            return !(depth > limit);
        };
        if (fold == 0 && !coplanar) {
            if (parted(normal_a) || parted(normal_b))
                return 0.0;
            for (int i = 0; i < 3; ++i)
                for (int j = 0; j < 3; ++j)
                    if (parted(common_normal(edges_a[i], edges_b[j])))
                        return 0.0;
        }
        for (int i = 0; i < 3; ++i)
            if (parted(cross(plane, edges_a[i])) || parted(cross(plane, edges_b[i])))
                return 0.0;
        return depth < 1e300 ? depth : 0.0;
    };
"""

_SEARCH = """
    auto apart = [&](int node) {
        const wp::BVHPackedNodeHalf low = wp::bvh_load_node(bvh.node_lowers, node);
        const wp::BVHPackedNodeHalf high = wp::bvh_load_node(bvh.node_uppers, node);
        return low.x > highest[0] || low.y > highest[1] || low.z > highest[2]
            || high.x < lowest[0] || high.y < lowest[1] || high.z < lowest[2];
    };
    int nodes[96];
    int waiting = 0;
    int node = root;
    while (node >= 0) {
        const wp::BVHPackedNodeHalf low = wp::bvh_load_node(bvh.node_lowers, node);
        const wp::BVHPackedNodeHalf high = wp::bvh_load_node(bvh.node_uppers, node);
        node = -1;
        if (low.b) {
            const int end = high.i;
            for (int i = low.i; i < end; ++i) {
                const int other = wp::bvh_load_int(bvh.primitive_indices, i);
                if (other <= face)
                    continue;
                const wp::vec3 x = corner(other, 0), y = corner(other, 1), z = corner(other, 2);
                const wp::vec3 from = wp::min(wp::min(x, y), z), to = wp::max(wp::max(x, y), z);
                if (from[0] > highest[0] || from[1] > highest[1] || from[2] > highest[2]
                    || to[0] < lowest[0] || to[1] < lowest[1] || to[2] < lowest[2])
                    continue;
                const double depth = depth_with(other);
                if (depth > 0.0) {
                    const int slot = wp::atomic_add(&found.data[0], 1);
                    if (slot < capacity) {
                        pairs.data[2 * slot] = face;
                        pairs.data[2 * slot + 1] = other;
                        depths.data[slot] = (float)depth;
                    }
                }
            }
        } else {
            const int left = low.i, right = high.i;
            if (!apart(left))
                node = left;
            if (!apart(right)) {
                if (node < 0)
                    node = right;
                else if (waiting < 96)
                    nodes[waiting++] = right;
            }
        }
        if (node < 0 && waiting > 0)
            node = nodes[--waiting];
    }
"""


def _source() -> str:
    source = _LOAD + _FOLD + _TEST_PAIR + _SEARCH
    for name, value in (("PARALLEL", PARALLEL), ("ROUNDING", ROUNDING), ("FLAT", FLAT)):
        source = source.replace(name, repr(value))
    return source


@functools.cache
@no_type_check
def crossings_kernel() -> Any:
    """Make the kernel; one thread a face of any shape."""
    wp = kernels.warp()

    @wp.func_native(_source())
    def cross_faces(
        mesh: wp.uint64,
        root: wp.int32,
        face: wp.int32,
        tolerance: wp.float64,
        fold_angle: wp.float64,
        capacity: wp.int32,
        found: wp.array(dtype=wp.int32),
        pairs: wp.array(dtype=wp.int32),
        depths: wp.array(dtype=wp.float32),
    ): ...

    @wp.kernel(module="unique")
    def crossings(
        mesh: wp.uint64,
        roots: wp.array(dtype=wp.int32),
        shapes: wp.array(dtype=wp.int32),
        tolerance: wp.float64,
        fold_angle: wp.float64,
        capacity: wp.int32,
        found: wp.array(dtype=wp.int32),
        pairs: wp.array(dtype=wp.int32),
        depths: wp.array(dtype=wp.float32),
    ):
        face = wp.tid()
        shape = wp.int32(0)
        if shapes:
            shape = shapes[face]
        cross_faces(mesh, roots[shape], face, tolerance, fold_angle, capacity, found, pairs, depths)

    return crossings
