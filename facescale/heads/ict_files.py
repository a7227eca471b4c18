"""ICT-FaceKit's two forms on disk, its own FaceXModel folder and one packed npz, read as untrusted bytes.

Knows the formats only: centimetres, quads and native axes stay as they are; `heads.ict` makes a head of them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from facescale.heads.bounded_files import check_range, read_bounded, read_npz, sha256

NUM_VERTICES = 26719
MAX_BYTES = 1 << 30
"""Of a packed file, and of what it claims to unpack to."""
MAX_OBJ_BYTES = 16 << 20
MAX_SHAPES = 1024
NEUTRAL = "generic_neutral_mesh.obj"
INDICES = "vertex_indices.json"

IBUG68 = (
    1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088, 3443,
    268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942, 4857, 1140, 2075, 1147,
    4269, 3360, 1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732, 5708, 5695, 2081,
    0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841, 5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966,
)  # fmt: skip
"""`idx_to_landmark_verts` of the upstream `vertex_indices.json`, which the packed form leaves out."""


@dataclass(frozen=True, kw_only=True)
class IctFiles:
    """The model as stored: centimetres, +y up, +z out of the face, +x the subject's left."""

    neutral: np.ndarray
    """(v, 3) float32."""
    faces: np.ndarray
    """(f, 4) int32; -1 in the last column marks a triangle."""
    uv: np.ndarray
    """(t, 2) float32, tiled: u runs to 7."""
    faces_uv: np.ndarray
    """(f, 4) int32 into `uv`."""
    identity: np.ndarray
    """(n, v, 3) displacements of one standard deviation."""
    expression: np.ndarray
    """(m, v, 3) displacements at full activation."""
    expression_names: tuple[str, ...]
    landmarks: tuple[int, ...]
    """68 vertices, in ibug's order."""
    digests: Mapping[str, str]
    """File name -> sha256 of every file read."""

    def __post_init__(self) -> None:
        shapes = {
            "neutral": (self.neutral, (NUM_VERTICES, 3), "f"),
            "faces": (self.faces, (len(self.faces), 4), "i"),
            "uv": (self.uv, (len(self.uv), 2), "f"),
            "faces_uv": (self.faces_uv, (len(self.faces), 4), "i"),
            "identity": (self.identity, (len(self.identity), NUM_VERTICES, 3), "f"),
            "expression": (self.expression, (len(self.expression_names), NUM_VERTICES, 3), "f"),
        }
        for name, (array, shape, kind) in shapes.items():
            if array.shape != shape or array.dtype.kind != kind:
                msg = f"expected {name} of shape {shape}, kind {kind!r}, got {array.shape}, {array.dtype}"
                raise ValueError(msg)
            if kind == "f" and not np.isfinite(array).all():
                msg = f"expected finite numbers in {name}, got NaN or infinity"
                raise ValueError(msg)
        check_range("faces", self.faces[:, :3], NUM_VERTICES)
        check_range("faces", self.faces[self.faces[:, 3] >= 0, 3], NUM_VERTICES)
        check_range("faces_uv", self.faces_uv[:, :3], len(self.uv))
        check_range("faces_uv", self.faces_uv[self.faces[:, 3] >= 0, 3], len(self.uv))
        check_range("landmarks", np.asarray(self.landmarks), NUM_VERTICES)
        if len(self.landmarks) != len(IBUG68):
            msg = f"expected {len(IBUG68)} landmark vertices, got {len(self.landmarks)}"
            raise ValueError(msg)


def read_packed(path: Path) -> IctFiles:
    """Read the packed npz. Nothing in it is unpickled.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    data = read_bounded(path, MAX_BYTES)
    arrays = read_npz(data, path, MAX_BYTES)
    keys = {"neutral", "faces", "faces_uv", "uv", "identity", "expression", "expression_names"}
    if arrays.keys() != keys or arrays["expression_names"].dtype.kind != "U":
        found = {name: array.dtype.str for name, array in arrays.items()}
        msg = f"expected the arrays {sorted(keys)} (names as unicode) in {path}, got {found}"
        raise ValueError(msg)
    names = tuple(str(name) for name in arrays.pop("expression_names").ravel())
    return IctFiles(**arrays, expression_names=names, landmarks=IBUG68, digests={path.name: sha256(data)})


def read_folder(folder: Path) -> IctFiles:
    """Read the upstream folder; identities until the first missing number, whatever expressions are there.

    Raises:
        ValueError: a file that is missing, malformed or of another topology.
    """
    digests: dict[str, str] = {}

    def read(name: str, limit: int) -> bytes:
        data = read_bounded(folder / name, limit)
        digests[name] = sha256(data)
        return data

    indices = _parse_indices(read(INDICES, MAX_OBJ_BYTES), folder / INDICES)
    text = read(NEUTRAL, MAX_OBJ_BYTES)
    neutral, topology, tail = _parse_vertices(text, NEUTRAL), _face_lines(text), _tail(text)
    faces, faces_uv = _parse_faces(topology, NEUTRAL)

    def displacements(names: list[str]) -> np.ndarray:
        stacked = np.empty((len(names), *neutral.shape), np.float32)
        for row, name in enumerate(names):
            shape = read(name, MAX_OBJ_BYTES)
            if _tail(shape) != tail and _face_lines(shape) != topology:
                msg = f"expected the faces of {NEUTRAL} in {folder / name}, got others"
                raise ValueError(msg)
            stacked[row] = _parse_vertices(shape, name) - neutral
        return stacked

    present = {entry.name for entry in folder.glob("*.obj")}
    if len(present) > MAX_SHAPES:
        msg = f"expected at most {MAX_SHAPES} shapes in {folder}, got {len(present)}"
        raise ValueError(msg)
    count = next(k for k in range(len(present) + 1) if f"identity{k:03d}.obj" not in present)
    identities = [f"identity{k:03d}.obj" for k in range(count)]
    others = {name for name in present if name != NEUTRAL and not re.fullmatch(r"identity\d+\.obj", name)}
    expressions = sorted(others)
    return IctFiles(
        neutral=neutral,
        faces=faces,
        uv=_parse_block(text, b"vt", 2, NEUTRAL),
        faces_uv=faces_uv,
        identity=displacements(identities),
        expression=displacements(expressions),
        expression_names=tuple(name.removesuffix(".obj") for name in expressions),
        landmarks=indices,
        digests=digests,
    )


def _parse_indices(data: bytes, path: Path) -> tuple[int, ...]:
    try:
        vertices = json.loads(data)["idx_to_landmark_verts"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"expected a JSON object with idx_to_landmark_verts in {path}, got {data[:60]!r}"
        raise ValueError(msg) from error
    if not isinstance(vertices, list) or not all(type(vertex) is int for vertex in vertices):
        msg = f"expected idx_to_landmark_verts to be a list of integers in {path}"
        raise ValueError(msg)
    return tuple(vertices)


def _parse_vertices(text: bytes, name: str) -> np.ndarray:
    return _parse_block(text, b"v", 3, name)


def _parse_block(text: bytes, keyword: bytes, width: int, name: str) -> np.ndarray:
    """The numbers of all `keyword` lines, which OBJ exporters write as one run."""
    start = text.find(b"\n" + keyword + b" ") + 1
    lines = re.compile(rb"(?:" + keyword + rb" [-+.\deE ]+\r?\n)+").match(text, start)
    if start == 0 or lines is None or text.find(b"\n" + keyword + b" ", lines.end() - 1) >= 0:
        msg = f"expected one run of {keyword.decode()!r} lines in {name}, got none or several"
        raise ValueError(msg)
    columns = [f"x{k}" for k in range(width)]
    try:
        # four times as fast as numpy, and strict about the numbers on a line
        table = csv.read_csv(
            pa.py_buffer(lines.group()),
            read_options=csv.ReadOptions(use_threads=False, column_names=["keyword", *columns]),
            parse_options=csv.ParseOptions(delimiter=" "),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.float64())),
        )
    except pa.ArrowInvalid as error:
        msg = f"expected {width} numbers on each {keyword.decode()!r} line of {name}, got: {error}"
        raise ValueError(msg) from error
    return np.stack([table[column].to_numpy() for column in columns], axis=1).astype(np.float32)


def _tail(text: bytes) -> bytes:
    """From the first face on: equal in all upstream files, which is quicker to see than to parse."""
    return text[max(text.find(b"\nf "), 0) :]


def _face_lines(text: bytes) -> list[bytes]:
    return re.findall(rb"^f [^\r\n]+", text, re.MULTILINE)


def _parse_faces(lines: list[bytes], name: str) -> tuple[np.ndarray, np.ndarray]:
    corners = np.full((2, len(lines), 4), -1, np.int32)
    for row, line in enumerate(lines):
        words = re.findall(rb" (\d{1,7})/(\d{1,7})", line)
        if len(words) not in (3, 4) or line.count(b" ") != len(words):
            msg = f"expected a face of three or four v/vt corners in {name}, got {line[:60]!r}"
            raise ValueError(msg)
        corners[:, row, : len(words)] = np.array(words, dtype=np.int32).T - 1
    return corners[0], corners[1]
