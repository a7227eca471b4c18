"""Pictures of point clouds: every point covers a few pixels, normals come from the picture's own depth."""

import math

import numpy as np
from jaxtyping import Float, UInt8

from facescale.rendering.shading import lit, to_linear
from facescale.rendering.views import Camera
from facescale.structures.mesh import Mesh

Material = tuple[int, int, int] | UInt8[np.ndarray, "v 3"]
_OVERSAMPLING = 2
_BLOCK = 16
_LARGEST = 21
"""Pixels that a gap may be wide to be closed: sparser clouds stay recognisable as points."""
_SAME_SURFACE = 0.06
"""Of the framing's radius: points this near behind the visible surface belong to it."""


def splat_surface(mesh: Mesh, camera: Camera, material: Material) -> Float[np.ndarray, "s s 4"]:
    """Linear, premultiplied RGBA of a point cloud, row 0 at the top.

    Args:
        mesh: its vertices; neither its faces nor its own colours are looked at.
        camera: where it is seen from.
        material: one sRGB colour, or one a point.
    """
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    side = camera.size * _OVERSAMPLING
    depth, owner = _depth_buffer(mesh, camera, side)
    reach = _gap(owner >= 0)
    # Closing fills the gaps between points, hides what lies behind them, and leaves the outline where it is.
    background = np.float32(10 * camera.distance)
    framed = np.pad(np.where(owner >= 0, depth, background), reach, constant_values=background)
    near = _closed(framed, reach)
    hit = near < background
    share = np.maximum(gaussian_filter(hit.astype(np.float32), reach / 3), 1e-3)
    smooth = gaussian_filter(np.where(hit, near, 0), reach / 3) / share
    normal = _normals(smooth, 2 * camera.framing.radius / side)
    albedo = to_linear(np.atleast_2d(np.array(material, np.uint8)))
    if len(albedo) > 1 and hit.any():
        visible = (owner >= 0) & (depth < near + _SAME_SURFACE * camera.framing.radius)
        at = np.zeros((2, *visible.shape), np.int32)
        distance_transform_edt(~visible, return_distances=False, return_indices=True, indices=at)
        albedo = albedo[owner[at[0], at[1]][hit]]
    image = np.zeros((side, side, 4), np.float32)
    light, gloss = lit(normal[hit], inside=np.zeros(int(hit.sum()), np.float32))
    image[hit, :3] = albedo * light + gloss[:, None]
    image[hit, 3] = 1
    shape = (camera.size, _OVERSAMPLING, camera.size, _OVERSAMPLING, 4)
    return image.reshape(shape).mean(axis=(1, 3))


def _depth_buffer(mesh: Mesh, camera: Camera, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest point of each pixel: its depth and its index, infinity and -1 where there is none."""
    pixel, ahead = camera.project(mesh.vertices)
    column, row = np.floor(pixel * _OVERSAMPLING).astype(np.int64).T
    seen = np.flatnonzero((column >= 0) & (column < side) & (row >= 0) & (row < side) & (ahead > 0))
    # Far to near: of several points in a pixel the last one written stays, and that is the nearest.
    seen = seen[np.argsort(-ahead[seen], kind="stable")]
    depth = np.full((side, side), np.inf, np.float32)
    owner = np.full((side, side), -1, np.int64)
    depth[row[seen], column[seen]] = ahead[seen]
    owner[row[seen], column[seen]] = seen
    return depth, owner


def _gap(covered: np.ndarray) -> int:
    """Odd width in pixels that bridges the gaps between points where the cloud is thin."""
    side = covered.shape[0] // _BLOCK * _BLOCK
    blocks = covered[:side, :side].reshape(side // _BLOCK, _BLOCK, side // _BLOCK, _BLOCK).sum(axis=(1, 3))
    counts = blocks[blocks > 0]
    if counts.size == 0:
        return 1
    thin = max(float(np.percentile(counts, 20)), 1.0)
    return int(np.clip(math.ceil(2.3 * _BLOCK / math.sqrt(thin)), 1, _LARGEST)) | 1


def _closed(depth: np.ndarray, reach: int) -> np.ndarray:
    """Nearest depth around each pixel, then drawn back from the outline by as much; unpadded."""
    from scipy.ndimage import maximum_filter, minimum_filter

    closed = maximum_filter(minimum_filter(depth, size=reach), size=reach)
    return closed[reach:-reach, reach:-reach]


def _normals(depth: Float[np.ndarray, "h w"], step: float) -> Float[np.ndarray, "h w 3"]:
    """Unit normals in the view frame of a depth picture whose pixels are `step` wide."""
    down, right = np.gradient(depth, step)
    normal = np.stack([right, -down, np.ones_like(depth)], axis=-1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)
