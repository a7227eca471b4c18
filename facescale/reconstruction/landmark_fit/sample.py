"""One subject's views as arrays: ideal cameras, whitened landmarks, groups and instants. numpy and torch.

Knows nothing of head models beyond which landmarks are used, and nothing of solvers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from facescale.geometry.cameras.distortion import distortion_jacobians, undistort
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding
from facescale.structures.face_landmarks import FaceLandmarks
from facescale.structures.view import PinholeRecord


@dataclass(frozen=True, kw_only=True)
class LandmarkView:
    """The landmarks of one image."""

    name: str
    landmarks: FaceLandmarks
    size: tuple[int, int]
    """Width and height of the image, pixels."""
    camera: PinholeRecord | None = None
    """None where it is not known: then its axes are the world's, its principal point is the image's centre and
    its focal length is estimated."""
    group: str = ""
    """Views of one group share an unknown focal length; empty: the view's own."""
    instant: str = ""
    """Views of one instant show the same pose and expression, and need known cameras; empty: the view's own."""


@dataclass(frozen=True, kw_only=True)
class LandmarkSubject:
    """All that is fitted together."""

    key: str
    views: tuple[LandmarkView, ...]
    """A video's in the order of time."""
    metric: bool = True
    """Whether translations of known cameras are in mm; else their unit is estimated, see `world_scale`."""


@dataclass(frozen=True, kw_only=True)
class PreparedSubject:
    """Arrays over v views with k landmarks, float64."""

    pixels: np.ndarray
    """(v, k, 2) as an ideal camera would have them; zero where absent."""
    whitening: np.ndarray
    """(v, k, 2, 2): W with W'W the inverse covariance times the share that is independent, pixels^-1; zero
    where absent."""
    present: np.ndarray
    """(v, k) bool."""
    rotation: np.ndarray
    """(v, 3, 3) world to camera."""
    translation: np.ndarray
    """(v, 3)."""
    focal: np.ndarray
    """(v, 2): the known ones, and the prior's medians."""
    principal: np.ndarray
    """(v, 2)."""
    face_height: np.ndarray
    """(v,) pixels."""
    instant: np.ndarray
    """(v,) int64, counted in order of first appearance."""
    group: np.ndarray
    """(v,) int64, -1 where the focal length is known."""
    group_names: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why a view takes no part; empty for those that do."""
    millimetres_per_unit: float | None = None
    """By which translations were multiplied, where their unit was unknown."""


def prepare(
    subject: LandmarkSubject, embedding: LandmarkEmbedding, config: LandmarkFitConfig
) -> PreparedSubject:
    """Turn a subject's views into arrays.

    Raises:
        ValueError: no views, another scheme, or an instant of several views without known cameras.
    """
    views = subject.views
    if not views:
        raise ValueError(f"expected views of {subject.key}, got none")
    instant = _numbered([view.instant or (index,) for index, view in enumerate(views)])
    keys = [None if view.camera else view.group or (index,) for index, view in enumerate(views)]
    names = [key for key in dict.fromkeys(keys) if key is not None]
    _check(subject, embedding, instant)
    rows = [_arrays(view, embedding, config) for view in views]
    stacked = [np.stack([row[part] for row in rows]) for part in range(7)]
    return PreparedSubject(
        pixels=stacked[0],
        whitening=stacked[1],
        present=stacked[2],
        rotation=stacked[3],
        translation=stacked[4],
        focal=stacked[5],
        principal=stacked[6],
        face_height=np.array([_height(view, embedding) for view in views]),
        instant=instant,
        group=np.array([-1 if key is None else names.index(key) for key in keys]),
        group_names=tuple(key if isinstance(key, str) else views[key[0]].name for key in names),
        reasons=tuple(_reason(row[2], embedding, config) for row in rows),
    )


def _numbered(keys: Sequence[object]) -> np.ndarray:
    first = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([first[key] for key in keys])


def _check(subject: LandmarkSubject, embedding: LandmarkEmbedding, instant: np.ndarray) -> None:
    schemes = {view.landmarks.scheme for view in subject.views}
    if schemes != {embedding.scheme}:
        raise ValueError(f"expected landmarks of the scheme {embedding.scheme!r}, got {sorted(schemes)}")
    for view, count in zip(subject.views, np.bincount(instant)[instant], strict=True):
        if count > 1 and view.camera is None:
            raise ValueError(f"expected a known camera of {view.name}, which shares its instant; got none")
        if len(view.landmarks.positions) <= embedding.points.max():
            found = f"{len(view.landmarks.positions)} of {view.name}"
            raise ValueError(f"expected at least {embedding.points.max() + 1} landmarks, got {found}")
        slides = view.landmarks.sliding[embedding.points]
        if bool(np.any(slides & ~embedding.sliding)):
            raise ValueError(f"expected outline points of {view.name} to slide, got some embedded as fixed")


def _height(view: LandmarkView, embedding: LandmarkEmbedding) -> float:
    """As the detector says, or the extent of the points where it says nothing of use."""
    if np.isfinite(view.landmarks.face_height) and view.landmarks.face_height > 0:
        return float(view.landmarks.face_height)
    points = view.landmarks.positions[embedding.points]
    points = points[np.isfinite(points).all(axis=1)]
    return float(np.ptp(points, axis=0).max(initial=1.0)) if len(points) else 1.0


def _reason(present: np.ndarray, embedding: LandmarkEmbedding, config: LandmarkFitConfig) -> str:
    count = int((present & ~embedding.sliding).sum())
    if count >= config.least_points:
        return ""
    return f"expected at least {config.least_points} finite landmarks with covariances, found {count}"


def _arrays(
    view: LandmarkView, embedding: LandmarkEmbedding, config: LandmarkFitConfig
) -> tuple[np.ndarray, ...]:
    """Fields of `PreparedSubject` in their order."""
    pixels = view.landmarks.positions[embedding.points].astype(np.float64)
    if view.landmarks.biases is not None:
        pixels = pixels - view.landmarks.biases[embedding.points]
    covariance = view.landmarks.covariances[embedding.points].astype(np.float64)
    camera = view.camera
    if camera is None:
        width, height = view.size
        focal = np.full(2, config.focal_ratio * max(width, height))
        principal = np.array([width / 2, height / 2])
        pose = np.eye(3), np.zeros(3)
    else:
        focal, principal = camera.focal, camera.principal
        pose = camera.rotation, camera.translation
        if camera.distortion.any():
            pixels, covariance = _ideal(pixels, covariance, camera)
    finite = np.isfinite(pixels).all(axis=1), np.isfinite(covariance).all(axis=(1, 2))
    present = np.logical_and(*finite)
    covariance = np.where(present[:, None, None], covariance, np.eye(2))
    positive = (np.linalg.det(covariance) > 0) & (covariance[:, 0, 0] > 0)
    present = np.logical_and(present, positive)
    covariance = np.where(present[:, None, None], covariance, np.eye(2))
    whitening = np.linalg.inv(np.linalg.cholesky(covariance / config.independence)) * present[:, None, None]
    return np.where(present[:, None], pixels, 0.0), whitening, present, *pose, focal, principal


def _ideal(pixels: np.ndarray, covariance: np.ndarray, camera: PinholeRecord) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and covariances of the same camera without distortion; NaN where no point would appear."""
    coefficients = torch.from_numpy(camera.distortion)
    finite = np.where(np.isfinite(pixels), pixels, camera.principal)
    bent = torch.from_numpy((finite - camera.principal) / camera.focal)
    straight, usable = undistort(bent, coefficients)
    usable = usable.numpy() & np.isfinite(pixels).all(axis=1)
    by_point = distortion_jacobians(
        torch.where(torch.from_numpy(usable)[:, None], straight, 0.0), coefficients
    )[0]
    back = np.linalg.inv(by_point.numpy() * (camera.focal[:, None] / camera.focal))
    ideal = straight.numpy() * camera.focal + camera.principal
    return np.where(usable[:, None], ideal, np.nan), back @ covariance @ back.swapaxes(1, 2)
