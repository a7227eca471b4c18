"""A MetaHuman as a boned head: frame, meshes, weights, landmarks, regions, priors. Not its file format."""

import re
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.bone_blocks import tau_blocks
from facescale.heads.boned import BonedHead
from facescale.heads.bounded_files import is_stand_in, read_bounded, sha256
from facescale.heads.dna_file import DnaFile, read_dna
from facescale.heads.dna_skeleton import Frame, PosedBones, RestingJoints, frame_of, posed_bones, resting_joints
from facescale.heads.dna_skin import EYES, HEAD, Skin, joined_skin
from facescale.heads.framing import head_origin, landmark_points, mirror_map, now7, regions
from facescale.heads.linear_import import CARRIED, MILLIMETRES, landmarks_beside
from facescale.heads.template import HeadCard

MESH = re.compile(r"(head|eyeLeft|eyeRight)_lod(\d+)_mesh")
SOURCE = "https://www.metahuman.com"
LICENCE = "Epic's MetaHuman licence: with Unreal Engine-based products only, no redistribution"
NOTICE = (
    "Epic lets MetaHuman content be used with products based on Unreal Engine only, forbids passing it on, and "
    "its content terms are reported to forbid training or testing AI and ML with it: have the terms reviewed "
    "before any use, comparisons of head models included"
)


def convert_metahuman(path: Path, name: str) -> BonedHead:
    """Make a head of a DNA file: its most detailed head mesh and eyeballs, and the joints of its face.

    Teeth, tongue and the shells before the eyes are left out. What a joint that is not posed carries goes with
    the nearest posed one above it. Blend-shape targets are not used: bones alone are fitted.

    Args:
        path: the file; NAME.landmarks.npz beside it, where there are better landmarks than carried-over ones.
        name: of the format.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    data = read_bounded(path)
    wanted = _most_detailed(read_dna(data, path, ()).mesh_names, path)
    dna = read_dna(data, path, tuple(wanted.values()))
    frame = frame_of(dna.axes)
    skin = joined_skin(dna, wanted, frame)
    joints = resting_joints(dna, frame)
    faces = torch.from_numpy(skin.faces.astype(np.int32))
    native = torch.from_numpy(skin.vertices)
    (sites, note), digests = _landmarks(path, skin, native, faces)
    origin = head_origin(landmark_points(native, faces, sites), unit=dna.unit)
    zero = (native - origin).float()
    balls = [_mask(len(zero), skin.parts[eye]) for eye in EYES if eye in skin.parts]
    masks = regions(zero, landmark_points(zero, faces, sites), eyeballs=balls)
    bones = posed_bones(dna, skin.weights, masks["scannable"].numpy(), joints.order)
    slots, weights = _slots(skin.weights, bones)
    place, axes = _at_rest(joints, bones, origin, MILLIMETRES[dna.unit])
    stand_in = is_stand_in(data)
    return BonedHead(
        card=HeadCard(
            name=name + "(stand-in)" * stand_in,
            version=f"{dna.name}, {sha256(data)[:12]}",
            licence="made up by facescale, no licence needed" if stand_in else LICENCE,
            source=SOURCE,
            assets={path.name: sha256(data), **digests},
            native_unit=dna.unit,
            synthetic_stand_in=stand_in,
            notice="" if stand_in else NOTICE,
            notes=(note, *_notes(dna, bones, frame)),
        ),
        faces=faces,
        uv=torch.from_numpy(skin.uv).float(),
        faces_uv=torch.from_numpy(skin.faces_uv.astype(np.int32)),
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions=masks,
        blocks=tau_blocks(bones.names),
        zero=zero,
        parents=bones.parents,
        place=place,
        axes=axes,
        joints=slots,
        weights=weights,
        quads=torch.from_numpy(skin.quads),
        mirror=mirror_map(zero),
    )


def _most_detailed(names: tuple[str, ...], path: Path) -> dict[str, str]:
    """Part -> mesh, of the lowest level that has a head."""
    found = {match.groups(): name for name in names if (match := MESH.fullmatch(name))}
    levels = sorted(int(level) for part, level in found if part == HEAD)
    if not levels:
        raise ValueError(f"expected a mesh head_lod0_mesh in {path}, found {list(names[:8])}")
    return {part: name for (part, level), name in sorted(found.items()) if int(level) == levels[0]} | {
        HEAD: found[HEAD, str(levels[0])]
    }


def _slots(weights: csr_array, bones: PosedBones) -> tuple[Int[Tensor, "v m"], Float[Tensor, "v m"]]:
    """Weights of posed bones in as many slots as the vertex with the most of them needs, the greatest first."""
    merged = csr_array(
        (weights.data, bones.bone[weights.indices], weights.indptr),
        shape=(weights.shape[0], len(bones.parents)),
    )
    merged.sum_duplicates()
    merged.eliminate_zeros()
    lengths = np.diff(merged.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((-np.asarray(merged.data), rows))
    slot = np.arange(len(order)) - np.repeat(np.asarray(merged.indptr)[:-1], lengths)
    joints = np.zeros((len(lengths), int(lengths.max())), np.int32)
    shares = np.zeros(joints.shape, np.float32)
    joints[rows, slot], shares[rows, slot] = merged.indices[order], merged.data[order]
    return torch.from_numpy(joints), torch.from_numpy(shares)


def _at_rest(
    joints: RestingJoints, bones: PosedBones, origin: Float[Tensor, "3"], scale: float
) -> tuple[Float[Tensor, "j 3"], Float[Tensor, "j 3 3"]]:
    place = np.concatenate([np.zeros((1, 3)), joints.place[bones.joints] * scale - origin.numpy()])
    axes = np.concatenate([np.eye(3)[None], joints.axes[bones.joints]])
    return torch.from_numpy(place).float(), torch.from_numpy(axes).float()


def _landmarks(
    path: Path, skin: Skin, native: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]
) -> tuple[tuple[Sites, str], dict[str, str]]:
    """From beside the file, else carried over to the head mesh, whose faces come first."""
    from facescale.heads.landmark_transfer import transfer_landmarks

    found, digests = landmarks_beside(path, skin.faces[: skin.outer])
    if found is not None:
        return found, digests
    return (transfer_landmarks(native.float(), faces[: skin.outer]), CARRIED), {}


def _mask(count: int, part: slice) -> Bool[Tensor, "v"]:
    mask = torch.zeros(count, dtype=torch.bool)
    mask[part] = True
    return mask


def _notes(dna: DnaFile, bones: PosedBones, frame: Frame) -> tuple[str, ...]:
    targets = sum(len(mesh.targets) for mesh in dna.meshes.values())
    said = [
        f"{len(bones.names)} of {len(dna.joint_names)} joints are posed: facial ones that carry what is seen",
        f"{targets} blend-shape targets of the file are not used: bones alone, nine parameters each",
    ]
    if frame.viewers:
        said.append(
            f"axes {'/'.join(dna.axes)} would mirror the head: left and right were taken as the viewer's"
        )
    return tuple(said)
