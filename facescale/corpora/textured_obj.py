"""Wavefront OBJ with texture coordinates, out of a mesh. Reads nothing."""

import numpy as np

from facescale.structures.mesh import Mesh


def write_textured_obj(
    mesh: Mesh, uv: np.ndarray, *, uv_faces: np.ndarray | None = None, material: str = ""
) -> bytes:
    """Form an OBJ file: "v", "vt" and "f v/vt" lines that count from 1; positions to a nanometre where in mm.

    Args:
        mesh: vertices in their order.
        uv: (t, 2), the origin at the bottom left.
        uv_faces: (f, 3) places in `uv`; None where they are those of the vertices.
        material: name of the library file beside it.
    """
    lines = [f"mtllib {material}"] if material else []
    lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in mesh.vertices.tolist()]
    lines += [f"vt {u:.6f} {v:.6f}" for u, v in uv.tolist()]
    corners = (mesh.faces + 1).tolist()
    places = ((mesh.faces if uv_faces is None else uv_faces) + 1).tolist()
    lines += [f"f {a}/{i} {b}/{j} {c}/{k}" for (a, b, c), (i, j, k) in zip(corners, places, strict=True)]
    return ("\n".join(lines) + "\n").encode()
