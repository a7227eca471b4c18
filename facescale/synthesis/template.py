"""What synthesis needs of a head's topology, worked out once: parts, and the connectivity of finer skin."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from facescale.geometry.sites import points_at
from facescale.geometry.topology import boundary_vertices
from facescale.heads.linear import LinearHead
from facescale.heads.regions import region_faces
from facescale.synthesis.tessellate import midpoints, quadrisect


class Part(IntEnum):
    """What a face of a scene belongs to."""

    SKIN = 0
    EYE = 1
    INSIDE = 2
    HAIR = 3
    CLOTHES = 4


@dataclass(frozen=True, kw_only=True)
class Template:
    """A head's mean and topology in numpy, with everything scannable split into four."""

    mean: Float[np.ndarray, "v 3"]
    """mm in the head frame; says where on the head a vertex sits, whatever the subject's shape."""
    faces: Int[np.ndarray, "f 3"]
    """Opaque faces as the head has them."""
    part: Int[np.ndarray, "f"]
    edges: Int[np.ndarray, "e 2"]
    """Edges whose midpoints become vertices v, v + 1, ..."""
    rigid: Bool[np.ndarray, "e"]
    """Edges on a border, whose midpoints must stay on them lest the surface tears."""
    fine_faces: Int[np.ndarray, "g 3"]
    fine_part: Int[np.ndarray, "g"]
    skin: Bool[np.ndarray, "v"]
    """The region "head"."""
    face: Bool[np.ndarray, "v"]
    """The region "face"."""
    nose: Float[np.ndarray, "3"]
    """Base of the mean's nose: the middle of the face."""

    @classmethod
    def of(cls, head: LinearHead) -> "Template":
        """Work a head out."""
        mean = head.mean_vertices()
        opaque = head.regions.get("opaque", torch.ones(len(mean), dtype=torch.bool))
        kept = opaque[head.faces].all(dim=1)
        part = torch.full((len(head.faces),), int(Part.INSIDE))
        part[region_faces(head, "scannable")] = int(Part.EYE)
        part[region_faces(head, "head")] = int(Part.SKIN)
        faces, part = head.faces[kept], part[kept].numpy()
        split = part != Part.INSIDE
        edges, sides = midpoints(faces.numpy()[split])
        border = boundary_vertices(faces[torch.from_numpy(split)], len(mean)).numpy()
        fine = quadrisect(faces.numpy()[split], sides, len(mean))
        nose = points_at(mean[None], head.faces, head.landmarks["now7"])[0, 4]
        return cls(
            mean=mean.numpy(),
            faces=faces.numpy(),
            part=part,
            edges=edges,
            rigid=border[edges[:, 0]] & border[edges[:, 1]],
            fine_faces=np.concatenate([fine, faces.numpy()[~split]]),
            fine_part=np.concatenate([np.repeat(part[split], 4), part[~split]]),
            skin=head.regions["head"].numpy(),
            face=head.regions["face"].numpy(),
            nose=nose.numpy(),
        )
