"""A mesh file's bytes into a checked Mesh, whatever the format. Knows nothing of units, frames or heads."""

import numpy as np

from facescale.corpora.glb import read_glb
from facescale.corpora.obj import read_obj
from facescale.corpora.ply import read_ply
from facescale.corpora.rejections import bad_face_index, empty_file, too_large
from facescale.corpora.stl import read_stl
from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh

MESH_SUFFIXES = (".glb", ".obj", ".ply", ".stl")
_FEWEST = 3
_LARGEST = 1e12


def read_mesh(data: bytes, suffix: str, *, max_vertices: int = 50_000_000) -> Mesh:
    """Parse and check a mesh; vertices are never reordered and, STL's repeated corners apart, never merged.

    Args:
        data: the whole file.
        suffix: its ending, any case: .ply, .obj, .stl or .glb.
        max_vertices: a larger mesh is refused.

    Returns:
        Vertices float64 (v, 3), faces int32 (f, 3) or (0, 3) for a point cloud, in the file's unit and frame.

    Raises:
        CaptureRejected: empty-file, not-a-mesh, truncated, unsupported, too-large, empty-mesh,
            too-few-vertices, not-finite, out-of-range, no-extent or bad-face-index.
        ValueError: a suffix that no reader knows.
    """
    if not data:
        raise empty_file()
    match suffix.lower():
        case ".ply":
            mesh = read_ply(data)
        case ".obj":
            mesh = read_obj(data)
        case ".stl":
            mesh = read_stl(data)
        case ".glb":
            mesh = read_glb(data, max_vertices=max_vertices)
        case _:
            raise ValueError(f"expected one of {', '.join(MESH_SUFFIXES)}, got {suffix!r}")
    return check_mesh(mesh, max_vertices=max_vertices)


def check_mesh(mesh: Mesh, *, max_vertices: int) -> Mesh:
    """Check what any parser made, without changing vertices or faces; normals that are not finite are left out.

    Raises:
        CaptureRejected: too-large, empty-mesh, too-few-vertices, not-finite, out-of-range, no-extent or
            bad-face-index.
    """
    count = len(mesh.vertices)
    if count == 0:
        raise CaptureRejected("empty-mesh", "expected vertices, found none", "export the scan again")
    if count < _FEWEST:
        raise CaptureRejected("too-few-vertices", f"expected a surface, found {count} vertices")
    if count > max_vertices:
        raise too_large(f"expected at most {max_vertices:,} vertices, found {count:,}")
    # One pass instead of isfinite's array: a NaN or infinity anywhere survives min and max.
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        bad = int((~np.isfinite(mesh.vertices)).any(axis=1).sum())
        detail = f"expected finite coordinates, found NaN or infinity in {bad:,} of {count:,} vertices"
        raise CaptureRejected("not-finite", detail, "remove those vertices")
    largest = max(float(np.abs(low).max()), float(np.abs(high).max()))
    if largest > _LARGEST:
        raise CaptureRejected("out-of-range", f"expected coordinates below {_LARGEST:g}, found {largest:g}")
    if not (high > low).any():
        raise CaptureRejected("no-extent", f"expected a surface, found {count:,} vertices in one place")
    if mesh.faces.size:
        lowest, highest = int(mesh.faces.min()), int(mesh.faces.max())
        if lowest < 0 or highest >= count:
            raise bad_face_index(lowest, highest, count)
    if mesh.normals is not None and not np.isfinite(mesh.normals).all():
        return Mesh(vertices=mesh.vertices, faces=mesh.faces, colours=mesh.colours)
    return mesh
