"""Light of lamps and of a room on surfaces: what each material sends towards the eye. No pixels."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from facescale.synthesis.photo.lights import Lamp, Room
from facescale.synthesis.photo.painted_head import Material
from facescale.synthesis.photo.reflection import SKIN_F0, fresnel, ggx, skin_gloss, strand_gloss
from facescale.synthesis.photo.scene import Scene, blocked
from facescale.synthesis.photo.skylight import LIFT, Skylight

WET_F0 = 0.025
"""Reflectance of tears and saliva."""
WET = (Material.EYE, Material.TEETH, Material.GUMS, Material.TONGUE, Material.LINING)
WET_ALPHA = 0.12
"""Width of highlights in a mouth."""
HAIR_GLOSS = 0.03
GRAZING = 0.1
"""Largest reflectance of rough skin."""
SKIN_BLUR = 0.35
"""How far skin blurs the room that it mirrors."""


@dataclass(frozen=True, kw_only=True)
class Surfaces:
    """Points to be lit, in the head frame."""

    points: Float[np.ndarray, "n 3"]
    normals: Float[np.ndarray, "n 3"]
    """Towards the eye's side."""
    view: Float[np.ndarray, "n 3"]
    """Unit vectors to the eye."""
    material: Int[np.ndarray, "n"]
    albedo: Float[np.ndarray, "n 3"]
    gloss: Float[np.ndarray, "n"]
    """Factor on the specular reflection."""
    strand: Float[np.ndarray, "n 3"]
    """Direction of hair; zero elsewhere."""
    node: Int[np.ndarray, "n 3"]
    weights: Float[np.ndarray, "n 3"]
    """Of the nodes."""


def room_light(
    where: Surfaces, room: Room, sky: Skylight
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"]]:
    """Diffuse light (to be multiplied by the albedo) and mirrored light of the room."""
    diffuse = np.einsum("nc,ncd->nd", where.weights, sky.irradiance[where.node])
    openness = np.einsum("nc,nc->n", where.weights, sky.openness[where.node])
    cosine = (where.normals * where.view).sum(axis=1)
    mirrored = 2 * cosine[:, None] * where.normals - where.view
    gloss = np.zeros_like(diffuse)
    skin, eye = where.material == Material.SKIN, where.material == Material.EYE
    strength = where.gloss[skin] * 0.8 * _rough(cosine[skin]) * openness[skin] ** 2
    gloss[skin] = strength[:, None] * room.radiance(mirrored[skin], SKIN_BLUR)
    # lids hide more of the mirrored room than of the diffuse one
    strength = fresnel(cosine[eye], WET_F0) * np.clip(1.4 * openness[eye] - 0.4, 0, 1)
    gloss[eye] = strength[:, None] * room.radiance(mirrored[eye])
    return diffuse, gloss


def _rough(cosine: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """Skin's reflectance of all that surrounds it: grazing light finds its pores, so less of it is mirrored."""
    return np.minimum(fresnel(cosine, SKIN_F0), GRAZING)


def lamp_light(
    scene: Scene, where: Surfaces, lamp: Lamp, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"]]:
    """Diffuse and mirrored light of one lamp, with shadows; each point asks one random point of the lamp."""
    way = lamp.points(rng, len(where.points)) - where.points
    squared = (way * way).sum(axis=1)
    way /= np.sqrt(squared)[:, None]
    cosine = (where.normals * way).sum(axis=1)
    hair = where.material == Material.HAIR
    lit = np.flatnonzero((cosine > 0) | hair)
    origins = where.points[lit] + LIFT * where.normals[lit]
    lit = lit[~blocked(scene, origins, way[lit])]
    diffuse, gloss = np.zeros_like(where.albedo), np.zeros_like(where.albedo)
    falling = lamp.irradiance.astype(np.float32) * (lamp.distance**2 / squared[lit])[:, None]
    diffuse[lit] = falling * np.clip(cosine[lit], 0, None)[:, None] / np.pi
    gloss[lit] = falling * _mirrored(where, lit, way[lit], cosine[lit])[:, None]
    eye = np.flatnonzero(where.material == Material.EYE)
    gloss[eye] += _seen_lamp(scene, where, eye, lamp)
    chosen = lit[hair[lit]]
    if len(chosen):
        along, shine = strand_gloss(where.strand[chosen], way[chosen], where.view[chosen])
        # strands catch light from the side too, less of it from behind
        soft = along * np.clip(0.35 + 0.65 * cosine[chosen], 0, None)
        own = lamp.irradiance * (lamp.distance**2 / squared[chosen])[:, None]
        diffuse[chosen] = own * soft[:, None] / np.pi
        tinted = 0.6 + 0.4 * where.albedo[chosen] / np.maximum(
            where.albedo[chosen].max(axis=1, keepdims=True), 1e-3
        )
        gloss[chosen] = (
            own * (HAIR_GLOSS * where.gloss[chosen] * shine * np.clip(cosine[chosen], 0, 1))[:, None] * tinted
        )
    return diffuse, gloss


def _mirrored(
    where: Surfaces, lit: Int[np.ndarray, "m"], way: Float[np.ndarray, "m 3"], n_l: Float[np.ndarray, "m"]
) -> Float[np.ndarray, "m"]:
    """Specular response of skin and of what is wet; eyes mirror the lamp itself, see `_seen_lamp`."""
    half = way + where.view[lit]
    half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-6)
    n_h = np.clip((where.normals[lit] * half).sum(axis=1), 0, 1)
    n_v = np.clip((where.normals[lit] * where.view[lit]).sum(axis=1), 0.02, 1)
    v_h = np.clip((where.view[lit] * half).sum(axis=1), 0, 1)
    n_l = np.clip(n_l, 1e-4, 1)
    material = where.material[lit]
    response = np.zeros(len(lit), np.float32)
    skin = material == Material.SKIN
    # thin rims of light along outlines would tell a varnished doll
    soft = np.clip(4 * n_v[skin], 0.25, 1)
    response[skin] = where.gloss[lit][skin] * soft * skin_gloss(n_h[skin], n_v[skin], n_l[skin], v_h[skin])
    wet = np.isin(material, [int(m) for m in WET if m != Material.EYE])
    response[wet] = ggx(n_h[wet], n_v[wet], n_l[wet], WET_ALPHA) * fresnel(v_h[wet], WET_F0)
    return response


def _seen_lamp(
    scene: Scene, where: Surfaces, eye: Int[np.ndarray, "m"], lamp: Lamp
) -> Float[np.ndarray, "m 3"]:
    """The lamp's own image in the tears on an eye."""
    light = np.zeros((len(eye), 3), np.float32)
    normals, view = where.normals[eye], where.view[eye]
    cosine = (normals * view).sum(axis=1)
    ways = 2 * cosine[:, None] * normals - view
    towards = lamp.position - where.points[eye]
    distance = np.linalg.norm(towards, axis=1)
    angle = np.arccos(np.clip((ways * towards).sum(axis=1) / distance, -1, 1))
    size = np.arctan(lamp.radius / distance)
    share = np.clip((1.15 * size - angle) / (0.3 * size), 0, 1)
    seen = np.flatnonzero(share > 0)
    seen = seen[~blocked(scene, where.points[eye[seen]] + LIFT * normals[seen], ways[seen])]
    strength = fresnel(cosine[seen], WET_F0) * share[seen]
    light[seen] = strength[:, None] * lamp.radiance()
    return light
