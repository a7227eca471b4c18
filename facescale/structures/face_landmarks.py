"""2D landmarks of one face in one image, as a detector found them. Knows no detector and no head model."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class FaceLandmarks:
    """The landmarks of one face.

    Which point is which is a matter of `scheme`; right and left are the subject's.
    """

    scheme: str
    """Name and version of the set of points: "mediapipe478"."""
    positions: np.ndarray
    """(k, 2) float32: column and row in pixels of the view's image, the first pixel's centre at (0.5, 0.5)."""
    covariances: np.ndarray
    """(k, 2, 2) float32, pixels^2: error to be expected of each point, from the detector's calibration."""
    sliding: np.ndarray
    """(k,) bool: True where the point marks an outline (the face's oval) and no fixed place of the skin."""
    biases: np.ndarray | None = None
    """(k, 2) float32, pixels: by how much the detector is known to miss each point, found minus true; None
    where that was not measured."""
    blendshapes: np.ndarray | None = None
    """(m,) float32, 0 to 1, in the scheme's order; scores of a network, at most a weak prior."""
    face_height: float
    """Extent of the face in the image, pixels: from the lowest to the highest landmark, along the face."""
    yaw: float
    """Rough turn of the head, radians, positive towards the subject's left; from the detector."""
    roll: int = 0
    """Quarter turns counter-clockwise by which the image was turned when the face was found: 0 to 3."""
    faces_found: int = 1
    """Faces in the image; the largest is the one described."""
    notes: tuple[str, ...] = ()
    """Whatever a reader should know: "several-faces", "small-face", "turned"."""

    def __post_init__(self) -> None:
        count = len(self.positions)
        shapes = {"positions": (count, 2), "covariances": (count, 2, 2), "sliding": (count,)}
        if self.biases is not None:
            shapes["biases"] = (count, 2)
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"expected {name} of shape {shape}, got {getattr(self, name).shape}")
