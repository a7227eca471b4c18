"""The meshes of a MetaHuman DNA file as one skin: triangles, texture coordinates, weights."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_array

from facescale.heads.bounded_files import check_range
from facescale.heads.dna_file import DnaFile, DnaMesh
from facescale.heads.dna_skeleton import Frame
from facescale.heads.linear_import import MILLIMETRES

HEAD, EYES = "head", ("eyeLeft", "eyeRight")
PARTS = (HEAD, *EYES)
FEWEST = 100
"""Vertices of a part."""
SUM_WITHIN = 0.02
"""How far a vertex's weights may be from a sum of 1; they are stored as floats and trimmed by tools."""


@dataclass(frozen=True, kw_only=True)
class Skin:
    """Meshes joined into one, triangulated, in mm and the head frame's axes, the file's origin."""

    vertices: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    quads: Bool[np.ndarray, "f"]
    uv: Float[np.ndarray, "t 2"]
    faces_uv: Int[np.ndarray, "f 3"]
    weights: csr_array
    """(vertices, joints of the file); rows sum to 1."""
    parts: Mapping[str, slice]
    """Vertices of the head and the eyes."""
    outer: int
    """Faces of the head, which come first."""


def joined_skin(dna: DnaFile, meshes: Mapping[str, str], frame: Frame) -> Skin:
    """Join meshes, the head's first.

    Args:
        dna: the file.
        meshes: part -> the mesh's name.
        frame: of the file.

    Raises:
        ValueError: indices out of range, weights that do not sum to 1, too few vertices.
    """
    vertices, faces, quads, uv, faces_uv, weights, parts = [], [], [], [], [], [], {}
    start, first = 0, 0
    for part in sorted(meshes, key=PARTS.index):
        mesh = dna.meshes[meshes[part]]
        _check(mesh, part, len(dna.joint_names))
        layouts, halves = _triangles(mesh, part)
        faces.append(mesh.layouts[layouts, 0] + start)
        faces_uv.append(mesh.layouts[layouts, 1] + first)
        quads.append(halves)
        vertices.append(mesh.positions @ frame.turn.T * MILLIMETRES[dna.unit])
        uv.append(mesh.uv)
        weights.append(_weights(mesh, part, len(dna.joint_names)))
        parts[part] = slice(start, start + len(mesh.positions))
        start, first = start + len(mesh.positions), first + len(mesh.uv)
    indices = np.concatenate([part.indices for part in weights])
    lengths = np.concatenate([np.diff(part.indptr) for part in weights])
    table = (np.concatenate([part.data for part in weights]), indices, np.append(0, np.cumsum(lengths)))
    return Skin(
        vertices=np.concatenate(vertices),
        faces=np.concatenate(faces),
        quads=np.concatenate(quads),
        uv=np.concatenate(uv),
        faces_uv=np.concatenate(faces_uv),
        weights=csr_array(table, shape=(start, len(dna.joint_names))),
        parts=parts,
        outer=len(faces[0]),
    )


def _check(mesh: DnaMesh, part: str, joints: int) -> None:
    if len(mesh.positions) < FEWEST or len(mesh.influences) != len(mesh.positions):
        raise ValueError(
            f"expected at least {FEWEST} vertices and weights of each in {part}, "
            f"got {len(mesh.positions)} and {len(mesh.influences)}"
        )
    check_range(f"positions of {part}", mesh.layouts[:, 0], len(mesh.positions))
    check_range(f"texture coordinates of {part}", mesh.layouts[:, 1], len(mesh.uv))
    check_range(f"layouts of {part}", mesh.faces, len(mesh.layouts))
    check_range(f"joints of {part}", mesh.joints, joints)
    if not (np.isfinite(mesh.weights).all() and (mesh.weights >= 0).all()):
        raise ValueError(f"expected skinning weights of {part} above zero, got others")


def _triangles(mesh: DnaMesh, part: str) -> tuple[Int[np.ndarray, "f 3"], Bool[np.ndarray, "f"]]:
    """Polygons as fans about their first corner; and where two triangles are a quad."""
    if len(mesh.corners) == 0 or mesh.corners.min() < 3:  # noqa: PLR2004 - corners of a triangle
        raise ValueError(f"expected faces of three corners or more in {part}, got others")
    fans = mesh.corners - 2
    owner = np.repeat(np.arange(len(fans)), fans)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(fans) - fans, fans)
    begin = np.repeat(np.cumsum(mesh.corners) - mesh.corners, fans)
    triangles = np.stack(
        [mesh.faces[begin], mesh.faces[begin + step + 1], mesh.faces[begin + step + 2]], axis=1
    )
    return triangles, (fans[owner] == 2) & (step == 0)  # noqa: PLR2004 - two triangles are a quad


def _weights(mesh: DnaMesh, part: str, joints: int) -> csr_array:
    rows = np.append(0, np.cumsum(mesh.influences))
    table = csr_array(
        (mesh.weights.astype(np.float64), mesh.joints, rows), shape=(len(mesh.influences), joints)
    )
    table.sum_duplicates()
    total = np.asarray(table.sum(axis=1)).ravel()
    off = float(np.abs(total - 1).max())
    if off > SUM_WITHIN:
        raise ValueError(
            f"expected skinning weights of {part} that sum to 1, got some that miss it by {off:.3g}"
        )
    table.data /= np.repeat(total, np.diff(table.indptr))
    return table
