"""Small meshes and file writers that the corpora tests share."""

import numpy as np

from facescale.structures import NOW7, Keypoints, Mesh


def bumpy_sheet(rows: int = 6, columns: int = 7) -> Mesh:
    x, y = np.meshgrid(np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64))
    vertices = np.stack([x, y, np.sin(x) + 0.25 * y], axis=-1).reshape(-1, 3).astype(np.float32)
    at = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (part.ravel() for part in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    return Mesh(vertices=vertices.astype(np.float64), faces=faces)


def seven_points(mesh: Mesh) -> Keypoints:
    return Keypoints(names=NOW7, positions=mesh.vertices[:7] + 0.125)


def obj_text(mesh: Mesh, corner: str = "{0}") -> bytes:
    lines = [f"v {x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    lines += ["f " + " ".join(corner.format(i + 1) for i in face) for face in mesh.faces.tolist()]
    return ("\n".join(["# made by a test", *lines]) + "\n").encode()


def polygon_ply(mesh: Mesh, polygons: list[list[int]], form: str) -> bytes:
    header = [
        "ply", f"format {form} 1.0", "comment a test", f"element vertex {len(mesh.vertices)}",
        "property float x", "property float y", "property float z", "property uchar quality",
        f"element face {len(polygons)}", "property uchar flags", "property list uchar int vertex_indices",
        "end_header\n",
    ]  # fmt: skip
    text = "\n".join(header).encode()
    if form == "ascii":
        rows = [" ".join(map(repr, v)) + " 7" for v in mesh.vertices.tolist()]
        rows += [f"1 {len(p)} " + " ".join(map(str, p)) for p in polygons]
        return text + "\n".join(rows).encode() + b"\n"
    order = "<" if "little" in form else ">"
    rows = np.zeros(len(mesh.vertices), [("xyz", order + "f4", 3), ("quality", "u1")])
    rows["xyz"] = mesh.vertices
    faces = b"".join(bytes([1, len(p)]) + np.array(p, order + "i4").tobytes() for p in polygons)
    return text + rows.tobytes() + faces
