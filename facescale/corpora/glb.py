"""Binary glTF 2: all triangles and points of the default scene, placed by their nodes, as one mesh.

Its own reader, because a scan's textures, often most of the file, must not be decoded to get at its vertices,
and because a few hundred bytes of a hostile file can ask for any amount of memory.
"""

import json
from typing import Any

import numpy as np

from facescale.corpora.polygons import strip
from facescale.corpora.rejections import bad_face_index, not_a_mesh, too_large, truncated, unsupported
from facescale.structures.mesh import Mesh

_COMPONENTS = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_READABLE = {"KHR_mesh_quantization", "KHR_texture_transform", "KHR_materials_unlit"}
_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6


def read_glb(data: bytes, *, max_vertices: int) -> Mesh:
    """Parse a .glb file.

    Args:
        data: the file.
        max_vertices: bound on the vertices of all placed meshes together; instances share bytes, not memory.

    Returns:
        The mesh: vertices float64 in the scene's frame, faces int32 (a mirrored node's are turned so that they
        keep their outside), normals and colours where every primitive has them.

    Raises:
        CaptureRejected: not-a-mesh, truncated, too-large or unsupported.
    """
    tree, binary = _chunks(data)
    try:
        required = set(tree.get("extensionsRequired", ()))
        if required - _READABLE:
            raise unsupported(f"the glTF extension {min(required - _READABLE)}")
        placed = _placed(tree)
        accessors, meshes = tree.get("accessors", []), tree.get("meshes", [])
        total = sum(
            int(accessors[primitive["attributes"]["POSITION"]]["count"])
            for mesh, _ in placed
            for primitive in meshes[mesh]["primitives"]
        )
        if not 0 <= total <= max_vertices:
            raise too_large(f"expected at most {max_vertices:,} vertices, found {total:,} with all instances")
        pieces = [
            _piece(_Buffers(tree, binary), primitive, matrix)
            for mesh, matrix in placed
            for primitive in meshes[mesh]["primitives"]
        ]
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError) as error:
        found = f"{type(error).__name__}: {error}"[:80]
        raise not_a_mesh("a valid glTF scene", f"one that breaks its own rules ({found})") from error
    return _concatenated([piece for piece in pieces if piece is not None])


def _chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    if data[:4] != b"glTF":
        raise not_a_mesh("a GLB file, which begins with 'glTF'", data)
    words = np.frombuffer(data[: len(data) // 4 * 4], "<u4")
    header = 5
    if len(words) < header:
        raise truncated("a GLB header", f"{len(data)} bytes")
    version, length, json_length = (int(word) for word in words[1:4])
    if version != 2 or data[16:20] != b"JSON":  # noqa: PLR2004 - the version with chunks
        raise not_a_mesh("binary glTF version 2", f"version {version}")
    if max(length, 20 + json_length) > len(data):
        raise truncated(f"{length:,} bytes", f"{len(data):,}")
    try:
        tree = json.loads(data[20 : 20 + json_length])
    except (ValueError, RecursionError) as error:
        raise not_a_mesh("JSON in a GLB file", str(error)[:80]) from error
    if not isinstance(tree, dict):
        raise not_a_mesh("an object as glTF root", type(tree).__name__)
    rest = data[20 + json_length :]
    binary = rest[8 : 8 + int.from_bytes(rest[:4], "little")] if rest[4:8] == b"BIN\0" else b""
    return tree, binary


def _placed(tree: dict[str, Any]) -> list[tuple[int, np.ndarray]]:
    """Meshes of the default scene with their world matrices, each node at most once, as glTF demands."""
    nodes = tree.get("nodes", [])
    scenes = tree.get("scenes", [])
    roots = scenes[tree.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
    found: list[tuple[int, np.ndarray]] = []
    seen: set[int] = set()
    waiting = [(node, np.eye(4)) for node in reversed(roots)]
    while waiting:
        index, above = waiting.pop()
        if index in seen or index < 0:
            raise ValueError(f"node {index} has two parents")
        seen.add(index)
        node = nodes[index]
        world = above @ _matrix(node)
        if "mesh" in node:
            found.append((node["mesh"], world))
        waiting.extend((child, world) for child in reversed(node.get("children", [])))
    return found


def _matrix(node: dict[str, Any]) -> np.ndarray:
    if "matrix" in node:
        return np.asarray(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.asarray(node.get("scale", (1.0, 1.0, 1.0)), np.float64)
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix


class _Buffers:
    """Accessors as arrays; every one is checked against the bytes that are there."""

    def __init__(self, tree: dict[str, Any], binary: bytes) -> None:
        self._tree = tree
        self._binary = binary

    def array(self, index: int) -> np.ndarray:
        """One accessor, (count, width), integers scaled to [-1, 1] where it says so."""
        accessor = self._tree["accessors"][index]
        if "sparse" in accessor:
            raise unsupported("a sparse glTF accessor")
        view = self._tree["bufferViews"][accessor["bufferView"]]
        if view.get("buffer", 0) != 0 or "uri" in self._tree["buffers"][0]:
            raise unsupported("glTF data outside the file")
        kind = np.dtype("<" + _COMPONENTS[accessor["componentType"]])
        width, count = _WIDTHS[accessor["type"]], int(accessor["count"])
        stride = int(view.get("byteStride", 0)) or width * kind.itemsize
        at = int(view.get("byteOffset", 0)) + int(accessor.get("byteOffset", 0))
        last = at + (count - 1) * stride + width * kind.itemsize
        if count < 0 or at < 0 or stride < width * kind.itemsize:
            raise ValueError("negative or overlapping accessor")
        if count and last > len(self._binary):
            raise truncated(f"{last:,} bytes of glTF data", f"{len(self._binary):,}")
        found = np.ndarray((count, width), kind, self._binary, at, (stride, kind.itemsize)) if count else None
        values = np.zeros((0, width)) if found is None else np.array(found, kind.newbyteorder("="))
        if accessor.get("normalized") and kind.kind in "iu":
            return np.maximum(values / np.iinfo(kind).max, -1.0)
        return values


def _piece(buffers: _Buffers, primitive: dict[str, Any], matrix: np.ndarray) -> Mesh | None:
    """One primitive in the scene's frame; None for lines."""
    if "KHR_draco_mesh_compression" in primitive.get("extensions", {}):
        raise unsupported("the glTF extension KHR_draco_mesh_compression")
    mode = primitive.get("mode", _TRIANGLES)
    if mode not in {_POINTS, _TRIANGLES, _STRIP, _FAN}:
        return None
    attributes = primitive["attributes"]
    local = buffers.array(attributes["POSITION"]).astype(np.float64)
    linear = matrix[:3, :3]
    corners = (
        buffers.array(primitive["indices"])[:, 0].astype(np.int64)
        if "indices" in primitive
        else np.arange(len(local))
    )
    faces = _triangles(corners, mode)
    if np.linalg.det(linear) < 0:
        faces = faces[:, ::-1]
    normals = None
    if "NORMAL" in attributes:
        turned = buffers.array(attributes["NORMAL"]).astype(np.float64) @ np.linalg.pinv(linear)
        normals = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), np.finfo(float).tiny)
    colours = None
    if "COLOR_0" in attributes:
        colours = _srgb(buffers.array(attributes["COLOR_0"])[:, :3])
    vertices = local @ linear.T + matrix[:3, 3]
    return Mesh(vertices=vertices, faces=faces.astype(np.int32), normals=normals, colours=colours)


def _triangles(corners: np.ndarray, mode: int) -> np.ndarray:
    if mode == _STRIP:
        return strip(corners)
    if mode == _FAN and corners.size > 2:  # noqa: PLR2004 - a triangle at least
        return np.stack([np.full(corners.size - 2, corners[0]), corners[1:-1], corners[2:]], axis=1)
    if mode != _TRIANGLES:
        return np.zeros((0, 3), np.int64)
    return corners.reshape(-1, 3)


def _srgb(linear: np.ndarray) -> np.ndarray:
    """Encode linear vertex colours, as glTF has them, in sRGB, as ours are at rest."""
    value = np.clip(np.nan_to_num(linear.astype(np.float64)), 0, 1)
    curved = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)  # noqa: PLR2004
    return np.rint(curved * 255).astype(np.uint8)


def _concatenated(pieces: list[Mesh]) -> Mesh:
    if not pieces:
        return Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), np.int32))
    offsets = np.cumsum([0] + [len(piece.vertices) for piece in pieces])
    faces: list[np.ndarray] = []
    for piece, offset in zip(pieces, offsets, strict=False):
        # Checked piece by piece: after the offset a wrong index would hit the next piece's vertices.
        if piece.faces.size and piece.faces.max() >= len(piece.vertices):
            raise bad_face_index(int(piece.faces.min()), int(piece.faces.max()), len(piece.vertices))
        faces.append(piece.faces + np.int32(offset))
    normals = [piece.normals for piece in pieces if piece.normals is not None]
    colours = [piece.colours for piece in pieces if piece.colours is not None]
    return Mesh(
        vertices=np.concatenate([piece.vertices for piece in pieces]),
        faces=np.concatenate(faces),
        normals=np.concatenate(normals) if len(normals) == len(pieces) else None,
        colours=np.concatenate(colours) if len(colours) == len(pieces) else None,
    )
