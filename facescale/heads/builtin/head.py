"""The built-in head as a linear head: triangles, regions, landmarks, blocks and card."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, vertex_sites
from facescale.heads.blocks import expression_block, identity_block
from facescale.heads.builtin.arkit import ARKIT_NAMES
from facescale.heads.builtin.assembly import HeadArrays
from facescale.heads.builtin.correlation import correlation
from facescale.heads.builtin.eyelids import INNER_RING
from facescale.heads.builtin.identity_axes import CORRELATED, IDENTITY_AXES
from facescale.heads.builtin.store import source_digest, stored_arrays
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.embeddings import embedding
from facescale.heads.linear import LinearHead
from facescale.heads.regions import distance_to_polygon, inside_polygon
from facescale.heads.template import HeadCard
from facescale.structures.keypoints import NOW7_IN_IBUG68

FACE_RADIUS = 95.0
"""mm around the nose tip: what is reported as the face."""
NOSE_TIP = 30
LID_MARGINS = {"left": "eye", "right": "eye.right"}
"""Eyeball -> the block whose ring within the lid margin frames what is seen of it."""
LID_BULGE = 0.3
"""mm by which the rounded margin reaches over that ring."""
VERSION = "1"


def load_builtin() -> LinearHead:
    """The built-in procedural head: `identity` in standard deviations of named measures, 52 ARKit expressions.

    The origin is the midpoint of the four eye corners of the mean. Each quad (a, b, c, d) is the triangles
    (a, b, c) and (a, c, d), next to each other. It is built at first use and cached.
    """
    arrays = stored_arrays()
    zero = torch.from_numpy(arrays.vertices).float()
    faces = torch.from_numpy(_triangles(arrays.quads))
    shape, motion = _basis(arrays.identity), _basis(arrays.expression)
    regions = _regions(arrays, zero)
    axes = tuple(IDENTITY_AXES)
    together = correlation(axes, CORRELATED)
    sites = vertex_sites(faces, torch.from_numpy(arrays.landmarks))
    now7 = torch.tensor(NOW7_IN_IBUG68)
    return LinearHead(
        card=HeadCard(
            name="builtin",
            version=VERSION,
            licence="Apache-2.0",
            source="https://github.com/facescale/facescale",
            assets={"facescale/heads/builtin": source_digest()},
            native_unit="mm",
        ),
        faces=faces,
        quads=torch.arange(len(faces)) % 2 == 0,
        uv=torch.from_numpy(arrays.uv).float(),
        faces_uv=torch.from_numpy(_triangles(arrays.quads_uv)),
        landmarks={
            "ibug68": sites,
            "now7": Sites(face=sites.face[now7], barycentric=sites.barycentric[now7]),
            **embedding("builtin", "mediapipe478", faces),
        },
        regions=regions,
        blocks=(
            identity_block(shape, regions["head"], axes, torch.from_numpy(together).float()),
            expression_block(motion, regions["head"], ARKIT_NAMES),
        ),
        zero=zero,
        basis=torch.cat([shape, motion], dim=-1).contiguous(),
    )


def _triangles(quads: Int[np.ndarray, "q 4"]) -> Int[np.ndarray, "f 3"]:
    return quads[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3).astype(np.int32)


def _basis(displacements: Float[np.ndarray, "k v 3"]) -> Float[Tensor, "v 3 k"]:
    return torch.from_numpy(displacements).float().permute(1, 2, 0)


def _regions(arrays: HeadArrays, zero: Float[Tensor, "v 3"]) -> Mapping[str, Bool[Tensor, "v"]]:
    masks = {name: torch.from_numpy(mask) for name, mask in arrays.masks.items()}
    near = (zero - zero[arrays.landmarks[NOSE_TIP]]).norm(dim=1) < FACE_RADIUS
    outer, shell = masks.pop("outer"), masks["eyeballs.shell"]
    seen = torch.zeros_like(outer)
    rings = skin_topology().rings
    for side, block in LID_MARGINS.items():
        ball = masks["eyeballs." + side] & shell
        opening = zero[rings[block][INNER_RING], :2]  # subdivision keeps the numbers of the cage's vertices
        ahead = zero[:, 2] > zero[ball, 2].mean()
        clear = distance_to_polygon(zero[ball, :2], opening) > LID_BULGE
        seen[ball] |= ahead[ball] & clear & inside_polygon(zero[ball, :2], opening)
    return {
        **masks,
        "scannable": outer | seen,
        "face": outer & near,
        "head": outer,
        "opaque": ~masks["eyeballs.iris_disc"],
    }
