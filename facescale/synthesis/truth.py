"""The truth behind a synthetic scan, and its file. Knows nothing of how the scan was made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from facescale.structures.keypoints import NOW7
from facescale.structures.units import MILLIMETRES_PER, Unit
from facescale.synthesis.truth_file import truth_from_npz, truth_to_npz

FORMAT = 1
_ARRAYS = ("vertices", "rotation", "translation", "keypoints")


@dataclass(frozen=True, kw_only=True)
class ScanTruth:
    """All that a synthetic scan is made from: scan_mm = rotation @ head_mm + translation."""

    item: str
    subject: str
    head: str
    """Name of the head model whose topology `vertices` have."""
    kind: str
    """"off-span" or "in-span": whether the shape lies within that head model."""
    seed: int
    index: int
    """Number of the subject; with `seed` it determines everything."""
    unit: Unit
    """Of the scan file: scan_mm = file's coordinates x MILLIMETRES_PER[unit]."""
    rotation: np.ndarray
    """(3, 3), head frame to scan frame."""
    translation: np.ndarray
    """(3,) mm."""
    vertices: np.ndarray
    """(v, 3) float32, the true shape in the head's topology: mm, in the scan's frame."""
    keypoints: np.ndarray
    """(7, 3) float64, true positions of NOW7: mm, in the scan's frame."""
    params: Mapping[str, np.ndarray]
    """Coefficients of the head model by block, (k,) each."""
    off_span_rms: float
    """Root mean square length of the displacement outside the basis over the outer skin, mm."""
    off_span_face_rms: float
    """The same over the face region."""
    wrinkle_rms: float
    """Root mean square height of the wrinkles over the face region, mm."""
    attributes: Mapping[str, str]
    """Cameras, clutter and the like, for grouping."""

    def __post_init__(self) -> None:
        shapes = {"rotation": (3, 3), "translation": (3,), "keypoints": (len(NOW7), 3)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"expected {name} of shape {shape}, got {getattr(self, name).shape}")
        if self.unit not in MILLIMETRES_PER:
            raise ValueError(f"expected a unit of {sorted(MILLIMETRES_PER)}, got {self.unit!r}")

    def to_npz(self) -> bytes:
        """Form the truth file: the same bytes for the same truth."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return truth_to_npz(known, _ARRAYS, version=FORMAT)

    @classmethod
    def from_npz(cls, data: bytes) -> "ScanTruth":
        """Read what `to_npz` wrote.

        Raises:
            ValueError: not a truth file, or one of another format.
        """
        try:
            return cls(**truth_from_npz(data, version=FORMAT))
        except (TypeError, ValueError) as error:
            raise ValueError(f"expected a truth file of format {FORMAT}, got: {error}") from error
