"""A coat of hair over a scalp: its shell, where single strands let the skin show through, how strands run."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float, Int

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin.noise import smooth_noise
from facescale.synthesis.clutter import EARS, HAIRLINE
from facescale.synthesis.noise import WaveField
from facescale.synthesis.photo.looks import HairStyle
from facescale.synthesis.template import Part, Template
from facescale.synthesis.tessellate import vertex_normals

WHORL = (8.0, 104.0, -95.0)
"""Where strands begin on a mean head, mm in the head frame; they run away from it along the skin."""
STRAND_RADIUS = 85.0
"""Distance from the whorl at which strands have the width that the noise is made with, mm."""
THICKNESS: dict[HairStyle, tuple[float, float]] = {"short": (5.0, 16.0), "long": (9.0, 22.0)}
EAR_REACH = 34.0
"""Around the ears that short hair leaves free, mm."""
AXIS_Z = -78.0
"""Of the neck, about which long hair hangs, mm."""
HANGING = (80.0, 96.0)
"""Distance of long hair from that axis, mm."""
LOWEST = -118.0
"""Where long hair ends, mm."""
FRINGE = 14.0
"""mm behind the hairline within which strands let the skin through."""
SHELL = 0.2
"""Least height of the shell over the skin, mm: less would flicker."""


@dataclass(frozen=True, kw_only=True)
class Strands:
    """Hair at points of a coat."""

    level: Float[np.ndarray, "n"]
    """Smooth noise of about unit size that is constant along strands: their brightness and where they end."""
    whorl: Float[np.ndarray, "n 3"]
    """From the whorl to the point, mm: projected on the surface this is the strand's direction."""


@final
class Coat:
    """Hair of one person, the same in every photograph of theirs.

    Args:
        template: of the head's topology.
        style: "short" or "long".
        rng: all randomness.
    """

    def __init__(self, template: Template, style: HairStyle, rng: np.random.Generator) -> None:
        self._mean = template.mean
        self._seed = int(rng.integers(1 << 31))
        front, back = np.array(HAIRLINE) + np.array([[0, rng.normal(4, 5), 0], [0, 0, 0]])
        across = np.cross(front - back, [1.0, 0.0, 0.0])
        depth = (self._mean - front) @ (across / np.linalg.norm(across))
        # the temples recede, the middle does not
        depth = depth + 4 * WaveField(rng, (30, 90))(self._mean)[:, 0]
        depth -= rng.uniform(0, 9) * np.exp(-np.square((np.abs(self._mean[:, 0]) - 48) / 15))
        ear = np.abs(self._mean * [1, 0, 0]) + self._mean * [0, 1, 1] - EARS
        near = np.exp(-np.square(ear / [60, 1, 1]).sum(axis=1) / (2 * EAR_REACH**2))
        self._hanging = np.zeros(len(self._mean))
        if style == "long":
            depth = np.maximum(depth, np.minimum(-self._mean[:, 2] - 88, 30) + 6)
            depth = np.minimum(depth, self._mean[:, 1] - LOWEST)
            self._hanging = smoothstep(self._mean[:, 1], -10, -60) * smoothstep(depth, 0, 25)
            self._radius = rng.uniform(*HANGING)
            near = 0 * near
        self.depth = depth - 75 * near
        locks = 1 + 0.3 * WaveField(rng, (18, 70))(self._mean)[:, 0]
        top = 1 + rng.uniform(0, 1.0) * smoothstep(self._mean[:, 1], 40, 100)
        thickness = rng.uniform(*THICKNESS[style]) * top
        self._height = SHELL + thickness * smoothstep(self.depth, 0, 28) * np.clip(locks, 0.3, None)
        skin = np.flatnonzero(template.part == Part.SKIN)
        hairy = (self.depth[template.faces[skin]] > 0).any(axis=1)
        self._skin_faces = template.faces[skin]
        self.faces: Int[np.ndarray, "h"] = skin[hairy]
        """Faces of the template that the coat covers."""

    def shell(self, vertices: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "v 3"]:
        """The coat's vertices on a head, one a vertex of the template."""
        shell = vertices + self._height[:, None] * vertex_normals(vertices, self._skin_faces)
        if self._hanging.any():
            flat = shell * [1, 0, 1] - [0, 0, AXIS_Z]
            away = np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
            hung = [0, 0, AXIS_Z] + flat / away * np.maximum(away, self._radius) + shell * [0, 1, 0]
            shell = shell + self._hanging[:, None] * (hung - shell)
        return shell.astype(np.float32)

    def strands(self, points: Float[np.ndarray, "n 3"]) -> Strands:
        """Hair at points of the mean."""
        off = points - np.array(WHORL)
        wave = 0.05 * smooth_noise(points, 22, (self._seed, 1)) + 0.02 * smooth_noise(
            points, 7, (self._seed, 2)
        )
        angle = np.arctan2(off[:, 2], off[:, 0]) + wave
        away = np.linalg.norm(off, axis=1)
        along = np.stack([STRAND_RADIUS * np.cos(angle), STRAND_RADIUS * np.sin(angle), 0.04 * away], axis=1)
        level = 0.9 * smooth_noise(along, 0.7, (self._seed, 3)) + 0.8 * smooth_noise(
            along, 2.2, (self._seed, 4)
        )
        return Strands(level=level, whorl=off)

    def opaque(self, depth: Float[np.ndarray, "n"], strands: Strands) -> Bool[np.ndarray, "n"]:
        """Where the coat hides the skin: everywhere but between the strands of its fringe."""
        return depth / FRINGE + 0.5 * strands.level > 0.5  # noqa: PLR2004 - the middle of the fringe
