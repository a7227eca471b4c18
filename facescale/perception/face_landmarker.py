"""Landmarks of the one face in an image by MediaPipe's Tasks, image by image. Knows no head model, no corpus.

Image mode only: the Tasks API has no batch, and its video mode carries state from frame to frame, so that
results would depend on order and on sharding.
"""

import threading
import typing
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from facescale.assets.lookup import absence, find
from facescale.assets.registry import asset
from facescale.perception import mediapipe_points as ids
from facescale.perception import rejections
from facescale.perception.findings import TURNS, Finding, settled, turned, turned_back, undisputed
from facescale.perception.landmark_errors import biases, covariances
from facescale.perception.mediapipe_library import close_landmarker, faces_in, open_landmarker
from facescale.perception.tiles import Window, around_box, same_face, square, tiles, whole_in
from facescale.structures.face_landmarks import FaceLandmarks

ASSET = "face-landmarker"
MOST_FACES = 8
LEAST_SIDE = 16
"""Pixels of an image below which nothing is looked for."""
CLOSER = 1.1
"""Half the side of the square in which a small face is looked at again, in its heights."""

Box = Sequence[float]
"""Left, top, right, bottom, pixels."""


@dataclass(frozen=True, kw_only=True)
class LandmarkerConfig:
    """How faces are looked for."""

    min_detection: float = 0.5
    """Least confidence of the face detector."""
    min_presence: float = 0.5
    """Least confidence that the landmarks lie on a face."""
    rolls: bool = True
    """Look at the quarter turns of the image and of its largest tiles too."""
    small_face: float = 0.2
    """Share of the image's height below which a face is looked for in tiles, and looked at again from near."""
    tile_levels: int = 2
    """Tiles are a half, a quarter, ... of the image's shorter side: this many sizes; 0 sees the whole only."""
    tile_overlap: float = 0.4
    """Share of a side that neighbouring tiles have in common: the largest face that lies whole in one."""
    least_face: float = 24.0
    """Pixels of height below which a face is rejected."""

    def __post_init__(self) -> None:
        shares = ("min_detection", "min_presence", "small_face")
        for name in shares:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} within 0..1, got {getattr(self, name)}")
        if not 0 <= self.tile_overlap <= 0.8:  # noqa: PLR2004 - more are tiles without end
            raise ValueError(f"expected tile_overlap within 0..0.8, got {self.tile_overlap}")
        if not 0 <= self.tile_levels <= 4:  # noqa: PLR2004 - likewise
            raise ValueError(f"expected tile_levels within 0..4, got {self.tile_levels}")


@typing.final
class FaceLandmarker:
    """MediaPipe's face landmarker: 478 points, 52 scores, a rough pose. One an actor; safe to share by threads.

    Results depend on the image alone. It sends nothing anywhere, see `mediapipe_library.silence_reports`.

    Args:
        config: how faces are looked for.
        model: `face_landmarker.task`; None looks the asset "face-landmarker" up.

    Raises:
        FileNotFoundError: the asset is absent; says where it was looked for and what to do.
        ValueError: not such a model.
    """

    def __init__(self, config: LandmarkerConfig | None = None, *, model: Path | None = None) -> None:
        self.config = config or LandmarkerConfig()
        self._lock = threading.Lock()
        self._bare = open_landmarker(
            model or landmarker_path(),
            faces=MOST_FACES,
            detection=self.config.min_detection,
            presence=self.config.min_presence,
        )
        self._closing = weakref.finalize(self, close_landmarker, self._bare)

    def close(self) -> None:
        """Let the library's memory and threads go; closing twice is fine."""
        self._closing()

    def __enter__(self) -> "FaceLandmarker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def detect(self, image: UInt8[np.ndarray, "h w 3"], boxes: Sequence[Box] | None = None) -> FaceLandmarks:
        """Find the landmarks of an image's largest face.

        Args:
            image: sRGB.
            boxes: where a corpus says that faces are: only there is looked, from near. None looks everywhere.

        Raises:
            CaptureRejected: no face, or too small a one or an image ("no-face", "face-too-small",
                "image-too-small").
        """
        height, width = image.shape[:2]
        if min(height, width) < LEAST_SIDE:
            raise rejections.image_too_small(width, height, LEAST_SIDE)
        with self._lock:
            found = self._everywhere(image) if boxes is None else self._in_boxes(image, boxes)
        if not found:
            looked = f"{len(boxes)} boxes" if boxes is not None else self._where()
            raise rejections.no_face(width, height, looked)
        largest = max(found, key=lambda one: one.height)
        if largest.height < self.config.least_face:
            raise rejections.face_too_small(largest.height, self.config.least_face)
        return _described(largest, len(found), small=self._small(largest, image))

    def _where(self) -> str:
        turns = "its four quarter turns" if self.config.rolls else "it"
        return f"{turns} and {self.config.tile_levels} sizes of tiles"

    def _small(self, finding: Finding, image: np.ndarray) -> bool:
        return finding.height < self.config.small_face * image.shape[0]

    def _everywhere(self, image: np.ndarray) -> list[Finding]:
        height, width = image.shape[:2]
        whole = Window(left=0, top=0, width=width, height=height)
        found = self._heads(image, whole, turns=True)
        side = min(height, width)
        for level in range(self.config.tile_levels):
            side //= 2
            if found or side < LEAST_SIDE:
                break
            for tile in tiles(width, height, side=side, overlap=self.config.tile_overlap):
                heads = self._heads(image, tile, turns=level == 0)
                heads = [one for one in heads if whole_in(one.points, tile, width, height)]
                found += [one for one in heads if not any(same_face(one.points, o.points) for o in found)]
        return [self._closer(image, one) if self._small(one, image) else one for one in found]

    def _in_boxes(self, image: np.ndarray, boxes: Sequence[Box]) -> list[Finding]:
        height, width = image.shape[:2]
        found: list[Finding] = []
        for box in boxes:
            window = around_box(box, width, height)
            heads = [] if window is None else self._heads(image, window, turns=True)
            found += [one for one in heads if not any(same_face(one.points, o.points) for o in found)]
        return found

    def _closer(self, image: np.ndarray, finding: Finding) -> Finding:
        """Look at a small face again; the first finding stands where that shows no face there."""
        x, y = (finding.points.min(axis=0) + finding.points.max(axis=0)) / 2
        window = square(float(x), float(y), CLOSER * finding.height, *image.shape[1::-1])
        again = [] if window is None else self._look(image, window, finding.turn)
        same = [one for one in again if same_face(one.points, finding.points)]
        return max(same, key=lambda one: one.height, default=finding)

    def _heads(self, image: np.ndarray, window: Window, *, turns: bool) -> list[Finding]:
        """Faces in a window, each head once, whichever way up; without `turns` only where one seems upright."""
        upright = self._look(image, window, 0)
        if not (self.config.rolls and (turns or upright)):
            return upright
        opposite = self._look(image, window, 2)
        if undisputed(upright, opposite):
            return upright
        sides = self._look(image, window, 1) + self._look(image, window, 3)
        return settled([*upright, *opposite, *sides])

    def _look(self, image: np.ndarray, window: Window, turn: int) -> list[Finding]:
        """Faces that the detector reports in a turned window; the caller holds the lock."""
        return [
            Finding(
                points=turned_back(face.points, turn, width=window.width, height=window.height) + window.corner,
                blendshapes=face.blendshapes,
                turn=turn % TURNS,
                upright=face.points,
            )
            for face in faces_in(self._bare, turned(window.cut(image), turn))
        ]


def landmarker_path() -> Path:
    """Where the model lies.

    Raises:
        FileNotFoundError: it is absent; says where it was looked for and what to do.
    """
    entry = asset(ASSET)
    found = find(entry)
    if found is None or found.missing:
        raise FileNotFoundError(absence(entry, found))
    return found.main


def _described(finding: Finding, faces: int, *, small: bool) -> FaceLandmarks:
    outline = np.zeros(ids.COUNT, dtype=bool)
    outline[list(ids.OVAL)] = True
    flags = {"several-faces": faces > 1, "small-face": small, "turned": finding.turn != 0}
    return FaceLandmarks(
        scheme=ids.SCHEME,
        positions=finding.points.astype(np.float32),
        covariances=covariances(finding.points, yaw=finding.pose.yaw, height=finding.height),
        biases=biases(finding.points, yaw=finding.pose.yaw, height=finding.height),
        sliding=outline,
        blendshapes=finding.blendshapes,
        face_height=finding.height,
        yaw=finding.pose.yaw,
        roll=finding.turn,
        faces_found=faces,
        notes=tuple(name for name, holds in flags.items() if holds),
    )
