"""Cameras around a head, drawn from three sides as one SVG. Knows nothing of captures and of pictures.

Sides are taken from the cameras themselves: up is where most pictures have their top, the front is where most
cameras stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from markupsafe import Markup
from scipy.spatial import ConvexHull, QhullError

WIDTH, HIGHEST = 900.0, 300.0
"""Units of the drawing, and of its tallest panel."""
MARGIN = 22.0
"""Around the cameras of a panel, for their labels."""
TITLE = 22.0
HEAD_RADIUS = 95.0
"""mm, of a head of which nothing is known but where it is."""
DEPTH = 0.17
"""Of a camera's pyramid, of the cameras' median distance from the head."""
SLICES = 48
"""Of a head, from whose ends its outline is drawn."""
APART = 11.0
"""Units between labels, as far as they can be moved."""


@dataclass(frozen=True, kw_only=True)
class DrawnCamera:
    """One camera in the world."""

    label: str
    """Short: it stands beside the camera."""
    name: str
    """What is told where the pointer rests."""
    centre: Float[np.ndarray, "3"]
    corners: Float[np.ndarray, "4 3"]
    """Where rays through the picture's corners are at depth 1: top left, top right, bottom right, bottom left,
    as offsets from the centre."""
    odd: bool = False
    """Whether it does not see the head."""


def camera_drawing(
    cameras: Sequence[DrawnCamera],
    *,
    head: Float[np.ndarray, "3"] | None,
    surface: Float[np.ndarray, "n 3"] | None = None,
    metric: bool = True,
) -> Markup:
    """Draw a rig from above, from the front and from its left.

    Args:
        cameras: at least one.
        head: middle of the head; None: nobody knows, then cameras alone are drawn.
        surface: points of the head's surface; None: a ball stands for it.
        metric: whether the world is in mm, so that lengths can be told.

    Returns:
        An SVG element whose colours come from the page's style.
    """
    centres = np.stack([camera.centre for camera in cameras])
    middle = centres.mean(axis=0) if head is None else head
    away = float(np.median(np.linalg.norm(centres - middle, axis=1)))
    depth = DEPTH * away if away > 0 else 1.0
    right, up, front = _sides(cameras, middle)
    panels = {
        "from above": np.stack([right, front]),
        "from the front": np.stack([right, -up]),
        "from the subject's right": np.stack([front, -up]),
    }
    around = surface
    if around is None or not len(around):
        around = _ball(middle, HEAD_RADIUS if metric else 0.1 * away)
    pyramids = np.stack([np.vstack([c.centre, c.centre + depth * c.corners]) for c in cameras]) - middle
    everything = np.vstack([pyramids.reshape(-1, 3), around - middle if head is not None else np.zeros((1, 3))])
    boxes = [(flat.min(axis=0), flat.max(axis=0)) for flat in (everything @ axes.T for axes in panels.values())]
    spans = np.stack([high - low for low, high in boxes])
    room = (WIDTH - 2 * MARGIN * len(panels), HIGHEST - 2 * MARGIN)
    scale = min(room[0] / max(spans[:, 0].sum(), 1e-9), room[1] / max(spans[:, 1].max(), 1e-9))
    gap = (WIDTH - scale * spans[:, 0].sum()) / len(panels)
    high = scale * float(spans[:, 1].max()) + 2 * MARGIN
    parts, left = [], 0.0
    for (title, axes), (low, top) in zip(panels.items(), boxes, strict=True):
        corner = np.array([left + gap / 2, MARGIN + (high - 2 * MARGIN - scale * (top - low)[1]) / 2])

        shift = corner - scale * low

        def placed(points: np.ndarray, axes: np.ndarray = axes, shift: np.ndarray = shift) -> np.ndarray:
            return points @ axes.T * scale + shift

        aim = placed(np.zeros(3))
        parts.append(_outline(placed(around - middle)) if head is not None else "")
        labels = _labels(placed(pyramids))
        for camera, at, label in zip(cameras, placed(pyramids), labels, strict=True):
            parts.append(_pyramid(camera, at, label, aim if head is not None else None))
        wide = gap + scale * float((top - low)[0])
        parts.append(f'<text class="side" x="{left + wide / 2:.1f}" y="{high + TITLE - 8:.1f}">{title}</text>')
        left += wide
    parts.append(_ruler(scale) if metric else "")
    words = f"{len(cameras)} cameras around a head, from three sides"
    box = f"0 0 {WIDTH:.0f} {high + TITLE:.0f}"
    svg = f'<svg class="rig" viewBox="{box}" role="img" aria-label="{words}">{"".join(parts)}</svg>'
    return Markup(svg)  # noqa: S704 - numbers and our own words; names were escaped as they came in


def _sides(cameras: Sequence[DrawnCamera], middle: Float[np.ndarray, "3"]) -> tuple[np.ndarray, ...]:
    """Right, up and front of the rig, as its viewer from the front has them."""
    up = _unit(np.sum([c.corners[:2].sum(axis=0) - c.corners[2:].sum(axis=0) for c in cameras], axis=0))
    front = np.mean([_unit(camera.centre - middle) for camera in cameras], axis=0)
    front = front - (front @ up) * up
    if np.linalg.norm(front) < 0.05:  # noqa: PLR2004 - they stand all around
        front = cameras[0].centre - middle
        front = front - (front @ up) * up
    front = _unit(front)
    return np.cross(up, front), up, front


def _outline(points: Float[np.ndarray, "n 2"]) -> str:
    """Around points: the ends of level slices, or of few points their hull."""
    if len(points) < 20 * SLICES:
        try:
            hull = points[ConvexHull(points).vertices]
        except (QhullError, ValueError):
            return ""
        return f'<path class="head" d="M{_path(hull)}Z"/>'
    rows = points[:, 1]
    edges = np.linspace(rows.min(), rows.max(), SLICES + 1)
    slices = [(points[(rows >= low) & (rows <= high), 0], (low + high) / 2) for low, high in pairwise(edges)]
    kept = [(found.min(), found.max(), row) for found, row in slices if len(found)]
    ends = [(left, row) for left, _, row in kept] + [(right, row) for _, right, row in reversed(kept)]
    return f'<path class="head" d="M{_path(np.array(ends))}Z"/>'


def _labels(pyramids: Float[np.ndarray, "c 5 2"]) -> Float[np.ndarray, "c 2"]:
    """Where labels stand: behind their cameras, pushed apart from each other."""
    tips = pyramids[:, 0]
    ways = pyramids[:, 1:].mean(axis=1) - tips
    lengths = np.linalg.norm(ways, axis=1, keepdims=True)
    labels = tips - 11 * np.where(lengths > 1, ways / np.maximum(lengths, 1e-9), [0.0, 1.0])
    for _ in range(60):
        between = labels[:, None] - labels[None]
        distance = np.linalg.norm(between, axis=2)
        push = np.clip(APART - distance, 0, None) / np.maximum(distance, 1e-3)
        np.fill_diagonal(push, 0)
        # what lies on one spot goes apart level
        between[distance < 1e-3] = [1e-3, 0.0]  # noqa: PLR2004
        labels = labels + 0.25 * (push[..., None] * between).sum(axis=1)
    return labels


def _pyramid(
    camera: DrawnCamera, at: Float[np.ndarray, "5 2"], label: Float[np.ndarray, "2"], aim: np.ndarray | None
) -> str:
    tip, corners = at[0], at[1:]
    sides = "".join(f"M{_path(np.stack([tip, corner]))}" for corner in corners)
    kind = "camera odd" if camera.odd else "camera"
    title = Markup("<title>{}</title>").format(camera.name)
    sight = f'<path class="sight" d="M{_path(np.stack([tip, aim]))}"/>' if aim is not None else ""
    text = Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(label[0], label[1] + 3.6, camera.label)
    return f'<g class="{kind}">{title}{sight}<path d="{sides}M{_path(corners)}Z"/>{text}</g>'


def _ruler(scale: float) -> str:
    """A bar of a round length."""
    lengths = [factor * 10**power for power in range(-3, 6) for factor in (1, 2, 5)]
    length = max((one for one in lengths if one * scale < WIDTH / 12), default=lengths[0])
    words = f"{length / 1000:g} m" if length >= 1000 else f"{length:g} mm"  # noqa: PLR2004 - a metre
    wide = length * scale
    bar = f'<path d="M12 16v6h{wide:.1f}v-6"/>'
    return f'<g class="ruler">{bar}<text x="{12 + wide / 2:.1f}" y="16">{words}</text></g>'


def _ball(middle: Float[np.ndarray, "3"], radius: float) -> Float[np.ndarray, "n 3"]:
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
    return middle + radius * np.concatenate([ring, ring[:, [2, 0, 1]], ring[:, [1, 2, 0]]])


def _path(points: Float[np.ndarray, "n 2"]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
