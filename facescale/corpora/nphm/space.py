"""Out of the space of NPHM: FLAME's times four, into which a similarity takes each raw scan. Knows no files."""

from dataclasses import dataclass, replace

import numpy as np

from facescale.corpora.array_files import read_npy, shaped
from facescale.corpora.rejections import bad_array
from facescale.structures.mesh import Mesh

_SKEWED = 1e-3


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """From a raw scan in mm to the space of NPHM: X = scale * rotation @ X_raw + translation."""

    scale: float
    """About 0.004: FLAME is in metres, and the space is four times as large."""
    rotation: np.ndarray
    """(3, 3)."""
    translation: np.ndarray
    """(3,)."""

    def to_raw(self, mesh: Mesh) -> Mesh:
        """A mesh in the space of NPHM as it lies on the raw scan, mm; vertices keep their order."""
        raw = (mesh.vertices.astype(np.float64) - self.translation) @ self.rotation / self.scale
        normals = None if mesh.normals is None else mesh.normals @ self.rotation
        return replace(mesh, vertices=raw, normals=normals)


def read_similarity(s: bytes, r: bytes, t: bytes) -> Similarity:
    """Parse s.npy, R.npy and t.npy.

    Raises:
        CaptureRejected: bad-array, where they are no arrays or no similarity.
    """
    scale = float(shaped(read_npy(s, "s.npy"), (), "s.npy"))
    rotation = shaped(read_npy(r, "R.npy"), (3, 3), "R.npy")
    translation = shaped(read_npy(t, "t.npy"), (3,), "t.npy")
    if not scale > 0:
        raise bad_array("a scale above 0 in s.npy", f"{scale:g}")
    skew = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    if skew > _SKEWED or np.linalg.det(rotation) < 0:
        found = "a reflection" if skew <= _SKEWED else f"one that is {skew:.3g} off"
        raise bad_array("a rotation in R.npy", found)
    return Similarity(scale=scale, rotation=rotation, translation=translation)
