"""Matches of points with a head's surface: the nearest site, its signed residual, and whether to believe it.

Owns the part of a head that may be matched. Knows nothing of solvers, priors or of where the points come from.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import boundary_edges
from facescale.heads.regions import region_faces
from facescale.heads.template import AbstractTemplateHead

ON_EDGE = 1e-4
"""A barycentric below this lies on the edge opposite its corner."""
FACING_RAMP = 0.15
CONTACT_MM = 0.02
"""Below this distance the direction to the surface is rounding, and the face normal stands for it."""


@dataclass(frozen=True, kw_only=True)
class MatchingSurface:
    """The faces of a head that may be matched, and where their open border runs."""

    faces: Int[Tensor, "m 3"]
    """Corners of the matched faces: vertices of the head."""
    face_ids: Int[Tensor, "m"]
    """Each one's index among all faces of the head."""
    border_edge: Bool[Tensor, "m 3"]
    """Whether the edge opposite a corner is on the open border."""
    border_corner: Bool[Tensor, "m 3"]
    """Whether a corner is."""
    hairy: Float[Tensor, "v"]
    """1 for vertices outside the face proper, where hair, caps and collars are; 0 within."""
    incident: Int[Tensor, "i"]
    """Faces around each vertex, vertex after vertex."""
    incident_starts: Int[Tensor, "v"]
    """Where each vertex's faces begin."""

    @classmethod
    def of(cls, head: AbstractTemplateHead, region: str = "scannable") -> "MatchingSurface":
        """The surface of a region; its open border is where the region or the head ends."""
        face_ids = region_faces(head, region).long()
        faces = head.faces[face_ids].long()
        border = boundary_edges(faces)
        keys = torch.sort(border, dim=1).values @ torch.tensor([head.num_vertices, 1]).to(border)
        opposite = faces[:, [[1, 2], [2, 0], [0, 1]]].sort(dim=-1).values
        edges = opposite[..., 0] * head.num_vertices + opposite[..., 1]
        corner = torch.zeros(head.num_vertices, dtype=torch.bool, device=faces.device)
        corner[border.ravel()] = True
        around = torch.sort(faces.ravel(), stable=True)
        valence = torch.bincount(around.values, minlength=head.num_vertices)
        return cls(
            faces=faces,
            face_ids=face_ids,
            border_edge=torch.isin(edges, keys),
            border_corner=corner[faces],
            hairy=(~head.regions["face"]).float(),
            incident=around.indices // 3,
            incident_starts=valence.cumsum(0) - valence,
        )


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Each point's nearest site on the surface, as constants until the next search."""

    sites: Sites
    """On the head's own faces; face -1 where there is none in reach."""
    found: Int[Tensor, "b n"]
    """The same as indices of matched faces: a hint for the next search."""
    points: Float[Tensor, "b n 3"]
    """The queries, in the head frame."""
    directions: Float[Tensor, "b n 3"]
    """Unit, from the site to the point or, in contact, along the face normal; always on the outer side."""
    residual: Float[Tensor, "b n"]
    """Signed distance in mm, positive outside."""
    distance: Float[Tensor, "b n"]
    """|residual| where the match counts, infinity where it does not."""
    hairy: Float[Tensor, "b n"]
    """The surface's, interpolated at the site."""
    trust: Float[Tensor, "b n"]
    """0 to 1: how well the normals agree, from the limit of facing to FACING_RAMP above it. A point that turns
    out of sight fades instead of dropping out, so that a fit is a smooth function of its data."""

    @property
    def counted(self) -> Bool[Tensor, "b n"]:
        """Matches that count."""
        return self.distance.isfinite()


def match(
    surface: MatchingSurface,
    bvh: SurfaceBvh,
    vertices: Float[Tensor, "b v 3"],
    points: Float[Tensor, "b n 3"],
    normals: Float[Tensor, "b n 3"],
    *,
    reach: float,
    facing: float,
    borders: bool = False,
    hint: Int[Tensor, "b n"] | None = None,
    at_vertices: Float[Tensor, "w 4"] | None = None,
) -> Matches:
    """Search each point's nearest site; a match on an open border, too far or facing away does not count.

    Args:
        surface: what may be matched.
        bvh: over `surface.faces`, already refitted to `vertices`.
        vertices: of the head.
        points: in the head frame; NaN for padding.
        normals: of the points; zero where unknown, which passes every test of facing.
        reach: mm; a nearest site beyond it is none.
        facing: least cosine between the normals of point and face.
        borders: whether matches on the open border count.
        hint: `found` of the last search.
        at_vertices: `vertex_values` where they are known already.
    """
    near = bvh.closest(points, reach, hint=hint)
    found = near.sites.face.long()
    face = found.clamp_min(0)
    values = vertex_values(surface, vertices) if at_vertices is None else at_vertices
    at_site = _at_sites(surface, values, face, near.sites.barycentric)
    outward = torch.nn.functional.normalize(at_site[..., :3], dim=-1)
    offset = points - near.points
    height = (offset * outward).sum(dim=-1)
    side = torch.where(height < 0, -1.0, 1.0)
    direction = torch.where(
        (near.distance > CONTACT_MM)[..., None],
        offset * (side / near.distance.clamp_min(CONTACT_MM))[..., None],
        outward,
    )
    agree = (outward * normals).sum(dim=-1)
    agree = torch.where(normals.any(dim=-1), agree, 1.0)
    trust = ((agree - facing) / FACING_RAMP).clamp(0.0, 1.0)
    counts = (found >= 0) & (trust > 0)
    if not borders:
        counts &= ~_on_border(surface, face, near.sites.barycentric)
    residual = torch.where(near.distance > CONTACT_MM, side * near.distance, height)
    return Matches(
        sites=Sites(
            face=torch.where(found >= 0, surface.face_ids[face], -1), barycentric=near.sites.barycentric
        ),
        found=found,
        points=torch.where(counts[..., None], points, 0.0),
        directions=torch.where(counts[..., None], direction, 0.0),
        residual=torch.where(counts, residual, 0.0),
        distance=torch.where(counts, residual.abs(), torch.inf),
        hairy=at_site[..., 3],
        trust=trust,
    )


def _at_sites(
    surface: MatchingSurface,
    values: Float[Tensor, "w 4"],
    face: Int[Tensor, "b n"],
    barycentric: Float[Tensor, "b n 3"],
) -> Float[Tensor, "b n 4"]:
    """What belongs to vertices, interpolated at sites.

    A site on an edge belongs to two faces, and which one a search names is chance: what belongs to a face and
    not to the vertices would make facing, sign and weight depend on it.
    """
    lanes = len(face)
    corners = surface.faces.index_select(0, face.ravel()).view(lanes, -1, 3)
    if lanes > 1:
        corners = corners + torch.arange(lanes, device=face.device)[:, None, None] * (len(values) // lanes)
    at = values.index_select(0, corners.ravel()).view(lanes, -1, 3, 4)
    return (at * barycentric[..., None]).sum(dim=2)


def vertex_values(surface: MatchingSurface, vertices: Float[Tensor, "b v 3"]) -> Float[Tensor, "w 4"]:
    """Unit normals of all vertices of all shapes, end to end, with `hairy` beside them."""
    lanes, count = vertices.shape[:2]
    faces, incident, starts = surface.faces, surface.incident, surface.incident_starts
    if lanes > 1:
        steps = torch.arange(lanes, device=faces.device)
        faces = (faces + steps[:, None, None] * count).reshape(-1, 3)
        incident = (incident + steps[:, None] * len(surface.faces)).ravel()
        starts = (starts + steps[:, None] * len(surface.incident)).ravel()
    at = vertices.reshape(-1, 3)
    a, b, c = (at.index_select(0, faces[:, corner]) for corner in range(3))
    area = torch.nn.functional.pad(torch.linalg.cross(b - a, c - a, dim=-1), (0, 1))
    # rows of four are summed several times as fast as rows of three
    summed = torch.nn.functional.embedding_bag(incident, area, starts, mode="sum")
    normals = torch.nn.functional.normalize(summed, dim=-1)
    normals[:, 3] = surface.hairy.repeat(lanes)
    return normals


def _on_border(
    surface: MatchingSurface, face: Int[Tensor, "b n"], barycentric: Float[Tensor, "b n 3"]
) -> Bool[Tensor, "b n"]:
    """Whether a site lies on an edge or corner of the open border."""
    on_edge = (barycentric < ON_EDGE) & surface.border_edge[face]
    on_corner = (barycentric > 1 - ON_EDGE) & surface.border_corner[face]
    return (on_edge | on_corner).any(dim=-1)
