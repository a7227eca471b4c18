"""Results as files that other programs open: PLY, OBJ, GLB with errors as colours, parameters as npz.

Files are written whole into a folder that the caller commits; nothing here knows where the folder ends up.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer

from facescale.corpora.ply import write_ply as ply_bytes
from facescale.rendering.error_colours import ERROR_RANGE_MM, error_colours
from facescale.rendering.shading import to_linear
from facescale.reporting.glb_body import GlbBody
from facescale.structures.mesh import Mesh

_MILLIMETRE_IN_METRES = 0.001


def write_ply(path: Path, mesh: Mesh, scalars: Mapping[str, Float[np.ndarray, "v"]] | None = None) -> None:
    """Write a binary PLY in the mesh's own unit and vertex order.

    Args:
        path: the file.
        mesh: float64 vertices stay float64.
        scalars: further vertex properties by name, written as float32.
    """
    path.write_bytes(ply_bytes(mesh, scalars))


def write_parameters(path: Path, arrays: Mapping[str, np.ndarray | float | str]) -> None:
    """Write named arrays as a compressed npz that needs no pickle to be read.

    Raises:
        ValueError: an array of Python objects.
    """
    plain = {name: np.asarray(value) for name, value in arrays.items()}
    for name, value in plain.items():
        if value.dtype.hasobject:
            raise ValueError(f"expected arrays of numbers or text, got objects in {name!r}")
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **plain)


def write_error_glb(
    path: Path, mesh: Mesh, error_mm: Float[np.ndarray, "v"], *, full_mm: float = ERROR_RANGE_MM
) -> None:
    """Write a mesh in millimetres with its errors as vertex colours, as every glTF viewer shows them.

    The file keeps millimetres and one node scales them to metres, glTF's unit. Colours are linear, as glTF
    wants them; grey was not measured. The distances themselves are in the attribute `_ERROR_MM`, where -1
    stands for not measured.

    Args:
        path: the file.
        mesh: in millimetres.
        error_mm: one a vertex; NaN where nothing was measured.
        full_mm: the dark end of the colours.

    Raises:
        ValueError: not one error a vertex.
    """
    if error_mm.shape != (len(mesh.vertices),):
        raise ValueError(f"expected {len(mesh.vertices)} errors, one a vertex, got {error_mm.shape}")
    colours = np.ones((len(mesh.vertices), 4), np.float32)
    colours[:, :3] = to_linear(error_colours(error_mm, full_mm=full_mm))
    # 16 bits: linear bytes would band in the dark colours.
    measured = np.where(np.isfinite(error_mm), error_mm, -1.0)
    attributes = {
        "POSITION": mesh.vertices.astype(np.float32),
        "NORMAL": unit_normals(mesh),
        "COLOR_0": np.rint(colours * 65535).astype(np.uint16),
        "_ERROR_MM": measured.astype(np.float32),
    }
    path.write_bytes(_glb(attributes, mesh.faces, name=path.stem))


def unit_normals(mesh: Mesh) -> Float[np.ndarray, "v 3"]:
    """Unit normals; up where a vertex has no face, since glTF allows no zero normal."""
    import torch

    from facescale.geometry.normals import vertex_normals

    vertices = torch.from_numpy(mesh.vertices.astype(np.float32))[None]
    normals = vertex_normals(vertices, torch.from_numpy(mesh.faces.astype(np.int64)), weighting="area")[
        0
    ].numpy()
    normals[np.linalg.norm(normals, axis=1) < 0.5] = (0.0, 1.0, 0.0)  # noqa: PLR2004 - zero or one
    return normals


def _glb(attributes: Mapping[str, np.ndarray], faces: Integer[np.ndarray, "f 3"], *, name: str) -> bytes:
    """One mesh in one node, double-sided and matt."""
    import pygltflib as gltf

    body = GlbBody()
    places = {key: body.attribute(array, bounds=key == "POSITION") for key, array in attributes.items()}
    indices = body.indices(faces)
    primitive = gltf.Primitive(attributes=gltf.Attributes(**places), indices=indices, material=0)
    matt = gltf.PbrMetallicRoughness(metallicFactor=0.0, roughnessFactor=1.0)
    scale = [_MILLIMETRE_IN_METRES] * 3
    return body.file(
        asset=gltf.Asset(generator="facescale", version="2.0"),
        scene=0,
        scenes=[gltf.Scene(nodes=[0])],
        nodes=[gltf.Node(mesh=0, name=name, scale=scale)],
        meshes=[gltf.Mesh(name=name, primitives=[primitive])],
        materials=[gltf.Material(name="error", pbrMetallicRoughness=matt, doubleSided=True)],
    )
