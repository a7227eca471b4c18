"""From a capture's views to landmarks of one subject: detects, keeps what failed as rows, lets pixels go.

Joins corpora's captures, perception and reconstruction; knows nothing of storage or of what is fitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import torch

from facescale.heads.template import AbstractTemplateHead
from facescale.perception import mediapipe_points as points
from facescale.pipelines.instants import instants_of
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject, LandmarkView
from facescale.structures import Capture, CaptureRejected, FaceLandmarks, LostView, View

KEPT_VIEWS = 3
"""Photographs of an item that are kept for its picture."""
_LISTED = 10


@runtime_checkable
class Detector(Protocol):
    """What finds a face."""

    def detect(self, image: np.ndarray) -> FaceLandmarks:
        """Landmarks of an image's largest face; raises CaptureRejected where there is none."""
        ...


@dataclass(frozen=True, kw_only=True)
class SeenSubject:
    """One item after detection."""

    item: str
    subject: LandmarkSubject
    times_s: tuple[float | None, ...]
    """Of the subject's views."""
    lost: tuple[LostView, ...]
    """Views that could not be read or show no face."""
    photographs: dict[str, View]
    """The views that the item's picture may show, by name."""


def seen_subject(capture: Capture, landmarker: Detector, *, one_lens: bool = False) -> SeenSubject:
    """Find the landmarks of every view.

    Calibrated views of one moment share expression and pose, see `instants_of`; all other views have their own.

    Args:
        capture: with views.
        landmarker: the detector.
        one_lens: all photographs of one size were taken with one camera at one zoom, where no camera is known.

    Raises:
        CaptureRejected: no view shows a face; the reason is theirs where they share one.
    """
    found: list[tuple[View, FaceLandmarks]] = []
    lost, refused = list(capture.lost_views), []
    for view in capture.views:
        try:
            found.append((view, landmarker.detect(view.image)))
        except CaptureRejected as rejected:
            refused.append(rejected)
            lost.append(LostView(name=view.name, reason=f"{rejected.reason}: {rejected.detail}"))
    if not found:
        raise _nobody(lost, refused)
    instants = instants_of(capture, [view for view, _ in found])
    views = tuple(
        LandmarkView(
            name=view.name,
            landmarks=landmarks,
            size=(view.image.shape[1], view.image.shape[0]),
            camera=view.camera,
            group=view.group or ("{1} x {0}".format(*view.image.shape) if one_lens else ""),
            instant=instant,
        )
        for (view, landmarks), instant in zip(found, instants, strict=True)
    )
    chosen = [found[place][0] for place in _spread([landmarks.yaw for _, landmarks in found])]
    return SeenSubject(
        item=capture.item,
        subject=LandmarkSubject(key=capture.item, views=views, metric=capture.world == "metric"),
        times_s=tuple(view.time_s for view, _ in found),
        lost=tuple(lost),
        photographs={view.name: replace(view, image=view.image.copy()) for view in chosen},
    )


def mediapipe_embedding(head: AbstractTemplateHead) -> LandmarkEmbedding:
    """Where the detector's points lie on a head; irises, which turn with the gaze, are left out.

    Raises:
        ValueError: a head for whose topology that was not measured.
    """
    if points.SCHEME not in head.landmarks:
        raise ValueError(
            f"expected a head with an embedding of {points.SCHEME}, got {head.card.name}, which has "
            f"{', '.join(head.landmarks)}"
        )
    sites = head.landmarks[points.SCHEME]
    sliding = np.zeros(points.COUNT, dtype=bool)
    sliding[list(points.OVAL)] = True
    used = np.flatnonzero((sites.face.numpy() >= 0) & (np.arange(points.COUNT) < points.IRIS_START))
    index = torch.from_numpy(used)
    return LandmarkEmbedding(
        scheme=points.SCHEME,
        sites=replace(sites, face=sites.face[index], barycentric=sites.barycentric[index]),
        points=used,
        sliding=sliding[used],
    )


def _spread(yaws: Sequence[float]) -> list[int]:
    """Places of the views from the most right to the most left, a few of them, in their own order."""
    order = np.argsort(yaws, kind="stable")
    count = min(KEPT_VIEWS, len(order))
    return sorted({int(order[round(k)]) for k in np.linspace(0, len(order) - 1, count)})


def _nobody(lost: Sequence[LostView], refused: Sequence[CaptureRejected]) -> CaptureRejected:
    if not lost:
        hint = "read the pictures of the corpus: `facescale corpus layouts --corpus NAME` lists its options"
        return CaptureRejected("no-usable-view", "expected pictures, found none", hint)
    reasons = {rejected.reason for rejected in refused}
    if len(lost) == 1 and refused:
        return refused[0]
    listed = "; ".join(f"{view.name}: {view.reason}" for view in lost[:_LISTED])
    if len(lost) > _LISTED:
        listed += f"; and {len(lost) - _LISTED} more"
    shared = reasons.pop() if len(reasons) == 1 and len(refused) == len(lost) else "no-usable-view"
    return CaptureRejected(shared, listed, "each view says what was expected and found")
