"""FaceScape's bilinear models as heads: frame, deviations, landmarks, regions. Not their file formats."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.bilinear import BilinearHead
from facescale.heads.blocks import expression_block, identity_block
from facescale.heads.facescape_files import FacescapeFiles, read_v16
from facescale.heads.facescape_v1_files import read_v1
from facescale.heads.framing import head_origin, landmark_points, mirror_of, now7, regions
from facescale.heads.linear_import import CARRIED, landmark_sites, landmarks_beside
from facescale.heads.shared_directions import shared_directions
from facescale.heads.template import HeadCard

LICENCE = "FaceScape licence: non-commercial research, no redistribution, registration needed"
SOURCE = "https://facescape.nju.edu.cn"
FARTHEST = 30.0
"""mm that an expression moves vertices, root mean square: more is no expression."""
NOTES = (
    "identity: in standard deviations about the mean identity, where the file has factors",
    "expression: the neutral weight is 1 minus the sum of the others",
    "colour: not read",
)
REVISED = (
    "id_mean and id_var were wrong before their owner's correction of 2021-12-08; the sha256 tells files apart"
)


def convert_facescape(path: Path, name: str) -> BilinearHead:
    """Make a head of `facescape_bm_v1.6_847_*_52_id*.npz`.

    Args:
        path: the file; NAME.landmarks.npz beside it, where a user has better landmarks.
        name: of the format.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    return _head(read_v16(path), path, name, "1.6", (*NOTES, REVISED))


def convert_facescape_v1(path: Path, name: str) -> BilinearHead:
    """Make a head of `core_847_*_52.npy` of v1.0 to v1.3 and the files beside it.

    Args:
        path: the core.
        name: of the format.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    return _head(read_v1(path), path, name, "1.0-1.3", (*NOTES, "mean identity: that of the file of factors"))


def _head(files: FacescapeFiles, path: Path, name: str, version: str, notes: tuple[str, ...]) -> BilinearHead:
    means = _means(files)
    native = torch.from_numpy(means[:, 0].reshape(-1, 3))
    faces = torch.from_numpy(np.ascontiguousarray(files.faces).astype(np.int32))
    sites, landmark_note, digests = _landmarks(files, native, path)
    zero = (native - head_origin(landmark_points(native, faces, sites), unit="mm")).float()
    masks = regions(zero, landmark_points(zero, faces, sites))
    moves = torch.from_numpy(means[:, 1:] - means[:, :1]).float().reshape(len(zero), 3, -1)
    _check_expressions(moves)
    neutral = _columns(files, 0, means)
    shared = shared_directions(
        lambda index: neutral if index == 0 else _columns(files, index, means) - neutral, files.core.shape[1]
    )
    mirror, mirror_note = mirror_of(zero, "sym_dict", files.mirror)
    core_note = (
        f"core: {shared.directions.shape[1]} shared displacements in place of {files.core[0].size}, "
        f"{shared.error_mm:.2g} mm RMS away at the worst expression"
    )
    card = HeadCard(
        name=name + "(stand-in)" * files.stand_in,
        version=version,
        licence="made up by facescale, no licence needed" if files.stand_in else LICENCE,
        source=SOURCE,
        assets={**files.digests, **digests},
        native_unit="mm",
        synthetic_stand_in=files.stand_in,
        notes=(
            *notes,
            core_note,
            landmark_note,
            mirror_note,
        ),
    )
    return BilinearHead(
        card=card,
        faces=faces,
        uv=None if files.uv is None else torch.from_numpy(files.uv[0].astype(np.float32)),
        faces_uv=None if files.uv is None else torch.from_numpy(files.uv[1].astype(np.int32)),
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions={**_published(files), **masks},
        blocks=(
            identity_block(neutral[:, 1:].reshape(len(zero), 3, -1), masks["head"]),
            expression_block(moves, masks["head"], ()),
        ),
        zero=zero,
        directions=shared.directions.reshape(len(zero), 3, -1).contiguous(),
        mixing=shared.mixing,
        mirror=mirror,
    )


def _means(files: FacescapeFiles) -> Float[np.ndarray, "w e"]:
    """All expressions of the mean identity."""
    slices = [files.core[:, index].astype(np.float64) @ files.id_mean for index in range(files.core.shape[1])]
    return np.stack(slices, axis=1)


def _columns(files: FacescapeFiles, index: int, means: Float[np.ndarray, "w e"]) -> Float[Tensor, "w k"]:
    """The mean, relative to the neutral mean, and a standard deviation of each coefficient of an expression."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = files.core[:, index].astype(np.float32) * files.id_std.astype(np.float32)
    moved = means[:, index] - means[:, 0]
    columns = np.concatenate([moved[:, None].astype(np.float32), scaled], axis=1)
    if not np.isfinite(columns).all():
        raise ValueError("expected displacements in mm, got some beyond all numbers")
    return torch.from_numpy(columns)


def _check_expressions(moves: Float[Tensor, "v 3 m"]) -> None:
    farthest = float(moves.square().sum(dim=1).mean(dim=0).sqrt().max())
    if not farthest <= FARTHEST:
        raise ValueError(
            f"expected whole shapes of expressions in the core, within {FARTHEST:.0f} mm RMS of the neutral "
            f"one, got one {farthest:.3g} mm away: components, as the file id_exp has, are no activations"
        )


def _landmarks(
    files: FacescapeFiles, native: Float[Tensor, "v 3"], path: Path
) -> tuple[Sites, str, dict[str, str]]:
    """A user's own, the file's, or carried over; where they come from, and digests."""
    from facescale.heads.landmark_transfer import transfer_landmarks

    found, digests = landmarks_beside(path, files.faces)
    if found is not None:
        return (*found, digests)
    if files.landmarks is not None:
        return (*landmark_sites({"vertex": files.landmarks}, files.faces, "the model's own vertices"), {})
    return transfer_landmarks(native.float(), torch.from_numpy(files.faces.astype(np.int32))), CARRIED, {}


def _published(files: FacescapeFiles) -> dict[str, Tensor]:
    """Regions that the files name."""
    found = {} if files.front is None else {"facescape.front": torch.from_numpy(files.front)}
    if files.mask is None or files.uv is None or files.mask.size == 0 or files.mask.ndim == 0:
        return found
    vertices = len(files.core) // 3
    if files.mask.shape[0] == vertices:
        values = files.mask.reshape(vertices, -1)[:, 0].astype(np.float64)
    elif files.mask.ndim < 2:  # noqa: PLR2004 - a picture has two axes
        return found
    else:
        picture = files.mask.reshape(*files.mask.shape[:2], -1)[..., 0].astype(np.float64)
        texel = np.zeros((vertices, 2))
        texel[files.faces.ravel()] = files.uv[0][files.uv[1].ravel()]
        across, up = np.clip(texel, 0.0, 1.0).T
        height, width = picture.shape
        rows, columns = np.rint((1 - up) * (height - 1)), np.rint(across * (width - 1))
        values = picture[rows.astype(int), columns.astype(int)]
    return {**found, "facescape.mask": torch.from_numpy(values > values.max() / 2)}
