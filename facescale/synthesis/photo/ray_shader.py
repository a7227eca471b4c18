"""The shader: rays through pixels, what they meet, and the light that comes back. Linear light, one picture.

It shares nothing with the rasterisers or the spherical harmonics that fits use: light comes from lamps with an
extent and from a room, with shadows of both; skin reflects by microfacets, and light spreads beneath it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from facescale.structures.view import PinholeRecord
from facescale.synthesis.photo.lens import pixel_rays
from facescale.synthesis.photo.lights import Lighting
from facescale.synthesis.photo.painted_head import Material
from facescale.synthesis.photo.part_paint import hair_albedo, part_albedo
from facescale.synthesis.photo.response_of_surfaces import Surfaces, lamp_light, room_light
from facescale.synthesis.photo.scene import Hits, Scene, cast_through_hair
from facescale.synthesis.photo.sitter import Sitter
from facescale.synthesis.photo.skylight import WAYS, skylight

JUMP = 3.0
"""mm of depth between neighbouring pixels that tells an outline."""
SPREAD_MM = ((0.5, 2.2), (0.35, 1.0), (0.2, 0.55))
"""How far red, green and blue light spread beneath skin: deviations of two equal parts, mm."""
RELIEF = 0.04
"""How much the skin's fine relief tilts normals."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How many rays a picture is worth."""

    inside: int
    """Rays a pixel where neighbours show the same."""
    at_edges: int
    """Rays a pixel where an outline or another material is near."""
    sky: int
    """Directions in which a point looks for the sky."""


FINE = Sampling(inside=2, at_edges=6, sky=WAYS)
"""For pictures that people look at."""
COARSE = Sampling(inside=2, at_edges=4, sky=10)
"""For many small pictures: outlines are as true, shading has more noise."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A picture before any camera's response."""

    light: Float[np.ndarray, "h w 3"]
    """Linear; of the person alone, not divided by the cover."""
    cover: Float[np.ndarray, "h w"]
    """Share of each pixel that the person fills."""
    skin: Float[np.ndarray, "h w"]
    """Share that is skin, to expose for."""


def expose(
    sitter: Sitter,
    scene: Scene,
    camera: PinholeRecord,
    lighting: Lighting,
    rng: np.random.Generator,
    *,
    sampling: Sampling = FINE,
) -> Exposure:
    """Take the light of one picture.

    Args:
        sitter: who.
        scene: their shape at this moment.
        camera: head frame to camera.
        lighting: in the head frame.
        rng: all randomness: rays within pixels, points on lamps.
        sampling: how many rays are spent.
    """
    at, hits, ways, rays = _look(sitter, scene, camera, rng, sampling)
    where = surfaces_at(sitter, scene, hits, ways)
    nodes = np.zeros(len(scene.node_points), dtype=bool)
    nodes[where.node] = True
    bounce = sitter.skin.layers[..., :3].mean(axis=(0, 1))
    sky = skylight(scene, lighting.room, nodes, bounce, rng, count=sampling.sky)
    diffuse, gloss = room_light(where, lighting.room, sky)
    for lamp in lighting.lamps:
        falling, mirrored = lamp_light(scene, where, lamp, rng)
        diffuse += falling
        gloss += mirrored
    picture = _Picture(camera.size, at)
    skin, every = where.material == Material.SKIN, np.ones(len(at), dtype=bool)
    scale = float(camera.focal.mean()) / float(np.median(hits.length)) if len(at) else 1.0
    on_skin = picture.sum(np.ones(len(at)), skin)
    spread = _spread(picture.sum(diffuse, skin), on_skin, scale)
    light = picture.sum(where.albedo, skin) * spread + picture.sum(gloss, every)
    light += picture.sum(where.albedo * diffuse, ~skin)
    share = np.maximum(rays, 1).reshape(on_skin.shape)
    return Exposure(
        light=light / share[..., None],
        cover=picture.sum(np.ones(len(at)), every) / share,
        skin=on_skin / share,
    )


def _look(
    sitter: Sitter, scene: Scene, camera: PinholeRecord, rng: np.random.Generator, sampling: Sampling
) -> tuple[Int[np.ndarray, "n"], Hits, Float[np.ndarray, "r 3"], Int[np.ndarray, "p"]]:
    """Cast rays through all pixels: one each, another where that met something, more at edges.

    Returns:
        Pixel of each hit, the hits, directions of all rays, number of rays a pixel.
    """
    width, height = camera.size
    left, top, right, bottom = _window(scene, camera)
    row, column = np.meshgrid(np.arange(top, bottom), np.arange(left, right), indexing="ij")
    first = (row * width + column).ravel()
    found = [_through(sitter, scene, camera, first, rng)]
    pixel, hits, _ = found[0]
    edge = _edges(scene, pixel[hits.ray], hits, (width, height))
    met = np.zeros(width * height, dtype=bool)
    met[pixel[hits.ray]] = True
    more = np.where(edge, sampling.at_edges - 1, np.where(met, sampling.inside - 1, 0))
    more[np.setdiff1d(np.arange(width * height), first, assume_unique=True)] = 0
    found.append(_through(sitter, scene, camera, np.repeat(np.arange(len(more)), more), rng))
    (pixel, one, ways), (again, two, turned) = found
    hits = Hits(
        ray=np.concatenate([one.ray, two.ray + len(ways)]),
        face=np.concatenate([one.face, two.face]),
        barycentric=np.concatenate([one.barycentric, two.barycentric]),
        length=np.concatenate([one.length, two.length]),
    )
    rays = np.bincount(np.concatenate([pixel, again]), minlength=width * height)
    return np.concatenate([pixel, again])[hits.ray], hits, np.concatenate([ways, turned]), rays


def _through(
    sitter: Sitter, scene: Scene, camera: PinholeRecord, pixel: Int[np.ndarray, "r"], rng: np.random.Generator
) -> tuple[Int[np.ndarray, "r"], Hits, Float[np.ndarray, "r 3"]]:
    """Cast one ray through a random place of each pixel; directions come with the hits."""
    width = camera.size[0]
    place = np.stack([pixel % width, pixel // width], axis=1) + rng.random((len(pixel), 2), dtype=np.float32)
    ways = pixel_rays(camera, place)
    centre = (-camera.rotation.T @ camera.translation).astype(np.float32)
    origins = np.broadcast_to(centre, ways.shape)
    return pixel, cast_through_hair(scene, sitter.coat, sitter.painted.template.mean, (origins, ways)), ways


def _edges(
    scene: Scene, pixel: Int[np.ndarray, "n"], hits: Hits, size: tuple[int, int]
) -> Bool[np.ndarray, "p"]:
    """Pixels beside another material, another depth or nothing."""
    width, height = size
    kind, depth = np.full(width * height, -1.0), np.zeros(width * height)
    kind[pixel], depth[pixel] = scene.material[hits.face], hits.length
    kind, depth = kind.reshape(height, width), depth.reshape(height, width)
    spans = [maximum_filter(x, 3) - minimum_filter(x, 3) for x in (kind, depth)]
    return ((spans[0] > 0) | (spans[1] > JUMP)).ravel()


def surfaces_at(sitter: Sitter, scene: Scene, hits: Hits, ways: Float[np.ndarray, "r 3"]) -> Surfaces:
    """All that shading asks of what rays met."""
    face, weights = hits.face, hits.barycentric
    corners = scene.faces[face]
    points = np.einsum("nc,ncd->nd", weights, scene.vertices[corners])
    normals = _unit(np.einsum("nc,ncd->nd", weights, scene.normals[corners]))
    view = -_unit(ways[hits.ray])
    material = scene.material[face]
    barycentric, node = hits.of_template(scene), scene.node[face]
    albedo, gloss, normals, strand = _painted(sitter, scene, face, barycentric, normals)
    # what is met from behind, or leans away from the eye by interpolation, faces the eye
    facing = (normals * view).sum(axis=1, keepdims=True)
    normals = _unit(normals - np.minimum(facing - 0.02, 0) * view)
    return Surfaces(
        points=points.astype(np.float32),
        normals=normals,
        view=view,
        material=material,
        albedo=albedo,
        gloss=gloss,
        strand=strand,
        node=node,
        weights=barycentric,
    )


def _painted(
    sitter: Sitter,
    scene: Scene,
    face: Int[np.ndarray, "n"],
    weights: Float[np.ndarray, "n 3"],
    normals: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Albedo, gloss, normals with the skin's relief, and the direction of strands."""
    material, own = scene.material[face], scene.template_face[face]
    template = sitter.painted.template
    albedo = np.zeros((len(face), 3), np.float32)
    gloss, strand = np.ones(len(face), np.float32), np.zeros((len(face), 3), np.float32)
    skin = np.flatnonzero(material == Material.SKIN)
    uv = np.einsum("nc,ncd->nd", weights[skin], sitter.painted.chart[own[skin]])
    layers = sitter.skin.at(uv)
    albedo[skin], gloss[skin] = layers[:, :3], layers[:, 3]
    normals = normals.copy()
    normals[skin] = _unit(normals[skin] + RELIEF * layers[:, 4:])
    rest = np.flatnonzero(material != Material.SKIN)
    mean = np.einsum("nc,ncd->nd", weights[rest], template.mean[template.faces[own[rest]]])
    albedo[rest] = part_albedo(material[rest], mean, sitter.painted.eyes, sitter.looks)
    if sitter.coat is not None:
        hair = material[rest] == Material.HAIR
        strands = sitter.coat.strands(mean[hair])
        albedo[rest[hair]] = hair_albedo(strands, sitter.looks)
        gloss[rest[hair]] = np.exp(1.3 * strands.level)
        n = normals[rest[hair]]
        along = strands.whorl - (strands.whorl * n).sum(axis=1, keepdims=True) * n
        strand[rest[hair]] = _unit(
            along + 0.25 * strands.level[:, None] * n * np.linalg.norm(along, axis=1, keepdims=True)
        )
    return albedo, gloss, normals, strand


class _Picture:
    """Sums of samples over pixels."""

    def __init__(self, size: tuple[int, int], pixel: Int[np.ndarray, "n"]) -> None:
        self._width, self._height = size
        self._pixel = pixel

    def sum(self, values: np.ndarray, chosen: Bool[np.ndarray, "n"]) -> np.ndarray:
        """(h, w) or (h, w, c)."""
        at, rows = self._pixel[chosen], values[chosen]
        count, shape = self._width * self._height, (self._height, self._width)
        if rows.ndim == 1:
            return np.bincount(at, rows, count).reshape(shape)
        summed = [np.bincount(at, rows[:, k], count).reshape(shape) for k in range(rows.shape[1])]
        return np.stack(summed, axis=-1)


def _spread(
    light: Float[np.ndarray, "h w 3"], weight: Float[np.ndarray, "h w"], scale: float
) -> Float[np.ndarray, "h w 3"]:
    """Mean light a ray, after it spread beneath the skin.

    Args:
        light: sums of a pixel's rays that met skin.
        weight: how many these were.
        scale: pixels a millimetre.
    """
    spread = np.zeros_like(light)
    rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
    if not len(rows):
        return spread
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    for channel, widths in enumerate(SPREAD_MM):
        for width in widths:
            sigma = width * scale
            blurred = gaussian_filter(light[(*box, channel)], sigma, truncate=3)
            cover = gaussian_filter(weight[box], sigma, truncate=3)
            spread[(*box, channel)] += 0.5 * blurred / np.maximum(cover, 1e-6)
    return spread


def _window(scene: Scene, camera: PinholeRecord) -> tuple[int, int, int, int]:
    """First column and row, and their ends, of the pixels that the scene can reach."""
    turned = scene.vertices @ camera.rotation.T + camera.translation
    width, height = camera.size
    if turned[:, 2].min() < 1:
        return 0, 0, width, height
    at = turned[:, :2] / turned[:, 2:] * camera.focal + camera.principal
    # room for what a lens bends
    slack = 2 + 0.03 * max(camera.size)
    low, high = np.floor(at.min(axis=0) - slack), np.ceil(at.max(axis=0) + slack)
    first, end = np.clip(low, 0, camera.size).astype(int), np.clip(high, 0, camera.size).astype(int)
    return int(first[0]), int(first[1]), int(end[0]), int(end[1])


def _unit(rows: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
