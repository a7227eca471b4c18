"""From the arrays of a linear model in any file to a linear head: frame, landmarks, regions, priors, card.

Knows nothing of files but the landmarks that a user may lay beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, vertex_sites
from facescale.heads.blocks import expression_block, expression_components, identity_block
from facescale.heads.bounded_files import check_array, check_range, read_bounded, read_npz, sha256
from facescale.heads.framing import head_origin, landmark_points, mirror_map, now7, regions
from facescale.heads.linear import LinearHead
from facescale.heads.template import HeadCard

MILLIMETRES = {"um": 1e-3, "mm": 1.0, "cm": 10.0, "m": 1000.0}
"""By native unit."""
LANDMARKS = 68
BESIDE = ".landmarks.npz"
"""After the stem of a model's file: landmarks that a user supplies."""
CARRIED = f"68 landmarks: carried over from the built-in head; lay better ones beside the model as NAME{BESIDE}"
FEWEST = 100
"""Vertices of a head."""
SUM_WITHIN = 1e-3


@dataclass(frozen=True, kw_only=True)
class LinearArrays:
    """A linear model as stored, in its own unit: +x the subject's left, +y up, +z out of the face."""

    mean: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    identity: Float[np.ndarray, "v 3 k"]
    """A standard deviation of each component."""
    expression: Float[np.ndarray, "v 3 m"]
    """A standard deviation of each component, or the whole of each activation where they have names."""
    unit: str
    expression_names: tuple[str, ...] = ()
    """One an activation; empty where expressions are components."""
    uv: tuple[np.ndarray, np.ndarray] | None = None
    """Texture coordinates and the faces' indices of them."""

    def __post_init__(self) -> None:
        vertices = len(self.mean)
        check_array("the mean", self.mean, (vertices, 3))
        check_array("faces", self.faces, (len(self.faces), 3), "iu")
        check_range("faces", self.faces, vertices)
        check_array("the identity basis", self.identity, (vertices, 3, None))
        check_array("the expression basis", self.expression, (vertices, 3, None))
        if vertices < FEWEST or len(self.faces) < FEWEST or self.identity.shape[-1] == 0:
            raise ValueError(
                f"expected at least {FEWEST} vertices, as many faces and one component, "
                f"got {vertices}, {len(self.faces)} and {self.identity.shape[-1]}"
            )
        if self.unit not in MILLIMETRES:
            raise ValueError(f"expected one of the units {sorted(MILLIMETRES)}, got {self.unit!r}")
        if self.expression_names and len(self.expression_names) != self.expression.shape[-1]:
            raise ValueError(
                f"expected {self.expression.shape[-1]} names of expressions, got {len(self.expression_names)}"
            )


def linear_head(arrays: LinearArrays, card: HeadCard, landmarks: tuple[Sites, str] | None = None) -> LinearHead:
    """Make a head. The origin is the midpoint of the four eye corners of the mean.

    Args:
        arrays: the model.
        card: without notes on landmarks and digests of landmark files.
        landmarks: the 68 and where they come from; None carries them over from the built-in head.

    Raises:
        ValueError: a size or orientation that no head has in the unit it is said to be in.
    """
    from facescale.heads.landmark_transfer import transfer_landmarks

    scale = MILLIMETRES[arrays.unit]
    native = torch.from_numpy(arrays.mean.astype(np.float64) * scale)
    faces = torch.from_numpy(np.ascontiguousarray(arrays.faces).astype(np.int32))
    sites, note = landmarks or (
        transfer_landmarks(native.float(), faces),
        CARRIED,
    )
    origin = head_origin(landmark_points(native, faces, sites), unit=arrays.unit)
    zero = (native - origin).float()
    masks = regions(zero, landmark_points(zero, faces, sites))
    identity, expression = (_columns(part, scale) for part in (arrays.identity, arrays.expression))
    blocks = [identity_block(identity, masks["head"])]
    if arrays.expression_names:
        blocks.append(expression_block(expression, masks["head"], arrays.expression_names))
    elif expression.shape[-1]:
        blocks.append(expression_components(expression, masks["head"]))
    return LinearHead(
        card=HeadCard(**{**vars(card), "notes": (*card.notes, note)}),
        faces=faces,
        uv=None if arrays.uv is None else torch.from_numpy(arrays.uv[0].astype(np.float32)),
        faces_uv=None if arrays.uv is None else torch.from_numpy(arrays.uv[1].astype(np.int32)),
        landmarks={"ibug68": sites, "now7": now7(sites)},
        regions=masks,
        blocks=tuple(blocks),
        zero=zero,
        basis=torch.cat([identity, expression], dim=-1).contiguous(),
        mirror=mirror_map(zero),
    )


def landmarks_beside(
    path: Path, faces: Int[np.ndarray, "f 3"]
) -> tuple[tuple[Sites, str] | None, dict[str, str]]:
    """Read the landmarks that a user laid beside a model as NAME.landmarks.npz, where there are any.

    The file holds `vertex` (68,), or `face` (68,) and `barycentric` (68, 3), in the order of ibug.

    Returns:
        The landmarks and where they come from, and the file's digest by its name.

    Raises:
        ValueError: a file that is not so.
    """
    beside = path.with_name(path.stem + BESIDE)
    if not beside.is_file():
        return None, {}
    data = read_bounded(beside)
    return landmark_sites(read_npz(data, beside), faces, beside.name), {beside.name: sha256(data)}


def landmark_sites(
    found: Mapping[str, np.ndarray], faces: Int[np.ndarray, "f 3"], name: str
) -> tuple[Sites, str]:
    """68 landmarks from arrays, as `landmarks_beside` describes them."""
    note = f"68 landmarks: {name}"
    if "vertex" in found:
        vertex = found["vertex"].ravel()
        check_array(f"vertex of {name}", vertex, (LANDMARKS,), "iu")
        check_range(f"vertex of {name}", vertex, int(faces.max()) + 1)
        if not np.isin(vertex, faces).all():
            raise ValueError(f"expected landmarks on faces in {name}, got some on vertices that no face has")
        whole = torch.from_numpy(faces.astype(np.int32))
        return vertex_sites(whole, torch.from_numpy(vertex.astype(np.int64))), note
    if not {"face", "barycentric"} <= found.keys():
        raise ValueError(f"expected vertex, or face and barycentric, in {name}, found {sorted(found)}")
    face, barycentric = found["face"].ravel(), found["barycentric"]
    check_array(f"face of {name}", face, (LANDMARKS,), "iu")
    check_array(f"barycentric of {name}", barycentric, (LANDMARKS, 3))
    check_range(f"face of {name}", face, len(faces))
    if np.abs(barycentric.sum(axis=1) - 1).max() > SUM_WITHIN:
        raise ValueError(f"expected barycentrics that sum to 1 in {name}, got others")
    sites = Sites(
        face=torch.from_numpy(face.astype(np.int32)), barycentric=torch.from_numpy(barycentric).float()
    )
    return sites, note


def _columns(displacements: Float[np.ndarray, "v 3 k"], scale: float) -> Float[Tensor, "v 3 k"]:
    return torch.from_numpy(displacements.astype(np.float32)) * scale
