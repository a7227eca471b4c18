"""FLAME's own files, a model pickle with embedding and masks beside it, read as untrusted bytes.

Knows the formats only: metres and native axes stay as they are; `heads.flame` makes a head of them.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import (
    check_array,
    check_range,
    is_stand_in,
    read_bounded,
    read_npz,
    sha256,
)
from facescale.structures.inert_pickle import Record, read_pickle
from facescale.structures.pickled_arrays import array_of

VERTICES, FACES, JOINTS = 5023, 9976, 5
IDENTITY, EXPRESSION = 300, 100
PARENTS = (-1, 0, 1, 1, 1)
"""Root, neck, jaw, left eye, right eye."""
EYEBALLS = ((3931, 4477), (4477, 5023))
"""Left, right."""
INNER, ALL = 51, 68
"""Landmarks without and with the contour of the jaw."""
EMBEDDINGS = ("landmark_embedding.npy", "flame_static_embedding_68.pkl", "flame_static_embedding.pkl")
"""Files of landmarks by their published names, the most complete one first."""
MASKS = "FLAME_masks.pkl"
TEXTURE = "FLAME_texture.npz"
SUM_WITHIN = 1e-3
NPY_OBJECT = "|O"


@dataclass(frozen=True, kw_only=True)
class FlameFiles:
    """The model as stored: metres, +y up, +z out of the face, +x the subject's left."""

    template: np.ndarray
    """(5023, 3)."""
    faces: np.ndarray
    """(9976, 3) int32."""
    shape: np.ndarray
    """(5023, 3, 400): 300 of identity, 100 of expression, metres a standard deviation."""
    pose: np.ndarray
    """(5023, 3, 36): metres an entry of R - 1 of the four joints after the root."""
    regressor: np.ndarray
    """(5, 5023): joints from vertices."""
    weights: np.ndarray
    """(5023, 5)."""
    landmarks: tuple[np.ndarray, np.ndarray] | None
    """Faces (n,) and barycentrics (n, 3) of all 68 landmarks or the last 51; None without a file of them."""
    masks: Mapping[str, np.ndarray]
    """Vertices of each published region; empty without their file."""
    uv: tuple[np.ndarray, np.ndarray] | None
    """Texture coordinates (t, 2) and the faces' indices of them (9976, 3); None without the texture file."""
    embedding: str
    """Name of the file of landmarks, or empty."""
    digests: Mapping[str, str]
    """File name -> sha256 of every file read."""
    stand_in: bool
    """Whether the model file says that facescale made it up."""

    def __post_init__(self) -> None:
        expected = {
            "v_template": (self.template, (VERTICES, 3)),
            "shapedirs": (self.shape, (VERTICES, 3, IDENTITY + EXPRESSION)),
            "posedirs": (self.pose, (VERTICES, 3, 9 * (JOINTS - 1))),
            "J_regressor": (self.regressor, (JOINTS, VERTICES)),
            "weights": (self.weights, (VERTICES, JOINTS)),
        }
        for name, (array, shape) in expected.items():
            check_array(name, array, shape)
        check_array("f", self.faces, (FACES, 3), "iu")
        check_range("f", self.faces, VERTICES)
        for name, sums in (("weights", self.weights.sum(axis=1)), ("J_regressor", self.regressor.sum(axis=1))):
            off = float(np.abs(sums - 1).max())
            if off > SUM_WITHIN:
                raise ValueError(f"expected rows of {name} that sum to 1, got some that miss it by {off:.3g}")


def read_flame(path: Path) -> FlameFiles:
    """Read a model pickle, and landmarks and masks that lie beside it under their published names.

    Raises:
        ValueError: not such files, saying what was expected and found.
    """
    digests: dict[str, str] = {}

    def read(place: Path) -> bytes:
        data = read_bounded(place)
        digests[place.name] = sha256(data)
        return data

    data = read(path)
    model = _mapping(data, path)
    arrays = {
        name: array_of(_entry(model, name, path), f"{name} of {path.name}")
        for name in ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
    }
    _check_parents(arrays["kintree_table"])
    embedding = next((name for name in EMBEDDINGS if (path.parent / name).is_file()), "")
    masks, texture = path.parent / MASKS, path.parent / TEXTURE
    return FlameFiles(
        template=arrays["v_template"],
        faces=arrays["f"],
        shape=arrays["shapedirs"],
        pose=arrays["posedirs"],
        regressor=arrays["J_regressor"],
        weights=arrays["weights"],
        landmarks=read_embedding(path.parent / embedding, read) if embedding else None,
        masks=_masks(read(masks), masks) if masks.is_file() else {},
        uv=_uv(read(texture), texture) if texture.is_file() else None,
        embedding=embedding,
        digests=digests,
        stand_in=is_stand_in(data),
    )


def read_embedding(path: Path, read: Any = read_bounded) -> tuple[np.ndarray, np.ndarray]:
    """Read landmarks as faces and barycentrics: 68, or the 51 without the contour.

    Args:
        path: an embedding in any of the published forms.
        read: what reads its bytes.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    data = read(path)
    if path.suffix == ".npy":
        entries = _object_in_npy(data, path)
        names = ("full_lmk_faces_idx", "full_lmk_bary_coords")
    else:
        entries, names = _mapping(data, path), ("lmk_face_idx", "lmk_b_coords")
    face, barycentric = (array_of(_entry(entries, name, path), f"{name} of {path.name}") for name in names)
    face, barycentric = face.ravel(), barycentric.reshape(-1, 3)
    if len(face) not in (INNER, ALL):
        raise ValueError(f"expected {INNER} or {ALL} landmarks in {path}, got {len(face)}")
    check_array(names[0], face, (len(face),), "iu")
    check_array(names[1], barycentric, (len(face), 3))
    check_range(names[0], face, FACES)
    if np.abs(barycentric.sum(axis=1) - 1).max() > SUM_WITHIN:
        raise ValueError(f"expected barycentrics that sum to 1 in {path}, got others")
    return face.astype(np.int32), barycentric.astype(np.float64)


def _masks(data: bytes, path: Path) -> dict[str, np.ndarray]:
    found = {}
    for name, value in _mapping(data, path).items():
        vertices = array_of(value, f"{name} of {path.name}")
        check_array(f"{name} of {path.name}", vertices, (None,), "iu")
        check_range(f"{name} of {path.name}", vertices, VERTICES)
        found[str(name)] = vertices.astype(np.int64)
    return found


def _uv(data: bytes, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The layout alone; the colours beside it are a hundred times larger."""
    arrays = read_npz(data, path, wanted=("vt", "ft"))
    if arrays.keys() != {"vt", "ft"}:
        raise ValueError(f"expected vt and ft in {path}, found only {sorted(arrays)}")
    check_array(f"vt of {path.name}", arrays["vt"], (None, 2))
    check_array(f"ft of {path.name}", arrays["ft"], (FACES, 3), "iu")
    check_range(f"ft of {path.name}", arrays["ft"], len(arrays["vt"]))
    return arrays["vt"], arrays["ft"]


def _mapping(data: bytes, path: Path) -> dict[Any, Any]:
    try:
        model = read_pickle(data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(model, dict):
        raise ValueError(f"expected a dictionary of arrays in {path}, got a {type(model).__name__}")  # noqa: TRY004 - the data's fault
    return model


def _entry(entries: Mapping[Any, Any], name: str, path: Path) -> Any:
    if name not in entries:
        raise ValueError(f"expected {name} in {path}, found only {sorted(map(str, entries))[:12]}")
    return entries[name]


def _object_in_npy(data: bytes, path: Path) -> dict[Any, Any]:
    """The one dictionary that an npy of objects holds, pickled behind its header."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        shape, _, dtype = read_header[version](stream)
    except (ValueError, KeyError) as error:
        raise ValueError(f"expected an npy in {path}, got: {error}") from error
    if shape != () or dtype.str != NPY_OBJECT:
        raise ValueError(f"expected one dictionary in {path}, got an array of {dtype} of shape {shape}")
    record = read_pickle(data[stream.tell() :])
    held = record.state[4] if isinstance(record, Record) and record.kind == "array" and record.state else None
    if not isinstance(held, list) or len(held) != 1 or not isinstance(held[0], dict):
        raise ValueError(f"expected one dictionary in {path}, got something else")
    return held[0]


def _check_parents(table: np.ndarray) -> None:
    check_array("kintree_table", table, (2, JOINTS), "iu")
    parents = (-1, *(int(parent) for parent in table[0, 1:]))
    if parents != PARENTS:
        raise ValueError(f"expected joints with the parents {PARENTS} in kintree_table, got {parents}")
