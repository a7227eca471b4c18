"""Wavefront OBJ out: vertices and faces as text, exactly. Knows no corpus."""

import numpy as np

from facescale.structures.mesh import Mesh


def write_obj(mesh: Mesh, *, scale: float = 1.0, material: str = "") -> bytes:
    """Form an OBJ file whose numbers read back as the same float64.

    Args:
        mesh: what to write.
        scale: factor on its vertices.
        material: name of a .mtl file that it refers to; empty: none.
    """
    lines = [f"mtllib {material}"] if material else []
    lines += [f"v {x!r} {y!r} {z!r}" for x, y, z in (mesh.vertices.astype(np.float64) * scale).tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (mesh.faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()
