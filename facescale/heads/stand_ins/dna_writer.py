"""MetaHuman DNA files written byte by byte, with all their sections. Reads nothing."""

import struct
from collections.abc import Sequence

import numpy as np

from facescale.heads.dna_file import (
    ANGLES,
    DIRECTIONS,
    END,
    SECTIONS,
    SIGNATURE,
    UNITS,
    VERSION,
    DnaFile,
    DnaMesh,
)

LEVELS = 1
BEHAVIOUR = SECTIONS[2:7]
"""Sections within the behaviour, it included."""


def dna_bytes(dna: DnaFile, *, archetype: int = 0, gender: int = 2, age: int = 30) -> bytes:
    """Write a file of one level of detail. What drives a rig is there and empty.

    Args:
        dna: its meshes must be those of its names.
        archetype: as the format numbers them.
        gender: 0 male, 1 female, 2 other.
        age: in years.
    """
    parts = {
        "descriptor": _descriptor(dna, archetype, gender, age),
        "definition": _definition(dna),
        "behaviour": b"",
        **_behaviour(dna),
    }
    head = len(SIGNATURE) + 2 * 2 + 4 * len(SECTIONS)
    starts, place = [], head
    for name in SECTIONS:
        starts.append(place)
        place += len(parts.get(name, b""))
    geometry = _geometry(dna, starts[-1])
    table = struct.pack(f">{len(SECTIONS)}I", *starts)
    return b"".join((SIGNATURE, struct.pack(">2H", *VERSION), table, *parts.values(), geometry, END))


def _descriptor(dna: DnaFile, archetype: int, gender: int, age: int) -> bytes:
    axes = (DIRECTIONS.index(axis) for axis in dna.axes)
    numbers = (UNITS.index(dna.unit), ANGLES.index(dna.angle), *axes, LEVELS, 0)
    return b"".join(
        (
            _text(dna.name),
            struct.pack(">3H", archetype, gender, age),
            struct.pack(">I", 1),
            _text("origin"),
            _text("made up"),
            struct.pack(f">{len(numbers)}H", *numbers),
            _text("A"),
            _text("MH.4"),
        )
    )


def _definition(dna: DnaFile) -> bytes:
    sizes = (len(dna.joint_names), len(dna.channel_names), 0, len(dna.mesh_names))
    pairs = [
        (number, target.channel)
        for number, name in enumerate(dna.mesh_names)
        for target in dna.meshes[name].targets
    ]
    return b"".join(
        (
            *(_levels(size) for size in sizes),
            *(_texts(names) for names in ((), (), dna.joint_names, dna.channel_names, (), dna.mesh_names)),
            *(_array([pair[side] for pair in pairs], ">u2") for side in (0, 1)),
            _array(dna.parents, ">u2"),
            _vectors(dna.translations),
            _vectors(dna.rotations),
        )
    )


def _levels(size: int) -> bytes:
    """One level that has everything."""
    return _array([0] * LEVELS, ">u2") + struct.pack(">I", 1) + _array(range(size), ">u2")


def _behaviour(dna: DnaFile) -> dict[str, bytes]:
    """No controls, no joint groups, no channels driven, no maps."""
    nothing = struct.pack(">I", 0)
    table = 6 * nothing
    return {
        "controls": struct.pack(">H", 0) + table + 3 * nothing,
        "joints": struct.pack(">2H", 9 * len(dna.joint_names), 0) + nothing,
        "blend-shape channels": _array([0] * LEVELS, ">u2") + 2 * nothing,
        "animated maps": _array([0] * LEVELS, ">u2") + table,
    }


def _geometry(dna: DnaFile, start: int) -> bytes:
    written = bytearray(struct.pack(">I", len(dna.mesh_names)))
    for name in dna.mesh_names:
        mesh = _mesh(dna.meshes[name])
        written += struct.pack(">I", start + len(written) + 4 + len(mesh)) + mesh
    return bytes(written)


def _mesh(mesh: DnaMesh) -> bytes:
    weights = _rows((mesh.weights, ">f4"), (mesh.joints, ">u2"), lengths=mesh.influences)
    targets = b"".join(
        _vectors(target.deltas) + _array(target.vertices, ">u4") + struct.pack(">H", target.channel)
        for target in mesh.targets
    )
    return b"".join(
        (
            _vectors(mesh.positions),
            _vectors(mesh.uv),
            _vectors(mesh.normals),
            *(_array(mesh.layouts[:, part], ">u4") for part in range(3)),
            _rows((mesh.faces, ">u4"), lengths=mesh.corners),
            struct.pack(">H", int(mesh.influences.max(initial=0))),
            weights,
            struct.pack(">I", len(mesh.targets)),
            targets,
        )
    )


def _rows(*columns: tuple[np.ndarray, str], lengths: np.ndarray) -> bytes:
    """Rows behind their number, of one list a column."""
    written, start = bytearray(struct.pack(">I", len(lengths))), 0
    for length in lengths.tolist():
        for values, kind in columns:
            written += _array(values[start : start + length], kind)
        start += length
    return bytes(written)


def _vectors(values: np.ndarray) -> bytes:
    return b"".join(_array(column, ">f4") for column in values.T)


def _array(values: np.ndarray | Sequence[int], kind: str) -> bytes:
    return struct.pack(">I", len(values)) + np.asarray(values).astype(kind).tobytes()


def _texts(names: Sequence[str]) -> bytes:
    return struct.pack(">I", len(names)) + b"".join(_text(name) for name in names)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">I", len(data)) + data
