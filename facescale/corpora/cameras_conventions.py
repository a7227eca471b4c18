"""Which convention explains that cameras do not look at one head, or disagree on marked points. Reads nothing.

The mistakes that are tried are those of `geometry.cameras.hypotheses`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from facescale.structures.view import PinholeRecord, View

if TYPE_CHECKING:
    from facescale.geometry.cameras.hypotheses import Hypothesis
    from facescale.geometry.cameras.pinhole import PinholeCamera

APART = np.radians(8.0)
"""Largest angle between axes below which their meeting point says nothing."""
MEETS = 0.12
"""Root mean square distance of axes from their meeting point, of the cameras' distance, in a rig for heads."""
STRAYS = 0.3
"""The same, where cameras cannot all look at one head."""
AGREES = 0.01
"""Reprojection error of points that cameras agree on, of the image's diagonal."""
SHARE_LEFT = 1 / 3
"""Of the error as given, what a mistake may leave to be named."""
FEWEST = 6
BY_AXES = (
    "opengl axes", "camera to world", "camera to world, opengl axes", "rotation transposed",
    "centre for translation",
)  # fmt: skip
"""Mistakes that show without any point."""
IRRELEVANT = ("half a pixel too little", "half a pixel too much", "mirrored world", "principal point swapped")
"""Mistakes that points which are known in pictures only cannot tell."""


def meeting_point(cameras: Sequence[PinholeRecord]) -> tuple[Float[np.ndarray, "3"], float, float]:
    """Where optical axes come nearest to each other.

    Returns:
        The point, the root mean square distance of the axes from it relative to the cameras' median distance,
        and the share of cameras that have it in front of them. Infinite where axes are nearly parallel.
    """
    ahead = np.stack([camera.rotation[2] for camera in cameras])
    centres = np.stack([-camera.rotation.T @ camera.translation for camera in cameras])
    angles = np.arccos(np.clip(ahead @ ahead.T, -1, 1))
    if angles.max(initial=0.0) < APART:
        return centres.mean(axis=0), np.inf, 0.0
    across = np.eye(3) - ahead[:, :, None] * ahead[:, None, :]
    point = np.linalg.lstsq(across.sum(axis=0), (across @ centres[..., None]).sum(axis=0)[:, 0], rcond=None)[0]
    ways = point - centres
    strays = np.linalg.norm((across @ ways[..., None])[..., 0], axis=1)
    away = float(np.median(np.linalg.norm(ways, axis=1)))
    relative = float(np.sqrt(np.square(strays).mean())) / max(away, 1e-9)
    return point, relative, float(((ways * ahead).sum(axis=1) > 0).mean())


def convention_by_axes(cameras: Sequence[PinholeRecord]) -> str:
    """A sentence where cameras do not look at one place and would with another convention; else empty."""
    if len(cameras) < 2:  # noqa: PLR2004 - one axis meets nothing
        return ""
    _, strays, front = meeting_point(cameras)
    if not np.isfinite(strays) or (strays <= STRAYS and front > 0.5):  # noqa: PLR2004 - most of them
        return ""
    from facescale.geometry.cameras.records import pinhole_of

    rig = pinhole_of(cameras)
    explained = []
    for mistake in _mistakes():
        if mistake.name in BY_AXES:
            _, left, before = meeting_point(_records(mistake.cameras(rig)))
            if left <= MEETS and before == 1:
                explained.append(mistake.sentence)
    state = f"axes pass their common point by {strays:.0%} of its distance, {front:.0%} look towards it"
    return f"{'; or '.join(explained)} ({state})" if explained else ""


def convention_by_points(views: Sequence[View]) -> str:
    """A sentence where cameras do not agree on points marked in their pictures and would otherwise; else empty.

    Points are triangulated anew for every mistake that is tried.
    """
    chosen, names = _marked(views)
    if len(chosen) < 2 or len(names) < FEWEST:  # noqa: PLR2004 - two rays meet
        return ""
    import torch

    from facescale.geometry.cameras.records import pinhole_of

    rig = pinhole_of([view.camera for view in chosen if view.camera is not None])
    rows = []
    for view in chosen:
        assert view.landmarks is not None
        place = {name: k for k, name in enumerate(view.landmarks.names)}
        rows.append(view.landmarks.positions[[place[name] for name in names]])
    observed = torch.from_numpy(np.stack(rows))
    diagonal = float(rig.size.double().norm(dim=-1).mean())
    given = _disagreement(rig, observed, diagonal)
    if given <= AGREES * diagonal:
        return ""
    left = {
        mistake.sentence: _disagreement(mistake.cameras(rig), mistake.pixels(observed, rig.size), diagonal)
        for mistake in _mistakes()
        if mistake.name not in IRRELEVANT
    }
    best = min(left.values())
    if best > min(AGREES * diagonal, SHARE_LEFT * given):
        return ""
    explained = [sentence for sentence, error in left.items() if error <= 1.5 * best + 1e-6]
    return f"{'; or '.join(explained)} (leaves {best:.2f} of {given:.1f} px between cameras)"


def _marked(views: Sequence[View]) -> tuple[list[View], list[str]]:
    """Calibrated views of one frame with marked points, and the points that all of them have."""
    frames: dict[str, list[View]] = {}
    for view in views:
        if view.camera is not None and view.landmarks is not None:
            frames.setdefault(view.name.rpartition("/")[2] if view.group else "", []).append(view)
    chosen = max(frames.values(), key=len, default=[])
    shared: set[str] | None = None
    for view in chosen:
        assert view.landmarks is not None
        marks = zip(view.landmarks.names, view.landmarks.positions, strict=True)
        there = {name for name, at in marks if np.isfinite(at).all()}
        shared = there if shared is None else shared & there
    return chosen, sorted(shared or ())


def _disagreement(rig: "PinholeCamera", observed: "object", diagonal: float) -> float:
    """Root mean square distance of marked points from their triangulated ones, pixels."""
    import torch

    assert isinstance(observed, torch.Tensor)
    rays, usable = rig.normalise(observed)
    rays = torch.where(usable[..., None], rays, 0.0)
    # x (r3 X + t3) = r1 X + t1, and the same of y
    rows = rays[..., None] * rig.rotation[:, None, 2:3] - rig.rotation[:, None, :2]
    right = rig.translation[:, None, :2] - rays * rig.translation[:, None, 2:3]
    rows, right = rows.permute(1, 0, 2, 3).flatten(1, 2), right.permute(1, 0, 2).flatten(1, 2)
    points = torch.linalg.lstsq(rows, right[..., None]).solution[..., 0]
    seen = rig.project(points.expand(len(observed), -1, 3))
    errors = (seen.pixels - observed).norm(dim=-1)
    errors = torch.where(seen.usable & usable, errors, diagonal).clamp_max(diagonal)
    return float(errors.square().mean().sqrt())


def _mistakes() -> "tuple[Hypothesis, ...]":
    from facescale.geometry.cameras.hypotheses import FIXED

    return FIXED


def _records(rig: "PinholeCamera") -> list[PinholeRecord]:
    fields = {name: getattr(rig, name).numpy() for name in ("rotation", "translation", "focal", "principal")}
    sizes = rig.size.tolist()
    return [
        PinholeRecord(**{name: array[k] for name, array in fields.items()}, size=(width, height))
        for k, (width, height) in enumerate(sizes)
    ]
