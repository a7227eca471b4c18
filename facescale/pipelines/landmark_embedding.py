"""Fix a detector's points on a head: pictures of its mean, the detector's points, rays, a robust middle.

Only means are used: a detector's points on random people would blur each other's sites. Points of the inner
lips are looked for with the mouth a little open, since on closed lips upper and lower cannot be told apart.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.linear import LinearHead
from facescale.perception import mediapipe_points as ids
from facescale.pipelines.head_portraits import Look, PaintedHead, Portrait, soft_light
from facescale.pipelines.lifted_points import FEWEST, Detect, LiftedPoints
from facescale.rendering.spherical_harmonics import BANDS

LOOKS = (
    Look(tone="light", iris="brown", seed=0),
    Look(tone="medium", iris="hazel", seed=1),
    Look(tone="brown", iris="brown", seed=2),
)
YAWS = tuple(np.radians([-30, -20, -12, -5, 0, 5, 12, 20, 30]))
PITCHES = tuple(np.radians([-10, 0, 10]))
SIZE, SPAN = 640, 300.0
OPEN = 0.25
"""Of "jawOpen", for the inner lips."""


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """A detector's points on a head's mean, and how well pictures agree on them."""

    sites: Sites
    positions: Float[np.ndarray, "k 3"]
    """Of the sites on the mean, mm in the head frame."""
    mirror: Int[np.ndarray, "k"]
    """Each point's counterpart on the other side; an involution."""
    spread: Float[np.ndarray, "k"]
    """Root mean square distance of single pictures' points from their middle, mm."""
    pictures: int
    """In which a face was found."""


def embed(head: LinearHead, detect: Detect, *, seed: int = 0) -> Embedding:
    """Fix the 478 points of MediaPipe on a head.

    Args:
        head: with the 68 landmarks, since its colours are laid out along them.
        detect: the detector.
        seed: of lights.

    Raises:
        ValueError: the detector found no face in most pictures, or a point in fewer than three.
    """
    rng = np.random.default_rng(seed)
    painted = [PaintedHead(head, look) for look in LOOKS]
    neutral, mouth_open = head.mean_vertices(), _with_jaw(head, OPEN)
    closed = LiftedPoints(head, neutral, _pictures(painted, neutral, rng), detect)
    opened = LiftedPoints(head, mouth_open, _pictures(painted, mouth_open, rng), detect)
    mirror = _counterparts(painted, neutral, detect)
    points, lips = _symmetric(closed.middle(), mirror), _symmetric(opened.middle(), mirror)
    inner = np.isin(np.arange(len(points)), [*ids.UPPER_INNER_LIP, *ids.LOWER_INNER_LIP])
    sites = _joined(closed.settled(points), opened.settled(lips), inner)
    if (sites.face < 0).any():
        rare = (sites.face < 0).nonzero()[:, 0].tolist()
        raise ValueError(f"expected each point in at least {FEWEST} pictures, got fewer of {rare}")
    return Embedding(
        sites=sites,
        positions=points_at(neutral[None], head.faces, sites)[0].numpy(),
        mirror=mirror,
        spread=np.where(inner, opened.spread(), closed.spread()),
        pictures=closed.found + opened.found,
    )


def _pictures(painted: list[PaintedHead], vertices: Tensor, rng: np.random.Generator) -> list[Portrait]:
    angles = [(yaw, pitch) for pitch in PITCHES for yaw in YAWS]
    return [
        picture
        for head in painted
        for picture in head.portraits(vertices, angles, size=SIZE, span=SPAN, light=soft_light(rng))
    ]


def _with_jaw(head: LinearHead, weight: float) -> Float[Tensor, "v 3"]:
    block = next(block for block in head.blocks if block.name == "expression")
    values = block.prior_mean.clone()
    values[block.names.index("jawOpen")] = weight
    return head.evaluate({"expression": values[None]})[0]


def _counterparts(painted: list[PaintedHead], vertices: Tensor, detect: Detect) -> Int[np.ndarray, "k"]:
    """Which point is which one's mirror image: told by pictures from straight ahead, where nothing slides."""
    from scipy.optimize import linear_sum_assignment

    light = torch.zeros(BANDS, 3)
    light[0] = 4.0
    frontal = []
    for head in painted:
        (picture,) = head.portraits(vertices, [(0.0, 0.0)], size=SIZE, span=SPAN, light=light)
        points = detect(picture.image)
        if points is not None:
            frontal.append(points - [SIZE / 2, 0])
    if not frontal:
        raise ValueError("expected the detector to find a mean head that looks at it, it found none")
    middle = np.mean(frontal, axis=0)
    away = np.linalg.norm((middle * [-1, 1])[:, None] - middle[None], axis=2)
    mirror = linear_sum_assignment(away**2)[1]
    assert (mirror[mirror] == np.arange(len(mirror))).all(), "points pair up across the face"
    return mirror


def _symmetric(points: Float[np.ndarray, "k 3"], mirror: Int[np.ndarray, "k"]) -> Float[np.ndarray, "k 3"]:
    """Points averaged with their mirror images."""
    return (points + points[mirror] * [-1, 1, 1]) / 2


def _joined(closed: Sites, opened: Sites, inner: Bool[np.ndarray, "k"]) -> Sites:
    choose = torch.from_numpy(inner)
    return Sites(
        face=torch.where(choose, opened.face, closed.face),
        barycentric=torch.where(choose[:, None], opened.barycentric, closed.barycentric),
    )
