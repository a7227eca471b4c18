"""PLY in all its forms (ascii and binary, either byte order, mixed polygons, strips) and binary PLY out.

Its own reader, because the usual one refuses files whose polygons differ in size. Every count in a header is
checked against the bytes that are there before anything is allocated.
"""

import re
from collections.abc import Mapping

import numpy as np

from facescale.corpora.ply_body import AsciiBody, BinaryBody, Columns, Element, Property
from facescale.corpora.polygons import fan, strip
from facescale.corpora.rejections import not_a_mesh, truncated
from facescale.structures.mesh import Mesh

_HEADER_LIMIT = 1 << 16
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_COLOURS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))


def read_ply(data: bytes) -> Mesh:
    """Parse a PLY file.

    Returns:
        The mesh: vertices float64 in file order, faces int32 (polygons cut into fans), normals and colours
        where the file has them. Indices are not checked here.

    Raises:
        CaptureRejected: not-a-mesh or truncated.
    """
    vertex, faces = _read(data)
    if not vertex.keys() >= {"x", "y", "z"}:
        raise not_a_mesh("a PLY with vertex properties x, y and z", f"properties {sorted(vertex)}")
    return Mesh(
        vertices=_stacked(vertex, ("x", "y", "z")).astype(np.float64),
        faces=_int32(faces),
        normals=_stacked(vertex, ("nx", "ny", "nz")) if vertex.keys() >= {"nx", "ny", "nz"} else None,
        colours=_colours(vertex),
    )


def read_vertex_property(data: bytes, name: str) -> np.ndarray:
    """Read one scalar of every vertex of a PLY file, such as the errors that a fit was written with; (v,).

    Raises:
        CaptureRejected: not-a-mesh or truncated, or a file whose vertices lack that property.
    """
    vertex, _ = _read(data)
    values = vertex.get(name)
    if not isinstance(values, np.ndarray):
        raise not_a_mesh(f"a PLY with a vertex property {name}", f"properties {sorted(vertex)}")
    return values


def _read(data: bytes) -> tuple[Columns, np.ndarray]:
    """Properties of the vertices by name, and faces of all kinds as triangles."""
    order, elements, start = _header(data)
    body = AsciiBody(data, start) if order == "" else BinaryBody(data, start, order)
    vertex: Columns = {}
    faces = np.zeros((0, 3), np.int64)
    for element in elements:
        columns = body.read(element)
        if element.name == "vertex":
            vertex = columns
        elif element.name in {"face", "tristrips"}:
            faces = np.concatenate([faces, _faces(element.name, columns)])
    return vertex, faces


def write_ply(mesh: Mesh, scalars: Mapping[str, np.ndarray] | None = None) -> bytes:
    """Form a binary little-endian PLY: float32 positions (float64 where the mesh has them), int32 faces.

    Args:
        mesh: what to write; normals and colours are written where it has them.
        scalars: further vertex properties by name, each (v,), written as float32.

    Returns:
        The file.
    """
    real = "f8" if mesh.vertices.dtype == np.float64 else "f4"
    fields: list[tuple[str, str, np.ndarray]] = [
        (name, real, mesh.vertices[:, axis]) for axis, name in enumerate("xyz")
    ]
    if mesh.normals is not None:
        fields += [(f"n{axis}", "f4", mesh.normals[:, i]) for i, axis in enumerate("xyz")]
    if mesh.colours is not None:
        fields += [(name, "u1", mesh.colours[:, i]) for i, name in enumerate(_COLOURS[0])]
    fields += [(name, "f4", values) for name, values in (scalars or {}).items()]
    rows = np.zeros(len(mesh.vertices), [(name, "<" + kind) for name, kind, _ in fields])
    for name, _, values in fields:
        rows[name] = values
    names = {"f4": "float", "f8": "double", "u1": "uchar"}
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(rows)}"]
    header += [f"property {names[kind]} {name}" for name, kind, _ in fields]
    triangles = np.zeros(len(mesh.faces), [("n", "u1"), ("corners", "<i4", 3)])
    triangles["n"] = 3
    triangles["corners"] = mesh.faces
    if len(triangles):
        header += [f"element face {len(triangles)}", "property list uchar int vertex_indices"]
    text = "\n".join([*header, "end_header", ""]).encode("ascii")
    return text + rows.tobytes() + triangles.tobytes()


def _header(data: bytes) -> tuple[str, list[Element], int]:
    if not data.startswith(b"ply"):
        raise not_a_mesh("a PLY file, which begins with 'ply'", data)
    end = re.search(rb"\n[ \t]*end_header[ \t]*\r?\n", data[:_HEADER_LIMIT])
    if end is None:
        if len(data) < _HEADER_LIMIT:
            raise truncated("a PLY header ended by 'end_header'", f"{len(data)} bytes without it")
        raise not_a_mesh(f"'end_header' within {_HEADER_LIMIT} bytes", data)
    order = ""
    elements: list[Element] = []
    properties: list[Property] = []
    for line in data[: end.start()].decode("latin-1").split("\n")[1:]:
        words = line.split()
        match words:
            case ["format", name, *_] if name in _ORDERS:
                order = _ORDERS[name]
            case ["element", name, count] if count.isdecimal():
                properties = []
                elements.append(Element(name=name, count=int(count[:18]), properties=()))
            case ["property", "list", count, kind, name] if elements and _TYPES.get(count, "f")[0] != "f":
                properties.append(Property(name=name, type=_type(kind), count_type=_TYPES[count]))
            case ["property", kind, name] if elements:
                properties.append(Property(name=name, type=_type(kind)))
            case [] | ["comment", *_] | ["obj_info", *_]:
                continue
            case _:
                raise not_a_mesh("a PLY header", f"the line {line[:60]!r}")
        if elements:
            last = elements[-1]
            elements[-1] = Element(name=last.name, count=last.count, properties=tuple(properties))
    _check_names(elements)
    return order, elements, end.end()


def _type(kind: str) -> str:
    if kind not in _TYPES:
        raise not_a_mesh("a known PLY type", f"{kind[:40]!r}")
    return _TYPES[kind]


def _check_names(elements: list[Element]) -> None:
    for element in elements:
        names = [p.name for p in element.properties]
        if len(set(names)) != len(names) or not names:
            raise not_a_mesh("distinct properties in every PLY element", f"{element.name}: {names[:8]}")


def _faces(name: str, columns: Columns) -> np.ndarray:
    listed = columns.get("vertex_indices", columns.get("vertex_index"))
    if not isinstance(listed, tuple):
        raise not_a_mesh("a list 'vertex_indices' in PLY faces", f"properties {sorted(columns)}")
    corners, sizes = listed
    if corners.dtype.kind == "f" and not (np.abs(corners) < 2**53).all():
        raise not_a_mesh("integers as face indices", "numbers that are none")
    corners = corners.astype(np.int64)
    if name == "face":
        return fan(corners, sizes)
    ends = np.cumsum(sizes)
    strips = [strip(corners[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
    return np.concatenate([np.zeros((0, 3), np.int64), *strips])


def _int32(faces: np.ndarray) -> np.ndarray:
    """Indices beyond int32 stay wrong: they are clipped to values that the index check refuses."""
    return np.clip(faces, -(2**31), 2**31 - 1).astype(np.int32)


def _stacked(columns: Columns, names: tuple[str, ...]) -> np.ndarray:
    parts = []
    for name in names:
        column = columns[name]
        if isinstance(column, tuple):
            raise not_a_mesh(f"a number as PLY property {name!r}", "a list")
        parts.append(np.asarray(column, column.dtype.newbyteorder("=")))
    return np.stack(parts, axis=1)


def _colours(columns: Columns) -> np.ndarray | None:
    for names in _COLOURS:
        if columns.keys() >= set(names):
            found = _stacked(columns, names)
            integer = found.dtype.kind in "iu" or (found.size and found.max() > 1)
            scaled = found if integer else found * 255
            return np.clip(np.rint(np.nan_to_num(scaled)), 0, 255).astype(np.uint8)
    return None
