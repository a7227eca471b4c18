"""Stand-ins for FaceScape's bilinear models: the built-in head in the layout of v1.6 and of v1.0 to v1.3."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.facescape_v1_files import FACES, FRONT, INDICES, TEXCOORDS
from facescale.heads.stand_ins.marks import mark_zip
from facescale.heads.stand_ins.surface import Resampled, resampled, smooth_fields

PEOPLE = 847
EXPRESSIONS = 52
FACTOR = 1 / np.sqrt(PEOPLE)
"""Published factors are orthonormal columns over the people; the first is nearly the same for all of them."""
SCALE_STD = 0.03
"""Of the first factor, relative: people's sizes."""
SHIFT = np.array([0.0, 20.0, 35.0])
"""mm: the published origin is not between the eyes."""
GAIN = 0.12
"""How much stronger one person's expression is than another's, a standard deviation of each factor."""
MIXED, MIXED_MM = 8, 0.15
"""Displacements that depend on person and expression alike, and their root mean square."""
COLOURS = 100
MASK_SIDE = 512
FRONT_DEPTH, FRONT_LOW, FRONT_HIGH = -35.0, -95.0, 60.0
"""mm: planes around the front of the face."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Of a stand-in."""

    vertices: int = 26278
    faces: int = 52254
    identity: int = 50


V1 = Sizes(vertices=26317, faces=52332)


def write_stand_in(path: Path, name: str) -> None:
    """Write a model of the published size, 0.8 GB, as `facescape_bm_v1.6_847_50_52_id_front.npz` is."""
    del name
    write_v16(path, Sizes())


def write_stand_in_v1(path: Path, name: str) -> None:
    """Write a core of the published size, 0.8 GB, and the files beside it."""
    del name
    write_v1(path, V1)


def write_v16(path: Path, sizes: Sizes) -> None:
    """Write all keys of v1.6. Which of them are arrays of objects is not known: dictionaries are here."""
    sheet = resampled(sizes.vertices, sizes.faces)
    core, mean, variance = _core(sheet, sizes.identity)
    front = _front(sheet)
    texcoords, partner = _texcoords(sheet), _partners(sheet)
    place = np.full(sizes.vertices, -1)
    place[front] = np.arange(len(front))
    inner = place[sheet.faces[np.isin(sheet.faces, front).all(axis=1)]] + 1
    picture = np.zeros((MASK_SIDE, MASK_SIDE), np.uint8)
    rows, columns = ((1 - texcoords[front, 1]), texcoords[front, 0])
    picture[(rows * (MASK_SIDE - 1)).round().astype(int), (columns * (MASK_SIDE - 1)).round().astype(int)] = 255
    same = {index: index for index in range(sizes.vertices)}
    np.savez(
        path,
        shape_bm_core=core,
        color_bm_core=np.zeros((3 * len(front), COLOURS), np.float32),
        color_bm_mean=np.full(3 * len(front), 150.0, np.float32),
        fv_indices=sheet.faces + 1,
        ft_indices=sheet.faces + 1,
        fv_indices_front=inner,
        ft_indices_front=inner,
        v_indices_front=front,
        vc_dict_front=np.arange(len(front)),
        vert_num=np.array(sizes.vertices),
        face_num=np.array(sizes.faces),
        frontal_vert_num=np.array(len(front)),
        frontal_face_num=np.array(len(inner)),
        texcoords=texcoords,
        facial_mask=picture,
        sym_dict=partner,
        lm_list_v16=_landmarks(sheet),
        vert_10to16_dict=np.array(same, dtype=object),
        vert_16to10_dict=np.array(same, dtype=object),
        id_mean=mean,
        id_var=variance,
        exp_gmm_weights=np.ones(1),
        exp_gmm_means=np.full((1, EXPRESSIONS - 1), 0.1),
        exp_gmm_covariances=0.01 * np.eye(EXPRESSIONS - 1)[None],
        allow_pickle=True,
    )
    mark_zip(path)


def write_v1(path: Path, sizes: Sizes) -> None:
    """Write the core, its factors, faces, texture coordinates, front and landmarks."""
    sheet = resampled(sizes.vertices, sizes.faces)
    core, mean, variance = _core(sheet, sizes.identity)
    np.save(path, np.ascontiguousarray(core.transpose(2, 1, 0)))
    with path.open("ab") as stream:
        stream.write(STAND_IN_MARK)
    drawn = np.random.default_rng(1).standard_normal((PEOPLE, sizes.identity))
    drawn = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0)
    np.save(path.with_name("factors_id" + path.name.removeprefix("core")), mean + drawn * np.sqrt(variance))
    corners = (sheet.faces + 1).tolist()
    faces = [(corner, [0, 0, 0], corner, "material") for corner in corners]
    for name, value in (
        (FACES, faces),
        (TEXCOORDS, _texcoords(sheet).tolist()),
        (FRONT, _front(sheet).tolist()),
    ):
        path.with_name(name).write_bytes(pickle.dumps(value))
    landmarks = _landmarks(sheet)
    np.savez(path.with_name(INDICES), v10=landmarks, v16=landmarks)


def _core(sheet: Resampled, identity: int) -> tuple[Float[np.ndarray, "w e k"], np.ndarray, np.ndarray]:
    """A core of three coordinates a vertex, and mean and variance of the factors."""
    rng = np.random.default_rng(0)
    people = sheet.carried("identity")[..., : identity - 1]
    more = smooth_fields(sheet.vertices, identity - 1 - people.shape[-1], rng, first=0.6, last=0.1)
    people = np.concatenate([people, more], axis=-1).reshape(-1, identity - 1)
    moves = sheet.carried("expression").reshape(len(people), -1)[:, : EXPRESSIONS - 1]
    near = np.exp(-(((sheet.vertices[:, 2] + 20) / 60) ** 2))[:, None, None]
    mixed = (near * smooth_fields(sheet.vertices, MIXED, rng, first=1.0, last=1.0)).reshape(len(people), -1)
    std = np.r_[SCALE_STD * FACTOR, np.full(identity - 1, FACTOR)]
    core = np.zeros((len(people), EXPRESSIONS, identity), np.float32)
    core[:, :, 0] = ((sheet.vertices + SHIFT).reshape(-1, 1)) / FACTOR
    core[:, 1:, 0] += moves / FACTOR
    core[:, :, 1:] = (people / std[1:])[:, None]
    for index in range(1, EXPRESSIONS):
        gains = GAIN * rng.standard_normal(identity - 1)
        shares = MIXED_MM / np.sqrt(MIXED * identity) * rng.standard_normal((MIXED, identity - 1))
        core[:, index, 1:] += (moves[:, index - 1 : index] * gains / np.sqrt(identity) + mixed @ shares) / std[
            1:
        ]
    return core, np.r_[FACTOR, np.zeros(identity - 1)], std**2


def _front(sheet: Resampled) -> np.ndarray:
    _, y, z = sheet.vertices.T
    return ((z > FRONT_DEPTH) & (y > FRONT_LOW) & (y < FRONT_HIGH)).nonzero()[0]


def _texcoords(sheet: Resampled) -> Float[np.ndarray, "v 2"]:
    x, y, z = sheet.vertices.T
    around = 0.5 + np.arctan2(x, z + 75) / (2 * np.pi)
    return np.stack([around, (y - y.min()) / np.ptp(y)], axis=1)


def _partners(sheet: Resampled) -> np.ndarray:
    """The nearest vertex to each one's reflection; the sheet is symmetric in shape, not in its vertices."""
    return np.asarray(KDTree(sheet.vertices).query(sheet.vertices * (-1, 1, 1))[1])


def _landmarks(sheet: Resampled) -> np.ndarray:
    """The nearest corner of each landmark's face."""
    sites = sheet.landmarks()
    corner = sites.barycentric.argmax(dim=1).numpy()
    return sheet.faces[sites.face.numpy(), corner].astype(np.int64)
