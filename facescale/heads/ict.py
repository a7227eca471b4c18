"""ICT-FaceKit Light as a linear head: units, frame, triangulation, regions, priors. Not its file formats."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, vertex_sites
from facescale.geometry.topology import boundary_loops
from facescale.heads.blocks import expression_block, identity_block
from facescale.heads.embeddings import embedding
from facescale.heads.ict_files import IctFiles, read_folder, read_packed
from facescale.heads.linear import LinearHead
from facescale.heads.regions import inside_polygon
from facescale.heads.template import HeadCard
from facescale.structures.keypoints import NOW7_IN_IBUG68

MILLIMETRES = 10.0
FACE_END = 9409
"""Vertices below: the face with forehead, ears and upper neck; the upstream README's "full face area"."""
SKIN_END = 11248
"""Vertices below: all outer skin of face, head and neck."""
PARTS = {
    "lining": (11248, 13294),
    "sockets": (13294, 14062),
    "gums": (14062, 17039),
    "teeth": (17039, 21451),
    "eyeballs.left": (21451, 23021),
    "eyeballs.right": (23021, 24591),
}
"""First vertex and end of what lies within the skin, as the upstream README lists it; the tongue belongs to the
gums."""
EYEBALLS = ((21451, 22221), (23021, 23791))
"""Left, right: the outer shell (sclera and cornea) of each eyeball; the iris disc behind it is left out."""
TRANSPARENT = 24591
"""Vertices from here on: tear film, blend and occlusion shells of the eyes, lashes; no scanner sees them."""
FACE_RADIUS = 95.0
"""mm around the nose tip: what is reported as the face."""
EYE_CORNERS = (36, 39, 42, 45)
NOSE_TIP = 30


def load_ict(path: Path) -> LinearHead:
    """Load ICT-FaceKit Light.

    Its axes are those of the head frame already; centimetres become millimetres. The origin is the midpoint
    of the four eye corners of the mean shape: a fixed translation, which any model with those landmarks can
    share. Each quad (a, b, c, d) becomes (a, b, c) and (a, c, d), in the order of the file.

    Args:
        path: the upstream repository's `FaceXModel` folder, the repository itself, or a packed npz. A folder
            with only some of the shapes gives a head with fewer coefficients.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    if path.is_dir():
        inner = path / "FaceXModel"
        return _assemble(read_folder(inner if inner.is_dir() else path))
    return _assemble(read_packed(path))


def _first_of_quads(faces: np.ndarray) -> np.ndarray:
    """The mask `AbstractTemplateHead.quads` of the triangles that `_triangulate` makes."""
    quad = faces[:, 3] >= 0
    first = np.zeros(len(faces) + quad.sum(), dtype=bool)
    first[np.arange(len(faces)) + np.cumsum(quad) - quad] = quad
    return first


def _assemble(files: IctFiles) -> LinearHead:
    corners = np.stack([files.neutral[files.landmarks[k]] for k in EYE_CORNERS])
    origin = corners.astype(np.float64).mean(axis=0) * MILLIMETRES
    zero = torch.from_numpy((files.neutral * MILLIMETRES - origin).astype(np.float32))
    split = [(0, 1, 2), (0, 2, 3)]
    faces = torch.from_numpy(_triangulate(files.faces, files.faces, split))
    identity, expression = _basis(files.identity), _basis(files.expression)
    regions = _regions(zero, faces, nose_tip=files.landmarks[NOSE_TIP])
    sites = vertex_sites(faces, torch.tensor(files.landmarks))
    now7 = torch.tensor(NOW7_IN_IBUG68)
    return LinearHead(
        card=HeadCard(
            name="ict",
            version="light, da5f95a",
            licence="MIT",
            source="https://github.com/ICT-VGL/ICT-FaceKit",
            assets=files.digests,
            native_unit="cm",
        ),
        faces=faces,
        uv=torch.from_numpy(files.uv.astype(np.float32)),
        faces_uv=torch.from_numpy(_triangulate(files.faces_uv, files.faces, split)),
        quads=torch.from_numpy(_first_of_quads(files.faces)),
        landmarks={
            "ibug68": sites,
            "now7": Sites(face=sites.face[now7], barycentric=sites.barycentric[now7]),
            **embedding("ict", "mediapipe478", faces),
        },
        regions=regions,
        blocks=(
            identity_block(identity, regions["head"]),
            expression_block(expression, regions["head"], files.expression_names),
        ),
        zero=zero,
        basis=torch.cat([identity, expression], dim=-1).contiguous(),
    )


def _basis(displacements: np.ndarray) -> Float[Tensor, "v 3 k"]:
    flat = torch.from_numpy(displacements.reshape(len(displacements), -1)).float() * MILLIMETRES
    return flat.T.reshape(displacements.shape[1], 3, len(displacements))


def _triangulate(polygons: np.ndarray, faces: np.ndarray, split: list[tuple[int, int, int]]) -> np.ndarray:
    """Fan every polygon from its first corner; `faces` says which are triangles."""
    fans = np.stack([polygons[:, corners] for corners in split], axis=1)
    keep = np.ones(fans.shape[:2], dtype=bool)
    keep[:, 1] = faces[:, 3] >= 0
    return fans[keep].astype(np.int32)


def _regions(
    zero: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], *, nose_tip: int
) -> Mapping[str, Bool[Tensor, "v"]]:
    vertex = torch.arange(len(zero))
    skin = vertex < SKIN_END
    near = (zero - zero[nose_tip]).norm(dim=1) < FACE_RADIUS
    loops = boundary_loops(faces[skin[faces].all(dim=1)])
    scannable = skin.clone()
    for start, stop in EYEBALLS:
        ball = zero[start:stop]
        centre = (ball.amin(dim=0) + ball.amax(dim=0)) / 2
        lids = min((zero[loop] for loop in loops), key=lambda p: float((p.mean(dim=0) - centre).norm()))
        scannable[start:stop] = inside_polygon(ball[:, :2], lids[:, :2]) & (ball[:, 2] > centre[2])
    return {
        "scannable": scannable,
        "face": (vertex < FACE_END) & near,
        "head": skin,
        "opaque": vertex < TRANSPARENT,
        **{name: (vertex >= start) & (vertex < stop) for name, (start, stop) in PARTS.items()},
    }
