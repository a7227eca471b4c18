"""The Basel Face Models 2017 and 2019 from their HDF5 files: layouts, versions, deviations; no colour."""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from facescale.heads.bounded_files import check_array, is_stand_in, read_bounded, sha256
from facescale.heads.hdf5_files import dataset, datasets, hdf5
from facescale.heads.linear import LinearHead
from facescale.heads.linear_import import LinearArrays, landmarks_beside, linear_head
from facescale.heads.template import HeadCard

VERSIONS = {"bfm2017": "2017", "bfm2019": "2019"}
LICENCE = "BFM licence: non-commercial research, registration needed"
PARTS = {"mean": "model/mean", "basis": "model/pcaBasis", "variance": "model/pcaVariance"}
UNIT_WITHIN = 0.02
"""Relative: how far norms of columns may be from what they are held for."""
ORTHONORMAL_SINCE = (0, 9)
UNSAID = (0, 8)
"""The version of a file that has none: its columns carry the deviations."""


def convert_bfm_hdf5(path: Path, name: str) -> LinearHead:
    """Make a head of a model2017 or model2019 file; the crop does not matter.

    Coordinates are millimetres and the axes those of the head frame already. Vertices are the mean of the shape
    and of the expressions, and their components times the root of the variances times coefficients ~ N(0, 1).

    Args:
        path: the HDF5 file; NAME.landmarks.npz beside it, where there are landmarks.
        name: "bfm2017" or "bfm2019".

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    data = read_bounded(path)
    with hdf5(data, path) as file:
        faces = _faces(file, path)
        mean, identity, said = _part(file, "shape", path)
        shift, expression, said_too = _part(file, "expression", path)
    if len(shift) != len(mean):
        raise ValueError(f"expected expressions of {len(mean)} vertices in {path}, got {len(shift)}")
    found, digests = landmarks_beside(path, faces)
    stand_in = is_stand_in(data)
    card = HeadCard(
        name=name + "(stand-in)" * stand_in,
        version=VERSIONS[name],
        licence="made up by facescale, no licence needed" if stand_in else LICENCE,
        source="https://faces.dmi.unibas.ch/bfm",
        assets={path.name: sha256(data), **digests},
        native_unit="mm",
        synthetic_stand_in=stand_in,
        notes=tuple(dict.fromkeys(note for note in (said, said_too) if note)),
    )
    arrays = LinearArrays(mean=mean + shift, faces=faces, identity=identity, expression=expression, unit="mm")
    return linear_head(arrays, card, found)


def _part(
    file: Any, group: str, path: Path
) -> tuple[Float[np.ndarray, "v 3"], Float[np.ndarray, "v 3 k"], str]:
    """Mean, components of one standard deviation, and what was odd."""
    if group not in file:
        raise ValueError(f"expected the groups shape and expression in {path}, found {sorted(file)[:8]}")
    arrays = datasets(file, {key: f"{group}/{place}" for key, place in PARTS.items()}, path)
    mean, basis, variance = arrays["mean"].ravel(), arrays["basis"], arrays["variance"].ravel()
    check_array(f"{group}/model/mean", mean, (len(mean),))
    check_array(f"{group}/model/pcaBasis", basis, (len(mean), len(variance)))
    check_array(f"{group}/model/pcaVariance", variance, (len(variance),))
    if len(mean) % 3 or not (variance > 0).all():
        raise ValueError(f"expected three numbers a vertex and positive variances of {group} in {path}")
    deviations = np.sqrt(variance.astype(np.float64))
    version = _version(file, group, path)
    orthonormal, note = _orthonormal(basis, deviations, version, f"{group} in {path.name}")
    scaled = basis * deviations.astype(np.float32) if orthonormal else basis
    return mean.reshape(-1, 3), scaled.reshape(-1, 3, len(variance)), note


def _orthonormal(
    basis: np.ndarray, deviations: np.ndarray, version: tuple[int, int], name: str
) -> tuple[bool, str]:
    """Whether columns have unit length or that of their deviations: measured, since files misstate it.

    Raises:
        ValueError: neither.
    """
    norms = np.sqrt(np.einsum("ij,ij->j", basis, basis, dtype=np.float64))
    unit, carried = (float(np.abs(norms / by - 1).max()) for by in (np.ones_like(norms), deviations))
    if min(unit, carried) > UNIT_WITHIN:
        raise ValueError(
            f"expected components of unit length or of their deviations' length for {name}, "
            f"got lengths {norms.min():.3g}..{norms.max():.3g}"
        )
    stated = version >= ORTHONORMAL_SINCE
    if unit <= UNIT_WITHIN and carried <= UNIT_WITHIN:
        return stated, ""
    measured = unit <= UNIT_WITHIN
    said = f"the file's version {version[0]}.{version[1]} says otherwise than its columns, which were believed"
    return measured, "" if measured == stated else said


def _version(file: Any, group: str, path: Path) -> tuple[int, int]:
    for place in (f"{group}/version", "version"):
        numbers = [dataset(file, f"{place}/{part}Version", path) for part in ("major", "minor")]
        if all(number is not None and number.size == 1 for number in numbers):
            major, minor = (int(np.asarray(number).ravel()[0]) for number in numbers)
            return major, minor
    return UNSAID


def _faces(file: Any, path: Path) -> Int[np.ndarray, "f 3"]:
    """One column a face, or in older files one row; some hold whole numbers as floats."""
    cells = dataset(file, "shape/representer/cells", path)
    rows = dataset(file, "shape/representer/reference-mesh/triangle-list", path) if cells is None else cells.T
    if rows is None or rows.ndim != 2 or rows.shape[1] != 3:  # noqa: PLR2004 - a triangle
        raise ValueError(f"expected shape/representer/cells of three rows in {path}")
    whole = rows.astype(np.int64)
    if not (np.isfinite(rows).all() and (whole == rows).all()):
        raise ValueError(f"expected whole numbers in the faces of {path}, got others")
    return whole
