"""One made-up person: coefficients, true shape, and the surface that a sensor would see. No sensors here."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from facescale.geometry.sites import points_at
from facescale.heads.linear import LinearHead
from facescale.heads.prior import draw_prior
from facescale.heads.template import ParameterBlock
from facescale.synthesis.off_span import OffSpan, root_mean_square, wrinkles
from facescale.synthesis.template import Part, Template
from facescale.synthesis.tessellate import rounded_midpoints, vertex_normals

TRUNCATION = 2.5
"""Standard deviations: no invented subject is a freak in any one coefficient."""
MOST_ACTIVE = 4
MILD = (0.05, 0.35)
"""Activation of an expression in a scan that was meant to be neutral."""
STRONG = (0.35, 0.9)
"""Activation of an expression that was meant."""
WRINKLE_DEPTH = (0.05, 0.2)


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Triangles that a sensor may see, in mm in the head frame."""

    vertices: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    part: Int[np.ndarray, "f"]
    """A `Part` each."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person whose true shape is known, in mm in the head frame."""

    params: Mapping[str, np.ndarray]
    vertices: Float[np.ndarray, "v 3"]
    """In the head's topology."""
    keypoints: Float[np.ndarray, "7 3"]
    """NOW7."""
    surface: Surface
    """The same shape as a sensor meets it: nothing transparent; off span also rounded, with wrinkles."""
    off_span_rms: float
    off_span_face_rms: float
    wrinkle_rms: float


def invent(
    head: LinearHead,
    template: Template,
    rng: np.random.Generator,
    *,
    off_span: OffSpan | None,
    rms: float,
    wavelengths: tuple[float, float],
    expression: np.random.Generator | None = None,
) -> Subject:
    """Invent a subject.

    Args:
        head: the generator.
        template: of that head.
        rng: all randomness.
        off_span: fields outside the head's basis; None keeps the shape within it, facets included.
        rms: of the field outside the basis over the outer skin, mm.
        wavelengths: of that field, mm.
        expression: of a face that was meant to show one; all else stays as it is without.
    """
    params = {block.name: _draw(block, rng) for block in head.blocks}
    if expression is not None:
        params |= {b.name: _few(b, expression, 1, STRONG) for b in head.blocks if b.name == "expression"}
    coefficients = {name: torch.from_numpy(value)[None] for name, value in params.items()}
    vertices = head.evaluate(coefficients)[0].numpy()
    surface = Surface(vertices=vertices, faces=template.faces, part=template.part)
    field, heights = np.zeros_like(vertices), np.zeros(len(vertices))
    if off_span is not None:
        field = off_span.field(rng, rms=rms, wavelengths=wavelengths)
        surface, heights = _weathered((vertices + field).astype(np.float32), template, rng)
        vertices = surface.vertices[: len(vertices)]
    points = points_at(torch.from_numpy(vertices)[None], head.faces, head.landmarks["now7"])
    return Subject(
        params=params,
        vertices=vertices,
        keypoints=points[0].double().numpy(),
        surface=surface,
        off_span_rms=root_mean_square(field[template.skin]),
        off_span_face_rms=root_mean_square(field[template.face]),
        wrinkle_rms=float(np.sqrt(np.square(heights[template.face]).mean())),
    )


def _draw(block: ParameterBlock, rng: np.random.Generator) -> Float[np.ndarray, "k"]:
    """Coefficients of a block: expressions few and mild, all else from the truncated prior."""
    if block.name == "expression":
        return _few(block, rng, 0, MILD)
    return _bounded(draw_prior(block, rng, truncation=TRUNCATION), block)


def _few(
    block: ParameterBlock, rng: np.random.Generator, least: int, activation: tuple[float, float]
) -> Float[np.ndarray, "k"]:
    """Between `least` and a few of the coefficients within an activation, the others zero."""
    values = np.zeros(block.size)
    active = rng.permutation(block.size)[: rng.integers(least, MOST_ACTIVE, endpoint=True)]
    values[active] = rng.uniform(*activation, len(active))
    return _bounded(values, block)


def _bounded(values: np.ndarray, block: ParameterBlock) -> Float[np.ndarray, "k"]:
    return np.clip(values, block.lower.numpy(), block.upper.numpy()).astype(np.float32)


def _weathered(
    vertices: Float[np.ndarray, "v 3"], template: Template, rng: np.random.Generator
) -> tuple[Surface, Float[np.ndarray, "v"]]:
    """Round a shape's facets off and wrinkle its skin.

    Returns:
        The surface, whose first vertices are the template's, wrinkles included; heights of the wrinkles there.
    """
    normals = vertex_normals(vertices, template.faces)
    middle = rounded_midpoints(vertices, normals, template.edges)
    middle[template.rigid] = vertices[template.edges[template.rigid]].mean(axis=1)
    fine = np.concatenate([vertices, middle])
    where = np.concatenate([template.mean, template.mean[template.edges].mean(axis=1)])
    heights = wrinkles(rng, where, nose_tip=template.nose, depth=float(rng.uniform(*WRINKLE_DEPTH)))
    wrinkled = np.zeros(len(fine), dtype=bool)
    wrinkled[template.fine_faces[template.fine_part == Part.SKIN]] = True
    heights *= wrinkled
    fine = fine + heights[:, None] * vertex_normals(fine, template.fine_faces)
    surface = Surface(vertices=fine.astype(np.float32), faces=template.fine_faces, part=template.fine_part)
    return surface, heights[: len(vertices)]
