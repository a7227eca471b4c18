"""What is true of each picture, and all of them together as an `ImageTruth`. Renders nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float

from facescale.geometry.sites import points_at
from facescale.structures.view import PinholeRecord
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import Person, effort
from facescale.synthesis.photo.scene import Scene, cast
from facescale.synthesis.photo.sessions import Shot

LENIENT = 1.5
"""mm that may lie before a keypoint which still counts as seen: facets are rounded and skin has wrinkles."""


@dataclass(frozen=True, kw_only=True)
class TrueView:
    """The truth of one picture."""

    shot: Shot
    keypoints: Float[np.ndarray, "75 3"]
    pixels: Float[np.ndarray, "75 2"]
    visible: Bool[np.ndarray, "75"]


def true_view(
    painted: PaintedHead, scene: Scene, vertices: Float[np.ndarray, "v 3"], camera: PinholeRecord, shot: Shot
) -> TrueView:
    """Where keypoints are, in space and in the picture.

    Args:
        painted: the head model.
        scene: what may hide them.
        vertices: true ones at this moment, mm in the head frame.
        camera: head frame to camera.
        shot: the picture.
    """
    head, shape = painted.head, torch.from_numpy(vertices)[None].double()
    marks = [points_at(shape, head.faces, head.landmarks[name])[0].numpy() for name in ("ibug68", "now7")]
    keypoints = np.concatenate(marks)
    pixels = project(camera, keypoints)
    centre = -camera.rotation.T @ camera.translation
    ways = keypoints - centre
    hits = cast(scene, np.broadcast_to(centre, ways.shape), ways)
    nearest = np.full(len(keypoints), np.inf)
    nearest[hits.ray] = hits.length
    inside = ((pixels >= 0) & (pixels < camera.size)).all(axis=1)
    visible = inside & (nearest > np.linalg.norm(ways, axis=1) - LENIENT)
    return TrueView(shot=shot, keypoints=keypoints, pixels=pixels, visible=visible)


def image_truth(
    views: Sequence[TrueView],
    *,
    person: Person,
    head: str,
    names: tuple[str, str, str],
    number: tuple[int, int],
    attributes: dict[str, str],
) -> ImageTruth:
    """Gather the truth of all pictures of a person.

    Args:
        views: in the order of the capture's.
        person: who.
        head: name of the head model.
        names: of item, subject and kind of truth.
        number: seed and index.
        attributes: of the person.
    """
    moments = [view.shot.moment for view in views]
    cameras = [view.shot.camera for view in views]
    times = [np.nan if view.shot.time_s is None else view.shot.time_s for view in views]
    return ImageTruth(
        item=names[0],
        subject=names[1],
        head=head,
        kind=names[2],
        seed=number[0],
        index=number[1],
        views=tuple(view.shot.name for view in views),
        groups=tuple(view.shot.group for view in views),
        params=person.params,
        neutral=person.neutral,
        motion=person.motion,
        expressions=np.stack([moment.expression for moment in moments]),
        efforts=np.array([effort(moment.expression) for moment in moments]),
        head_rotations=np.stack([moment.rotation for moment in moments]),
        head_translations=np.stack([moment.translation for moment in moments]),
        camera_rotations=np.stack([camera.rotation for camera in cameras]),
        camera_translations=np.stack([camera.translation for camera in cameras]),
        focals=np.stack([camera.focal for camera in cameras]),
        principals=np.stack([camera.principal for camera in cameras]),
        distortions=np.stack([camera.distortion for camera in cameras]),
        sizes=np.array([camera.size for camera in cameras]),
        times=np.array(times),
        clock_offsets=np.array([view.shot.clock_offset_s for view in views]),
        keypoints=np.stack([view.keypoints for view in views]),
        keypoint_pixels=np.stack([view.pixels for view in views]),
        keypoint_visible=np.stack([view.visible for view in views]),
        off_span_rms=person.off_span_rms,
        off_span_face_rms=person.off_span_face_rms,
        wrinkle_rms=person.wrinkle_rms,
        attributes=attributes,
    )
