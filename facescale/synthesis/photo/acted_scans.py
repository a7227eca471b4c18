"""One person's true head in named expressions, as registered scans have it, with its truth. Writes nothing.

Shapes are scaled to one distance of the eyes, where a corpus does so; no sensor comes between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

import numpy as np
import torch
from jaxtyping import Float, UInt8

from facescale.geometry.sites import points_at
from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.photo.actions import Acting
from facescale.synthesis.photo.looks import draw_looks
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import Person, invent_person, posed
from facescale.synthesis.photo.skin_paint import paint_skin
from facescale.synthesis.truth import ScanTruth

OFF_SPAN_RMS, WAVELENGTHS = 0.8, (15.0, 80.0)
"""mm, as all rehearsals have them."""
PUPILS = 62.85
"""mm between the eyes' middles that normalised scans share."""
EYES = (slice(36, 42), slice(42, 48))
"""Rims of the right and the left eye in the 68 of ibug."""


@dataclass(frozen=True, kw_only=True)
class ActedScan:
    """A shape in the head's topology, and what it was made from."""

    vertices: Float[np.ndarray, "v 3"]
    """mm in the head frame, scaled where it is normalised."""
    truth: ScanTruth


@final
class ActedScans:
    """Invents people who hold expressions.

    Args:
        head: the generator of shapes.
        truth: whether shapes leave the head's span.
        normalised: whether people are scaled to one distance of the eyes.

    Raises:
        TypeError: a head that is not linear.
        ValueError: a head without eyeballs, or whose expressions have other names than ARKit's.
    """

    def __init__(
        self, head: AbstractTemplateHead, *, truth: Literal["off-span", "in-span"], normalised: bool
    ) -> None:
        if not isinstance(head, LinearHead):
            raise TypeError(f"expected a linear head to draw people from, got {type(head).__name__}")
        self._painted = PaintedHead.of(head)
        self._acting = Acting(head)
        self._kind, self._normalised = truth, normalised
        self._off_span = OffSpan(head) if truth == "off-span" else None

    def person(self, seed: int, index: int) -> Person:
        """The person of a number; the same as photographs of that number show."""
        return invent_person(
            self._painted,
            np.random.default_rng([seed, index, 0]),
            off_span=self._off_span,
            rms=OFF_SPAN_RMS,
            wavelengths=WAVELENGTHS,
        )

    def make(
        self, person: Person, number: tuple[int, int], weights: Mapping[str, float], *, names: tuple[str, str]
    ) -> ActedScan:
        """One expression.

        Args:
            person: who.
            number: seed of the corpus and number of the subject.
            weights: of the expression, by ARKit's names.
            names: of item and subject.
        """
        head = self._painted.head
        expression = self._acting.named(weights)
        scale = self._scale(person)
        vertices = scale * posed(self._painted, person, expression).astype(np.float64)
        points = points_at(torch.from_numpy(vertices)[None], head.faces, head.landmarks["now7"])[0].numpy()
        truth = ScanTruth(
            item=names[0],
            subject=names[1],
            head=head.card.name,
            kind=self._kind,
            seed=number[0],
            index=number[1],
            unit="mm",
            rotation=np.eye(3),
            translation=np.zeros(3),
            vertices=vertices.astype(np.float32),
            keypoints=points,
            params={**person.params, "expression": expression},
            off_span_rms=scale * person.off_span_rms,
            off_span_face_rms=scale * person.off_span_face_rms,
            wrinkle_rms=scale * person.wrinkle_rms,
            attributes={"scaled_by": f"{scale:.9g}"},
        )
        return ActedScan(vertices=vertices, truth=truth)

    def texture(self, number: tuple[int, int], size: int) -> UInt8[np.ndarray, "s s 3"]:
        """The person's skin on the built-in chart, sRGB, row 0 at the top."""
        looks = draw_looks(np.random.default_rng([*number, 1]))
        linear = np.clip(paint_skin(looks, size).layers[..., :3], 0, 1)
        values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)  # noqa: PLR2004
        return np.rint(255 * values).astype(np.uint8)

    def _scale(self, person: Person) -> float:
        """Factor that gives the person at rest the common distance of the eyes."""
        return normalised_scale(eye_distance(self._painted.head, person.neutral)) if self._normalised else 1.0


def eye_distance(head: LinearHead, shape: Float[np.ndarray, "v 3"]) -> float:
    """Distance of the eyes' middles on a shape in the head's topology."""
    rest = torch.from_numpy(shape.astype(np.float64))[None]
    marks = points_at(rest, head.faces, head.landmarks["ibug68"])[0].numpy()
    right, left = (marks[rim].mean(axis=0) for rim in EYES)
    return float(np.linalg.norm(left - right))


def normalised_scale(eyes: float) -> float:
    """Factor that gives such a distance of the eyes, mm, the common one."""
    return PUPILS / eyes
