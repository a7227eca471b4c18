"""Named pinhole cameras as files hold them, checked once for all formats. Knows no format."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, MAX_NAME
from facescale.geometry.cameras.formats.rejections import bad_file, too_large
from facescale.geometry.cameras.pinhole import PinholeCamera

LARGEST_SIDE = 1 << 16
"""Pixels."""
LARGEST_COEFFICIENT = 1e3
ROUNDED = 2e-3
"""How far R R^T may be from the identity: files with three digits pass, scaled or sheared matrices do not."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One camera in our conventions, not yet checked."""

    name: str
    rotation: np.ndarray
    """[3, 3], world to camera."""
    translation: np.ndarray
    """[3], world to camera."""
    focal: Sequence[float]
    principal: Sequence[float]
    """Column and row with pixel centres at +0.5."""
    distortion: Sequence[float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    size: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class CalibratedViews:
    """Cameras with names, float64, one a view."""

    names: tuple[str, ...]
    cameras: PinholeCamera
    metric: bool
    """True: translations are millimetres. False: the source has no unit and they are as found."""
    without_pose: tuple[str, ...] = ()
    """Views that the file names and could not place."""


def gather(
    views: Sequence[View], source: str, *, millimetres: float | None, without_pose: Sequence[str] = ()
) -> CalibratedViews:
    """Check cameras and put them into one batch; rotations are made exactly orthonormal.

    Args:
        views: at least one.
        source: for messages.
        millimetres: in a unit of the source, or None where that is not known.
        without_pose: views that could not be placed.

    Raises:
        ValueError: `millimetres` is not positive.
        CaptureRejected: no camera, too many, two of one name, or one that is no camera.
    """
    if millimetres is not None and not millimetres > 0:
        raise ValueError(f"expected a positive number of millimetres in a unit, got {millimetres}")
    if not views:
        raise bad_file(source, "at least one camera with a pose", f"none among {len(without_pose)}")
    if len(views) > MAX_CAMERAS:
        raise too_large(source, f"{MAX_CAMERAS:,} cameras", f"{len(views):,}")
    seen: set[str] = set()
    for view in views:
        _check(view, source)
        if view.name in seen:
            raise bad_file(source, "every view once", f"{view.name!r} twice")
        seen.add(view.name)
    scale = 1.0 if millimetres is None else millimetres
    cameras = PinholeCamera(
        rotation=torch.from_numpy(np.stack([_orthonormal(view, source) for view in views])),
        translation=torch.from_numpy(scale * np.stack([view.translation for view in views])),
        focal=_tensor([view.focal for view in views]),
        principal=_tensor([view.principal for view in views]),
        distortion=_tensor([view.distortion for view in views]),
        size=torch.tensor([view.size for view in views], dtype=torch.int64),
    )
    return CalibratedViews(
        names=tuple(view.name for view in views),
        cameras=cameras,
        metric=millimetres is not None,
        without_pose=tuple(without_pose),
    )


def one_by_one(views: CalibratedViews, millimetres: float | None) -> list[View]:
    """The batch as single views for a writer, translations in the target's unit.

    Raises:
        ValueError: cameras are not one flat batch that fits the names; or a unit is asked of non-metric views.
    """
    cameras = views.cameras
    if cameras.focal.shape != (len(views.names), 2):
        raise ValueError(
            f"expected {len(views.names)} cameras, got a batch of {tuple(cameras.focal.shape[:-1])}"
        )
    if millimetres is not None and not views.metric:
        raise ValueError("expected metric views to write in a unit, got views without a unit")
    numbers = {
        name: getattr(cameras, name).detach().double().cpu().numpy()
        for name in ("rotation", "translation", "focal", "principal", "distortion")
    }
    return [
        View(
            name=name,
            rotation=numbers["rotation"][i],
            translation=numbers["translation"][i] / (millimetres or 1.0),
            focal=numbers["focal"][i].tolist(),
            principal=numbers["principal"][i].tolist(),
            distortion=numbers["distortion"][i].tolist(),
            size=(int(cameras.size[i, 0]), int(cameras.size[i, 1])),
        )
        for i, name in enumerate(views.names)
    ]


def _tensor(rows: Sequence[Sequence[float]]) -> torch.Tensor:
    return torch.tensor([[float(x) for x in row] for row in rows], dtype=torch.float64)


def _check(view: View, source: str) -> None:
    """Refuse what no camera can be."""
    if not view.name or len(view.name) > MAX_NAME:
        raise bad_file(source, f"a name of 1 to {MAX_NAME} characters", view.name)
    where = f"{source}, view {view.name[:40]!r}"
    numbers = np.concatenate(
        [view.rotation.ravel(), view.translation, view.focal, view.principal, view.distortion]
    )
    if not np.isfinite(numbers).all():
        raise bad_file(where, "finite numbers", numbers[~np.isfinite(numbers)][0])
    if not (min(view.focal) > 0):
        raise bad_file(where, "positive focal lengths", list(view.focal))
    if not all(1 <= side <= LARGEST_SIDE for side in view.size):
        raise bad_file(where, f"an image of 1 to {LARGEST_SIDE} pixels", view.size)
    if max(abs(x) for x in view.distortion) > LARGEST_COEFFICIENT:
        raise bad_file(where, f"distortion below {LARGEST_COEFFICIENT:g}", list(view.distortion))


def _orthonormal(view: View, source: str) -> np.ndarray:
    """The nearest rotation to a rounded one."""
    found = view.rotation
    where = f"{source}, view {view.name[:40]!r}"
    if np.abs(found @ found.T - np.eye(3)).max() > ROUNDED:
        raise bad_file(where, "an orthonormal rotation", f"rows of length {np.linalg.norm(found, axis=1)}")
    u, _, vt = np.linalg.svd(found)
    if np.linalg.det(u @ vt) < 0:
        raise bad_file(where, "a rotation of determinant +1", "-1: a mirrored frame")
    return u @ vt
