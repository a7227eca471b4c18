"""A scan's orientation by its surface, and by a second judge where the surface leaves it open.

Knows keypoints not at all; units only as factors to be tried.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facescale.registration.head_template import HeadTemplate
from facescale.registration.landmark_judge import Verdict
from facescale.registration.orientation import DIFFERENT, Orientation, orient
from facescale.registration.point_pool import PointPool
from facescale.registration.rigid import angles_between
from facescale.registration.sample import OrientedBy
from facescale.registration.scan_surface import Drawn
from facescale.structures.errors import CaptureRejected
from facescale.structures.units import Unit

LEAST_RATIO = 1.5
"""Best score over that of the best clearly different orientation: below it, no orientation is believed."""
LEAST_UNIT_RATIO = 1.25
"""The same between cm and inch where a scan's size allows both."""
MOST_SCORE_MM = 5.0
"""No face is this far from its scan in the right pose, hair and holes included."""
NEAR = np.deg2rad(20.0)
"""Of the landmarks' verdict, which is off by 10 degrees at the most where it is right."""
SEARCH_POINTS = 8000
"""Scan points that a pose is searched with."""
ASK = "add keypoints (3 or more of NoW's 7), or state --up and --front"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A pose by the surface in one unit."""

    orientation: Orientation
    millimetres: float
    unit: Unit | None


@dataclass(frozen=True, kw_only=True)
class Search:
    """A scan in which the face is tried everywhere."""

    template: HeadTemplate
    drawn: Drawn
    trials: list[tuple[float, Unit | None]]
    """Millimetres in a native unit, each a unit that the scan's size allows."""
    rng: np.random.Generator

    def run(self, rotation: np.ndarray | None, within: float) -> list[Found]:
        """The best pose in each unit, best first; a rotation (3, 3) that is known leaves the place."""
        found = []
        for millimetres, unit in self.trials:
            pool = PointPool.of(self.drawn, millimetres, count=SEARCH_POINTS)
            best = orient(self.template, pool, self.rng, rotation=rotation, within=within)
            found.append(Found(orientation=best, millimetres=millimetres, unit=unit))
        return sorted(found, key=lambda one: one.orientation.score)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The pose that is believed, and why."""

    best: Found
    oriented_by: OrientedBy
    ratio: float
    """Score of the best clearly different orientation over this one's."""
    notes: tuple[str, ...]


Run = Callable[[np.ndarray | None, float], list[Found]]
"""`Search.run` of a scan."""


def by_surface(run: Run, axes: np.ndarray | None, notes: Sequence[str], ask: Callable[[], Verdict]) -> Settled:
    """Try the face everywhere, in each unit that the scan's size allows; ask where no orientation stands out.

    Args:
        run: searches the scan.
        axes: (3, 3) rotation of the head frame onto the scan's axes where they are stated.
        notes: what was odd so far.
        ask: asks the second judge.

    Raises:
        CaptureRejected: "no-orientation", "ambiguous-unit".
    """
    found = run(axes, np.pi)
    first = found[0].orientation
    ratio, oriented_by = first.ratio, "automatic" if axes is None else "axes"
    clear = first.score <= MOST_SCORE_MM and (axes is not None or ratio >= LEAST_RATIO)
    if not clear and axes is not None:
        raise _no_orientation(first, notes, "", ASK)
    if not clear:
        found, ratio, note = _by_landmarks(run, first, notes, ask)
        oriented_by, notes = "landmarks", [*notes, note]
    best = found[0]
    runner_up = found[1] if len(found) > 1 else best
    if runner_up.unit != best.unit and runner_up.orientation.score < LEAST_UNIT_RATIO * best.orientation.score:
        raise CaptureRejected(
            "ambiguous-unit",
            f"expected a face in one unit, found {best.orientation.score:.2f} mm in {best.unit} and "
            f"{runner_up.orientation.score:.2f} mm in {runner_up.unit}",
            "state --unit",
        )
    return Settled(best=best, oriented_by=oriented_by, ratio=ratio, notes=tuple(notes))


def _by_landmarks(
    run: Run, first: Orientation, notes: Sequence[str], ask: Callable[[], Verdict]
) -> tuple[list[Found], float, str]:
    """What the second judge makes of a scan that the first one leaves open.

    Returns:
        The poses near its verdict, best first; how much better the best is than the best clearly different one
        of the first judge; a note.

    Raises:
        CaptureRejected: "no-orientation": it confirms nothing, or the surface speaks clearly against it.
    """
    verdict = ask()
    if verdict.rotation is None:
        hint = "; ".join(filter(None, (ASK, verdict.advice)))
        raise _no_orientation(first, notes, f"; {verdict.detail}", hint)
    found = run(verdict.rotation, NEAR)
    best = found[0].orientation
    drifted = angles_between(verdict.rotation, best.rotation[None])[0] > NEAR
    differs = angles_between(first.rotation, best.rotation[None])[0] > DIFFERENT
    ratio = (first.score if differs else first.runner_up) / max(best.score, 1e-6)
    if drifted or best.score > MOST_SCORE_MM or ratio < 1 / LEAST_RATIO:
        said = f"; {verdict.detail}, but where they see it a face fits to {best.score:.2f} mm only"
        raise _no_orientation(first, notes, said, ASK)
    note = (
        f"the surface alone fits a face {first.ratio:.2f} times better one way than any other; {verdict.detail}"
    )
    return found, ratio, note


def _no_orientation(first: Orientation, notes: Sequence[str], said: str, hint: str) -> CaptureRejected:
    why = "".join(f"{note}; " for note in notes)
    return CaptureRejected(
        "no-orientation",
        f"{why}expected a face to fit one way best (below {MOST_SCORE_MM:g} mm and {LEAST_RATIO:g} times "
        f"better than any other way), found {first.score:.2f} mm and {first.ratio:.2f} times{said}",
        hint,
    )
