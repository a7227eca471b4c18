"""A stand-in for GNM Head: the built-in head in its npz, in quads, with its landmarks beside it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit

from facescale.heads.gnm import LANDMARK_FILE
from facescale.heads.gnm_files import JOINTS, VARIANT, VERSION
from facescale.heads.stand_ins.marks import mark_zip
from facescale.heads.stand_ins.surface import Resampled, ball, resampled, smooth_fields

METRES = 1e-3
SHIFT = np.array([0.0, 1500.0, 60.0])
"""mm: the published origin is far from the eyes."""
EYE_RADIUS, EYE_RINGS, EYE_SEGMENTS = 11.5, 8, 12
PART_RADIUS, PART_RINGS, PART_SEGMENTS = 9.0, 6, 10
PARTS = {"upper_teeth_and_gums": (0.0, -62.0, -8.0), "lower_teeth_and_gums": (0.0, -74.0, -10.0),
         "tongue": (0.0, -68.0, -25.0)}  # fmt: skip
"""Name -> middle in mm of a ball in its place."""
IDENTITY = {"head": 170, "eyes": 3, "teeth": 80}
EXPRESSION = {
    "left_eye_region": 100,
    "right_eye_region": 100,
    "lower_face_region": 150,
    "tongue": 32,
    "pupils": 1,
}
"""Components by what they move, as published."""
STRENGTH = 0.35
"""Of an activation: what one standard deviation of a component does."""
NECK_BASE, NECK_TOP = -165.0, -105.0
PIVOTS = {"neck": (0.0, -165.0, -75.0), "head": (0.0, -95.0, -85.0)}
NEAR = 12
"""Vertices whose mean is a joint."""
EYE_HEIGHT, BLEND = -25.0, 6.0
"""mm: the plane between eyes and mouth, and how softly regions go over into each other."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Of the sheet whose triangles become three quads each: all parts together are 17,821 vertices."""

    vertices: int = 2630
    faces: int = 5160


def write_stand_in(path: Path, name: str) -> None:
    """Write a model of the published sizes, and its landmarks beside it."""
    del name
    write_gnm(path, Sizes())


def write_gnm(path: Path, sizes: Sizes) -> None:
    """Write one of any size of skin."""
    sheet = resampled(sizes.vertices, sizes.faces)
    eyes = _eye_centres(sheet)
    parts = {
        "skin": (sheet.vertices, sheet.faces),
        "left_eye": ball(eyes[0], EYE_RADIUS, EYE_RINGS, EYE_SEGMENTS),
        "right_eye": ball(eyes[1], EYE_RADIUS, EYE_RINGS, EYE_SEGMENTS),
        **{n: ball(np.array(c), PART_RADIUS, PART_RINGS, PART_SEGMENTS) for n, c in PARTS.items()},
    }
    finer = {name: _quads(len(vertices), faces) for name, (vertices, faces) in parts.items()}
    template = np.concatenate([finer[name][0] @ vertices for name, (vertices, _) in parts.items()])
    counts = [(finer[name][0] @ vertices[:, 0]).size for name, (vertices, _) in parts.items()]
    starts = dict(zip(parts, np.cumsum([0, *counts]), strict=False))
    quads = np.concatenate([finer[name][1] + starts[name] for name in parts])
    part_of = np.repeat(np.arange(len(parts)), counts)
    groups = {name: part_of == index for index, name in enumerate(parts)}
    identity, expression = _bases(sheet, finer["skin"][0], template, groups)
    weights, regressor = _weights(template, groups), _regressor(template, groups)
    around = np.stack([np.arctan2(template[:, 0], template[:, 2] + 75), template[:, 1] / 150], axis=1)
    uv = np.clip(0.5 + around / (2 * np.pi), 0, 1)[quads]
    corners = np.concatenate([quads[:, [0, 1, 2]], quads[:, [2, 3, 0]]])
    flat = {"identity": IDENTITY, "expression": EXPRESSION}
    names = {kind: [f"{part}_{n:03d}" for part, count in counts.items() for n in range(count)]
             for kind, counts in flat.items()}  # fmt: skip
    template = (template + SHIFT) * METRES
    mirrored = template[:, None] * (-1, 1, 1)
    np.savez(
        path,
        version=np.array(VERSION),
        variant=np.array(VARIANT),
        template_vertex_positions=template.astype(np.float32),
        vertex_identity_basis=identity,
        expression_basis=expression,
        template_joint_positions=(regressor @ template).astype(np.float32),
        joint_identity_basis=np.einsum("jv,kvd->kjd", regressor, identity).astype(np.float32),
        identity_names=np.array(names["identity"]),
        expression_names=np.array(names["expression"]),
        joint_names=np.array(JOINTS),
        joint_parent_indices=np.array([0, 0, 1, 1], np.int32),
        skinning_weights=weights.astype(np.float32),
        quads=quads.astype(np.int32),
        triangles=corners.astype(np.int32),
        quad_uvs=uv.astype(np.float32),
        triangle_uvs=np.concatenate([uv[:, [0, 1, 2]], uv[:, [2, 3, 0]]]).astype(np.float32),
        mesh_component_names=np.array(list(parts)),
        mirror_indices=_nearest(template, mirrored[:, 0]).astype(np.int32),
        joint_regressor=regressor.astype(np.float32),
        bone_aligned_template_joint_orientations=np.tile(np.eye(3, dtype=np.float32), (len(JOINTS), 1, 1)),
        vertex_groups=np.stack(list(groups.values())).astype(np.float32),
        vertex_group_names=np.array(list(groups)),
        pose_correctives_regressor=np.zeros((9 * len(JOINTS), 3 * len(template)), np.float32),
    )
    mark_zip(path)
    _write_landmarks(path.with_name(LANDMARK_FILE), sheet)


def _quads(vertices: int, faces: Int[np.ndarray, "f 3"]) -> tuple[csr_matrix, Int[np.ndarray, "q 4"]]:
    """Cut each triangle into three quads at its middle and the middles of its sides.

    Returns:
        New vertices from old ones, the old ones first; and the quads.
    """
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, index = np.unique(sides, axis=0, return_inverse=True)
    middle = vertices + index.reshape(-1, 3)
    centre = vertices + len(edges) + np.arange(len(faces))
    quads = [np.stack([faces[:, k], middle[:, k], centre, middle[:, k - 1]], axis=1) for k in range(3)]
    rows = [
        _average(np.arange(vertices)[:, None], vertices),
        _average(edges, vertices),
        _average(faces, vertices),
    ]
    return csr_matrix(vstack(rows)), np.stack(quads, axis=1).reshape(-1, 4)


def _average(corners: np.ndarray, vertices: int) -> csr_matrix:
    count, of = corners.shape
    rows = np.repeat(np.arange(count), of)
    return csr_matrix((np.full(count * of, 1 / of), (rows, corners.ravel())), shape=(count, vertices))


def _eye_centres(sheet: Resampled) -> list[np.ndarray]:
    mean = sheet.head.mean_vertices().double()
    masks = (sheet.head.regions[f"eyeballs.{side}"] for side in ("left", "right"))
    return [((mean[m].amin(0) + mean[m].amax(0)) / 2).numpy() for m in masks]


def _bases(
    sheet: Resampled, finer: csr_matrix, template: np.ndarray, groups: dict[str, np.ndarray]
) -> tuple[Float[np.ndarray, "k v 3"], Float[np.ndarray, "m v 3"]]:
    """The built-in head's own axes first, then random ones, each where its name says; metres."""
    rng = np.random.default_rng(0)
    skin, teeth = groups["skin"], groups["upper_teeth_and_gums"] | groups["lower_teeth_and_gums"]
    left, right = (groups[name] for name in ("left_eye", "right_eye"))
    x, y, z = template.T
    front = np.exp(-(((z + 20) / 60) ** 2))
    down, leftwards = expit((EYE_HEIGHT - y) / BLEND), expit(x / BLEND)
    lower, upper = front * down * skin, front * (1 - down) * skin

    def carried(block: str) -> np.ndarray:
        moved = sheet.carried(block)
        whole = np.zeros((len(template), 3, moved.shape[-1]))
        whole[skin] = (finer @ moved.reshape(len(moved), -1)).reshape(-1, *moved.shape[1:])
        return whole

    def fields(count: int, where: np.ndarray, first: float) -> np.ndarray:
        return where[:, None, None] * smooth_fields(template, count, rng, first=first, last=first / 30)

    people, moves = carried("identity"), STRENGTH * carried("expression")
    own = moves.shape[-1]
    identity = np.concatenate(
        [
            people,
            fields(IDENTITY["head"] - people.shape[-1], skin, 0.6),
            fields(IDENTITY["eyes"], left | right, 0.3),
            fields(IDENTITY["teeth"], teeth, 0.3),
        ],
        axis=-1,
    )
    sides = {"left_eye_region": upper * leftwards, "right_eye_region": upper * (1 - leftwards)}
    eyes = [fields(EXPRESSION[name], where, 0.4) for name, where in sides.items()]
    mouth = fields(EXPRESSION["lower_face_region"] - own, lower, 0.4)
    tongue = fields(EXPRESSION["tongue"], groups["tongue"], 1.0)
    pupils = fields(EXPRESSION["pupils"], left | right, 0.1)
    expression = np.concatenate([*eyes, moves, mouth, tongue, pupils], axis=-1)
    scaled = ((part.transpose(2, 0, 1) * METRES).astype(np.float32) for part in (identity, expression))
    return next(scaled), next(scaled)


def _weights(template: np.ndarray, groups: dict[str, np.ndarray]) -> Float[np.ndarray, "4 v"]:
    rise = np.clip((template[:, 1] - NECK_BASE) / (NECK_TOP - NECK_BASE), 0, 1)
    weights = np.zeros((len(JOINTS), len(template)))
    weights[1] = rise * rise * (3 - 2 * rise)
    for joint, name in ((2, "left_eye"), (3, "right_eye")):
        weights[1, groups[name]] = 0.0
        weights[joint, groups[name]] = 1.0
    weights[0] = 1 - weights.sum(axis=0)
    return weights


def _regressor(template: np.ndarray, groups: dict[str, np.ndarray]) -> Float[np.ndarray, "4 v"]:
    rows = np.zeros((len(JOINTS), len(template)))
    for joint, pivot in enumerate(PIVOTS.values()):
        nearest = np.argsort(np.linalg.norm(template - pivot, axis=1))[:NEAR]
        rows[joint, nearest] = 1 / NEAR
    for joint, name in ((2, "left_eye"), (3, "right_eye")):
        rows[joint, groups[name]] = 1 / groups[name].sum()
    return rows


def _nearest(points: np.ndarray, queries: np.ndarray) -> np.ndarray:
    from scipy.spatial import KDTree

    return np.asarray(KDTree(points).query(queries)[1])


def _write_landmarks(path: Path, sheet: Resampled) -> None:
    sites = sheet.landmarks()
    corners, weights = sheet.faces[sites.face.numpy()], sites.barycentric.double().numpy()
    rows = (
        " ".join(f"{v} {w:.6f}" for v, w in zip(corner, weight / weight.sum(), strict=True))
        for corner, weight in zip(corners, weights, strict=True)
    )
    path.write_text("\n".join(rows) + "\n")
