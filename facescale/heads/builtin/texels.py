"""Which point of a mesh each texel of its texture shows. Knows nothing of colours or heads."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

_EDGE = -1e-9


@dataclass(frozen=True, kw_only=True)
class TexelMap:
    """The texels that a chart covers, row by row: row 0 is v = 1, centres lie at (i + 0.5) / size."""

    covered: Bool[np.ndarray, "s s"]
    corners: Int[np.ndarray, "n 3"]
    """Vertices of the triangle that each covered texel lies in."""
    weights: Float[np.ndarray, "n 3"]

    def values(self, of_vertices: Float[np.ndarray, "v ..."]) -> Float[np.ndarray, "n ..."]:
        """Interpolate values at vertices."""
        return np.einsum("nc,nc...->n...", self.weights, of_vertices[self.corners])

    def image(self, of_texels: Shaped[np.ndarray, "n c"]) -> Shaped[np.ndarray, "s s c"]:
        """Lay values out; outside the chart the nearest covered texel's, so that filters find no seam."""
        from scipy.ndimage import distance_transform_edt

        laid = np.zeros((*self.covered.shape, of_texels.shape[1]), of_texels.dtype)
        laid[self.covered] = of_texels
        nearest = distance_transform_edt(~self.covered, return_distances=False, return_indices=True)
        return laid[tuple(np.asarray(nearest))]


def texel_map(
    uv: Float[np.ndarray, "t 2"], quads_uv: Int[np.ndarray, "q 4"], quads: Int[np.ndarray, "q 4"], size: int
) -> TexelMap:
    """Find the texels of an injective chart within the unit square.

    Args:
        uv: coordinates, origin bottom-left.
        quads_uv: counter-clockwise and convex.
        quads: the same quads by vertices.
        size: texels of a side.
    """
    split = [[0, 1, 2], [0, 2, 3]]
    at = uv[quads_uv][:, split].reshape(-1, 3, 2) * [size, -size] + [0, size] - 0.5
    vertices = quads[:, split].reshape(-1, 3)
    low = np.maximum(np.ceil(at.min(axis=1)).astype(int), 0)
    extent = np.maximum(np.minimum(np.floor(at.max(axis=1)).astype(int), size - 1) - low + 1, 0)
    tried = extent.prod(axis=1)
    triangle = np.repeat(np.arange(len(at)), tried)
    place = np.arange(len(triangle)) - np.repeat(np.cumsum(tried) - tried, tried)
    wide = extent[triangle, 0]
    texel = low[triangle] + np.stack([place % wide, place // wide], axis=1)
    origin, one, two = at[:, 0], at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]
    double = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    # both weights are linear in the texel
    from_one = np.stack([two[:, 1], -two[:, 0]], axis=1) / double[:, None]
    from_two = np.stack([-one[:, 1], one[:, 0]], axis=1) / double[:, None]
    off = texel - origin[triangle]
    second = np.einsum("ni,ni->n", off, from_one[triangle])
    third = np.einsum("ni,ni->n", off, from_two[triangle])
    inside = (second >= _EDGE) & (third >= _EDGE) & (second + third <= 1 - _EDGE)
    index = texel[inside, 1] * size + texel[inside, 0]
    # a texel on a side is found twice
    index, first = np.unique(index, return_index=True)
    chosen = np.flatnonzero(inside)[first]
    covered = np.zeros(size * size, dtype=bool)
    covered[index] = True
    weights = np.stack([1 - second[chosen] - third[chosen], second[chosen], third[chosen]], axis=1)
    return TexelMap(covered=covered.reshape(size, size), corners=vertices[triangle[chosen]], weights=weights)
