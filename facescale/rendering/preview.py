"""Shaded pictures of meshes and point clouds. Knows nothing of fitting, corpora or reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Integer, UInt8

from facescale.rendering.shading import lit, to_linear, to_srgb
from facescale.rendering.splats import Material, splat_surface
from facescale.rendering.views import Camera, Framing, ViewName, framing_of, view_rotation
from facescale.structures.mesh import Mesh

CLAY = (205, 193, 182)
"""What a surface without colours is made of; sRGB."""
SLATE = (168, 182, 196)
"""A second material, to tell a scan from a fit."""
_SUBSAMPLES = np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]])
_CREASE = 0.85
"""Cosine between neighbouring normals below which a pixel is sampled again."""
_STEP = 12.0
"""Depth between neighbouring pixels, in radii of the framing times pixels of a side, that is an edge."""
_CONTRAST = 0.1
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_CAVITY_REACH, _CAVITY_DEPTH, _CAVITY_GAIN = 0.02, 0.012, 0.30


@dataclass(frozen=True, kw_only=True)
class PreviewStyle:
    """How a picture is made."""

    size: int = 256
    """Pixels of a side."""
    background: tuple[int, int, int] | None = None
    """sRGB, or None for a transparent one."""
    material: tuple[int, int, int] = CLAY
    """sRGB colour of what has no colours."""

    def __post_init__(self) -> None:
        if self.size < 8:  # noqa: PLR2004 - nothing can be seen below
            raise ValueError(f"expected pictures of at least 8 pixels, got {self.size}")


def render_views(
    mesh: Mesh,
    views: Sequence[ViewName | Float[np.ndarray, "3 3"]],
    *,
    framing: Framing | None = None,
    style: PreviewStyle | None = None,
) -> list[UInt8[np.ndarray, "s s 4"]]:
    """Take pictures of a mesh, or of a point cloud where it has no faces.

    Args:
        mesh: in the head frame for the names of views to be right; its colours are shown where it has them.
            An inner side shows dark.
        views: names, or rotations from the mesh's frame to the view frame (x right, y up, z to the viewer).
        framing: what to show; None shows the mesh. Give the same one to compare meshes.
        style: how.

    Returns:
        For each view sRGB with straight alpha, row 0 at the top.
    """
    style = style or PreviewStyle()
    material = style.material if mesh.colours is None else mesh.colours
    return [pictures[0] for pictures in render_materials(mesh, views, [material], framing=framing, style=style)]


def render_materials(
    mesh: Mesh,
    views: Sequence[ViewName | Float[np.ndarray, "3 3"]],
    materials: Sequence[Material],
    *,
    framing: Framing | None = None,
    style: PreviewStyle | None = None,
) -> list[list[UInt8[np.ndarray, "s s 4"]]]:
    """Take pictures of one surface in several materials for little more than the price of one.

    Args:
        mesh: as for `render_views`; its own colours are not looked at.
        views: as for `render_views`.
        materials: what it is made of.
        framing: as for `render_views`.
        style: as for `render_views`; its material is not looked at.

    Returns:
        For each view one picture a material.
    """
    style = style or PreviewStyle()
    rotations = [view_rotation(view) if isinstance(view, str) else view for view in views]
    framing = framing or framing_of(mesh.vertices, rotations)
    cameras = [Camera(rotation=rotation, framing=framing, size=style.size) for rotation in rotations]
    if len(mesh.faces):
        surface = _Surface(mesh, framing, materials)
        images = [_traced(surface, camera) for camera in cameras]
    else:
        images = [[splat_surface(mesh, camera, material) for material in materials] for camera in cameras]
    return [[_finish(image, style) for image in row] for row in images]


@dataclass(frozen=True, kw_only=True)
class _Samples:
    """What the viewer sees along some rays."""

    colours: list[Float[np.ndarray, "n 4"]]
    """One a material: linear, premultiplied RGBA."""
    depth: Float[np.ndarray, "n"]
    """Along the camera's axis in radii of the framing; infinity where there is nothing."""
    normal: Float[np.ndarray, "n 3"]
    """In the view frame, zero where there is nothing."""


class _Surface:
    """A mesh made ready for rays: centred and scaled for float32, with its tree."""

    def __init__(self, mesh: Mesh, framing: Framing, materials: Sequence[Material]) -> None:
        import torch

        from facescale.geometry.normals import vertex_normals
        from facescale.geometry.surface import SurfaceBvh

        self.faces = mesh.faces
        local = ((mesh.vertices - np.asarray(framing.centre)) / framing.radius).astype(np.float32)
        vertices, faces = torch.from_numpy(local)[None], torch.from_numpy(mesh.faces.astype(np.int64))
        self.normals = vertex_normals(vertices, faces, weighting="area")[0].numpy()
        self.albedos = [to_linear(np.atleast_2d(np.array(material, np.uint8))) for material in materials]
        self._bvh = SurfaceBvh(vertices, faces)

    def sample(self, camera: Camera, pixels: Float[np.ndarray, "n 2"]) -> _Samples:
        """Look through pixel positions (column, row)."""
        import torch

        unit = replace(camera, framing=Framing(centre=(0.0, 0.0, 0.0), radius=1.0))
        directions = unit.rays(pixels).astype(np.float32)
        origins = np.broadcast_to(unit.position.astype(np.float32), directions.shape)
        found = self._bvh.first_hit(torch.tensor(origins)[None], torch.from_numpy(directions)[None])
        face, weights = found.sites.face[0].numpy(), found.sites.barycentric[0].numpy()
        hit = np.flatnonzero(face >= 0)
        corners, weights = self.faces[face[hit]], weights[hit]
        turn = unit.rotation.T.astype(np.float32)
        smooth = _blend(self.normals, corners, weights) @ turn
        smooth /= np.maximum(np.sqrt(np.einsum("nk,nk->n", smooth, smooth)), 1e-12)[:, None]
        # A small face folded over on an outer side is no hole: the smooth normal must look away too.
        inside = ~found.front[0].numpy()[hit] & (np.einsum("nk,nk->n", smooth, directions[hit] @ turn) > 0)
        smooth[inside] *= -1
        light, gloss = lit(smooth, inside=inside.astype(np.float32))
        colours = []
        for albedo in self.albedos:
            colour = np.zeros((len(pixels), 4), np.float32)
            seen = albedo if len(albedo) == 1 else _blend(albedo, corners, weights)
            colour[hit, :3] = seen * light + gloss[:, None]
            colour[hit, 3] = 1
            colours.append(colour)
        normal = np.zeros((len(pixels), 3), np.float32)
        normal[hit] = smooth
        depth = np.full(len(pixels), np.inf, np.float32)
        # The direction's part along the axis is 1, so length over norm is the distance along the axis.
        depth[hit] = found.length[0].numpy()[hit] / np.linalg.norm(directions[hit], axis=1)
        return _Samples(colours=colours, depth=depth, normal=normal)


def _blend(
    values: Float[np.ndarray, "v 3"], corners: Integer[np.ndarray, "n 3"], weights: Float[np.ndarray, "n 3"]
) -> Float[np.ndarray, "n 3"]:
    """Values at the corners of faces, weighted by barycentrics."""
    return np.einsum("ncd,nc->nd", values[corners], weights)


def _traced(surface: _Surface, camera: Camera) -> list[Float[np.ndarray, "s s 4"]]:
    """One ray a pixel, then four more where neighbours differ: silhouettes, creases, edges of colour."""
    size = camera.size
    column, row = np.meshgrid(np.arange(size), np.arange(size))
    corner = np.stack([column, row], axis=-1).reshape(-1, 2).astype(np.float32)
    first = surface.sample(camera, corner + np.float32(0.5))
    again = np.flatnonzero(_uneven(first, size))
    spread = (corner[again][:, None] + _SUBSAMPLES.astype(np.float32)).reshape(-1, 2)
    finer = surface.sample(camera, spread).colours if again.size else []
    # Towards the outline every surface falls back: only what faces the viewer has cavities.
    facing = np.clip(1.6 * first.normal[:, 2] - 0.5, 0, 1)
    relief = 1 + facing * _cavity(first.depth.reshape(size, size)).reshape(-1)
    for colour, fine in zip(first.colours, finer, strict=False):
        colour[again] = fine.reshape(-1, len(_SUBSAMPLES), 4).mean(axis=1)
    for colour in first.colours:
        colour[:, :3] *= relief[:, None]
    return [colour.reshape(size, size, 4) for colour in first.colours]


def _uneven(samples: _Samples, size: int) -> np.ndarray:
    """Pixels that differ from the one to the right or below, and those two."""
    normal = samples.normal.reshape(size, size, 3)
    hit = np.isfinite(samples.depth)
    depth = np.where(hit, samples.depth, 0).reshape(size, size)
    hit = hit.reshape(size, size)
    shades = [(colour[:, :3] @ _LUMINANCE).reshape(size, size) for colour in samples.colours]
    marked = np.zeros((size, size), bool)
    for here, there in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        differ = np.einsum("hwk,hwk->hw", normal[here], normal[there]) < _CREASE
        differ |= np.abs(depth[here] - depth[there]) > _STEP / size
        for shade in shades:
            differ |= np.abs(shade[here] - shade[there]) > _CONTRAST
        differ &= hit[here] | hit[there]
        marked[here] |= differ
        marked[there] |= differ
    return marked.reshape(-1)


def _cavity(depth: Float[np.ndarray, "s s"]) -> Float[np.ndarray, "s s"]:
    """Darken what lies deeper than its surroundings and brighten ridges: forms read at thumbnail size."""
    from scipy.ndimage import gaussian_filter

    hit = np.isfinite(depth)
    sigma = max(_CAVITY_REACH * depth.shape[0], 1.0)
    filled = np.where(hit, depth, 0)
    share = gaussian_filter(hit.astype(np.float32), sigma, truncate=2.5)
    around = gaussian_filter(filled, sigma, truncate=2.5) / np.maximum(share, 1e-3)
    relief = np.where(hit, (around - filled) / _CAVITY_DEPTH, 0)
    return _CAVITY_GAIN * np.clip(relief, -1, 0.6)


def _finish(image: Float[np.ndarray, "s s 4"], style: PreviewStyle) -> UInt8[np.ndarray, "s s 4"]:
    alpha = image[..., 3:]
    if style.background is not None:
        flat = image[..., :3] + (1 - alpha) * to_linear(np.array(style.background, np.uint8))
        return np.concatenate([to_srgb(flat), np.full(alpha.shape, 255, np.uint8)], axis=-1)
    straight = image[..., :3] / np.maximum(alpha, 1e-6)
    return np.concatenate([to_srgb(straight), np.rint(alpha * 255).astype(np.uint8)], axis=-1)
