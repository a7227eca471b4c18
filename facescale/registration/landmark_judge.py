"""The second judge of a scan's orientation: a face detector that looks at grey pictures from all around.

The first judge, `orientation`, lays a face onto the surface. What misleads the one hardly misleads the other.
A detector alone sees faces in hair, cloth and the hollow inside of a mask, and upside down: its word counts
where several views agree on one pose and views around that pose confirm it. Knows no units and no head model.
"""

import threading
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facescale.perception.pose import fit_pose
from facescale.registration.consensus import LEAST_CONFIRMING, confirming, consensuses, mean_rotation
from facescale.registration.rigid import angles_between
from facescale.registration.scan_pictures import framing_of_points, picture_surface, pictures
from facescale.registration.scan_surface import Drawn, ScanSurface
from facescale.registration.view_directions import ROLLS, directions, rolled, view_from, views_around
from facescale.structures.errors import CaptureRejected

if typing.TYPE_CHECKING:
    from facescale.perception.face_landmarker import FaceLandmarker

DIRECTIONS = 48
ROUND = 8
"""Directions after each of which the opinions so far are weighed: clear scans need but one round."""
MOST_TRIED = 3
"""Poses that are put to the confirming views after each round."""
TRIED_BEFORE = np.deg2rad(10.0)
"""A pose this close to one that was not confirmed will not be either."""
MOST_ROLL = np.deg2rad(55.0)
"""A face that leans more is seen better in another of the four rolls."""
MOST_MISFIT = 0.06
"""Of the points to the turned mean face, in heights of the face: what differs more is no face."""
CAMERA_TO_VIEW = np.diag([1.0, -1.0, -1.0])
ADVICE = "`facescale assets fetch mediapipe` adds a second judge, which looks for landmarks"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge says."""

    rotation: np.ndarray | None
    """(3, 3) head frame to the scan's axes, to some 10 degrees; None where nothing was confirmed."""
    agreed: int
    """Of the eight confirming views; of the best pose that was tried."""
    detail: str
    """One clause on what was found."""
    advice: str = ""
    """What a user can do to get a better verdict."""


@typing.final
class LandmarkJudge:
    """Looks at scans with the face landmarker, which it loads when first asked. Safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._detector: FaceLandmarker | None = None

    def judge(self, surface: ScanSurface, drawn: Drawn) -> Verdict:
        """Look for a face all around a scan.

        The same scan gets the same verdict in any company: nothing is random and nothing is kept.

        Args:
            surface: the scan, faces outwards.
            drawn: points of it, for its middle and its size.
        """
        try:
            detector = self._loaded()
        except (FileNotFoundError, ImportError):
            return Verdict(rotation=None, agreed=0, detail="no face landmarker to ask", advice=ADVICE)
        framing = framing_of_points(drawn)
        mesh = picture_surface(surface, framing)

        def look(views: Sequence[np.ndarray], rolls: int) -> tuple[np.ndarray, np.ndarray]:
            return _opinions(detector, views, pictures(mesh, views, framing), rolls)

        return _weighed(look)

    def _loaded(self) -> "FaceLandmarker":
        from facescale.perception.face_landmarker import FaceLandmarker, LandmarkerConfig

        with self._lock:
            if self._detector is None:
                self._detector = FaceLandmarker(LandmarkerConfig(rolls=False, tile_levels=0))
            return self._detector


Look = Callable[[Sequence[np.ndarray], int], tuple[np.ndarray, np.ndarray]]
"""From views (3, 3) and a number of rolls to rotations (n, 3, 3) and which view each is from (n,)."""


def _weighed(look: Look) -> Verdict:
    """Look round after round until a pose is confirmed."""
    views = [view_from(direction) for direction in directions(DIRECTIONS)]
    rotations, seen_from = np.zeros((0, 3, 3)), np.zeros(0, dtype=np.int64)
    tried = np.zeros((0, 3, 3))
    most = 0
    for start in range(0, DIRECTIONS, ROUND):
        found, index = look(views[start : start + ROUND], ROLLS)
        rotations = np.concatenate([rotations, found])
        seen_from = np.concatenate([seen_from, index + start])
        for group in consensuses(rotations, seen_from)[:MOST_TRIED]:
            pose = mean_rotation(rotations[group])
            if (angles_between(pose, tried) < TRIED_BEFORE).any():
                continue
            tried = np.concatenate([tried, pose[None]])
            further, _ = look(list(views_around(pose)), 1)
            agreeing = confirming(pose, further)
            most = max(most, len(agreeing))
            if len(agreeing) >= LEAST_CONFIRMING:
                return Verdict(
                    rotation=mean_rotation(further[agreeing]),
                    agreed=len(agreeing),
                    detail=f"{len(agreeing)} of 8 views see the same face in it",
                )
    count = len(rotations)
    return Verdict(
        rotation=None,
        agreed=most,
        detail=f"{count} faces seen from {DIRECTIONS} sides, none confirmed by more than {most} of 8 views",
    )


def _opinions(
    detector: "FaceLandmarker", views: Sequence[np.ndarray], images: Sequence[np.ndarray], rolls: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (n, 3, 3) of the heads that are seen in pictures, and the views (n,) they are seen from."""
    rotations, seen_from = [], []
    for index, (view, image) in enumerate(zip(views, images, strict=True)):
        for quarters in range(rolls):
            try:
                found = detector.detect(np.ascontiguousarray(np.rot90(image, quarters)))
            except CaptureRejected:
                continue
            pose = fit_pose(found.positions)
            if abs(pose.roll) > MOST_ROLL or pose.misfit > MOST_MISFIT:
                continue
            rotations.append(rolled(view, quarters).T @ CAMERA_TO_VIEW @ pose.rotation)
            seen_from.append(index)
    return np.array(rotations).reshape(-1, 3, 3), np.array(seen_from, dtype=np.int64)
