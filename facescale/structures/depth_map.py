"""A map of depths with the camera that it belongs to, as it crosses processes. numpy only."""

from dataclasses import dataclass

import numpy as np

from facescale.structures.view import PinholeRecord


@dataclass(frozen=True, kw_only=True)
class DepthMap:
    """What one depth camera, or one stereo reconstruction in a camera's frame, measured at one time."""

    name: str
    """Unique within its capture: "<camera>/<frame>"."""
    depth: np.ndarray
    """(h, w) float32 along the camera's optical axis, mm; 0 where nothing was measured."""
    camera: PinholeRecord
    """Its own, which need not be that of any view."""
    time_s: float | None = None
    """Seconds on this camera's own clock."""
    group: str = ""
    """The camera's name."""

    def __post_init__(self) -> None:
        width, height = self.camera.size
        if self.depth.dtype != np.float32 or self.depth.shape != (height, width):
            got = f"{self.depth.shape} {self.depth.dtype}"
            raise ValueError(f"expected a depth of shape {(height, width)} float32, got {got}")
