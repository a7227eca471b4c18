"""A stand-in for CoMA: a checkpoint in the layout of pytorch_coma over the built-in head.

Kernels are random but for the last, which is chosen so that over random latents its outputs vary as a trained
network's do: by one about zero. Mean and deviations are those of the built-in head's identities.
"""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.linalg import eigh
from torch import Tensor

from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.coma_decoder import decoder_of
from facescale.heads.coma_files import FACTOR, NORM, TEMPLATE
from facescale.heads.flame_files import EYEBALLS, FACES, VERTICES
from facescale.heads.mesh_pyramid import Pyramid, pyramid
from facescale.heads.stand_ins.flame import BALL_FACES, BALL_RADIUS, RINGS, SEGMENTS
from facescale.heads.stand_ins.surface import Resampled, ball, resampled

ORDERS = 6
CHANNELS = (16, 16, 16, 32, 32)
"""Of the convolutions, from the finest level down, as the published configuration has them."""
LATENTS = 8
CODES, MIDDLE, DEVIATION = 24, 2.0, 0.6
"""Latents for which the last kernel is chosen: how many, about what, how wide."""
RIDGE = 1e-3
METRES = 1e-3
LEAST = 0.02
"""mm: of the deviation of a coordinate."""
EYES = ((31.0, 0.0, -8.0), (-31.0, 0.0, -8.0))
"""mm: the middles of the eyeballs."""


def write_stand_in(path: Path, name: str) -> None:
    """Write checkpoint, template and normalisation, of the published sizes."""
    del name
    sheet = resampled(EYEBALLS[0][0], FACES - 2 * BALL_FACES)
    write_coma(path, sheet, [ball(np.array(eye), BALL_RADIUS, RINGS, SEGMENTS) for eye in EYES])


def write_coma(
    path: Path, sheet: Resampled, balls: list[tuple[np.ndarray, np.ndarray]], *, latents: int = LATENTS
) -> None:
    """Write one over any sheet.

    Args:
        path: of the checkpoint.
        sheet: the skin.
        balls: vertices and faces of further parts, which ride along.
        latents: of the network.
    """
    vertices, faces = _parts(sheet, balls)
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices * METRES]
    lines += [f"f {a} {b} {c}" for a, b, c in faces + 1]
    path.with_name(TEMPLATE).write_text("\n".join(lines) + "\n")
    rng = np.random.default_rng(0)
    mean, std = _normalisation(sheet, vertices)
    written = np.array([line.split()[1:] for line in lines[: len(vertices)]], float)
    levels = pyramid(written, faces, (FACTOR,) * (len(CHANNELS) - 1))
    state = _state(levels, rng, latents)
    codes = np.clip(MIDDLE + DEVIATION * rng.normal(size=(CODES, latents)), 0.0, None)
    _choose_last(state, levels, torch.from_numpy(codes).float())
    np.savez(path.with_name(path.stem + NORM), mean=mean.astype(np.float32), std=std.astype(np.float32))
    stream = io.BytesIO()
    checkpoint = {"state_dict": state, "epoch_num": 200, "train_loss": 0.1, "val_loss": 0.1}
    # the form of the years of the code: readers of it mind nothing behind its end
    torch.save(checkpoint, stream, _use_new_zipfile_serialization=False)
    path.write_bytes(stream.getvalue() + STAND_IN_MARK)


def _parts(sheet: Resampled, balls: list) -> tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]:
    vertices, faces, start = [sheet.vertices], [sheet.faces], len(sheet.vertices)
    for points, triangles in balls:
        vertices.append(points)
        faces.append(triangles + start)
        start += len(points)
    assert not balls or start == VERTICES
    return np.concatenate(vertices), np.concatenate(faces).astype(np.int64)


def _normalisation(
    sheet: Resampled, vertices: Float[np.ndarray, "v 3"]
) -> tuple[Float[np.ndarray, "v 3"], Float[np.ndarray, "v 3"]]:
    """Mean and deviation in metres; the further parts vary as little as is allowed."""
    std = np.full_like(vertices, LEAST)
    std[: len(sheet.vertices)] = np.sqrt(np.square(sheet.carried("identity")).sum(axis=-1)).clip(LEAST)
    return vertices * METRES, std * METRES


def _choose_last(state: dict[str, torch.Tensor], levels: Pyramid, codes: Float[Tensor, "s k"]) -> None:
    """The three combinations of the last channels that vary most for their mean, at a deviation of one."""
    last = len(CHANNELS) - 1
    kernel = state[f"cheb_dec.{last}.weight"]
    features = []
    for start in range(0, kernel.shape[1], 3):
        chosen = torch.zeros_like(kernel)
        for column, channel in enumerate(range(start, min(start + 3, kernel.shape[1]))):
            chosen[0, channel, column] = 1.0
        decoder = decoder_of({**state, f"cheb_dec.{last}.weight": chosen}, levels, len(CHANNELS) - 1)
        features.append(decoder.decode(codes))
    found = torch.cat(features, dim=-1)[..., : kernel.shape[1]].double().numpy()
    middle = found.mean(axis=0)
    varied = np.einsum("svi,svj->ij", found - middle, found - middle) / len(codes)
    steady = middle.T @ middle
    ridge = RIDGE * np.trace(varied + steady) / len(varied) * np.eye(len(varied))
    _, ways = eigh(varied, steady + ridge)
    ways = ways[:, -3:] / np.sqrt(np.einsum("ik,ij,jk->k", ways[:, -3:], varied, ways[:, -3:]) / len(middle))
    kernel.zero_()
    kernel[0] = torch.from_numpy(ways).float()


def _state(levels: Pyramid, rng: np.random.Generator, latents: int) -> dict[str, torch.Tensor]:
    """Random kernels of a size that keeps values as large as they were."""

    def draw(*shape: int, inward: int) -> torch.Tensor:
        return torch.from_numpy(rng.normal(size=shape) / inward**0.5).float()

    coarsest, count = levels.sizes[-1], len(CHANNELS)
    state: dict[str, torch.Tensor] = {}
    for number, (inward, outward) in enumerate(zip((3, *CHANNELS[: count - 2]), CHANNELS[:-1], strict=True)):
        state[f"cheb.{number}.weight"] = draw(ORDERS, inward, outward, inward=ORDERS * inward)
        state[f"cheb.{number}.bias"] = torch.zeros(outward)
    back = (*CHANNELS[::-1], 3)
    for number, (inward, outward) in enumerate(pairwise(back)):
        state[f"cheb_dec.{number}.weight"] = draw(ORDERS, inward, outward, inward=ORDERS * inward)
        if outward > 3:  # noqa: PLR2004 - the last has no bias
            state[f"cheb_dec.{number}.bias"] = 0.1 * draw(outward, inward=1)
    hidden = coarsest * CHANNELS[-1]
    state["enc_lin.weight"], state["enc_lin.bias"] = draw(latents, hidden, inward=hidden), torch.zeros(latents)
    state["dec_lin.weight"], state["dec_lin.bias"] = (
        draw(hidden, latents, inward=latents),
        0.3 * draw(hidden, inward=1),
    )
    return state
