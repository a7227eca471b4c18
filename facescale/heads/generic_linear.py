"""A user's own linear model, from an npz or HDF5 file with the few arrays that a linear head is made of."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from facescale.heads.bounded_files import check_array, check_range, is_stand_in, read_bounded, read_npz, sha256
from facescale.heads.hdf5_files import dataset, hdf5
from facescale.heads.linear import LinearHead
from facescale.heads.linear_import import LinearArrays, landmark_sites, landmarks_beside, linear_head
from facescale.heads.template import HeadCard

ZIP = b"PK"
NEEDED = ("mean", "faces", "identity")
ARRAYS = (
    *NEEDED, "identity_std", "expression", "expression_std", "uv", "faces_uv", "landmark_vertex",
    "landmark_face", "landmark_barycentric",
)  # fmt: skip
TEXTS = ("unit", "name", "licence", "expression_names")
"""Strings: arrays in an npz, attributes of the root in HDF5; names with blanks between them."""
DESCRIPTION = (
    "an .npz or .h5 with mean (v, 3), faces (f, 3, from 0), identity (v, 3, k) and unit (um, mm, cm or m); "
    "where there are any, identity_std (k,), expression (v, 3, m), expression_std (m,), expression_names "
    "(activations in 0..1; components without names), uv and faces_uv, landmark_vertex (68,) or "
    "landmark_face and landmark_barycentric, name, licence. Axes: +x the subject's left, "
    "+y up, +z out of the face"
)


def convert_linear(path: Path, name: str) -> LinearHead:
    """Make a head of a file as `DESCRIPTION` has it.

    Args:
        path: the file; NAME.landmarks.npz beside it, where there are landmarks and not in the file itself.
        name: of the format.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    data = read_bounded(path)
    arrays, texts = _from_npz(data, path) if data.startswith(ZIP) else _from_hdf5(data, path)
    missing = [key for key in (*NEEDED, "unit") if key not in arrays and key not in texts]
    if missing:
        raise ValueError(f"expected {missing[0]} in {path}, found only {sorted({*arrays, *texts})}")
    names = tuple(texts.get("expression_names", "").split())
    linear = LinearArrays(
        mean=arrays["mean"],
        faces=arrays["faces"],
        identity=_scaled(arrays, "identity"),
        expression=_scaled(arrays, "expression"),
        unit=texts["unit"],
        expression_names=names,
        uv=_uv(arrays),
    )
    own = {key.removeprefix("landmark_"): arrays[key] for key in arrays if key.startswith("landmark_")}
    if own:
        found, digests = landmark_sites(own, linear.faces, path.name), {}
    else:
        found, digests = landmarks_beside(path, linear.faces)
    stand_in = is_stand_in(data)
    card = HeadCard(
        name=texts.get("name", name) + "(stand-in)" * stand_in,
        version=sha256(data)[:12],
        licence=texts.get("licence", "as its owner says: the file has none"),
        source=path.name,
        assets={path.name: sha256(data), **digests},
        native_unit=texts["unit"],
        synthetic_stand_in=stand_in,
    )
    return linear_head(linear, card, found)


def _from_npz(data: bytes, path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    found = read_npz(data, path, wanted=(*ARRAYS, *TEXTS))
    texts = {}
    for key in TEXTS:
        if key in found:
            words = found.pop(key)
            check_array(key, words, words.shape, "U")
            texts[key] = " ".join(str(word) for word in words.ravel())
    return found, texts


def _from_hdf5(data: bytes, path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    with hdf5(data, path) as file:
        found = {key: dataset(file, key, path) for key in ARRAYS}
        texts = {key: str(file.attrs[key]) for key in TEXTS if key in file.attrs}
    return {key: array for key, array in found.items() if array is not None}, texts


def _scaled(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """Components of one standard deviation; none where the file has none."""
    vertices = len(arrays["mean"])
    basis = arrays.get(name, np.zeros((vertices, 3, 0), np.float32))
    check_array(name, basis, (vertices, 3, None))
    if f"{name}_std" not in arrays:
        return basis
    deviations = arrays[f"{name}_std"]
    check_array(f"{name}_std", deviations, (basis.shape[-1],))
    if not (deviations > 0).all():
        raise ValueError(f"expected positive deviations in {name}_std, got {float(deviations.min()):g}")
    return basis * deviations.astype(np.float32)


def _uv(arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray] | None:
    if "uv" not in arrays:
        return None
    if "faces_uv" not in arrays:
        raise ValueError("expected faces_uv beside uv, found none")
    check_array("uv", arrays["uv"], (None, 2))
    check_array("faces_uv", arrays["faces_uv"], (len(arrays["faces"]), 3), "iu")
    check_range("faces_uv", arrays["faces_uv"], len(arrays["uv"]))
    return arrays["uv"], arrays["faces_uv"]
