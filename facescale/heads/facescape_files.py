"""FaceScape's bilinear models v1.6 in their own files, read as untrusted bytes.

Knows the formats only: units and axes stay as they are; `heads.facescape` makes a head of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import check_array, check_range
from facescale.heads.loose_numbers import indices, numbers, triangles
from facescale.heads.npz_members import digest, read_members

LARGEST = 12 << 30
"""Bytes: 300 identity coefficients are 4.9 GB in single precision, twice that in double."""
STEPS = 8_000_000
"""Instructions of a pickled list of 52,000 faces, a hundred each."""
MOST = 1000
"""Coefficients of either kind."""
LANDMARKS = 68
NEEDED = ("shape_bm_core", "fv_indices", "ft_indices", "texcoords")
PRIORS = ("id_mean", "id_var")
OPTIONAL = ("lm_list_v16", "sym_dict", "v_indices_front", "facial_mask")


@dataclass(frozen=True, kw_only=True)
class FacescapeFiles:
    """A model as stored: close to mm, +y up, +z out of the face, +x the subject's left."""

    core: np.ndarray
    """(3 v, e, k): three coordinates a vertex; absolute shapes of the expressions, the neutral one first."""
    id_mean: np.ndarray
    """(k,) mean identity."""
    id_std: np.ndarray
    """(k,) its standard deviations."""
    faces: np.ndarray
    """(f, 3), counted from 0 as all indices here."""
    uv: tuple[np.ndarray, np.ndarray] | None
    """Texture coordinates (t, 2) and the faces' indices of them (f, 3)."""
    landmarks: np.ndarray | None
    """(68,) vertices."""
    mirror: np.ndarray | None
    """(v,) each vertex's counterpart, -1 where it has none."""
    front: np.ndarray | None
    """(v,) the face without ears, neck and scalp."""
    mask: np.ndarray | None
    """A picture over the texture, or a number a vertex; above its middle where the face is."""
    digests: Mapping[str, str]
    """File name -> sha256 of every file read."""
    stand_in: bool
    """Whether the main file says that facescale made it up."""

    def __post_init__(self) -> None:
        rows, expressions, identity = self.core.shape
        fits = rows > 0 and rows % 3 == 0 and 1 < expressions <= MOST and 0 < identity <= MOST
        with np.errstate(invalid="ignore", over="ignore"):
            finite = fits and np.isfinite(self.core.sum(axis=(0, 2))).all()
        if not finite:
            raise ValueError(
                "expected finite numbers for three coordinates a vertex, 2 or more expressions and 1 or more "
                f"identity coefficients, at most {MOST}, in the core, got the shape {self.core.shape}"
            )
        for name, array in (("the identity's mean", self.id_mean), ("its deviations", self.id_std)):
            check_array(name, array, (identity,))
        if not (self.id_std > 0).all():
            raise ValueError(f"expected positive variances of the identity, got {self.id_std.min():g}")
        vertices = rows // 3
        check_array("faces", self.faces, (None, 3), "iu")
        check_range("faces - 1", self.faces, vertices)
        if self.uv is not None:
            check_array("texcoords", self.uv[0], (None, 2))
            check_array("the faces of texcoords", self.uv[1], (len(self.faces), 3), "iu")
            check_range("the faces of texcoords - 1", self.uv[1], len(self.uv[0]))
        if self.landmarks is not None:
            check_array("landmarks", self.landmarks, (LANDMARKS,), "iu")
            check_range("landmarks", self.landmarks, vertices)
        if self.mirror is not None:
            check_array("sym_dict", self.mirror, (vertices,), "iu")
            check_range("sym_dict + 1", self.mirror + 1, vertices + 1)


def read_v16(path: Path) -> FacescapeFiles:
    """Read `facescape_bm_v1.6_847_*_52_id*.npz`.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    sha256, stand_in = digest(path, LARGEST)
    found = read_members(path, (*NEEDED, *PRIORS, *OPTIONAL), limit=LARGEST, steps=STEPS)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise ValueError(f"expected {missing[0]} in {path}, found only {sorted(found)}")
    absent = [name for name in PRIORS if name not in found]
    if absent:
        raise ValueError(
            f"expected {absent[0]} in {path}, found none: files from before 2021-05-13 lack it, and nothing "
            "else in them says where the mean identity is; get the file anew"
        )
    core = core_of(found["shape_bm_core"], "shape_bm_core")
    vertices = len(core) // 3
    variance = numbers(found["id_var"], "id_var").ravel()
    front, partner = found.get("v_indices_front"), found.get("sym_dict")
    return FacescapeFiles(
        core=core,
        id_mean=numbers(found["id_mean"], "id_mean").ravel().astype(np.float64),
        id_std=np.sqrt(np.maximum(variance.astype(np.float64), 0.0)),
        faces=triangles(found["fv_indices"], "fv_indices") - 1,
        uv=(
            numbers(found["texcoords"], "texcoords"),
            triangles(found["ft_indices"], "ft_indices") - 1,
        ),
        landmarks=indices(found["lm_list_v16"], "lm_list_v16").ravel() if "lm_list_v16" in found else None,
        mirror=None if partner is None else _partners(partner, vertices),
        front=None if front is None else mask_of(indices(front, "v_indices_front"), vertices),
        mask=numbers(found["facial_mask"], "facial_mask") if "facial_mask" in found else None,
        digests={path.name: sha256},
        stand_in=stand_in,
    )


def _partners(value: Any, vertices: int) -> np.ndarray:
    """Each vertex's counterpart from an array of them or a dictionary by vertex."""
    if not isinstance(value, dict):
        return indices(value, "sym_dict").ravel()
    keys, partners = (indices(list(part), "sym_dict") for part in (value.keys(), value.values()))
    check_range("vertices of sym_dict", keys, vertices)
    found = np.full(vertices, -1, np.int64)
    found[keys] = partners
    return found


def core_of(value: Any, name: str) -> np.ndarray:
    """A core, whichever way its axes lie."""
    core = numbers(value, name)
    if core.ndim != 3 or core.dtype.kind != "f":  # noqa: PLR2004 - coordinates, expressions, identity
        raise ValueError(f"expected three axes of floating numbers in {name}, got {core.shape}, {core.dtype}")
    return core


def mask_of(index: np.ndarray, vertices: int) -> np.ndarray:
    """A mask of the vertices in a list."""
    check_range("front vertices", index, vertices)
    mask = np.zeros(vertices, bool)
    mask[index.ravel()] = True
    return mask
