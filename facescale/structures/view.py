"""One photograph or video frame with the camera that took it, as it crosses processes. numpy only."""

from dataclasses import dataclass, field

import numpy as np

CHANNELS = 3
COEFFICIENTS = 5


@dataclass(frozen=True, kw_only=True)
class PinholeRecord:
    """A calibrated camera in facescale's conventions, see `geometry.cameras.pinhole`.

    OpenCV axes (+x right, +y down, +z forward), world to camera, the first pixel's centre at (0.5, 0.5).
    """

    rotation: np.ndarray
    """(3, 3) float64, world to camera."""
    translation: np.ndarray
    """(3,) float64, world to camera, mm."""
    focal: np.ndarray
    """(2,) float64, pixels along columns and rows."""
    principal: np.ndarray
    """(2,) float64, column and row."""
    distortion: np.ndarray = field(default_factory=lambda: np.zeros(COEFFICIENTS))
    """(5,) float64: k1, k2, p1, p2, k3 in normalised coordinates."""
    size: tuple[int, int]
    """Width and height of the image, pixels."""

    def __post_init__(self) -> None:
        shapes = {
            "rotation": (3, 3), "translation": (3,), "focal": (2,), "principal": (2,),
            "distortion": (COEFFICIENTS,),
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"expected {name} of shape {shape}, got {getattr(self, name).shape}")


@dataclass(frozen=True, kw_only=True)
class ImagePoints:
    """Named points in an image; the first pixel's centre lies at (0.5, 0.5)."""

    names: tuple[str, ...]
    """One a point, without repeats; "ibug_00".."ibug_67" where they are these."""
    positions: np.ndarray
    """(k, 2) float64, column and row in pixels; NaN where a point is not marked."""

    def __post_init__(self) -> None:
        if self.positions.shape != (len(self.names), 2):
            raise ValueError(f"expected positions of shape ({len(self.names)}, 2), got {self.positions.shape}")
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"expected distinct names, got {self.names}")


@dataclass(frozen=True, kw_only=True)
class View:
    """What one camera saw at one time."""

    name: str
    """Unique within its capture: a photograph's file name, or "<camera>/<frame>"."""
    image: np.ndarray
    """(h, w, 3) uint8, sRGB, upright: an orientation tag has been obeyed."""
    camera: PinholeRecord | None = None
    """None where the corpus does not calibrate it."""
    time_s: float | None = None
    """Seconds on this camera's own clock; None for photographs."""
    group: str = ""
    """Views of one group share focal length and principal point (one camera at one zoom); empty: the view's
    own."""
    mask: np.ndarray | None = None
    """(h, w) uint8, 255 where the corpus says that the subject is seen, in between at soft borders."""
    landmarks: ImagePoints | None = None
    """Points that the corpus marks in the image."""

    def __post_init__(self) -> None:
        if self.image.dtype != np.uint8 or self.image.ndim != CHANNELS or self.image.shape[2] != CHANNELS:
            raise ValueError(f"expected a (h, w, 3) uint8 image, got {self.image.shape} {self.image.dtype}")
        height, width = self.image.shape[:2]
        if self.mask is not None and (self.mask.dtype != np.uint8 or self.mask.shape != (height, width)):
            got = f"{self.mask.shape} {self.mask.dtype}"
            raise ValueError(f"expected a {(height, width)} uint8 mask, got {got}")
        if self.camera is not None and self.camera.size != (width, height):
            raise ValueError(f"expected a camera of size {(width, height)}, got {self.camera.size}")


@dataclass(frozen=True, kw_only=True)
class LostView:
    """A view that a corpus names and that could not be used: a row beside its usable neighbours."""

    name: str
    reason: str
    """In words, what was expected and what was found."""
