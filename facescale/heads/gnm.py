"""GNM Head as a skinned head: unit, frame, joints, landmarks, regions, priors. Not its file format."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.blocks import expression_components, identity_block, turning_block
from facescale.heads.bounded_files import check_array, check_range, read_bounded, sha256
from facescale.heads.framing import OUTER_CORNERS, head_origin, landmark_points, mirror_of, now7, regions
from facescale.heads.gnm_files import JOINTS, GnmFiles, read_gnm
from facescale.heads.linear_import import CARRIED, landmarks_beside
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import HeadCard, ParameterBlock

MILLIMETRES = 1000.0
LANDMARK_FILE = "head_sparse_68.txt"
"""68 rows of three vertices, a weight behind each."""
LARGEST_LANDMARKS = 1 << 16
LANDMARKS = 68
SUM_WITHIN = 1e-3
EYES, EXTERIORS = ("left_eye", "right_eye"), ("eye_exteriors", "eyeball_exterior")
TURNED = {"head": ("head",), "eyes": EYES}
STD: Mapping[str, tuple[float, float, float]] = {"head": (0.15, 0.15, 0.1), "eyes": (0.1, 0.15, 0.01)}
"""Radians about +x (nod, gaze down), +y (to the left) and +z: scans are nearly neutral."""
LOWER: Mapping[str, tuple[float, float, float]] = {"head": (-0.8, -1.2, -0.6), "eyes": (-0.6, -0.8, -0.05)}
UPPER: Mapping[str, tuple[float, float, float]] = {"head": (0.8, 1.2, 0.6), "eyes": (0.6, 0.8, 0.05)}
MIRRORED = (
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
)  # fmt: skip
"""Each of the 68 landmarks' counterpart on the other side of the face."""


def convert_gnm(path: Path, name: str) -> SkinnedHead:
    """Make a head of `gnm_head.npz`.

    Metres become millimetres; its axes are those of the head frame already. The origin is the midpoint of the
    four eye corners of the mean. The root joint never turns, since a head's pose is not its own, and with it go
    its correctives.

    Args:
        path: the npz; `head_sparse_68.txt` or NAME.landmarks.npz beside it, where there are landmarks.
        name: of the format.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    files = read_gnm(path)
    native = torch.from_numpy(files.template.astype(np.float64) * MILLIMETRES)
    faces, uv, faces_uv, quads = _triangles(files)
    skin = torch.from_numpy(files.groups["skin"])
    sites, note, digests = _landmarks(path, native, faces, skin)
    origin = head_origin(landmark_points(native, faces, sites), unit="m")
    zero = (native - origin).float()
    masks = _regions(files, zero, landmark_points(zero, faces, sites))
    mirror, mirror_note = mirror_of(zero, "mirror_indices", files.mirror)
    identity, expression = _columns(files.identity), _columns(files.expression)
    joints = (torch.from_numpy(files.joints.astype(np.float64) * MILLIMETRES) - origin).float()
    weights = torch.from_numpy(files.weights.astype(np.float32)).T.contiguous()
    turned = {block: tuple(files.joint_names.index(joint) for joint in held) for block, held in TURNED.items()}
    return SkinnedHead(
        card=_card(files, name, {**files.digests, **digests}, (note, mirror_note)),
        faces=faces,
        uv=uv,
        faces_uv=faces_uv,
        quads=quads,
        mirror=mirror,
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions={**{f"gnm.{group}": torch.from_numpy(mask) for group, mask in files.groups.items()}, **masks},
        blocks=(
            identity_block(identity, masks["head"], files.identity_names),
            replace(expression_components(expression, masks["head"]), names=files.expression_names),
            *(_turning(block, held, files, zero, joints) for block, held in turned.items()),
        ),
        turned=turned,
        zero=zero,
        basis=torch.cat([identity, expression], dim=-1).contiguous(),
        parents=files.parents,
        joint_zero=joints,
        # expressions move no joint
        joint_basis=torch.nn.functional.pad(_columns(files.joint_identity), (0, expression.shape[-1])),
        correctives=_columns(files.correctives[9:].reshape(9 * (len(JOINTS) - 1), -1, 3)),
        weights=weights,
    )


def _card(files: GnmFiles, name: str, digests: dict[str, str], notes: tuple[str, ...]) -> HeadCard:
    return HeadCard(
        name=name + "(stand-in)" * files.stand_in,
        version="3.0",
        licence="made up by facescale, no licence needed" if files.stand_in else "Apache-2.0",
        source="https://github.com/google/GNM",
        assets=digests,
        native_unit="m",
        synthetic_stand_in=files.stand_in,
        notes=(
            *notes,
            "identity and expression: teeth and tongue have components that no scan of the skin sees",
            "scannable: the groups skin and eyes; what of the skin lies within the mouth is not told apart",
        ),
    )


def _triangles(files: GnmFiles) -> tuple[Int[Tensor, "f 3"], Float[Tensor, "t 2"], Int[Tensor, "f 3"], Tensor]:
    """Each quad as two triangles in a row, and the distinct texture coordinates of their corners."""
    uv, index = np.unique(files.quad_uvs.reshape(-1, 2), axis=0, return_inverse=True)
    corners = [[0, 1, 2], [0, 2, 3]]
    faces = files.quads[:, corners].reshape(-1, 3).astype(np.int32)
    faces_uv = index.reshape(-1, 4)[:, corners].reshape(-1, 3).astype(np.int32)
    # a quad with two corners in one is a triangle
    whole = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    both = whole.reshape(-1, 2).all(axis=1).repeat(2)
    first = np.arange(len(faces)) % 2 == 0
    parts = (faces[whole], uv.astype(np.float32), faces_uv[whole], (both & first)[whole])
    faces_, uv_, faces_uv_, quads = (torch.from_numpy(np.ascontiguousarray(part)) for part in parts)
    return faces_, uv_, faces_uv_, quads


def _landmarks(
    path: Path, native: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], skin: Tensor
) -> tuple[Sites, str, dict[str, str]]:
    """A user's own, the published file's, or carried over; where they come from, and digests."""
    from facescale.geometry.surface import SurfaceBvh
    from facescale.heads.landmark_transfer import transfer_landmarks

    found, digests = landmarks_beside(path, faces.numpy())
    if found is not None:
        return (*found, digests)
    outer = skin[faces.long()].all(dim=1)
    kept = outer.nonzero()[:, 0].int()
    beside = path.with_name(LANDMARK_FILE)
    if not beside.is_file():
        carried = transfer_landmarks(native.float(), faces[outer])
        return Sites(face=kept[carried.face.long()], barycentric=carried.barycentric), CARRIED, {}
    data = read_bounded(beside, LARGEST_LANDMARKS)
    vertex, weight = _rows(data, len(native), beside)
    points = torch.einsum("nc,ncd->nd", torch.from_numpy(weight), native[torch.from_numpy(vertex)])
    note = f"68 landmarks: {LANDMARK_FILE}"
    right, left = (float(points[corner, 0]) for corner in OUTER_CORNERS)
    if right > left:
        points, note = points[list(MIRRORED)], note + ", whose order is that of a face in the mirror"
    near = SurfaceBvh(native[None].float(), faces[outer]).closest(points[None].float()).sites
    return (
        Sites(face=kept[near.face[0].long()], barycentric=near.barycentric[0]),
        note,
        {LANDMARK_FILE: sha256(data)},
    )


def _rows(data: bytes, vertices: int, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Three vertices and their weights a row."""
    try:
        table = np.array([[float(word) for word in line.split()] for line in data.decode("ascii").splitlines()])
    except ValueError as error:
        raise ValueError(f"expected rows of six numbers in {path}, got: {error}") from error
    check_array(path.name, table, (LANDMARKS, 6))
    vertex, weight = np.rint(table[:, ::2]), table[:, 1::2]
    check_range(f"vertices of {path.name}", vertex, vertices)
    if not (vertex == table[:, ::2]).all() or np.abs(weight.sum(axis=1) - 1).max() > SUM_WITHIN:
        raise ValueError(f"expected whole vertices and weights that sum to 1 in {path}, got others")
    return vertex.astype(np.int64), weight


def _regions(files: GnmFiles, zero: Float[Tensor, "v 3"], points: Float[Tensor, "68 3"]) -> dict[str, Tensor]:
    groups = {name: torch.from_numpy(mask) for name, mask in files.groups.items()}
    eyes = [groups[name] for name in EYES if name in groups]
    hidden = ~groups["skin"]
    for eye in eyes:
        hidden &= ~eye
    masks = dict(regions(zero, points, eyeballs=eyes, hidden=hidden))
    for name in EXTERIORS:
        if name in groups:
            masks["scannable"] &= groups["skin"] | groups[name]
    return masks


def _columns(displacements: Float[np.ndarray, "k v 3"]) -> Float[Tensor, "v 3 k"]:
    moved = torch.from_numpy(displacements.astype(np.float32)).permute(1, 2, 0) * MILLIMETRES
    return moved.contiguous()


def _turning(
    name: str, held: tuple[int, ...], files: GnmFiles, zero: Float[Tensor, "v 3"], joints: Tensor
) -> ParameterBlock:
    arms = []
    for joint in held:
        carried = [other for other in range(len(JOINTS)) if joint in (other, files.parents[other])]
        share = torch.from_numpy(files.weights[carried].astype(np.float32).sum(axis=0))
        arms.append(float((share * (zero - joints[joint]).norm(dim=1)).square().mean().sqrt()))
    return turning_block(name, STD[name], LOWER[name], UPPER[name], joints=len(held), arm=max(*arms, 1e-3))
