"""The truth behind synthetic photographs or a video, and its file. Knows nothing of how pictures are made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from facescale.structures.keypoints import NOW7
from facescale.structures.view import PinholeRecord
from facescale.synthesis.truth_file import truth_from_npz, truth_to_npz

FORMAT = 2
KEYPOINTS: tuple[str, ...] = (*(f"ibug_{k:02d}" for k in range(68)), *NOW7)
"""Names of the true keypoints, in their order."""
_ARRAYS = (
    "neutral", "motion", "expressions", "efforts", "head_rotations", "head_translations", "camera_rotations",
    "camera_translations", "focals", "principals", "distortions", "sizes", "times", "clock_offsets",
    "keypoints", "keypoint_pixels", "keypoint_visible",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ImageTruth:
    """All that n pictures of one person are made from.

    In view i a point x of the head frame is at head_rotations[i] @ x + head_translations[i] in the world, which
    the camera of that view sees.
    """

    item: str
    subject: str
    head: str
    """Name of the head model whose topology `neutral` has."""
    kind: str
    """"off-span" or "in-span": whether the shape lies within that head model."""
    seed: int
    index: int
    """Number of the subject; with `seed` and the configuration it determines everything."""
    views: tuple[str, ...]
    """Names of the n views."""
    groups: tuple[str, ...]
    """Views of one group come from one camera."""
    params: Mapping[str, np.ndarray]
    """Coefficients of the head model by block, (k,) each, without the expression block."""
    neutral: np.ndarray
    """(v, 3) float32, the true shape at rest in the head's topology: mm, in the head frame."""
    motion: np.ndarray
    """(v, 3) float32: what an expression of effort 1 adds beyond the head's basis, mm."""
    expressions: np.ndarray
    """(n, k) float32, coefficients of the head's expression block."""
    efforts: np.ndarray
    """(n,) float64."""
    head_rotations: np.ndarray
    """(n, 3, 3), head frame to world."""
    head_translations: np.ndarray
    """(n, 3) mm."""
    camera_rotations: np.ndarray
    """(n, 3, 3), world to camera, OpenCV axes."""
    camera_translations: np.ndarray
    """(n, 3) mm."""
    focals: np.ndarray
    """(n, 2) pixels."""
    principals: np.ndarray
    """(n, 2), the first pixel's centre at (0.5, 0.5)."""
    distortions: np.ndarray
    """(n, 5): k1, k2, p1, p2, k3."""
    sizes: np.ndarray
    """(n, 2) int: width and height."""
    times: np.ndarray
    """(n,) seconds on the camera's clock; NaN for photographs."""
    clock_offsets: np.ndarray
    """(n,) seconds to add to them for the time at which the picture was taken."""
    keypoints: np.ndarray
    """(n, 75, 3) float64, `KEYPOINTS` of the face with its expression: mm, in the head frame."""
    keypoint_pixels: np.ndarray
    """(n, 75, 2) float64: column and row."""
    keypoint_visible: np.ndarray
    """(n, 75) bool: nothing stands between the point and the camera, and it lies within the picture."""
    off_span_rms: float
    """Root mean square length of the displacement outside the basis over the outer skin, mm."""
    off_span_face_rms: float
    wrinkle_rms: float
    attributes: Mapping[str, str]
    """Looks and the like, for grouping."""

    def __post_init__(self) -> None:
        count, points = len(self.views), len(KEYPOINTS)
        shapes = {
            "efforts": (count,), "head_rotations": (count, 3, 3), "head_translations": (count, 3),
            "camera_rotations": (count, 3, 3), "camera_translations": (count, 3), "focals": (count, 2),
            "principals": (count, 2), "distortions": (count, 5), "sizes": (count, 2), "times": (count,),
            "clock_offsets": (count,),
            "keypoints": (count, points, 3), "keypoint_pixels": (count, points, 2),
            "keypoint_visible": (count, points), "motion": self.neutral.shape,
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"expected {name} of shape {shape}, got {getattr(self, name).shape}")

    def vertices(self, view: int, expression_basis: np.ndarray) -> np.ndarray:
        """True vertices in one view, mm in the head frame.

        Args:
            view: its number.
            expression_basis: (v, 3, k) of the head that the truth names.
        """
        moved = expression_basis @ self.expressions[view]
        return (self.neutral + moved + self.efforts[view] * self.motion).astype(np.float32)

    def camera(self, view: int) -> PinholeRecord:
        """The true camera of one view: world to camera."""
        width, height = self.sizes[view]
        return PinholeRecord(
            rotation=self.camera_rotations[view],
            translation=self.camera_translations[view],
            focal=self.focals[view],
            principal=self.principals[view],
            distortion=self.distortions[view],
            size=(int(width), int(height)),
        )

    def to_npz(self) -> bytes:
        """Form the truth file: the same bytes for the same truth."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return truth_to_npz(known, _ARRAYS, version=FORMAT)

    @classmethod
    def from_npz(cls, data: bytes) -> "ImageTruth":
        """Read what `to_npz` wrote.

        Raises:
            ValueError: not a truth file of images, or one of another format.
        """
        try:
            known = truth_from_npz(data, version=FORMAT)
            known |= {name: tuple(known[name]) for name in ("views", "groups")}
            return cls(**known)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"expected a truth file of images, format {FORMAT}, got: {error}") from error
