"""What else a head scan shows: hair and clothed shoulders, as simple procedural shells. Not the head itself."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from facescale.geometry.smoothstep import smoothstep
from facescale.geometry.topology import boundary_loops
from facescale.synthesis.noise import WaveField
from facescale.synthesis.subject import Subject, Surface
from facescale.synthesis.template import Part, Template
from facescale.synthesis.tessellate import vertex_normals

HAIRLINE = ((0.0, 58.0, 5.0), (0.0, -75.0, -125.0))
"""Forehead and nape of a mean head, mm in the head frame: hair grows behind and above the plane through both
that holds the left-right axis."""
EARS = (75.0, -10.0, -95.0)
"""Middle of the left ear; the right one mirrors it."""
EAR_RADIUS = 30.0
SHORT_SHARE = 0.5
"""Of hair that leaves the ears free."""
RINGS = 14


def with_hair(surface: Surface, subject: Subject, template: Template, rng: np.random.Generator) -> Surface:
    """Grow a hair shell over the scalp, 4 to 30 mm thick; long hair covers the ears.

    Args:
        surface: what the scene holds so far.
        subject: whose head it is.
        template: of its topology.
        rng: all randomness.
    """
    thickness = float(rng.uniform(4, 30))
    depth = _behind_hairline(template.mean) + 8 * WaveField(rng, (25, 90))(template.mean)[:, 0]
    if rng.uniform() < SHORT_SHARE:
        ear = np.abs(template.mean * [1, 0, 0]) + template.mean * [0, 1, 1] - EARS
        depth -= 70 * np.exp(-np.square(ear).sum(axis=1) / (2 * EAR_RADIUS**2))
    locks = 1 + 0.35 * WaveField(rng, (15, 60))(template.mean)[:, 0]
    height = thickness * smoothstep(depth, 0, 25) * np.clip(locks, 0.3, None)
    skin = template.faces[template.part == Part.SKIN]
    hairy = skin[(depth[skin] > 0).any(axis=1)]
    normals = vertex_normals(subject.vertices, skin)
    shell = subject.vertices + height[:, None].astype(np.float32) * normals
    return _joined(surface, shell, hairy, Part.HAIR)


def with_shoulders(surface: Surface, subject: Subject, template: Template, rng: np.random.Generator) -> Surface:
    """Let the neck's lower border run out into shoulders under cloth.

    Args:
        surface: what the scene holds so far.
        subject: whose head it is.
        template: of its topology; its lowest open border is the neck's. A head without one gets none.
        rng: all randomness.
    """
    loops = boundary_loops(torch.from_numpy(template.faces[template.part == Part.SKIN]))
    if not loops:
        return surface
    lowest = min(loops, key=lambda loop: float(template.mean[loop.numpy(), 1].mean())).numpy()
    rim = subject.vertices[lowest].astype(np.float64)
    share = np.linspace(0, 1, RINGS)[:, None]
    width, depth, drop = rng.uniform(0.5, 0.9), rng.uniform(0.2, 0.5), rng.uniform(90, 200)
    grown = 1 + np.sin(np.pi / 2 * share) * np.array([[width, 0, depth]])
    rings = rim.mean(axis=0) + (rim - rim.mean(axis=0)) * grown[:, None]
    rings[..., 1] -= drop * share**1.7
    folds = WaveField(rng, (30, 120), components=3)(rings.reshape(-1, 3).astype(np.float32))
    rings += 5 * share[..., None] * folds.reshape(rings.shape)
    return _joined(surface, rings.reshape(-1, 3), _tube(RINGS, len(rim)), Part.CLOTHES)


def _behind_hairline(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n"]:
    """Signed distance to the hairline's plane, positive where hair grows."""
    front, back = np.array(HAIRLINE)
    normal = np.cross(front - back, [1.0, 0.0, 0.0])
    return ((points - front) @ (normal / np.linalg.norm(normal))).astype(np.float64)


def _tube(rings: int, around: int) -> np.ndarray:
    """Faces between rings of vertices; the rings follow a border walked with the surface on its left."""
    ring, step = np.meshgrid(np.arange(rings - 1), np.arange(around), indexing="ij")
    a = ring * around + step
    b = ring * around + (step + 1) % around
    c, d = a + around, b + around
    return np.stack([np.stack([b, a, c], -1), np.stack([b, c, d], -1)], axis=2).reshape(-1, 3)


def _joined(surface: Surface, vertices: np.ndarray, faces: np.ndarray, part: Part) -> Surface:
    return replace(
        surface,
        vertices=np.concatenate([surface.vertices, vertices.astype(np.float32)]),
        faces=np.concatenate([surface.faces, (faces + len(surface.vertices)).astype(np.int32)]),
        part=np.concatenate([surface.part, np.full(len(faces), int(part))]),
    )
