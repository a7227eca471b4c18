"""Parts of any linear head that has landmarks and regions: skin with its sockets, eyeballs, eyes, lips.

Knows no head by name: parts are connected pieces of opaque faces, told apart by the landmarks they lie near.
"""

import re
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import points_at
from facescale.geometry.topology import pieces
from facescale.heads.linear import LinearHead

NOSE_TIP = 30
EYES = {"Right": slice(36, 42), "Left": slice(42, 48)}
"""The subject's; ibug68."""
LIPS = slice(48, 68)
EYE_REACH_MM = 20.0
"""Of an eyeball's middle from the middle of its lids' landmarks."""
LIP_REACH_MM = 10.0


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """Face lists of a head's parts."""

    head: LinearHead
    faces: Int[Tensor, "f 3"]
    """All that stop light."""
    skin: Bool[Tensor, "f"]
    """The piece of the nose tip: outer skin, and the sockets that hang on it."""
    eyeballs: dict[str, Bool[Tensor, "f"]]
    """By the subject's side."""
    piece: Int[Tensor, "f"]
    nose_tip: int
    """The vertex nearest to the landmark."""

    @classmethod
    def of(cls, head: LinearHead) -> "Anatomy":
        """Sort the faces of a head, by its mean shape.

        Raises:
            ValueError: an eye without an eyeball.
        """
        mean, marks = head.mean_vertices(), landmarks_of(head, head.mean_vertices())
        opaque = head.regions.get("opaque", torch.ones(len(mean), dtype=torch.bool))
        faces = head.faces[opaque[head.faces.long()].all(1)].long()
        used = faces.unique()
        tip = int(used[(mean[used] - marks[NOSE_TIP]).norm(dim=1).argmin()])
        piece = pieces(faces, len(mean))
        skin = piece == piece[(faces == tip).any(1).nonzero()[0, 0]]
        eyeballs = {}
        for side, place in EYES.items():
            eyeballs[side] = torch.zeros(len(faces), dtype=torch.bool)
            for number in piece[~skin].unique().tolist():
                of_piece = piece == number
                points = mean[faces[of_piece].unique()]
                middle = (points.amin(0) + points.amax(0)) / 2
                if (middle - marks[place].mean(0)).norm() < EYE_REACH_MM:
                    eyeballs[side] |= of_piece
            if not eyeballs[side].any():
                raise ValueError(f"expected a separate eyeball behind the {side} eye's landmarks, got none")
        return cls(head=head, faces=faces, skin=skin, eyeballs=eyeballs, piece=piece, nose_tip=tip)

    @property
    def skin_vertices(self) -> Bool[Tensor, "v"]:
        """Vertices of the outer skin."""
        return self.head.regions["head"]

    def shape(self, **blocks: Float[Tensor, "b _"]) -> Float[Tensor, "b v 3"]:
        """Vertices for coefficients."""
        return self.head.evaluate(blocks)

    def expression(self, weights: dict[str, float]) -> Float[Tensor, "v 3"]:
        """The mean face with some expressions, by ARKit's names ("eyeBlinkLeft").

        Raises:
            ValueError: an unknown name.
        """
        names = self.expression_names
        unknown = weights.keys() - set(names)
        if unknown:
            raise ValueError(f"expected expressions among {names}, got {sorted(unknown)}")
        values = torch.tensor([[weights.get(name, 0.0) for name in names]])
        return self.shape(expression=values)[0]

    @property
    def expression_names(self) -> list[str]:
        """As ARKit spells them: a model's `_L` is `Left`."""
        block = next(block for block in self.head.blocks if block.name == "expression")
        return [re.sub("_R$", "Right", re.sub("_L$", "Left", name)) for name in block.names]

    def near_lips(self, vertices: Float[Tensor, "v 3"]) -> Bool[Tensor, "f"]:
        """Faces as near to a landmark of the lips as lips are."""
        lips = landmarks_of(self.head, vertices)[LIPS]
        middle = vertices[self.faces].mean(dim=1)
        return torch.cdist(middle, lips).amin(1) < LIP_REACH_MM


def landmarks_of(head: LinearHead, vertices: Float[Tensor, "v 3"]) -> Float[Tensor, "68 3"]:
    """Positions of ibug's 68 landmarks."""
    return points_at(vertices[None], head.faces, head.landmarks["ibug68"])[0]
