"""Light of the room at the nodes of a scene, with the shadows that the scene casts on itself. No lamps."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from facescale.synthesis.photo.lights import Room
from facescale.synthesis.photo.scene import Scene, blocked

WAYS = 44
"""Directions that the sky is sampled in, the same at every node: what varied between nodes would be noise."""
LIFT = 0.35
"""mm above the surface where shadow rays begin."""
BOUNCE = 0.35
"""Of the mean light that comes from surfaces which hide the sky."""


@dataclass(frozen=True, kw_only=True)
class Skylight:
    """At each node; NaN where nobody asked."""

    irradiance: Float[np.ndarray, "n 3"]
    """Over pi: the radiance of a white surface."""
    openness: Float[np.ndarray, "n"]
    """Share of the sky that is seen, weighted by its cosine."""


def skylight(
    scene: Scene,
    room: Room,
    wanted: Bool[np.ndarray, "n"],
    bounce: Float[np.ndarray, "3"],
    rng: np.random.Generator,
    *,
    count: int = WAYS,
) -> Skylight:
    """Gather the room's light.

    Args:
        scene: casts the shadows.
        room: in the scene's frame.
        wanted: nodes to ask at.
        bounce: albedo of what hides the sky.
        rng: turns the sampling directions.
        count: of these.
    """
    ways = Rotation.from_quat(rng.standard_normal(4)).apply(_even(count)).astype(np.float32)
    radiance = room.radiance(ways)
    nodes = np.flatnonzero(wanted)
    points, normals = scene.node_points[nodes], scene.node_normals[nodes]
    cosine = normals @ ways.T
    node, way = np.nonzero(cosine > 0.02)  # noqa: PLR2004 - the rest lights nothing
    hidden = np.zeros(cosine.shape, dtype=bool)
    hidden[node, way] = blocked(scene, points[node] + LIFT * normals[node], ways[way])
    weight = np.clip(cosine, 0, None)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-6)
    open_weight = np.where(hidden, 0, weight)
    openness = open_weight.sum(axis=1, keepdims=True) / total
    returned = BOUNCE * bounce * radiance.mean(axis=0)
    light = (open_weight @ radiance) / total + (1 - openness) * returned
    irradiance = np.full(scene.node_points.shape, np.nan, np.float32)
    share = np.full(len(scene.node_points), np.nan, np.float32)
    irradiance[nodes], share[nodes] = light, openness[:, 0]
    return Skylight(irradiance=irradiance, openness=share)


def _even(count: int) -> Float[np.ndarray, "n 3"]:
    """Directions spread evenly over the sphere, on a spiral."""
    z = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - z * z)
    return np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)
