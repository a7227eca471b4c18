"""What tests ask of quad surfaces: borders, volume, crossings, overlaps in texture. Slow, plain and float64."""

import numpy as np


def triangles(quads):
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def border_edges(quads):
    """Directed sides without a partner running the other way; fails where a side occurs twice."""
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    width = quads.max() + 1
    forward, backward = sides[:, 0] * width + sides[:, 1], sides[:, 1] * width + sides[:, 0]
    assert len(np.unique(forward)) == len(forward), "two quads run along one side in the same direction"
    return sides[~np.isin(forward, backward)]


def volume(vertices, quads):
    a, b, c = np.moveaxis(vertices[triangles(quads)], 1, 0)
    return float((a * np.cross(b, c)).sum() / 6)


def crossings(vertices, quads, others=None):
    """Pairs (edge's triangle, triangle) where an edge of one triangle passes through another one.

    With others = (vertices, quads) only crossings between both surfaces are looked for.
    """
    faces = triangles(quads)
    corners = vertices[faces]
    if others is None:
        other_faces, other_corners = faces, corners
    else:
        other_faces, other_corners = triangles(others[1]) + len(vertices), others[0][triangles(others[1])]
    one, two = _near(corners, other_corners)
    if others is None:
        shared = (faces[one][:, :, None] == other_faces[two][:, None, :]).any(axis=(1, 2))
        one, two = one[~shared], two[~shared]
    found = _pierces(corners[one], other_corners[two]) | _pierces(other_corners[two], corners[one])
    return np.stack([one[found], two[found]], axis=1)


def _near(a, b):
    low_a, high_a, low_b, high_b = a.min(axis=1), a.max(axis=1), b.min(axis=1), b.max(axis=1)
    pairs = []
    for start in range(0, len(a), 500):
        rows = slice(start, start + 500)
        touch = (low_a[rows, None] <= high_b).all(axis=-1) & (low_b <= high_a[rows, None]).all(axis=-1)
        one, two = np.nonzero(touch)
        pairs.append(np.stack([one + start, two]))
    return np.concatenate(pairs, axis=1)


def _pierces(a, b):
    """Whether an edge of triangle a passes through the inside of triangle b."""
    normal = np.cross(b[:, 1] - b[:, 0], b[:, 2] - b[:, 0])
    result = np.zeros(len(a), bool)
    for k in range(3):
        start, end = a[:, k], a[:, (k + 1) % 3]
        before = ((start - b[:, 0]) * normal).sum(axis=1)
        after = ((end - b[:, 0]) * normal).sum(axis=1)
        parted = before * after < 0
        share = np.where(parted, before / np.where(parted, before - after, 1), 0)
        point = start + share[:, None] * (end - start)
        inside = np.ones(len(a), bool)
        for j in range(3):
            along = b[:, (j + 1) % 3] - b[:, j]
            inside &= (np.cross(along, point - b[:, j]) * normal).sum(axis=1) > 0
        result |= parted & inside
    return result


def gap(vertices, others, quads):
    """Smallest distance of vertices from another surface's vertices and points within its quads."""
    from scipy.spatial import cKDTree

    steps = (np.arange(6) + 0.5) / 6
    s, t = (w.reshape(-1)[:, None, None] for w in np.meshgrid(steps, steps))
    a, b, c, d = np.moveaxis(others[quads], 1, 0)
    inner = ((1 - s) * (1 - t) * a + s * (1 - t) * b + s * t * c + (1 - s) * t * d).reshape(-1, 3)
    return float(cKDTree(np.concatenate([others, inner])).query(vertices)[0].min())


def overlapping_share(uv, quads_uv, samples=60):
    """Share of texels, of those that a texture covers, that two triangles claim."""
    size = 8 * samples
    count = np.zeros((size, size), int)
    for triangle in uv[triangles(quads_uv)] * size:
        low = np.maximum(np.floor(triangle.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(triangle.max(axis=0)).astype(int), size)
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5013, np.arange(low[1], high[1]) + 0.4987)
        inside = np.ones(x.shape, bool)
        for k in range(3):
            (ax, ay), (bx, by) = triangle[k], triangle[(k + 1) % 3]
            inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0
        count[low[1] : high[1], low[0] : high[0]] += inside
    return (count > 1).sum() / (count > 0).sum()


def signed_areas(uv, quads_uv):
    a, b, c = np.moveaxis(uv[triangles(quads_uv)], 1, 0)
    one, two = b - a, c - a
    return (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
