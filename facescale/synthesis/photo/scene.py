"""A person before the camera, as triangles to cast rays at, in the head frame. No light and no colour.

Nodes are the template's vertices, then those of the coat of hair, then of the clothes: what varies slowly is
kept on them.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from facescale.geometry.surface import SurfaceBvh
from facescale.synthesis.photo.clothes import Garment
from facescale.synthesis.photo.hair import Coat
from facescale.synthesis.photo.painted_head import CHILDREN, Material, PaintedHead
from facescale.synthesis.photo.person import Person, surface_of
from facescale.synthesis.tessellate import vertex_normals


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that stops light."""

    vertices: Float[np.ndarray, "v 3"]
    """mm in the head frame."""
    faces: Int[np.ndarray, "f 3"]
    normals: Float[np.ndarray, "v 3"]
    """Smooth, unit length."""
    material: Int[np.ndarray, "f"]
    template_face: Int[np.ndarray, "f"]
    """Face of the head's template that each face is part of or grows on; -1 for clothes."""
    child: Int[np.ndarray, "f"]
    """Row of `CHILDREN`."""
    node: Int[np.ndarray, "f 3"]
    """Nodes at the corners of the template's face."""
    node_points: Float[np.ndarray, "n 3"]
    node_normals: Float[np.ndarray, "n 3"]
    tree: SurfaceBvh
    bald_tree: SurfaceBvh | None
    """The same without its hair; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Hits:
    """What rays meet; rays that meet nothing are left out."""

    ray: Int[np.ndarray, "n"]
    """Index of the ray."""
    face: Int[np.ndarray, "n"]
    """Of the scene."""
    barycentric: Float[np.ndarray, "n 3"]
    """Within that face."""
    length: Float[np.ndarray, "n"]
    """From the ray's origin, mm."""

    def of_template(self, scene: Scene) -> Float[np.ndarray, "n 3"]:
        """Barycentrics within the face of the template."""
        return np.einsum("nc,ncd->nd", self.barycentric, CHILDREN[scene.child[self.face]])

    def chosen(self, mask: Bool[np.ndarray, "n"]) -> "Hits":
        """Some of them."""
        return Hits(
            ray=self.ray[mask],
            face=self.face[mask],
            barycentric=self.barycentric[mask],
            length=self.length[mask],
        )


def build_scene(
    painted: PaintedHead,
    person: Person,
    vertices: Float[np.ndarray, "v 3"],
    *,
    coat: Coat | None,
    garment: Garment | None,
) -> Scene:
    """Put a person together.

    Args:
        painted: the head model.
        person: whose head it is.
        vertices: theirs at this moment.
        coat: of hair, or None.
        garment: or None.
    """
    template = painted.template
    head = surface_of(painted, person, vertices)
    count, fine = len(vertices), len(head.vertices)
    worn = garment or Garment(points=np.zeros((0, 3), np.float32), faces=np.zeros((0, 3), np.int32))
    shell = coat.shell(vertices) if coat is not None else np.zeros((0, 3), np.float32)
    grown = coat.faces if coat is not None else np.zeros(0, np.int64)
    points = np.concatenate([head.vertices, worn.points, shell])
    clothed = fine + len(worn.points)
    cloth = worn.faces + fine
    hair = template.faces[grown].astype(np.int32) + clothed
    faces = np.concatenate([head.faces, cloth, hair]).astype(np.int32)
    normals = np.zeros_like(points)
    for part in (head.faces, cloth, hair):
        used = np.zeros(len(points), dtype=bool)
        used[part] = True
        normals[used] = vertex_normals(points, part)[used]
    cloth_nodes = count + len(shell)
    node_points = np.concatenate([vertices, shell, worn.points])
    node_normals = np.concatenate([normals[:count], normals[clothed:], normals[fine:clothed]])
    bald = len(head.faces) + len(cloth)
    return Scene(
        vertices=points,
        faces=faces,
        normals=normals,
        material=np.concatenate(
            [
                painted.material[painted.parent],
                np.full(len(cloth), int(Material.CLOTHES)),
                np.full(len(hair), int(Material.HAIR)),
            ]
        ),
        template_face=np.concatenate([painted.parent, np.full(len(cloth), -1), grown]),
        child=np.concatenate([painted.child, np.full(len(cloth) + len(hair), 4)]),
        node=np.concatenate(
            [template.faces[painted.parent], cloth - fine + cloth_nodes, template.faces[grown] + count]
        ),
        node_points=node_points,
        node_normals=node_normals,
        tree=_tree(points, faces),
        bald_tree=_tree(points, faces[:bald]) if coat is not None else None,
    )


def cast(
    scene: Scene,
    origins: Float[np.ndarray, "n 3"],
    directions: Float[np.ndarray, "n 3"],
    *,
    bald: bool = False,
) -> Hits:
    """First hits of rays, from either side."""
    tree = scene.bald_tree if bald and scene.bald_tree is not None else scene.tree
    found = tree.first_hit(_tensor(origins)[None], _tensor(directions)[None])
    face = found.sites.face[0].numpy()
    hit = np.flatnonzero(face >= 0)
    return Hits(
        ray=hit,
        face=face[hit],
        barycentric=found.sites.barycentric[0].numpy()[hit],
        length=found.length[0].numpy()[hit],
    )


def blocked(
    scene: Scene,
    origins: Float[np.ndarray, "n 3"],
    directions: Float[np.ndarray, "n 3"],
) -> Bool[np.ndarray, "n"]:
    """Whether anything stands in the way of rays that end far outside."""
    found = scene.tree.first_hit(_tensor(origins)[None], _tensor(directions)[None])
    return found.sites.face[0].numpy() >= 0


def cast_through_hair(
    scene: Scene, coat: Coat | None, mean: Float[np.ndarray, "v 3"], ways: tuple[np.ndarray, np.ndarray]
) -> Hits:
    """First hits, where rays pass between the strands of a fringe.

    Args:
        scene: what to hit.
        coat: its hair.
        mean: of the template: hair is attached to it.
        ways: origins and directions [n 3].
    """
    hits = cast(scene, *ways)
    if coat is None:
        return hits
    hair = np.flatnonzero(scene.material[hits.face] == Material.HAIR)
    corners = scene.node[hits.face[hair]] - len(mean)
    weights = hits.barycentric[hair]
    points = np.einsum("nc,ncd->nd", weights, mean[corners])
    depth = (weights * coat.depth[corners]).sum(axis=1)
    through = hair[~coat.opaque(depth, coat.strands(points))]
    rays = hits.ray[through]
    below = cast(scene, ways[0][rays], ways[1][rays], bald=True)
    kept = np.ones(len(hits.ray), dtype=bool)
    kept[through] = False
    stayed, seen = hits.chosen(kept), replace(below, ray=rays[below.ray])
    return Hits(
        ray=np.concatenate([stayed.ray, seen.ray]),
        face=np.concatenate([stayed.face, seen.face]),
        barycentric=np.concatenate([stayed.barycentric, seen.barycentric]),
        length=np.concatenate([stayed.length, seen.length]),
    )


def _tree(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> SurfaceBvh:
    return SurfaceBvh(torch.from_numpy(points)[None], torch.from_numpy(faces))


def _tensor(rows: Float[np.ndarray, "n 3"]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32))
