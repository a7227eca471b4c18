"""What is written of one reconstructed item: row, parameters, frames, mesh, animated GLB, pictures.

Joins reconstruction, rendering and reporting.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.geometry.sites import Sites, points_at
from facescale.heads.blendshapes import blendshapes
from facescale.heads.template import AbstractTemplateHead
from facescale.pipelines.view_landmarks import SeenSubject
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding
from facescale.reconstruction.landmark_fit.result import FittedView, LandmarkFit
from facescale.reconstruction.landmark_fit.sample import LandmarkView
from facescale.rendering.face_overlay import FittedFace, overlay_sheet
from facescale.reporting import exports
from facescale.reporting.head_animation import HeadAnimation
from facescale.reporting.head_glb import HeadTopology, head_glb
from facescale.structures import Mesh, Scalar

FRAMES_SCHEMA = pa.schema(
    {
        "view": pa.string(),
        "time_s": pa.float64(),
        "used": pa.bool_(),
        "reason": pa.string(),
        "landmark_rms_px": pa.float64(),
        "landmark_error_percent": pa.float64(),
        "inliers": pa.float64(),
        "focal_px": pa.float64(),
        "face_height_px": pa.float64(),
        "faces_found": pa.int64(),
        "notes": pa.string(),
    }
)
"""A row a view, the lost ones last."""


def result_row(seen: SeenSubject, fit: LandmarkFit, mean_fit: LandmarkFit | None) -> dict[str, Scalar]:
    """Lay out the result row."""
    used = [view for view in fit.views if view.used]
    known = _calibrated(fit)
    focal = fit.focals[0] if len(fit.focals) == 1 else None
    yaws = [view.landmarks.yaw for view in seen.subject.views]
    return {
        "landmark_error_percent": _median_error(fit),
        "mean_head_landmark_error_percent": None if mean_fit is None else _median_error(mean_fit),
        "landmark_rms_px": float(np.median([view.rms_px for view in used])) if used else None,
        "views": len(fit.views) + len(seen.lost),
        "views_used": len(used),
        "views_lost": len(seen.lost),
        "views_calibrated": known,
        "yaw_range_deg": float(np.degrees(max(yaws) - min(yaws))),
        "focal_px": None if focal is None else float(focal.focal.mean()),
        "focal_sd_px": None if focal is None else focal.sd_px,
        "focal_identified": all(each.identified for each in fit.focals) if fit.focals else None,
        "metric": _metric(seen, fit),
        "identity_rms_sigma": float(np.sqrt(np.square(fit.identity).mean())),
        "fit_ended": fit.status.sentence,
        "iterations": fit.iterations,
        "notes": " ".join(
            [*_unit(fit), *sorted({n for view in seen.subject.views for n in view.landmarks.notes})]
        ),
    }


def write_result(
    folder: Path,
    *,
    head: AbstractTemplateHead,
    sites: LandmarkEmbedding,
    seen: SeenSubject,
    fit: LandmarkFit,
    shapes: tuple[np.ndarray, np.ndarray],
    error_mm: np.ndarray | None,
) -> None:
    """Write all files of one item.

    Args:
        folder: exists and is empty.
        head: that was fitted.
        sites: of the landmarks.
        seen: the item.
        fit: the result.
        shapes: vertices at rest [v, 3] and of each view [f, v, 3], mm, head frame.
        error_mm: [v] of the shape at rest, where the truth is known.
    """
    neutral, vertices = shapes
    faces = head.faces.numpy()
    unknown = np.full(len(neutral), np.nan, np.float32)
    mesh = Mesh(vertices=neutral.astype(np.float32), faces=faces)
    exports.write_ply(folder / "fit.ply", mesh, {"error_mm": unknown if error_mm is None else error_mm})
    exports.write_parameters(folder / "parameters.npz", _parameters(seen, fit))
    exports.write_parameters(folder / "frames.npz", _frames(seen, fit))
    pq.write_table(frame_table(seen, fit), folder / "frames.parquet", compression="zstd")
    (folder / "head.glb").write_bytes(_animated(head, seen, fit))
    (folder / "preview.webp").write_bytes(overlay_sheet(list(_pictured(head, sites, seen, fit, vertices))))


def frame_table(seen: SeenSubject, fit: LandmarkFit) -> pa.Table:
    """One row a view: how its landmarks fit, or why it took no part."""
    rows = [
        {
            "view": view.name,
            "time_s": time,
            "used": view.used,
            "reason": view.reason,
            "landmark_rms_px": view.rms_px if view.used else None,
            "landmark_error_percent": 100 * view.rms_share if view.used else None,
            "inliers": view.inliers if view.used else None,
            "focal_px": float(_focal(fit, view, source).mean()),
            "face_height_px": source.landmarks.face_height,
            "faces_found": source.landmarks.faces_found,
            "notes": " ".join(source.landmarks.notes),
        }
        for view, source, time in zip(fit.views, seen.subject.views, seen.times_s, strict=True)
    ]
    rows += [{"view": view.name, "used": False, "reason": view.reason} for view in seen.lost]
    return pa.Table.from_pylist(rows, schema=FRAMES_SCHEMA)


def _median_error(fit: LandmarkFit) -> float | None:
    shares = [view.rms_share for view in fit.views if view.used]
    return 100 * float(np.median(shares)) if shares else None


def _calibrated(fit: LandmarkFit) -> int:
    """Views that took part and whose cameras are known."""
    return sum(view.used and view.focal_group < 0 for view in fit.views)


def _metric(seen: SeenSubject, fit: LandmarkFit) -> bool:
    return _calibrated(fit) > 0 and seen.subject.metric


def _unit(fit: LandmarkFit) -> list[str]:
    """What is to be said where the unit of the cameras' world was unknown."""
    if fit.millimetres_per_unit is None:
        return []
    return [f"the cameras' unit is unknown: an average head makes it {fit.millimetres_per_unit:.4g} mm."]


def _parameters(seen: SeenSubject, fit: LandmarkFit) -> dict[str, np.ndarray | float | str]:
    """The shape at rest, in its own head frame: the form that all results share."""
    return {
        "params/identity": fit.identity,
        "params/expression": np.zeros_like(fit.views[0].expression),
        "identity_sd": fit.identity_sd,
        "rotation": np.eye(3),
        "translation_mm": np.zeros(3),
        "scale": 1.0,
        "millimetres_per_unit": 1.0,
        "metric": np.asarray(_metric(seen, fit)),
    }


def _frames(seen: SeenSubject, fit: LandmarkFit) -> dict[str, np.ndarray | float | str]:
    """Everything of every view with a face: pose head -> camera in mm, expression, focal length, landmarks."""
    views = seen.subject.views
    scores = [view.landmarks.blendshapes for view in views]
    found: dict[str, np.ndarray | float | str] = {
        "views": np.array([view.name for view in fit.views]),
        "times_s": np.array([np.nan if time is None else time for time in seen.times_s]),
        "used": np.array([view.used for view in fit.views]),
        "expression": np.stack([view.expression for view in fit.views]),
        "rotation": np.stack([view.rotation for view in fit.views]),
        "translation_mm": np.stack([view.translation for view in fit.views]),
        "focal_px": np.stack([_focal(fit, v, source) for v, source in zip(fit.views, views, strict=True)]),
        "sizes": np.array([view.size for view in views]),
        "landmarks": np.stack([view.landmarks.positions for view in views]),
        "landmark_scheme": views[0].landmarks.scheme,
    }
    if all(score is not None for score in scores):
        found["detector_blendshapes"] = np.stack([score for score in scores if score is not None])
    return found


def _focal(fit: LandmarkFit, view: FittedView, source: LandmarkView) -> np.ndarray:
    if view.focal_group >= 0:
        return fit.focals[view.focal_group].focal
    assert source.camera is not None, "without a focal group the camera is known"
    return source.camera.focal


def _animated(head: AbstractTemplateHead, seen: SeenSubject, fit: LandmarkFit) -> bytes:
    """The head with its expressions, moving as it was fitted; photographs follow each other by a second.

    Of several cameras with times it moves before the one that has most views: each has axes of its own.
    """
    devices = [v.group if t is not None else "" for v, t in zip(seen.subject.views, seen.times_s, strict=True)]
    shown = Counter(d for d, view in zip(devices, fit.views, strict=True) if view.used).most_common(1)[0][0]
    parts = zip(fit.views, seen.times_s, devices, strict=True)
    used = [(view, time) for view, time, device in parts if view.used and device == shown]
    times = np.array([float(place) if time is None else time for place, (_, time) in enumerate(used)])
    keep = np.concatenate([[True], np.diff(times) > 0])
    shape = blendshapes(head, {"identity": fit.identity})
    weights = np.stack([view.expression for view, _ in used])
    sums = np.zeros((len(weights), len(shape.names) - weights.shape[1]), weights.dtype)
    animation = HeadAnimation(
        times_s=(times - times[0])[keep],
        weights=np.concatenate([weights, sums], axis=1)[keep],
        rotations=np.stack([view.rotation for view, _ in used])[keep],
        translations_mm=np.stack([view.translation for view, _ in used])[keep],
    )
    return head_glb(
        shape,
        HeadTopology.of(head),
        name=seen.item.replace("/", "_"),
        extras={"views": [view.name for view, _ in used]},
        copyright_text=f"{head.card.name}: {head.card.licence}",
        animation=animation,
    )


def _pictured(
    head: AbstractTemplateHead,
    sites: LandmarkEmbedding,
    seen: SeenSubject,
    fit: LandmarkFit,
    vertices: np.ndarray,
) -> Iterator[tuple[np.ndarray, FittedFace]]:
    """The photographs that were kept, with what was fitted to them."""
    faces = head.faces.numpy()
    opaque = head.regions["opaque"].numpy() if "opaque" in head.regions else np.ones(len(vertices[0]), bool)
    fixed = torch.from_numpy(~sites.sliding)
    marks = Sites(face=sites.sites.face[fixed], barycentric=sites.sites.barycentric[fixed])
    for view, source, shape in zip(fit.views, seen.subject.views, vertices, strict=True):
        photograph = seen.photographs.get(view.name)
        if photograph is None or not np.isfinite(view.rotation).all():
            continue
        lens = _lens(fit, view, source)
        camera = shape.astype(np.float64) @ view.rotation.T + view.translation
        model = points_at(torch.from_numpy(camera).float()[None], head.faces, marks)[0].double().numpy()
        yield (
            photograph.image,
            FittedFace(
                vertices=camera,
                pixels=lens.project(torch.from_numpy(camera)).pixels.numpy(),
                faces=faces[opaque[faces].all(axis=1)],
                observed=source.landmarks.positions[sites.points].astype(np.float64),
                modelled=lens.project(torch.from_numpy(model)).pixels.numpy(),
                height=source.landmarks.face_height,
            ),
        )


def _lens(fit: LandmarkFit, view: FittedView, source: LandmarkView) -> PinholeCamera:
    """The camera of a view in its own axes."""
    known = source.camera
    principal = np.array(source.size) / 2 if known is None else known.principal
    distortion = np.zeros(5) if known is None else known.distortion
    return PinholeCamera(
        rotation=torch.eye(3, dtype=torch.float64),
        translation=torch.zeros(3, dtype=torch.float64),
        focal=torch.from_numpy(_focal(fit, view, source)).double(),
        principal=torch.from_numpy(principal).double(),
        distortion=torch.from_numpy(distortion).double(),
        size=torch.tensor(source.size),
    )
