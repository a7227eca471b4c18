"""A garment from the neck down: collar, shoulders, chest. One simple shell, the same at every moment."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from facescale.geometry.smoothstep import smoothstep
from facescale.geometry.topology import boundary_loops
from facescale.synthesis.noise import WaveField
from facescale.synthesis.template import Part, Template

RINGS = 26
COLLAR = 4
"""Rings that climb the neck before the cloth runs outwards."""


@dataclass(frozen=True, kw_only=True)
class Garment:
    """Cloth as a tube of rings around the neck."""

    points: Float[np.ndarray, "c 3"]
    """mm in the head frame."""
    faces: Int[np.ndarray, "g 3"]


def dress(template: Template, neutral: Float[np.ndarray, "v 3"], rng: np.random.Generator) -> Garment:
    """Cut a garment for a person.

    Args:
        template: its lowest open border is where the neck ends.
        neutral: the person's vertices at rest.
        rng: all randomness.

    Raises:
        ValueError: a head without an open border to hang cloth on.
    """
    loops = boundary_loops(torch.from_numpy(template.faces[template.part == Part.SKIN]))
    if not loops:
        raise ValueError("expected a head that is open at the neck, got a closed one")
    lowest = min(loops, key=lambda loop: float(template.mean[loop.numpy(), 1].mean())).numpy()
    rim = neutral[lowest].astype(np.float64)
    centre = rim.mean(axis=0)
    off = (rim - centre) * [1, 0, 1]
    reach = np.linalg.norm(off, axis=1, keepdims=True)
    way = off / reach
    half_width, half_depth = rng.uniform(185, 225), rng.uniform(85, 115)
    target = way * [half_width, 0, half_depth] / np.linalg.norm(way * [1, 0, 1], axis=1, keepdims=True)
    climb, slope = rng.uniform(4, 24), rng.uniform(45, 75)
    rings = []
    for share in np.linspace(0, 1, RINGS):
        out = smoothstep(np.array([share]), COLLAR / RINGS, 0.75)[0]
        # a collar stands off the neck, then cloth falls over the shoulders and straight down
        ring = way * (reach + 5 + 4 * share) + out * (target - way * reach)
        rise = climb * (1 - smoothstep(np.array([share]), 0.0, 0.2)[0])
        drop = slope * out**1.3 + 260 * smoothstep(np.array([share]), 0.5, 1.2)[0]
        rings.append(ring + centre + [0, 1, 0] * (rim - centre) * (1 - out) + [0, rise - drop, 0])
    points = np.concatenate(rings)
    folds = WaveField(rng, (35, 140), components=3)(points.astype(np.float32))
    fall = np.repeat(np.linspace(0, 1, RINGS), len(rim))[:, None]
    points = points + rng.uniform(2, 6) * smoothstep(fall, 0.1, 0.6) * folds
    return Garment(points=points.astype(np.float32), faces=_tube(RINGS, len(rim)))


def _tube(rings: int, around: int) -> Int[np.ndarray, "g 3"]:
    """Faces between rings of vertices; the rings follow a border walked with the surface on its left."""
    ring, step = np.meshgrid(np.arange(rings - 1), np.arange(around), indexing="ij")
    a = ring * around + step
    b = ring * around + (step + 1) % around
    c, d = a + around, b + around
    faces = np.stack([np.stack([b, a, c], -1), np.stack([b, c, d], -1)], axis=2)
    return faces.reshape(-1, 3).astype(np.int32)
