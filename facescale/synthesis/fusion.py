"""Depth images to one mesh: a truncated signed distance volume and marching cubes. Knows nothing of heads."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import binary_dilation
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from skimage.measure import marching_cubes

from facescale.synthesis.cameras import DepthImage

BLOCK = 4
"""Voxels along the side of a block; distances are kept in blocks near a measurement only."""
TRUNCATION = 3.0
"""Voxels on either side of a measurement that it speaks for."""
MIXED = 6.0
"""mm between four neighbouring pixels above which they show different surfaces."""
LEAST_WEIGHT = 0.05
VERTICES_PER_CELL = 1.5
"""Marching cubes on a plane of any direction makes about this many vertices an area of one voxel squared."""
PROBE = 4.0
"""mm; cells of this size are counted to learn how much surface was seen."""
SMALLEST_PIECE = 150
"""Vertices; smaller crumbs are thrown away, as scanning software does."""


def voxel_for(area: float, vertices: int) -> float:
    """Voxel size in mm at which marching cubes gives a surface of `area` mm^2 about so many vertices."""
    return float(np.sqrt(VERTICES_PER_CELL * area / vertices))


def fuse_to_count(
    images: list[DepthImage], wanted: int, *, limits: tuple[int, int], finest: float
) -> tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]:
    """Fuse at the voxel size that gives about the wanted number of vertices.

    Args:
        images: measurements; each camera is where the calibration says.
        wanted: number of vertices.
        limits: fewest and most vertices; beyond them it is fused once more.
        finest: smallest voxel that the images can fill, mm.
    """
    seen = np.concatenate([image.points() for image in images])
    cells = np.floor((seen - seen.min(axis=0)) / PROBE).astype(np.int64)
    shape = tuple(cells.max(axis=0) + 1)
    area = len(np.unique(np.ravel_multi_index(tuple(cells.T), shape))) * PROBE**2 / VERTICES_PER_CELL
    voxel = max(voxel_for(area, wanted), finest)
    vertices, faces = fuse(images, voxel=voxel)
    if not limits[0] <= len(vertices) <= limits[1]:
        aim = np.clip(wanted, 1.1 * limits[0], limits[1] / 1.1)
        vertices, faces = fuse(images, voxel=voxel * float(np.sqrt(max(len(vertices), 1) / aim)))
    return vertices, faces


def fuse(images: list[DepthImage], *, voxel: float) -> tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]:
    """Fuse depth images into one triangle mesh, open where nothing was seen.

    Distances are projective, shortened by the cosine of incidence, and averaged with that cosine as weight.

    Args:
        images: measurements; each camera is where the calibration says.
        voxel: mm.

    Returns:
        Vertices in the world, mm, and faces, counter-clockwise from outside; empty where nothing is seen.
    """
    points = np.concatenate([image.points() for image in images])
    if len(points) == 0:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    side = BLOCK * voxel
    origin = points.min(axis=0) - 2 * side
    blocks = np.floor((points - origin) / side).astype(np.int64)
    occupied = np.zeros(tuple(blocks.max(axis=0) + 3), dtype=bool)
    occupied[tuple(blocks.T)] = True
    occupied = binary_dilation(occupied, np.ones((3, 3, 3), dtype=bool))
    within = np.stack(np.meshgrid(*[np.arange(BLOCK)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    voxels = (np.argwhere(occupied)[:, None] * BLOCK + within).reshape(-1, 3)
    distance, weight = _integrate(images, (voxels * voxel + origin).astype(np.float32), voxel * TRUNCATION)
    shape = tuple(BLOCK * n for n in occupied.shape)
    flat = np.ravel_multi_index(tuple(voxels.T), shape)
    volume = np.ones(shape, np.float32)
    volume.ravel()[flat] = distance
    known = np.zeros(shape, dtype=bool)
    known.ravel()[flat] = weight > LEAST_WEIGHT
    return _surface(volume, known, origin, voxel)


def _integrate(
    images: list[DepthImage], centres: Float[np.ndarray, "n 3"], reach: float
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    """Mean signed distance over `reach`, positive outside, and total weight, at voxel centres."""
    total = np.zeros(len(centres), np.float32)
    weight = np.zeros(len(centres), np.float32)
    for image in images:
        camera = image.camera
        x, y, depth = camera.project(centres)
        column, row = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
        inside = (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
        pixel = np.where(inside, row * camera.width + column, 0)
        near = np.flatnonzero(inside & (np.abs(image.depth[pixel] - depth) < reach))
        cosine = image.cosine[pixel[near]]
        gap = _between_pixels(image, x[near], y[near]) - depth[near]
        gap = np.where(np.isfinite(gap), gap, image.depth[pixel[near]] - depth[near])
        total[near] += cosine * np.clip(gap * cosine / reach, -1, 1)
        weight[near] += cosine
    return total / np.maximum(weight, 1e-6), weight


def _between_pixels(
    image: DepthImage, x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n"]:
    """Depth interpolated from the four pixels around; not finite where one of them has none.

    Inverse depth is what is linear in the image over a plane.
    """
    width, height = image.camera.width, image.camera.height
    left = np.clip(np.floor(x - 0.5).astype(np.int32), 0, width - 2)
    top = np.clip(np.floor(y - 0.5).astype(np.int32), 0, height - 2)
    across, down = np.clip(x - 0.5 - left, 0, 1), np.clip(y - 0.5 - top, 0, 1)
    corner = top * width + left
    a, b, c, d = (image.depth[corner + step] for step in (0, 1, width, width + 1))
    lowest, highest = (
        np.minimum(np.minimum(a, b), np.minimum(c, d)),
        np.maximum(np.maximum(a, b), np.maximum(c, d)),
    )
    upper, lower = (1 - across) / a + across / b, (1 - across) / c + across / d
    blended = 1 / ((1 - down) * upper + down * lower)
    return np.where(highest - lowest < MIXED, blended, np.inf).astype(np.float32)


def _surface(
    volume: Float[np.ndarray, "x y z"], known: Bool[np.ndarray, "x y z"], origin: np.ndarray, voxel: float
) -> tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]:
    """The zero level in cells whose eight corners are known."""
    cells = known.copy()
    for axis in range(3):
        cells[(slice(None),) * axis + (slice(1, None),)] &= cells[(slice(None),) * axis + (slice(None, -1),)]
        cells[(slice(None),) * axis + (0,)] = False
    if not (cells & (volume < 0)).any():
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    vertices, faces, _, _ = marching_cubes(
        volume, 0.0, mask=cells, gradient_direction="descent", allow_degenerate=False
    )
    kept = _large_pieces(faces, len(vertices))
    order = np.cumsum(kept) - 1
    chosen = faces[kept[faces[:, 0]]]
    return (vertices[kept] * voxel + origin).astype(np.float32), order[chosen].astype(np.int32)


def _large_pieces(faces: Int[np.ndarray, "f 3"], count: int) -> Bool[np.ndarray, "v"]:
    """Vertices of connected pieces that are no crumbs."""
    ends = faces[:, [0, 1, 1, 2]].reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(count, count))
    _, piece = connected_components(graph, directed=False)
    return np.bincount(piece)[piece] >= SMALLEST_PIECE
