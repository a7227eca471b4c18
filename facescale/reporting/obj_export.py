"""Wavefront OBJ out: vertices in their order, texture coordinates, quads where known. Reads nothing."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer

from facescale.structures.mesh import Mesh


def obj_bytes(
    mesh: Mesh,
    *,
    uv: Float[np.ndarray, "t 2"] | None = None,
    faces_uv: Integer[np.ndarray, "f 3"] | None = None,
    quads: Bool[np.ndarray, "f"] | None = None,
    comments: Sequence[str] = (),
) -> bytes:
    """Form an OBJ in the mesh's own unit; a float32 comes back exactly.

    Args:
        mesh: vertex n of the file is vertex n of the mesh, also along texture seams.
        uv: texture coordinates, origin bottom-left as in the format.
        faces_uv: the corners of `mesh.faces` in `uv`.
        quads: true at the first of two consecutive triangles (a, b, c), (a, c, d) that become one face.
        comments: lines of text for its head.

    Raises:
        ValueError: only one of uv and faces_uv.
    """
    if (uv is None) != (faces_uv is None):
        raise ValueError("expected uv and faces_uv together, got one of them")
    lines = [f"# {_plain(comment)}" for comment in comments]
    lines += [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in mesh.vertices.tolist()]
    if uv is not None:
        lines += [f"vt {u:.9g} {v:.9g}" for u, v in uv.tolist()]
    corners = _polygons(mesh.faces, quads)
    if faces_uv is None:
        lines += [f"f {' '.join(str(c + 1) for c in face)}" for face in corners]
    else:
        pairs = zip(corners, _polygons(faces_uv, quads), strict=True)
        lines += [
            f"f {' '.join(f'{c + 1}/{t + 1}' for c, t in zip(face, chart, strict=True))}"
            for face, chart in pairs
        ]
    return "\n".join([*lines, ""]).encode("ascii")


def _polygons(faces: np.ndarray, quads: np.ndarray | None) -> list[list[int]]:
    if quads is None:
        return faces.tolist()
    second = np.roll(quads, 1)
    assert not quads[-1:].any(), "a quad needs a second triangle"
    assert not (quads & second).any(), "a triangle is in one quad"
    last = np.where(quads, np.roll(faces[:, 2], -1), -1)
    table = np.column_stack([faces, last])[~second].tolist()
    return [row if row[3] >= 0 else row[:3] for row in table]


def _plain(text: str) -> str:
    """One line of ASCII: what a file name holds must not become a line of the format."""
    return " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii").rstrip("\\")
