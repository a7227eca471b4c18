"""CoMA as a decoded head: unit, frame, decoder, landmarks, regions, prior. Not its file formats."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.bounded_files import check_array
from facescale.heads.coma_decoder import decoder_of, tensors
from facescale.heads.coma_files import ComaFiles, read_coma
from facescale.heads.decoded import LATENT, DecodedHead
from facescale.heads.flame_files import EYEBALLS, VERTICES
from facescale.heads.framing import head_origin, landmark_points, mirror_map, now7, regions
from facescale.heads.graph_decoder import GraphDecoder
from facescale.heads.linear_import import CARRIED, landmarks_beside
from facescale.heads.template import HeadCard, ParameterBlock

MILLIMETRES = 1000.0
BOUND = 5.0
"""Deviations above the prior mean; below nothing, where the encoder's rectified latents end."""
ROUNDS, SETTLED = 40, 1e-3
IDLE = 1e-3
"""Of the strongest latent's effect: what moves less has no say in the prior's spread."""
SOURCE = "https://github.com/pixelite1201/pytorch_coma"


def convert_coma(path: Path, name: str) -> DecodedHead:
    """Make a head of a checkpoint of pytorch_coma and what lies beside it.

    The prior: its mean is the latent vector whose shape is nearest to the training mean; its deviations are
    such that together the latents move vertices as much as the training shapes varied, each its even share. A
    file with `latent_mean` and `latent_std` beside mean and std says it better.

    Args:
        path: the checkpoint.
        name: of the format.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    files = read_coma(path)
    decoder = decoder_of(tensors(files.weights), files.levels, files.last_level)
    native = torch.from_numpy(files.norm["mean"].astype(np.float64) * MILLIMETRES)
    faces = torch.from_numpy(files.faces.astype(np.int32))
    (sites, note), digests = _landmarks(path, files, native)
    origin = head_origin(landmark_points(native, faces, sites), unit="m")
    zero = (native - origin).float()
    spread = torch.from_numpy(files.norm["std"].astype(np.float64) * MILLIMETRES).float()
    masks = regions(zero, landmark_points(zero, faces, sites), eyeballs=_eyeballs(len(zero)))
    return DecodedHead(
        card=_card(path, name, files, (note, files.transforms, _last(files)), digests),
        faces=faces,
        uv=None,
        faces_uv=None,
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions=masks,
        blocks=(_latent_block(files, decoder, spread, masks["head"]),),
        zero=zero,
        spread=spread,
        decoder=decoder,
        mirror=mirror_map(zero),
    )


def _card(
    path: Path, name: str, files: ComaFiles, notes: tuple[str, ...], digests: Mapping[str, str]
) -> HeadCard:
    return HeadCard(
        name=name + "(stand-in)" * files.stand_in,
        version=files.digests[path.name][:12],
        licence="made up by facescale, no licence needed"
        if files.stand_in
        else "data under MPI terms, code MIT",
        source=SOURCE,
        assets={**files.digests, **digests},
        native_unit="m",
        synthetic_stand_in=files.stand_in,
        notes=notes,
    )


def _last(files: ComaFiles) -> str:
    if files.last_level == 0:
        return "the last convolution runs on the finest mesh"
    return (
        f"the last convolution runs on the graph of level {files.last_level}, as pytorch_coma trains it: "
        "vertices beyond have no neighbours there"
    )


def _latent_block(
    files: ComaFiles, decoder: GraphDecoder, spread: Float[Tensor, "v 3"], skin: Bool[Tensor, "v"]
) -> ParameterBlock:
    size = decoder.weight.shape[1]
    mean = torch.from_numpy(_known(files.norm, "latent_mean", size, _nearest_to_mean(decoder, skin)))
    with torch.no_grad():
        slopes = decoder.slopes(mean[None])[0]
    effect = slopes[:, skin].square().mean(dim=(1, 2)).sqrt().clamp_min(1e-12)
    active = effect > IDLE * effect.max()
    even = torch.where(active, 1.0 / (effect * float(active.sum()) ** 0.5), 1.0)
    std = torch.from_numpy(_known(files.norm, "latent_std", size, even.numpy()))
    moved = (slopes * spread)[:, skin].square().sum(dim=-1).mean(dim=1).sqrt()
    return ParameterBlock(
        name=LATENT,
        size=size,
        scope="subject",
        unit_scale=1.0 / max(float(moved.max()), 1e-6),
        prior_mean=mean,
        prior_std=std,
        lower=torch.zeros(size).minimum(mean),
        upper=mean + BOUND * std,
    )


def _nearest_to_mean(decoder: GraphDecoder, skin: Bool[Tensor, "v"]) -> Float[np.ndarray, "k"]:
    """The latent vector whose shape is nearest to the training mean: damped Gauss-Newton, none below zero."""
    size = decoder.weight.shape[1]
    latent, damping = torch.ones(1, size, dtype=torch.float64), 1e-2
    with torch.no_grad():
        values = decoder.decode(latent.float())[0, skin].flatten().double()
        for _ in range(ROUNDS):
            slopes = decoder.slopes(latent.float())[0][:, skin].flatten(1).double()
            square = slopes @ slopes.T
            held = square + damping * square.diagonal().mean().clamp_min(1e-12) * torch.eye(size).double()
            moved = (latent - torch.linalg.solve(held, slopes @ values)[None]).clamp_min(0.0)
            tried = decoder.decode(moved.float())[0, skin].flatten().double()
            before, after = float(values.square().sum()), float(tried.square().sum())
            if after < before:
                latent, values, damping = moved, tried, damping / 3
            else:
                damping = damping * 4
            if before * (1 - SETTLED) < after < before:
                break
    return latent[0].float().numpy()


def _known(norm: Mapping[str, np.ndarray], name: str, size: int, otherwise: np.ndarray) -> np.ndarray:
    """What the training knew, else what was found here."""
    if name not in norm:
        return otherwise.astype(np.float32)
    check_array(name, norm[name], (size,))
    if name == "latent_std" and not (norm[name] > 0).all():
        raise ValueError("expected positive deviations in latent_std, got others")
    return norm[name].astype(np.float32)


def _eyeballs(vertices: int) -> list[Bool[Tensor, "v"]]:
    """Those of FLAME's topology, which the published template has."""
    index = torch.arange(vertices)
    return [(index >= start) & (index < stop) for start, stop in EYEBALLS] if vertices == VERTICES else []


def _landmarks(
    path: Path, files: ComaFiles, native: Float[Tensor, "v 3"]
) -> tuple[tuple[Sites, str], dict[str, str]]:
    """From beside the checkpoint, else carried over to the skin without the eyeballs."""
    from facescale.heads.landmark_transfer import transfer_landmarks

    found, digests = landmarks_beside(path, files.faces)
    if found is not None:
        return found, digests
    skin = np.ones(len(files.faces), bool)
    for ball in _eyeballs(len(native)):
        skin &= ~ball.numpy()[files.faces].any(axis=1)
    kept = torch.from_numpy(np.flatnonzero(skin).astype(np.int32))
    carried = transfer_landmarks(native.float(), torch.from_numpy(files.faces[skin].astype(np.int32)))
    return (Sites(face=kept[carried.face.long()], barycentric=carried.barycentric), CARRIED), {}
