"""Rehearsal of the layout "mononphm": a head before one camera, tracked without error.

Joins synthesis and corpora. Masks and depths are of the bare head: hair and clothes are not in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearsals.takes import QUIRK, numbered
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size
from facescale.structures.depth_map import DepthMap
from facescale.structures.view import PinholeRecord, View

_NO_LANDMARKS, _LOST_CAMERA = 1, 2
MOST = 1000


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return (f"s{numbered(config, index, MOST):03d}",)


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.nphm.tracking_writing import write_mononphm
    from facescale.heads.library import load_head
    from facescale.heads.linear import LinearHead
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer

    head = load_head(config.head)
    assert isinstance(head, LinearHead), "the synthesizer refuses others"
    settings = PhotoSynthesis(
        kind="video", truth=config.truth, views=config.frames, size=parsed_size(config.size, even=True)
    )
    synthesizer = PhotoSynthesizer(head, settings)
    start = sum(block.size for block in head.blocks[: [b.name for b in head.blocks].index("expression")])
    basis = head.basis[..., start : start + next(b.size for b in head.blocks if b.name == "expression")].numpy()
    faces = head.faces.numpy()

    def make(index: int) -> Mapping[str, bytes]:
        made, (item,) = synthesizer.make(config.seed, index), _items(config, index)
        way = index % 3 if config.quirks else 0
        cameras = [_before_head(made.truth, n) for n in range(len(made.capture.views))]
        shapes = [made.truth.vertices(n, basis) for n in range(len(cameras))]
        nearest = [_depth(shape, faces, camera) for shape, camera in zip(shapes, cameras, strict=True)]
        views, depths = [], []
        for view, camera, depth in zip(made.capture.views, cameras, nearest, strict=True):
            mask = np.where(depth > 0, 255, 0).astype(np.uint8)
            views.append(View(name=view.name, image=view.image, camera=camera, mask=mask))
            depths.append(DepthMap(name=view.name, depth=depth, camera=camera))
        if way == _LOST_CAMERA:
            views[-1] = replace(views[-1], camera=None)
        marks = {} if way == _NO_LANDMARKS else _marks(made.truth)
        capture = replace(made.capture, views=tuple(views), depth_maps=tuple(depths))
        kinect = np.concatenate([cameras[0].principal, cameras[0].focal])
        write_mononphm(capture, config.out, sequence=item, landmarks=marks, kinect=kinect)
        told = {QUIRK: ("", "no-landmarks", "missing-camera")[way], "stand_in_mask": "bare-head"}
        placed = replace(
            made.truth,
            item=item,
            subject=item,
            head_rotations=np.tile(np.eye(3), (len(cameras), 1, 1)),
            head_translations=np.zeros((len(cameras), 3)),
            camera_rotations=np.stack([camera.rotation for camera in cameras]),
            camera_translations=np.stack([camera.translation for camera in cameras]),
            attributes={**made.truth.attributes, **{name: value for name, value in told.items() if value}},
        )
        return {item: placed.to_npz()}

    return make


def _marks(truth: Any) -> dict[int, np.ndarray]:
    """Frame -> WFLW's 98 points in shares of the picture, of which only ibug's 68 are known."""
    from facescale.corpora.nphm.tracker_files import WFLW_OF_IBUG

    found = {number: np.zeros((98, 2)) for number in range(len(truth.views))}
    for number, points in found.items():
        points[list(WFLW_OF_IBUG)] = truth.keypoint_pixels[number, :68] / truth.sizes[number]
    return found


def _before_head(truth: Any, number: int) -> PinholeRecord:
    """The camera of a frame from the head frame, which is the world of a tracker; without distortion."""
    turn = truth.camera_rotations[number] @ truth.head_rotations[number]
    shift = truth.camera_rotations[number] @ truth.head_translations[number] + truth.camera_translations[number]
    width, height = (int(side) for side in truth.sizes[number])
    return PinholeRecord(
        rotation=turn,
        translation=shift,
        focal=truth.focals[number],
        principal=truth.principals[number],
        size=(width, height),
    )


def _depth(vertices: np.ndarray, faces: np.ndarray, camera: PinholeRecord) -> np.ndarray:
    """(h, w) float32 mm along the optical axis, 0 beside the head: one over depth is affine in a picture."""
    from facescale.synthesis.range_image import heights

    seen = vertices.astype(np.float64) @ camera.rotation.T + camera.translation
    pixels = camera.focal * seen[:, :2] / seen[:, 2:] + camera.principal
    flat = np.column_stack([pixels[:, 0], -pixels[:, 1], 1 / seen[:, 2]])
    width, height = camera.size
    found = heights(flat, faces, step=1.0, size=(height, width), middle=(width / 2, -height / 2))
    return np.nan_to_num(1 / found).astype(np.float32)


REHEARSALS = {
    "mononphm": Rehearsal(
        unit="sequences", settings=frozenset({"frames", "size", "quirks"}), items=_items, maker=_maker
    )
}
