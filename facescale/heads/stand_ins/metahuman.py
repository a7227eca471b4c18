"""A stand-in for a MetaHuman: the built-in head as a DNA file, with a modest skeleton and blend shapes."""

from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from facescale.geometry.sites import points_at
from facescale.heads.asm.placement import place_bones
from facescale.heads.asm.skeleton import INDEX, NAMES, PARENTS
from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.dna_file import DnaFile, DnaMesh, DnaTarget
from facescale.heads.stand_ins.dna_writer import dna_bytes
from facescale.heads.stand_ins.surface import Resampled, ball, resampled

VERTICES, RIM = 6000, 160
CENTIMETRES = 0.1
SHIFT = np.array([0.0, 1620.0, 60.0])
"""mm: a MetaHuman stands on the floor."""
BODY = ("spine_04", "neck_01", "neck_02", "head", "FACIAL_C_FacialRoot")
BODY_PLACES = ((0, -300, -90), (0, -170, -90), (0, -120, -80), (0, -70, -75), (0, -60, -70))
"""mm from the middle of the eyes."""
INFLUENCES = 8
REACH = 14.0
"""mm: the deviation of a joint's weight over the skin."""
ROOT_SHARE = 0.05
"""The weight of the head's joint beside a joint's greatest, 1."""
NECK_BASE, NECK_TOP = -170.0, -110.0
BALL_RADIUS = 11.4
NEGLIGIBLE = 0.02
"""mm: a target leaves out vertices that it moves less."""


def write_stand_in(path: Path, name: str) -> None:
    """Write a DNA file whose character says by its name that it is made up.

    Args:
        path: of the file.
        name: of the format.
    """
    del name
    write_metahuman(path, vertices=VERTICES, rim=RIM)


def write_metahuman(path: Path, *, vertices: int, rim: int) -> None:
    """Write one with a head mesh of any size."""
    path.write_bytes(dna_bytes(stand_in_dna(vertices, rim)))


def stand_in_dna(vertices: int, rim: int) -> DnaFile:
    """What is written: cm, degrees, x to the subject's left, y up, z to the front."""
    sheet = resampled(vertices, 2 * vertices - 2 - rim)
    names, parents, places = _skeleton(sheet)
    turns = _turns(places)
    locals_, angles = _within_parents(places, turns, parents)
    channels = next(block.names for block in sheet.head.blocks if block.name == "expression")
    meshes = {"head_lod0_mesh": _skin(sheet, names, places)}
    for side, mesh in (("L", "eyeLeft_lod0_mesh"), ("R", "eyeRight_lod0_mesh")):
        joint = names.index(f"FACIAL_{side}_Eye")
        points, faces = ball(places[joint], BALL_RADIUS, 12, 20)
        meshes[mesh] = _mesh(points, faces, np.ones(len(points), int), np.full(len(points), joint), ())
    return DnaFile(
        name=STAND_IN_MARK.decode(),
        unit="cm",
        angle="degrees",
        axes=("left", "up", "front"),
        joint_names=tuple(names),
        channel_names=channels,
        mesh_names=tuple(meshes),
        parents=parents,
        translations=locals_ * CENTIMETRES,
        rotations=angles,
        meshes=meshes,
    )


def _skeleton(sheet: Resampled) -> tuple[list[str], Int[np.ndarray, "j"], Float[np.ndarray, "j 3"]]:
    """Neck and head, and below a facial root the bones of ASM under names of their own; places in mm."""
    points = points_at(sheet.head.mean_vertices()[None], sheet.head.faces, sheet.head.landmarks["ibug68"])[
        0
    ].double()
    bones = place_bones(points.numpy(), sheet.vertices, np.arange(len(sheet.vertices))).position
    facial = [bone for bone, name in enumerate(NAMES) if name not in ("root", "head") and "neck" not in name]
    root = len(BODY) - 1
    number = {INDEX["head"]: root} | {bone: root + 1 + k for k, bone in enumerate(facial)}
    parents = [max(0, joint - 1) for joint in range(len(BODY))]
    parents += [number[PARENTS[bone]] for bone in facial]
    names = [*BODY, *(_facial_name(NAMES[bone]) for bone in facial)]
    return names, np.array(parents), np.concatenate([np.array(BODY_PLACES, float), bones[facial]])


def _facial_name(name: str) -> str:
    """eyebrow_inner.L as FACIAL_L_EyebrowInner."""
    stem, _, side = name.partition(".")
    return f"FACIAL_{side or 'C'}_" + "".join(part.capitalize() for part in stem.split("_"))


def _turns(places: Float[np.ndarray, "j 3"]) -> Float[np.ndarray, "j 3 3"]:
    """Every joint at rest turned some other way, as artists leave them."""
    return Rotation.from_rotvec(0.8 * np.sin(places[:, [1, 2, 0]] / 17.0 + 1.0)).as_matrix()


def _within_parents(
    places: Float[np.ndarray, "j 3"], turns: Float[np.ndarray, "j 3 3"], parents: Int[np.ndarray, "j"]
) -> tuple[Float[np.ndarray, "j 3"], Float[np.ndarray, "j 3"]]:
    """Translations in mm and angles in degrees, each in the parent's frame."""
    shifted = places + SHIFT
    root = parents == np.arange(len(parents))
    above = np.where(root[:, None, None], np.eye(3), turns[parents])
    away = np.where(root[:, None], shifted, shifted - shifted[parents])
    local = above.transpose(0, 2, 1) @ turns
    return (
        (above.transpose(0, 2, 1) @ away[..., None])[..., 0],
        Rotation.from_matrix(local).as_euler("xyz", degrees=True),
    )


def _skin(sheet: Resampled, names: list[str], places: Float[np.ndarray, "j 3"]) -> DnaMesh:
    own = len(BODY)
    rigid = [names.index(f"FACIAL_{side}_Eye") for side in "LR"]
    carrying = np.array([joint for joint in range(own, len(names)) if joint not in rigid])
    away, found = KDTree(places[carrying]).query(sheet.vertices, k=INFLUENCES - 1)
    weights = np.exp(-0.5 * (away / REACH) ** 2)
    neck = np.clip((NECK_TOP - sheet.vertices[:, 1]) / (NECK_TOP - NECK_BASE), 0, 1)
    body = np.where(neck > 0.5, names.index("neck_01"), names.index("head"))  # noqa: PLR2004 - half way
    weights = np.concatenate([weights, np.full((len(weights), 1), ROOT_SHARE)], axis=1)
    joints = np.concatenate([carrying[found], body[:, None]], axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    kept = weights > 1e-3  # noqa: PLR2004 - as tools trim them
    kept[:, -1] = True
    weights = np.where(kept, weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    moved = sheet.carried("expression")
    targets = tuple(
        _target(moved[..., channel], channel) for channel in range(moved.shape[-1]) if moved[..., channel].any()
    )
    return _mesh(sheet.vertices, sheet.faces, kept.sum(axis=1), joints[kept], targets, weights=weights[kept])


def _target(moved: Float[np.ndarray, "v 3"], channel: int) -> DnaTarget:
    vertices = np.flatnonzero(np.linalg.norm(moved, axis=1) > NEGLIGIBLE)
    return DnaTarget(channel=channel, vertices=vertices, deltas=moved[vertices] * CENTIMETRES)


def _mesh(
    points: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    influences: Int[np.ndarray, "v"],
    joints: Int[np.ndarray, "i"],
    targets: tuple[DnaTarget, ...],
    weights: Float[np.ndarray, "i"] | None = None,
) -> DnaMesh:
    """A mesh of quads as far as triangles pair up, with one layout a vertex."""
    corners, flat = paired(faces)
    every = np.arange(len(points))
    turned = np.arctan2(points[:, 0], points[:, 2] + 75.0) / (2 * np.pi) + 0.5
    height = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    edges = points[faces]
    normals = np.zeros_like(points)
    across = np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0])
    for corner in range(3):
        np.add.at(normals, faces[:, corner], across)
    return DnaMesh(
        positions=(points + SHIFT) * CENTIMETRES,
        uv=np.stack([turned, height], axis=1),
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        layouts=np.stack([every] * 3, axis=1),
        corners=corners,
        faces=flat,
        influences=influences,
        weights=np.ones(len(joints)) if weights is None else weights,
        joints=joints,
        targets=targets,
    )


def paired(faces: Int[np.ndarray, "f 3"]) -> tuple[Int[np.ndarray, "p"], Int[np.ndarray, "c"]]:
    """Join triangles across an edge into quads, each with the first free one.

    Returns:
        Corners of each polygon, and the vertices of all, one polygon after another.
    """
    across: dict[tuple[int, int], int] = {}
    for number, (a, b, c) in enumerate(faces.tolist()):
        across |= {(a, b): number, (b, c): number, (c, a): number}
    taken, polygons = np.zeros(len(faces), bool), []
    for number, (a, b, c) in enumerate(faces.tolist()):
        if taken[number]:
            continue
        taken[number] = True
        for first, second, apex in ((a, b, c), (b, c, a), (c, a, b)):
            other = across.get((second, first))
            if other is not None and not taken[other]:
                taken[other] = True
                tip = next(vertex for vertex in faces[other].tolist() if vertex not in (first, second))
                polygons.append((apex, first, tip, second))
                break
        else:
            polygons.append((a, b, c))
    corners = np.array([len(polygon) for polygon in polygons])
    return corners, np.array([vertex for polygon in polygons for vertex in polygon])
