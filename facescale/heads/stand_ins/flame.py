"""A stand-in for FLAME: the built-in head in FLAME's pickle, with its embedding and masks beside it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float
from scipy.sparse import csc_matrix

from facescale.heads.flame_files import (
    EXPRESSION,
    EYEBALLS,
    FACES,
    IDENTITY,
    JOINTS,
    MASKS,
    PARENTS,
    TEXTURE,
    VERTICES,
)
from facescale.heads.stand_ins.python2_pickle import Chumpy, python2_pickle
from facescale.heads.stand_ins.surface import Resampled, ball, resampled, smooth_fields

METRES = 1e-3
RINGS, SEGMENTS = 16, 34
BALL_FACES = 2 * RINGS * SEGMENTS
BALL_RADIUS = 11.4
SKIN = EYEBALLS[0][0]
SHIFT = np.array([0.0, 31.0, 46.0])
"""mm: FLAME's origin lies within the head, below and behind the eyes."""
EARS, CHIN, HAIR, NOSE, NOSE_WIDTH = -45.0, -105.0, 65.0, -48.0, 36.0
"""mm: planes that cut the published regions."""
NECK_BASE, NECK_TOP = -165.0, -105.0
PIVOTS: Mapping[int, tuple[tuple[float, float, float], ...]] = {
    0: ((-55.0, -165.0, -70.0), (55.0, -165.0, -70.0), (0.0, -165.0, -20.0), (0.0, -165.0, -130.0)),
    1: ((-55.0, -100.0, -90.0), (55.0, -100.0, -90.0)),
    2: ((-65.0, -25.0, -70.0), (65.0, -25.0, -70.0)),
}
"""mm around joints: the nearest vertices' mean is where they turn."""
TEXELS = 16
"""A side of the texture, which is 512 in the published file and read by nobody here."""
CORRECTIVE = 0.4
"""mm an entry of R - 1."""
EXPRESSION_STRENGTH = 0.35
"""Of an activation: what one standard deviation of a component does."""


def write_stand_in(path: Path, name: str) -> None:
    """Write a model pickle and, beside it under their published names, landmarks, masks, texture coordinates.

    Args:
        path: of the model.
        name: which variant; all but the open one have chumpy's arrays.
    """
    chumpy = name != "flame2023-open"
    sheet = resampled(SKIN, FACES - 2 * BALL_FACES)
    centres = _eye_centres(sheet)
    parts = [(sheet.vertices, sheet.faces), *(ball(centre, BALL_RADIUS, RINGS, SEGMENTS) for centre in centres)]
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    vertices = np.concatenate([vertices for vertices, _ in parts])
    faces = np.concatenate([faces + start for (_, faces), start in zip(parts, starts, strict=False)])
    assert len(vertices) == VERTICES
    rng = np.random.default_rng(0)
    shape, weights, regressor = _shape(sheet, vertices, rng), _weights(sheet), _regressor(vertices)
    wrapped = Chumpy if chumpy else np.asarray
    table = np.array([[2**32 - 1, *PARENTS[1:]], range(JOINTS)], np.uint32)
    model = {
        "v_template": wrapped((vertices + SHIFT) * METRES),
        "f": faces.astype(np.uint32),
        "shapedirs": wrapped(shape * METRES),
        "posedirs": _pose(vertices, weights, rng) * METRES,
        "J_regressor": csc_matrix(regressor),
        "J": wrapped(regressor @ (vertices + SHIFT) * METRES),
        "weights": weights,
        "kintree_table": table,
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }
    if not chumpy:
        model["supr_expression_metadata"] = {"n_expr": EXPRESSION}
    path.write_bytes(python2_pickle(model))
    sites = sheet.landmarks()
    embedding = {
        "lmk_face_idx": sites.face[17:].numpy().astype(np.uint32),
        "lmk_b_coords": sites.barycentric[17:].double().numpy(),
    }
    (path.parent / "flame_static_embedding.pkl").write_bytes(python2_pickle(embedding))
    (path.parent / MASKS).write_bytes(python2_pickle(_masks(vertices)))
    around = np.stack([np.arctan2(vertices[:, 0], vertices[:, 2] + 75), vertices[:, 1] / 150], axis=1)
    np.savez(
        path.parent / TEXTURE,
        mean=np.full((TEXELS, TEXELS, 3), 128.0),
        tex_dir=np.zeros((TEXELS, TEXELS, 3, 2)),
        vt=0.5 + around / (2 * np.pi),
        ft=faces.astype(np.uint32),
    )


def _eye_centres(sheet: Resampled) -> list[np.ndarray]:
    mean = sheet.head.mean_vertices().double()
    masks = (sheet.head.regions[f"eyeballs.{side}"] for side in ("left", "right"))
    return [((mean[m].amin(0) + mean[m].amax(0)) / 2).numpy() for m in masks]


def _shape(sheet: Resampled, vertices: np.ndarray, rng: np.random.Generator) -> Float[np.ndarray, "v 3 k"]:
    """The built-in head's own axes first, then random ones; eyeballs move as one with what is around them."""
    identity, expression = sheet.carried("identity"), EXPRESSION_STRENGTH * sheet.carried("expression")
    near = np.exp(-(((sheet.vertices[:, 2] + 20) / 60) ** 2))[:, None, None]
    parts = [
        identity,
        smooth_fields(sheet.vertices, IDENTITY - identity.shape[-1], rng, first=0.6, last=0.02),
        expression,
        near * smooth_fields(sheet.vertices, EXPRESSION - expression.shape[-1], rng, first=0.3, last=0.02),
    ]
    skin = np.concatenate(parts, axis=-1)
    whole = [skin]
    for start, stop in EYEBALLS:
        centre = vertices[start:stop].mean(axis=0)
        around = np.linalg.norm(sheet.vertices - centre, axis=1) < 2 * BALL_RADIUS
        moved = skin[around].mean(axis=0)
        moved[:, IDENTITY:] = 0.0
        whole.append(np.broadcast_to(moved, (stop - start, *moved.shape)))
    return np.concatenate(whole)


def _weights(sheet: Resampled) -> Float[np.ndarray, "v 5"]:
    """The jaw takes what the built-in head's opening jaw moves; the neck bends over its length."""
    names = next(block.names for block in sheet.head.blocks if block.name == "expression")
    opened = np.linalg.norm(sheet.carried("expression")[..., names.index("jawOpen")], axis=1)
    jaw = opened / opened.max()
    rise = np.clip((sheet.vertices[:, 1] - NECK_BASE) / (NECK_TOP - NECK_BASE), 0, 1)
    neck = rise * rise * (3 - 2 * rise)
    weights = np.zeros((VERTICES, JOINTS))
    weights[:SKIN, 2] = jaw * neck
    weights[:SKIN, 1] = neck - weights[:SKIN, 2]
    weights[:SKIN, 0] = 1 - neck
    for joint, (start, stop) in zip((3, 4), EYEBALLS, strict=True):
        weights[start:stop, joint] = 1.0
    return weights


def _regressor(vertices: np.ndarray) -> Float[np.ndarray, "5 v"]:
    rows = np.zeros((JOINTS, VERTICES))
    for joint, pivots in PIVOTS.items():
        nearest = [np.linalg.norm(vertices[:SKIN] - pivot, axis=1).argmin() for pivot in np.array(pivots)]
        np.add.at(rows[joint], nearest, 1 / len(nearest))
    for joint, (start, stop) in zip((3, 4), EYEBALLS, strict=True):
        rows[joint, start:stop] = 1 / (stop - start)
    return rows


def _pose(vertices: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> Float[np.ndarray, "v 3 36"]:
    """Correctives where a joint's weight changes, none on the eyeballs."""
    fields = smooth_fields(vertices, 9 * (JOINTS - 1), rng, first=CORRECTIVE, last=CORRECTIVE)
    bend = np.repeat(4 * weights[:, 1:] * (1 - weights[:, 1:]), 9, axis=1)
    return fields * bend[:, None]


def _masks(vertices: np.ndarray) -> dict[str, np.ndarray]:
    """Some of the published regions, cut by plain planes."""
    x, y, z = vertices.T
    skin = np.arange(VERTICES) < SKIN
    cut = {
        "face": skin & (z > EARS) & (y > CHIN) & (y < HAIR),
        "scalp": skin & (y > HAIR),
        "neck": skin & (y < CHIN),
        "nose": skin & (np.abs(x) < NOSE_WIDTH / 2) & (y < 0) & (y > NOSE) & (z > 0),
        "left_eyeball": np.arange(VERTICES) >= EYEBALLS[0][0],
        "right_eyeball": np.arange(VERTICES) >= EYEBALLS[1][0],
    }
    cut["left_eyeball"] &= np.arange(VERTICES) < EYEBALLS[0][1]
    return {name: mask.nonzero()[0].astype(np.int64) for name, mask in cut.items()}
