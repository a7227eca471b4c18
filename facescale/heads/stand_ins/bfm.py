"""Stand-ins for the Basel Face Models 2017 and 2019: the built-in head in their HDF5 layout."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.stand_ins.surface import Resampled, resampled, smooth_fields

EXPRESSION_STRENGTH = 0.35
"""Of an activation: what one standard deviation of a component does."""
FACE12 = (27657, 55040)
"""Vertices and faces of model2019_face12, the smallest crop."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Of a stand-in."""

    vertices: int = FACE12[0]
    faces: int = FACE12[1]
    identity: int = 199
    colour: int = 199
    expression: int = 100


def write_stand_in(path: Path, name: str) -> None:
    """Write a model of the smallest published crop and of published component counts."""
    write_bfm(path, minor=9 if name == "bfm2017" else 0, major=0 if name == "bfm2017" else 1)


def write_bfm(
    path: Path, sizes: Sizes | None = None, *, major: int = 0, minor: int = 9, orthonormal: bool = True
) -> None:
    """Write a model.

    Args:
        path: of the file.
        sizes: of its parts.
        major: of the version.
        minor: of the version; below 0.9, columns should carry their deviations.
        orthonormal: whether columns have unit length.
    """
    import h5py

    sizes = sizes or Sizes()
    sheet = resampled(sizes.vertices, sizes.faces, "face")
    identity, expression = components(sheet, sizes.identity, sizes.expression)
    with h5py.File(path, "w") as file:
        _catalog(file)
        zeros = np.zeros((3 * sizes.vertices, sizes.colour), np.float32)
        colour = (np.full(3 * sizes.vertices, 0.6), zeros, np.ones(sizes.colour))
        for group, (mean, basis, variance) in {
            "shape": (sheet.vertices.ravel(), *identity),
            "expression": (np.zeros(3 * sizes.vertices), *expression),
            "color": colour,
        }.items():
            scale = 1.0 if orthonormal or group == "color" else np.sqrt(variance)
            _write_part(file.create_group(group), sheet, mean, basis * scale, variance)
            file[f"{group}/version/majorVersion"] = np.int32(major)
            file[f"{group}/version/minorVersion"] = np.int32(minor)
        file["color/representer/colorspace"] = "RGB"
    with path.open("ab") as stream:
        stream.write(STAND_IN_MARK)


def components(sheet: Resampled, identity: int, expression: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Orthonormal columns and variances of identity and expression: the built-in head's own axes and more."""
    rng = np.random.default_rng(0)
    near = np.exp(-(((sheet.vertices[:, 2] + 20) / 60) ** 2))[:, None, None]
    own, moves = sheet.carried("identity"), EXPRESSION_STRENGTH * sheet.carried("expression")
    # some of its moves are of parts that the sheet does not have
    more = smooth_fields(sheet.vertices, identity, rng, first=0.6, last=0.02)
    moved = near * smooth_fields(sheet.vertices, expression, rng, first=0.3, last=0.02)
    return (
        _principal(np.concatenate([own, more], axis=-1), identity),
        _principal(np.concatenate([moves, moved], axis=-1), expression),
    )


def _principal(displacements: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of unit length, the widest first, and their variances."""
    flat = displacements.reshape(-1, displacements.shape[-1])
    values, vectors = np.linalg.eigh(flat.T @ flat)
    order = np.argsort(values)[::-1][:count]
    return flat @ vectors[:, order] / np.sqrt(values[order]), values[order]


def _write_part(
    group: Any, sheet: Resampled, mean: np.ndarray, basis: np.ndarray, variance: np.ndarray
) -> None:
    model, representer = group.create_group("model"), group.create_group("representer")
    model["mean"] = mean.astype(np.float32)
    model.create_dataset("pcaBasis", data=basis.astype(np.float32), compression="gzip", compression_opts=1)
    model["pcaVariance"] = variance.astype(np.float32)
    model["noiseVariance"] = np.zeros(1, np.float32)
    representer["points"] = sheet.vertices.T.astype(np.float32)
    representer["cells"] = sheet.faces.T.astype(np.int32)
    representer.attrs["name"] = "vtkStandardMeshRepresenter"
    representer.attrs["datasetType"] = "POLYGON_MESH"


def _catalog(file: Any) -> None:
    for name in ("shape", "color", "expression"):
        entry = file.create_group(f"catalog/MorphableModel.{name}")
        entry["modelPath"] = f"/{name}"
    file["metadata/landmarks/json"] = "[]"
