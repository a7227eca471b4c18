"""FLAME as a skinned head: unit, frame, joints, landmarks, regions, priors. Not its file formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.blocks import expression_components, identity_block, turning_block
from facescale.heads.flame_files import EYEBALLS, IDENTITY, INNER, PARENTS, VERTICES, FlameFiles, read_flame
from facescale.heads.framing import head_origin, landmark_points, mirror_map, now7, regions
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import HeadCard, ParameterBlock

MILLIMETRES = 1000.0
NECK, JAW, LEFT_EYE, RIGHT_EYE = 1, 2, 3, 4
TURNED = {"neck": (NECK,), "jaw": (JAW,), "eyes": (LEFT_EYE, RIGHT_EYE)}
STD: Mapping[str, tuple[float, float, float]] = {
    "neck": (0.15, 0.15, 0.1),
    "jaw": (0.1, 0.03, 0.02),
    "eyes": (0.1, 0.15, 0.01),
}
"""Radians about +x (nod, opening, gaze down), +y (to the left) and +z: scans are nearly neutral."""
LOWER: Mapping[str, tuple[float, float, float]] = {
    "neck": (-0.8, -1.2, -0.6),
    "jaw": (-0.05, -0.2, -0.1),
    "eyes": (-0.6, -0.8, -0.05),
}
UPPER: Mapping[str, tuple[float, float, float]] = {
    "neck": (0.8, 1.2, 0.6),
    "jaw": (0.6, 0.2, 0.1),
    "eyes": (0.6, 0.8, 0.05),
}
"""What joints of people reach. A positive turn about +x opens the jaw."""


@dataclass(frozen=True, kw_only=True)
class FlameVariant:
    """One of the published models; they share a topology and nothing else."""

    name: str
    version: str
    licence: str
    jaw: bool = True
    """False where expressions move the jaw, which then never turns."""


NON_COMMERCIAL = "FLAME licence: non-commercial research, registration needed"
VARIANTS: Mapping[str, FlameVariant] = {
    variant.name: variant
    for variant in (
        FlameVariant(name="flame2020", version="2020", licence=NON_COMMERCIAL),
        FlameVariant(name="flame2023", version="2023", licence=NON_COMMERCIAL),
        FlameVariant(name="flame2023-no-jaw", version="2023, no jaw", licence=NON_COMMERCIAL, jaw=False),
        FlameVariant(name="flame2023-open", version="2023 Open", licence="CC-BY-4.0, credit needed"),
    )
}


def convert_flame(path: Path, name: str) -> SkinnedHead:
    """Make a head of a FLAME model pickle and what lies beside it.

    Metres become millimetres; its axes are those of the head frame already. The origin is the midpoint of the
    four eye corners of the mean. The root joint never turns: a head's pose is not its own.

    Args:
        path: the pickle.
        name: which variant it is said to be.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    return assemble_flame(read_flame(path), VARIANTS[name])


def assemble_flame(files: FlameFiles, variant: FlameVariant) -> SkinnedHead:
    """The head of files already read."""
    native = torch.from_numpy(files.template * MILLIMETRES)
    faces = torch.from_numpy(files.faces.astype(np.int32))
    sites, landmark_note = _landmarks(files, native, faces)
    origin = head_origin(landmark_points(native, faces, sites), unit="m")
    zero = (native - origin).float()
    basis = _columns(files.shape)
    joint_zero = torch.from_numpy(files.regressor @ files.template * MILLIMETRES) - origin
    joint_basis = torch.einsum("jv,vdk->jdk", torch.from_numpy(files.regressor), torch.from_numpy(files.shape))
    weights = torch.from_numpy(files.weights).float()
    balls = [_between(start, stop) for start, stop in EYEBALLS]
    points = landmark_points(zero, faces, sites)
    masks = regions(zero, points, eyeballs=balls)
    published = {name: _mask(index) for name, index in files.masks.items()}
    own = {f"flame.{name}": mask for name, mask in published.items()}
    turned = {name: joints for name, joints in TURNED.items() if variant.jaw or name != "jaw"}
    joints = joint_zero.float()
    return SkinnedHead(
        card=_card(files, variant, landmark_note),
        faces=faces,
        uv=None if files.uv is None else torch.from_numpy(files.uv[0]).float(),
        faces_uv=None if files.uv is None else torch.from_numpy(files.uv[1].astype(np.int32)),
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions={**own, **masks},
        blocks=(
            identity_block(basis[..., :IDENTITY], masks["head"]),
            expression_components(basis[..., IDENTITY:], masks["head"]),
            *(_turning(name, held, zero, joints, weights) for name, held in turned.items()),
        ),
        turned=turned,
        zero=zero,
        basis=basis,
        parents=PARENTS,
        joint_zero=joints,
        joint_basis=(joint_basis * MILLIMETRES).float(),
        correctives=_columns(files.pose),
        weights=weights,
        mirror=mirror_map(zero),
    )


def _card(files: FlameFiles, variant: FlameVariant, landmark_note: str) -> HeadCard:
    return HeadCard(
        name=variant.name + "(stand-in)" * files.stand_in,
        version=variant.version,
        licence="made up by facescale, no licence needed" if files.stand_in else variant.licence,
        source="https://flame.is.tue.mpg.de",
        assets=files.digests,
        native_unit="m",
        synthetic_stand_in=files.stand_in,
        notes=(landmark_note,),
    )


def _landmarks(files: FlameFiles, native: Float[Tensor, "v 3"], faces: Tensor) -> tuple[Sites, str]:
    """All 68, from the files as far as they have them."""
    from facescale.heads.landmark_transfer import transfer_landmarks

    inner = None
    if files.landmarks is not None:
        face, barycentric = files.landmarks
        inner = Sites(face=torch.from_numpy(face), barycentric=torch.from_numpy(barycentric).float())
        if len(face) > INNER:
            return inner, f"68 landmarks: {files.embedding}"
    skin = (faces < EYEBALLS[0][0]).all(dim=1)
    kept = skin.nonzero()[:, 0].int()
    carried = transfer_landmarks(
        native.float(), faces[skin], None if inner is None else _renumbered(inner, kept)
    )
    found = Sites(face=kept[carried.face.long()], barycentric=carried.barycentric)
    if inner is None:
        return found, "68 landmarks: carried over from the built-in head, a few mm from FLAME's own"
    return found, f"51 landmarks: {files.embedding}; 17 of the contour: carried over from the built-in head"


def _renumbered(sites: Sites, kept: Tensor) -> Sites:
    """The same sites by their place among the kept faces.

    Raises:
        ValueError: a landmark on an eyeball.
    """
    place = torch.searchsorted(kept, sites.face)
    if not bool((kept[place.clamp_max(len(kept) - 1)] == sites.face).all()):
        raise ValueError("expected landmarks on the skin, got some on the eyeballs")
    return Sites(face=place.int(), barycentric=sites.barycentric)


def _columns(displacements: Float[np.ndarray, "v 3 k"]) -> Float[Tensor, "v 3 k"]:
    return torch.from_numpy(displacements * MILLIMETRES).float().contiguous()


def _between(start: int, stop: int) -> Tensor:
    index = torch.arange(VERTICES)
    return (index >= start) & (index < stop)


def _mask(vertices: np.ndarray) -> Tensor:
    mask = torch.zeros(VERTICES, dtype=torch.bool)
    mask[torch.from_numpy(vertices)] = True
    return mask


def _turning(
    name: str, joints: tuple[int, ...], zero: Tensor, places: Tensor, weights: Tensor
) -> ParameterBlock:
    subtree = {NECK: (NECK, JAW, LEFT_EYE, RIGHT_EYE)}
    arms = [
        (weights[:, list(subtree.get(joint, (joint,)))].sum(dim=1) * (zero - places[joint]).norm(dim=1))
        for joint in joints
    ]
    return turning_block(
        name,
        STD[name],
        LOWER[name],
        UPPER[name],
        joints=len(joints),
        arm=max(float(a.square().mean().sqrt()) for a in arms),
    )
