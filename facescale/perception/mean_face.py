"""The 478 points in space on a mean face, and which is whose mirror image. Measured on a head, knows none.

`benchmarks/landmark_embedding.py` writes the file. Millimetres; +x the subject's left, +y up, +z out of the
face.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

PATH = Path(__file__).parent / "data" / "mean_face.npz"


@dataclass(frozen=True, kw_only=True)
class MeanFace:
    """A symmetric face at rest."""

    points: Float[np.ndarray, "478 3"]
    mirror: Int[np.ndarray, "478"]
    """Each point's counterpart on the other side; an involution."""


@cache
def mean_face() -> MeanFace:
    """Read the face."""
    with np.load(PATH, allow_pickle=False) as file:
        return MeanFace(points=file["points"].astype(np.float64), mirror=file["mirror"].astype(np.int64))


def write_mean_face(face: MeanFace) -> Path:
    """Store a face for `mean_face` to find; returns where."""
    PATH.parent.mkdir(exist_ok=True)
    np.savez_compressed(PATH, points=face.points.astype(np.float32), mirror=face.mirror.astype(np.int16))
    return PATH
