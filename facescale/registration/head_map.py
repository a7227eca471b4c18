"""The map between two head models, found once: one model's topology registered to the other's mean.

The target model is fitted to the source's mean as to a scan, then bent onto it smoothly, and each vertex of its
skin that comes to lie there takes its place on the source's triangles. Reads and writes no file.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csc_array, csr_array

from facescale.fitting.status import SolveStatus
from facescale.geometry.normals import vertex_normals
from facescale.geometry.sites import points_at
from facescale.geometry.sparse_factor import SparseFactor
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import boundary_vertices, pieces
from facescale.heads.conversion import HeadConversion, head_digest, linear_part, neighbours
from facescale.heads.linear import LinearHead
from facescale.heads.regions import region_faces
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import AbstractTemplateHead
from facescale.registration.config import RegistrationConfig
from facescale.registration.finish import in_scan
from facescale.registration.registrar import Registrar
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh

ROUNDS = (
    (300.0, 15.0, 30.0),
    (100.0, 12.0, 30.0),
    (30.0, 9.0, 20.0),
    (10.0, 6.0, 10.0),
    (3.0, 4.0, 5.0),
    (1.0, 3.0, 3.0),
    (0.5, 3.0, 2.0),
    (0.5, 3.0, 2.0),
)
"""Of the bending towards the source: stiffness, from nearly rigid to a triangle's freedom; mm beyond which
closest points are none; and weight of a landmark, where a vertex's closest point weighs one."""
OUTSIDE = 6.0
"""How much stiffer than a face the rest of the skin is: an ear that meets no ear keeps its shape."""
MOSTLY, SPREADS = 0.7, 4
"""A vertex is on the overlap where this share of those around it would be, so many sides far: no patchwork."""
FIRST_LANDMARK = 17
"""Those before it are the contour of the jaw, which each model draws elsewhere."""
MEMBRANE = 0.02
"""Share of stretching in the stiffness, the rest is bending."""
FACING = 0.6
"""Cosine between the normals of a vertex and of its closest point, at least."""
ON_MM = 1.5
"""A vertex this near to the source's skin in the end lies on it."""
STRETCH = 3.0
"""Sides that grow or shrink by more than this are no likeness."""
FEWEST = 500
"""Vertices of an overlap that is one."""


@dataclass(frozen=True, kw_only=True)
class _Skin:
    """The source's skin to be bent onto."""

    vertices: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    border: Bool[np.ndarray, "v"]
    tree: SurfaceBvh

    @classmethod
    def of(cls, head: AbstractTemplateHead) -> "_Skin":
        mean = head.mean_vertices()
        # with the insides of lips and lids, which another model may count among its outer skin
        number = pieces(head.faces, len(mean))
        own = torch.unique(number[region_faces(head, "head").long()])
        faces = head.faces[torch.isin(number, own)]
        border = boundary_vertices(faces, len(mean)).numpy()
        tree = SurfaceBvh(mean[None], faces)
        return cls(vertices=mean.double().numpy(), faces=faces.long().numpy(), border=border, tree=tree)


def find_map(source: AbstractTemplateHead, target: LinearHead | SkinnedHead) -> HeadConversion:
    """Register the target's topology to the source's mean.

    Args:
        source: on the CPU.
        target: on the CPU.

    Raises:
        ValueError: the target cannot be fitted to the source, or too little of it lies on it.
    """
    fitted = _model_fit(source, target)
    skin = _Skin.of(source)
    bent = _bent(fitted, source, target, skin)
    on, corners, barycentric = _closest(bent, target, skin, ON_MM)
    overlap = np.flatnonzero(_whole(on & ~_crumpled(fitted, bent, target), target))
    if len(overlap) < FEWEST:
        raise ValueError(
            f"expected at least {FEWEST} vertices of {target.card.name} on {source.card.name}, "
            f"found {len(overlap)}: the heads do not overlap"
        )
    filled = np.setdiff1d(np.arange(target.num_vertices), overlap)
    mean = target.mean_vertices().double().numpy()
    near, weight = neighbours(mean, overlap, filled)
    basis, std, low, high = linear_part(target)
    return HeadConversion(
        source=head_digest(source),
        target=head_digest(target),
        source_vertices=source.num_vertices,
        overlap=overlap,
        corners=corners[overlap],
        barycentric=barycentric[overlap],
        zero=target.zero.double().numpy(),
        basis=basis,
        std=std,
        lowest=low,
        highest=high,
        neighbour=near,
        neighbour_weight=weight,
    )


def _model_fit(source: AbstractTemplateHead, target: AbstractTemplateHead) -> Float[np.ndarray, "w 3"]:
    """The target model fitted to the source's mean, all vertices."""
    mean = source.mean_vertices()
    named: dict[str, Any] = {}
    if "now7" in source.landmarks:
        places = points_at(mean[None], source.faces, source.landmarks["now7"])[0].double().numpy()
        named = {"keypoints": Keypoints(names=NOW7, positions=places)}
    faces = source.faces[region_faces(source, "scannable").long()].numpy().astype(np.int32)
    capture = Capture(
        item=source.card.name,
        subject=source.card.name,
        scan=Mesh(vertices=mean.numpy(), faces=faces),
        unit="mm",
        **named,
    )
    config = RegistrationConfig(unit="mm", up="+y", front="+z", prior_weight=0.1)
    registrar = Registrar(target, config)
    try:
        sample = registrar.prepare(capture, 0)
    except CaptureRejected as rejected:
        found = f"{target.card.name} could not be laid on the mean of {source.card.name}: {rejected}"
        raise ValueError(found) from rejected
    # the gate against scans that are no heads would turn a mean away that is far from the other's
    problem = registrar.problem([sample])
    ended = registrar.solve(problem)
    status = SolveStatus(int(ended.status[0]))
    if not status.usable:
        raise ValueError(
            f"expected {target.card.name} to fit the mean of {source.card.name}, found: {status.sentence}"
        )
    shape = target.evaluate(problem.layout.split(ended.unknowns.coefficients))[0].double().numpy()
    rotation, translation, scale = in_scan(sample, ended.unknowns, 0)
    return scale * shape @ rotation.T + translation


def _bent(
    vertices: Float[np.ndarray, "w 3"],
    source: AbstractTemplateHead,
    target: AbstractTemplateHead,
    skin: _Skin,
) -> Float[np.ndarray, "w 3"]:
    """Bend the target's skin onto the source's: closest points and landmarks against a thin plate."""
    faces = target.faces[region_faces(target, "head").long()].long().numpy()
    used = np.unique(faces)
    place = np.full(len(vertices), -1)
    place[used] = np.arange(len(used))
    laplacian = _uniform_laplacian(place[faces], len(used))
    loose = np.where(target.regions["face"].numpy()[used], 1.0, OUTSIDE)
    stiff = MEMBRANE * laplacian + laplacian.T @ (loose[:, None] * laplacian)
    marks, wanted_marks = _landmarks(source, target, place)
    vertices = vertices.copy()
    index = np.arange(len(used))
    for stiffness, reach, by_landmark in ROUNDS:
        on, corners, barycentric = _closest(vertices, target, skin, reach)
        feet = np.einsum("nc,ncd->nd", barycentric, skin.vertices[corners])
        trust = on[used].astype(np.float64)
        pull = coo_array((trust + 1e-6, (index, index)), shape=stiff.shape)
        right = trust[:, None] * (feet - vertices)[used]
        right += by_landmark * (marks.T @ (wanted_marks - marks @ vertices[used]))
        matrix = csc_array(pull + stiffness * stiff + by_landmark * (marks.T @ marks))
        vertices[used] += SparseFactor(matrix).solve(right)
    return vertices


def _landmarks(
    source: AbstractTemplateHead, target: AbstractTemplateHead, place: Int[np.ndarray, "w"]
) -> tuple[csr_array, Float[np.ndarray, "n 3"]]:
    """The inner landmarks as rows over the target's skin, and where they lie on the source."""
    sites = target.landmarks["ibug68"]
    corners = place[target.faces[sites.face.long()].numpy()]
    rows = np.flatnonzero((corners >= 0).all(axis=1) & (np.arange(len(corners)) >= FIRST_LANDMARK))
    mean = source.mean_vertices()
    points = points_at(mean[None], source.faces, source.landmarks["ibug68"])[0].double().numpy()
    entries = (
        sites.barycentric.double().numpy()[rows].ravel(),
        (np.repeat(np.arange(len(rows)), 3), corners[rows].ravel()),
    )
    return csr_array(coo_array(entries, shape=(len(rows), int(place.max()) + 1))), points[rows]


def _closest(
    vertices: Float[np.ndarray, "w 3"], target: AbstractTemplateHead, skin: _Skin, reach: float
) -> tuple[Bool[np.ndarray, "w"], Int[np.ndarray, "w 3"], Float[np.ndarray, "w 3"]]:
    """Of each vertex of the target whether it has a closest point that counts, and where on the skin it is.

    One that counts is near, faces the same way, is on no border, and the vertex is outer skin.
    """
    shape = torch.from_numpy(vertices).float()[None]
    found = skin.tree.closest(shape)
    face = found.sites.face[0].clamp_min(0).numpy()
    corners = skin.faces[face]
    barycentric = found.sites.barycentric[0].double().numpy()
    own = vertex_normals(shape, target.faces.long(), weighting="area")[0].numpy()
    a, b, c = (skin.vertices[corners[:, k]] for k in range(3))
    there = np.cross(b - a, c - a)
    there /= np.maximum(np.linalg.norm(there, axis=1, keepdims=True), 1e-12)
    on_border = (barycentric * skin.border[corners]).sum(axis=1) > 0.99  # noqa: PLR2004 - on a border's side
    distance = found.distance[0].numpy()
    facing = np.einsum("nd,nd->n", own, there)
    on = target.regions["head"].numpy() & (distance < reach) & (facing > FACING) & ~on_border
    return on, corners, barycentric


def _crumpled(
    before: Float[np.ndarray, "w 3"], after: Float[np.ndarray, "w 3"], target: AbstractTemplateHead
) -> Bool[np.ndarray, "w"]:
    """Vertices of triangles whose sides bending made much shorter or longer: ears that met no ear."""
    faces = target.faces.long().numpy()
    sides = faces[:, [[0, 1], [1, 2], [2, 0]]]
    length = [np.linalg.norm(shape[sides[..., 0]] - shape[sides[..., 1]], axis=-1) for shape in (before, after)]
    ratio = length[1] / np.maximum(length[0], 1e-9)
    mask = np.zeros(len(before), bool)
    mask[faces[((ratio < 1 / STRETCH) | (ratio > STRETCH)).any(axis=1)]] = True
    return mask


def _whole(mask: Bool[np.ndarray, "w"], target: AbstractTemplateHead) -> Bool[np.ndarray, "w"]:
    """Leave out what is on the overlap between others that are not."""
    laplacian = _uniform_laplacian(target.faces.long().numpy(), len(mask))
    degree = np.maximum(laplacian.diagonal(), 1.0)
    share = mask.astype(np.float64)
    for _ in range(SPREADS):
        share = share - 0.5 * (laplacian @ share) / degree
    return mask & (share > MOSTLY)


def _uniform_laplacian(faces: Int[np.ndarray, "f 3"], count: int) -> csr_array:
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    one, other = np.unique(sides, axis=0).T
    rows, columns = np.concatenate([one, other, one, other]), np.concatenate([other, one, one, other])
    values = np.repeat([-1.0, 1.0], [2 * len(one), 2 * len(one)])
    return csr_array(coo_array((values, (rows, columns)), shape=(count, count)))
