"""One invented person and how a face of theirs looks at a moment, as a surface. No colours and no cameras.

True vertices are linear in what is recorded: neutral + expression basis x coefficients + effort x motion.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from facescale.heads.prior import draw_prior
from facescale.synthesis.off_span import OffSpan, root_mean_square, wrinkles
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.subject import TRUNCATION, Surface
from facescale.synthesis.template import Part
from facescale.synthesis.tessellate import rounded_midpoints, vertex_normals

WRINKLE_DEPTH = (0.02, 0.09)
"""Root mean square within a wrinkled patch, mm; shading shows more of it than a scanner does."""
MOTION_SHARE = 0.5
"""Of the off-span field's size: how far a full expression strays from what the basis says."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person whose true shape is known, in mm in the head frame."""

    params: Mapping[str, np.ndarray]
    """Coefficients of the head by block, the expression block left out."""
    neutral: Float[np.ndarray, "v 3"]
    """In the head's topology, wrinkles included, without expression."""
    motion: Float[np.ndarray, "v 3"]
    """What an expression of effort 1 adds, outside the head's basis."""
    wrinkle: Float[np.ndarray, "e"]
    """Heights of the wrinkles at the template's edge midpoints, mm."""
    off_span_rms: float
    off_span_face_rms: float
    wrinkle_rms: float


def effort(expression: Float[np.ndarray, "k"]) -> float:
    """How much a face does, 0 for neutral to 1: the share of the person's own way of moving."""
    return float(1 - np.exp(-np.linalg.norm(expression)))


def invent_person(
    painted: PaintedHead,
    rng: np.random.Generator,
    *,
    off_span: OffSpan | None,
    rms: float,
    wavelengths: tuple[float, float],
) -> Person:
    """Invent a person.

    Args:
        painted: the generator.
        rng: all randomness.
        off_span: fields outside the head's basis; None keeps the person within it, without wrinkles.
        rms: of the field outside the basis over the outer skin, mm.
        wavelengths: of that field, mm.
    """
    head, template = painted.head, painted.template
    params = {}
    for block in head.blocks:
        if block.name != "expression":
            drawn = draw_prior(block, rng, truncation=TRUNCATION)
            params[block.name] = np.clip(drawn, block.lower.numpy(), block.upper.numpy()).astype(np.float32)
    shape = {name: torch.from_numpy(value)[None] for name, value in params.items()}
    resting = next(block for block in head.blocks if block.name == "expression")
    vertices = head.evaluate(shape | {"expression": torch.zeros(1, resting.size)})[0].numpy()
    field, motion = np.zeros_like(vertices), np.zeros_like(vertices)
    heights = np.zeros(len(vertices) + len(template.edges), np.float32)
    if off_span is not None:
        field = off_span.field(rng, rms=rms, wavelengths=wavelengths)
        motion = off_span.field(rng, rms=MOTION_SHARE * rms, wavelengths=wavelengths).astype(np.float32)
        vertices = (vertices + field).astype(np.float32)
        where = np.concatenate([template.mean, template.mean[template.edges].mean(axis=1)])
        depth = float(rng.uniform(*WRINKLE_DEPTH))
        heights = wrinkles(rng, where, nose_tip=template.nose, depth=depth)
        on_skin = np.zeros(len(heights), dtype=bool)
        on_skin[template.fine_faces[template.fine_part == Part.SKIN]] = True
        heights *= on_skin
        vertices = vertices + heights[: len(vertices), None] * vertex_normals(vertices, template.faces)
    count = len(vertices)
    return Person(
        params=params,
        neutral=vertices.astype(np.float32),
        motion=motion,
        # a midpoint between displaced ends is displaced already by their mean
        wrinkle=heights[count:] - heights[:count][template.edges].mean(axis=1),
        off_span_rms=root_mean_square(field[template.skin]),
        off_span_face_rms=root_mean_square(field[template.face]),
        wrinkle_rms=float(np.sqrt(np.square(heights[:count][template.face]).mean())),
    )


def posed(painted: PaintedHead, person: Person, expression: Float[np.ndarray, "k"]) -> Float[np.ndarray, "v 3"]:
    """A person's true vertices with an expression, mm in the head frame."""
    head = painted.head
    start = sum(block.size for block in head.blocks[: [b.name for b in head.blocks].index("expression")])
    basis = head.basis[..., start : start + len(expression)]
    moved = (basis @ torch.from_numpy(expression)).numpy()
    return (person.neutral + moved + effort(expression) * person.motion).astype(np.float32)


def surface_of(painted: PaintedHead, person: Person, vertices: Float[np.ndarray, "v 3"]) -> Surface:
    """What light meets: facets rounded off and wrinkled between the vertices, which stay where they are."""
    template = painted.template
    normals = vertex_normals(vertices, template.faces)
    middle = rounded_midpoints(vertices, normals, template.edges)
    middle[template.rigid] = vertices[template.edges[template.rigid]].mean(axis=1)
    across = normals[template.edges].mean(axis=1)
    fine = np.concatenate([vertices, middle + person.wrinkle[:, None] * across])
    return Surface(vertices=fine.astype(np.float32), faces=template.fine_faces, part=template.fine_part)
