"""MetaHuman DNA files: what is stored in them about joints and meshes, read within bounds.

Big-endian, generation 2 version 1: a signature, a table of sections, and the sections one after another. What
drives a rig in Unreal (the behaviour section) is passed over. Knows no head.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from facescale.heads.binary_cursor import LENGTH, MOST_NAMES, Cursor

SIGNATURE, END = b"DNA", b"AND"
VERSION = (2, 1)
SECTIONS = (
    "descriptor", "definition", "behaviour", "controls", "joints", "blend-shape channels", "animated maps",
    "geometry",
)  # fmt: skip
UNITS = ("cm", "m")
ANGLES = ("degrees", "radians")
DIRECTIONS = ("left", "right", "up", "down", "front", "back")
TARGET = 4 * LENGTH + 2
"""Bytes of a blend-shape target at the least."""


@dataclass(frozen=True, kw_only=True)
class DnaTarget:
    """What one blend-shape channel does to a mesh."""

    channel: int
    vertices: Int[np.ndarray, "n"]
    deltas: Float[np.ndarray, "n 3"]
    """In the file's unit and axes."""


@dataclass(frozen=True, kw_only=True)
class DnaMesh:
    """One mesh. A layout is a corner: a position, a texture coordinate and a normal."""

    positions: Float[np.ndarray, "v 3"]
    uv: Float[np.ndarray, "t 2"]
    normals: Float[np.ndarray, "n 3"]
    layouts: Int[np.ndarray, "l 3"]
    corners: Int[np.ndarray, "f"]
    """Of each face."""
    faces: Int[np.ndarray, "c"]
    """Layouts of all faces, one face after another."""
    influences: Int[np.ndarray, "w"]
    """Joints of each vertex."""
    weights: Float[np.ndarray, "i"]
    """Of all vertices, one after another."""
    joints: Int[np.ndarray, "i"]
    targets: tuple[DnaTarget, ...]


@dataclass(frozen=True, kw_only=True)
class DnaFile:
    """Descriptor, definition and meshes."""

    name: str
    unit: str
    """One of `UNITS`."""
    angle: str
    """One of `ANGLES`."""
    axes: tuple[str, str, str]
    """Of `DIRECTIONS`: where +x, +y and +z point."""
    joint_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    mesh_names: tuple[str, ...]
    parents: Int[np.ndarray, "j"]
    """Of each joint; a root is its own."""
    translations: Float[np.ndarray, "j 3"]
    """At rest, in the parent's frame."""
    rotations: Float[np.ndarray, "j 3"]
    """At rest, in the parent's frame, about x first and z last."""
    meshes: dict[str, DnaMesh]
    """Those that were asked for, by name."""


def read_dna(data: bytes, path: Path, wanted: Collection[str] | None = None) -> DnaFile:
    """Read a file.

    Args:
        data: the whole file.
        path: for messages.
        wanted: names of meshes; None reads all.

    Raises:
        ValueError: not such a file, or one that is damaged, saying what was expected and found.
    """
    cursor = Cursor(data, path)
    found = cursor.take(len(SIGNATURE), "the signature")
    if found != SIGNATURE:
        raise ValueError(f"expected a MetaHuman DNA file in {path}, got one that starts with {found!r}")
    version = cursor.unpack(">2H", "the version")
    if version != VERSION:
        raise ValueError(f"expected DNA of generation and version {VERSION} in {path}, got {version}")
    starts = dict(zip(SECTIONS, cursor.unpack(f">{len(SECTIONS)}I", "the sections"), strict=True))
    cursor.go(starts["descriptor"], "the descriptor")
    descriptor = _descriptor(cursor, path)
    cursor.go(starts["definition"], "the definition")
    definition = _definition(cursor, path)
    cursor.go(starts["geometry"], "the geometry")
    meshes = _meshes(cursor, definition["mesh_names"], wanted)
    end = cursor.take(len(END), "the end mark")
    if end != END:
        raise ValueError(f"expected {END!r} at the end of the geometry of {path}, got {end!r}")
    return DnaFile(**descriptor, **definition, meshes=meshes)


def _descriptor(cursor: Cursor, path: Path) -> dict:
    name = cursor.text("the name")
    cursor.unpack(">3H", "archetype, gender and age")
    for _ in range(cursor.count(2 * LENGTH, "metadata", MOST_NAMES)):
        cursor.text("a key")
        cursor.text("a value")
    unit, angle, *axes = cursor.unpack(">5H", "units and axes")
    for number, names in ((unit, UNITS), (angle, ANGLES), *((axis, DIRECTIONS) for axis in axes)):
        if number >= len(names):
            raise ValueError(f"expected one of {names} in {path}, got number {number}")
    return {
        "name": name,
        "unit": UNITS[unit],
        "angle": ANGLES[angle],
        "axes": tuple(DIRECTIONS[axis] for axis in axes),
    }


def _definition(cursor: Cursor, path: Path) -> dict:
    for what in ("joints", "blend shapes", "animated maps", "meshes"):
        cursor.array(">u2", f"levels of {what}")
        cursor.ragged((">u2",), f"{what} of a level")
    for what in ("names of interface controls", "names of raw controls"):
        cursor.texts(what)
    joints, channels = cursor.texts("names of joints"), cursor.texts("names of channels")
    cursor.texts("names of animated maps")
    meshes = cursor.texts("names of meshes")
    for what in ("meshes of channels", "channels of meshes"):
        cursor.array(">u2", what)
    parents = cursor.array(">u2", "parents").astype(np.int64)
    places, turns = (cursor.vectors(3, what) for what in ("translations of joints", "rotations of joints"))
    sizes = {len(joints), len(parents), len(places), len(turns)}
    if len(sizes) != 1:
        raise ValueError(f"expected as many names, parents and places of joints in {path}, got {sorted(sizes)}")
    if len(parents) == 0 or parents.max() >= len(parents):
        raise ValueError(f"expected parents among {len(parents)} joints in {path}, got others")
    return {
        "joint_names": joints,
        "channel_names": channels,
        "mesh_names": meshes,
        "parents": parents,
        "translations": places,
        "rotations": turns,
    }


def _meshes(cursor: Cursor, names: tuple[str, ...], wanted: Collection[str] | None) -> dict[str, DnaMesh]:
    count = cursor.count(LENGTH, "meshes", MOST_NAMES)
    if count != len(names):
        raise ValueError(f"expected {len(names)} meshes, one a name, got {count}")
    found = {}
    for name in names:
        end = cursor.u32(f"the end of {name}")
        if wanted is None or name in wanted:
            found[name] = _mesh(cursor, name)
        cursor.go(end, f"the end of {name}")
    return found


def _mesh(cursor: Cursor, name: str) -> DnaMesh:
    positions = cursor.vectors(3, f"positions of {name}")
    uv = cursor.vectors(2, f"texture coordinates of {name}")
    normals = cursor.vectors(3, f"normals of {name}")
    layouts = [cursor.array(">u4", f"layouts of {name}").astype(np.int64) for _ in range(3)]
    corners, (faces,) = cursor.ragged((">u4",), f"faces of {name}")
    cursor.u16("the greatest number of influences")
    influences, (weights, joints) = cursor.ragged((">f4", ">u2"), f"skin weights of {name}")
    targets = tuple(_target(cursor, name) for _ in range(cursor.count(TARGET, "targets", MOST_NAMES)))
    if len({len(layout) for layout in layouts}) != 1 or not (influences[:, 0] == influences[:, 1]).all():
        raise ValueError(f"expected lists of one length in layouts and skin weights of {name}, got others")
    return DnaMesh(
        positions=positions,
        uv=uv,
        normals=normals,
        layouts=np.stack(layouts, axis=1),
        corners=corners[:, 0],
        faces=faces.astype(np.int64),
        influences=influences[:, 0],
        weights=weights,
        joints=joints.astype(np.int64),
        targets=targets,
    )


def _target(cursor: Cursor, name: str) -> DnaTarget:
    deltas = cursor.vectors(3, f"a target of {name}")
    vertices = cursor.array(">u4", f"vertices of a target of {name}").astype(np.int64)
    channel = cursor.u16("a channel")
    if len(vertices) != len(deltas):
        raise ValueError(f"expected a vertex a delta in targets of {name}, got {len(vertices)}, {len(deltas)}")
    return DnaTarget(channel=channel, vertices=vertices, deltas=deltas)
