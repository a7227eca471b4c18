"""FaceScape's bilinear models v1.0 to v1.3 in their own files, read as untrusted bytes. Knows formats only."""

from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import check_array, read_bounded
from facescale.heads.facescape_files import LARGEST, STEPS, FacescapeFiles, core_of, mask_of
from facescale.heads.loose_numbers import indices, numbers, triangles
from facescale.heads.npz_members import MAX_OBJECTS, digest, read_members, read_npy
from facescale.structures.inert_pickle import read_pickle

FACES, TEXCOORDS, FRONT, INDICES = (
    "predef_faces.pkl",
    "predef_texcoords.pkl",
    "front_indices.pkl",
    "landmark_indices.npz",
)
FACE_PARTS = 4
"""Vertices, normals, texture coordinates, material."""


def read_v1(path: Path) -> FacescapeFiles:
    """Read `core_847_*_52.npy` of v1.0 to v1.3 and what lies beside it.

    Needed there: the factors of the same name, `predef_faces.pkl` and `predef_texcoords.pkl`; used where they
    are: `front_indices.pkl`, `landmark_indices.npz`.

    Raises:
        ValueError: not such files, saying what was expected and found.
    """
    sha256, stand_in = digest(path, LARGEST)
    factors = path.with_name("factors_id" + path.name.removeprefix("core"))
    if not path.name.startswith("core_") or not factors.is_file():
        raise ValueError(f"expected core_847_*.npy with {factors.name} beside it, got {path} alone")
    digests = {path.name: sha256}

    def beside(name: str) -> Path | None:
        place = path.with_name(name)
        if not place.is_file():
            return None
        digests[name] = digest(place, MAX_OBJECTS)[0]
        return place

    core = core_of(read_npy(path, limit=LARGEST), path.name)
    vertices = core.shape[-1] // 3
    people = numbers(read_npy(beside(factors.name) or factors, limit=MAX_OBJECTS), factors.name)
    check_array(factors.name, people, (None, len(core)))
    faces, texels = beside(FACES), beside(TEXCOORDS)
    if faces is None or texels is None:
        raise ValueError(f"expected {FACES} and {TEXCOORDS} beside {path}, found not both")
    corners, corners_uv = _corners(_pickle(faces), FACES)
    front, points = beside(FRONT), beside(INDICES)
    known = read_members(points, ("v10",), limit=MAX_OBJECTS) if points else {}
    return FacescapeFiles(
        core=core.transpose(2, 1, 0),
        id_mean=people.mean(axis=0, dtype=np.float64),
        id_std=people.std(axis=0, dtype=np.float64),
        faces=corners - 1,
        uv=(numbers(_pickle(texels), TEXCOORDS), corners_uv - 1),
        landmarks=indices(known["v10"], "v10").ravel() if "v10" in known else None,
        mirror=None,
        front=None if front is None else mask_of(indices(_pickle(front), FRONT), vertices),
        mask=None,
        digests=digests,
        stand_in=stand_in,
    )


def _pickle(path: Path) -> Any:
    try:
        return read_pickle(read_bounded(path, MAX_OBJECTS), steps=STEPS)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _corners(value: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and texture coordinates of each face's corners."""
    whole = isinstance(value, list) and all(isinstance(f, list | tuple) and len(f) == FACE_PARTS for f in value)
    if not whole or not value:
        raise ValueError(f"expected a list of (vertices, normals, texture coordinates, material) in {name}")
    corners, corners_uv = (triangles([list(face[part]) for face in value], name) for part in (0, 2))
    return corners, corners_uv
