"""A scene before a sensor: which parts measure badly, which not at all, and the resulting noisy images."""

import numpy as np
from jaxtyping import Bool, Float

from facescale.synthesis.cameras import DepthImage
from facescale.synthesis.noise import WaveField
from facescale.synthesis.sensor import Sensor, measure
from facescale.synthesis.subject import Surface
from facescale.synthesis.template import Part

ROUGHNESS = {Part.EYE: 3.0, Part.HAIR: 2.0, Part.CLOTHES: 1.5}
"""Factors on the sensor's noise."""
HOLES_A_SCAN = 2.0
HOLE_RADIUS = (5.0, 22.0)
HOLE_RAGGEDNESS = 0.3
THINNEST_HAIR, THICKEST_HAIR = -2.5, 0.5
"""Level of a unit field below which hair swallows the light: from hardly any to two thirds of it."""


def shoot(
    images: list[DepthImage], scene: Surface, sensor: Sensor, rng: np.random.Generator
) -> list[DepthImage]:
    """What the sensor makes of ideal images, with the scene's own holes in it.

    Args:
        images: what ideal rays meet of `scene`.
        scene: tells eyes, hair and cloth.
        sensor: its quality.
        rng: all randomness.
    """
    points = [image.points() for image in images]
    seen = np.concatenate(points)
    count = min(int(rng.poisson(HOLES_A_SCAN)), len(seen))
    middles, radii = seen[rng.integers(0, max(len(seen), 1), count)], rng.uniform(*HOLE_RADIUS, count)
    ragged = WaveField(rng, (8.0, 25.0), waves=16)
    patches = WaveField(rng, (10.0, 35.0), waves=16)
    thin = rng.uniform(THINNEST_HAIR, THICKEST_HAIR)
    factors = np.array([ROUGHNESS.get(part, 1.0) for part in Part], np.float32)
    shots = []
    for image, where in zip(images, points, strict=True):
        part = np.where(image.seen, scene.part[image.face], 0)
        lost = np.zeros(len(part), dtype=bool)
        lost[image.seen] = in_holes(where, middles, radii, ragged)
        hair = image.seen & (part == Part.HAIR)
        lost[hair] |= patches(where[hair[image.seen]])[:, 0] < thin
        shots.append(measure(image, sensor, rng, rough=factors[part], lost=lost))
    return shots


def in_holes(
    points: Float[np.ndarray, "n 3"],
    middles: Float[np.ndarray, "h 3"],
    radii: Float[np.ndarray, "h"],
    ragged: WaveField,
) -> Bool[np.ndarray, "n"]:
    """Points within a hole: balls with a ragged edge."""
    inside = np.zeros(len(points), dtype=bool)
    for middle, radius in zip(middles, radii, strict=True):
        near = np.flatnonzero(np.square(points - middle).sum(axis=1) < 4 * radius * radius)
        edge = radius * (1 + HOLE_RAGGEDNESS * ragged(points[near])[:, 0])
        inside[near] |= np.linalg.norm(points[near] - middle, axis=1) < edge
    return inside
