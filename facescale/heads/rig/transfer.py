"""A head model's expressions carried over to a subject's neutral shape. Knows nothing of scans and files."""

from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float

from facescale.geometry.alignment import align
from facescale.geometry.deformation_transfer import TransferSolver, face_maps
from facescale.heads.linear import LinearHead
from facescale.heads.rig.contacts import contacts
from facescale.heads.rig.parts import head_parts
from facescale.heads.template import AbstractTemplateHead

EXPRESSION = "expression"
STILL_MM = 0.02
"""What no expression moves by more is held: skull, nape, the roots of the gums."""


@final
class RigTransfer:
    """One head model's expressions, made ready once for any number of subjects.

    Args:
        head: a linear head with a block "expression" of named activations, on the CPU.

    Raises:
        ValueError: a head without one.
    """

    def __init__(self, head: LinearHead) -> None:
        self.head, self.names = head, expression_names(head)
        block = next(block for block in head.blocks if block.name == EXPRESSION)
        start = sum(b.size for b in head.blocks[: head.blocks.index(block)])
        self.rest = head.mean_vertices().double().numpy()
        self.moved = head.basis[..., start : start + block.size].permute(2, 0, 1).double().numpy()
        self._skin = head.regions["head"].numpy()
        opaque = head.regions.get("opaque", torch.ones(len(self.rest), dtype=torch.bool)).numpy()
        faces = head.faces.long().numpy()
        self.parts = head_parts(self.rest, self.moved, faces, skin=self._skin, opaque=opaque)
        bending = self.parts.bending
        # lids and lips turn inwards at once: the vertices that touch are beyond the outer skin
        lined = bending & _same_piece(faces, self._skin)
        self.contacts = contacts(self.rest, self.moved, self.names, lined)
        amplitude = np.linalg.norm(self.moved, axis=-1).max(axis=0)
        self.faces = faces[bending[faces].all(axis=1)]
        self.solver = TransferSolver(self.rest, self.faces, amplitude < STILL_MM, self.contacts.ties)
        self.maps = face_maps(self.rest, self.moved, self.faces)
        self._steady = 1.0 / (1.0 + amplitude[self._skin]) ** 2

    def pose(self, neutral: Float[np.ndarray, "v 3"]) -> tuple[np.ndarray, np.ndarray, float]:
        """How a neutral shape lies: rotation, shift and scale that take the model's mean onto it.

        Skin counts for more where expressions move it less.
        """
        parts = [torch.from_numpy(shape[self._skin])[None] for shape in (self.rest, neutral)]
        motion = align(*parts, weights=torch.from_numpy(self._steady)[None], scale=True)
        return motion.rotation[0].numpy(), motion.translation[0].numpy(), float(motion.scale[0])

    def __call__(self, neutral: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "k v 3"]:
        """Displacements of all expressions at full activation, mm, in the frame of the neutral shape.

        Args:
            neutral: float64, in any pose; the mean itself gets its own expressions back.

        Raises:
            ValueError: another number of vertices.
        """
        if neutral.shape != self.rest.shape:
            raise ValueError(
                f"expected {len(self.rest)} vertices of {self.head.card.name}, got {neutral.shape}"
            )
        turn, shift, scale = self.pose(neutral)
        upright = (neutral - shift) @ turn
        tied = self.contacts.wanted(upright, scale)
        pulls = [self.solver.pull(maps, upright, ties) for maps, ties in zip(self.maps, tied, strict=True)]
        return self._completed(self.solver.solve(pulls, scale * self.moved), upright, scale) @ turn.T

    def settled(
        self, moved: Float[np.ndarray, "k v 3"], neutral: Float[np.ndarray, "v 3"]
    ) -> Float[np.ndarray, "k v 3"]:
        """Let rigid parts and shells follow skin whose displacements have changed; frame of the neutral."""
        turn, shift, scale = self.pose(neutral)
        return self._completed(moved @ turn, (neutral - shift) @ turn, scale) @ turn.T

    def near(
        self, example: Float[np.ndarray, "v 3"], neutral: Float[np.ndarray, "v 3"]
    ) -> Float[np.ndarray, "v 3"]:
        """Move another shape of a subject rigidly onto the neutral one where expressions move little."""
        parts = [torch.from_numpy(shape[self._skin])[None] for shape in (example, neutral)]
        motion = align(*parts, weights=torch.from_numpy(self._steady)[None])
        return motion(torch.from_numpy(example)[None])[0].numpy()

    def _completed(
        self, displaced: Float[np.ndarray, "k v 3"], upright: Float[np.ndarray, "v 3"], scale: float
    ) -> Float[np.ndarray, "k v 3"]:
        """Add to what bends what is rigid and what rides on the skin."""
        parts = self.parts
        for part in parts.rigid:
            displaced[:, part.vertices] = part.carried(upright, scale, displaced)
        extra = displaced[:, parts.shell_on] - scale * self.moved[:, parts.shell_on]
        riding = np.einsum("kmad,ma->kmd", extra, parts.shell_weight)
        displaced[:, parts.shell] = scale * self.moved[:, parts.shell] + riding
        return displaced


def expression_names(head: AbstractTemplateHead) -> tuple[str, ...]:
    """Names of a head's expressions.

    Raises:
        ValueError: a head that is not linear, or has no named expressions.
    """
    block = next((block for block in head.blocks if block.name == EXPRESSION), None)
    if block is None or not block.names or not isinstance(head, LinearHead):
        raise ValueError(f"expected a linear head with named expressions, got {head.card.name}, which is none")
    return block.names


def _same_piece(faces: np.ndarray, skin: Bool[np.ndarray, "v"]) -> Bool[np.ndarray, "v"]:
    """Vertices of the pieces that have outer skin."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_array((np.ones(len(sides)), (sides[:, 0], sides[:, 1])), shape=(len(skin), len(skin)))
    _, piece = connected_components(graph, directed=False)
    return np.isin(piece, piece[skin])
