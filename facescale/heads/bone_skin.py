"""A posed head as engines hold it: bones in a tree, a resting mesh, and at most four weights a vertex.

Plain arrays, and the refit of many weights to four; knows nothing of files or of any one head model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from jaxtyping import Float, Integer
from torch import Tensor

WEIGHTS = 4
"""Of a vertex, as every engine takes them."""
CANDIDATES = 6
"""Bones of a vertex among which four are chosen, those with the greatest weights."""
RIDGE = 1e-6
"""Of the Gram matrix's trace, and mm^2: bones that move a vertex alike have no best weights."""


@dataclass(frozen=True, kw_only=True)
class BoneSkin:
    """A skinned mesh in mm and the head frame; bones at rest are parallel to its axes and unscaled."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    """-1 for the root; parents come before their children."""
    place: Float[np.ndarray, "j 3"]
    """Where the bones stand at rest."""
    rotation: Float[np.ndarray, "j 3 3"]
    """Each bone's own, fitted; it acts after the scale."""
    translation: Float[np.ndarray, "j 3"]
    """Each bone's own, from its place at rest, along its parent's axes."""
    scale: Float[np.ndarray, "j 3"]
    """Each bone's own; it scales what the bone carries, child bones included."""
    rest: Float[np.ndarray, "v 3"]
    joints: Integer[np.ndarray, "v 4"]
    """Zero where the weight is."""
    weights: Float[np.ndarray, "v 4"]
    remainder: Float[np.ndarray, "v 3"]
    """Offset at rest with which the fitted bones bring each vertex exactly where the head has it."""
    error_mm: float
    """Mean distance that four weights leave at the fitted pose, over all vertices."""
    worst_mm: float
    """The greatest of it."""
    drawn_error_mm: float
    """The mean over poses that were drawn and took no part in the refit."""

    def errors(self) -> dict[str, float]:
        """What four weights a vertex cost, mm, as a file tells it."""
        return {
            "mean_mm": round(self.error_mm, 4),
            "worst_mm": round(self.worst_mm, 4),
            "mean_of_other_poses_mm": round(self.drawn_error_mm, 4),
        }

    def matrices(self) -> Float[np.ndarray, "j 4 4"]:
        """What each bone does to what it carries."""
        own = np.tile(np.eye(4), (len(self.names), 1, 1))
        own[:, :3, :3] = self.rotation * self.scale[:, None, :]
        moved = self.place + self.translation
        own[:, :3, 3] = moved - (own[:, :3, :3] @ self.place[..., None])[..., 0]
        for bone, parent in enumerate(self.parents):
            if parent >= 0:
                own[bone] = own[parent] @ own[bone]
        return own


def candidates(weights: Float[Tensor, "v j"], count: int = CANDIDATES) -> Integer[Tensor, "v m"]:
    """The bones with the greatest weights."""
    return weights.topk(min(count, weights.shape[1]), dim=1).indices


def four_weights(gram: Float[Tensor, "v m m"]) -> Float[Tensor, "v m"]:
    """Weights, at most four of them above zero, none below, with sum 1, that minimise w' G w.

    With the column of bone i made of where it alone would bring a vertex less where the vertex should be, that
    is the squared miss. Every choice of up to four bones has its minimum in closed form, w = G^-1 1 / 1'G^-1 1,
    and the best of those without a negative weight is the answer, so nothing is iterated.

    Args:
        gram: of the misses of each bone alone, float64.
    """
    count, many = gram.shape[:2]
    trace = gram.diagonal(dim1=1, dim2=2).sum(dim=1)
    ridge = (RIDGE * (trace + 1.0))[:, None, None] * torch.eye(many, dtype=gram.dtype)
    safe = gram + ridge
    best = gram.new_full((count,), torch.inf)
    found = torch.zeros_like(gram[:, 0])
    for size in range(1, min(WEIGHTS, many) + 1):
        for chosen in combinations(range(many), size):
            rows = torch.tensor(chosen)
            part = safe[:, rows[:, None], rows]
            solved = torch.linalg.solve(part, torch.ones_like(part[..., 0]))
            cost = 1.0 / solved.sum(dim=1)
            good = (solved >= 0).all(dim=1) & (cost < best)
            weights = torch.zeros_like(found)
            weights[:, rows] = solved * cost[:, None]
            found = torch.where(good[:, None], weights, found)
            best = torch.where(good, cost, best)
    return found


def refitted(
    weights: Float[Tensor, "v j"],
    rest: Float[Tensor, "v 3"],
    linear: Float[Tensor, "s j 3 3"],
    shift: Float[Tensor, "s j 3"],
    importance: Sequence[float],
) -> tuple[Integer[np.ndarray, "v 4"], Float[np.ndarray, "v 4"]]:
    """At most four weights a vertex that come closest to all weights, over some poses.

    Args:
        weights: as the head has them.
        rest: vertices, mm.
        linear: what each bone does in each pose, x -> linear x + shift.
        shift: mm.
        importance: of the squared misses in each pose.

    Returns:
        Bones and float32 weights, the greatest first; bone 0 where there is no weight.
    """
    bones = candidates(weights)
    gram = torch.zeros(*bones.shape, bones.shape[1], dtype=torch.float64)
    for each, moved, share in zip(linear.double(), shift.double(), importance, strict=True):
        wanted = blended(weights.double(), rest.double(), each, moved)
        alone = (each[bones] @ rest.double()[:, None, :, None])[..., 0] + moved[bones]
        miss = alone - wanted[:, None]
        gram += share * miss @ miss.mT
    dense = four_weights(gram)
    kept, slot = dense.topk(min(WEIGHTS, dense.shape[1]), dim=1)
    chosen = torch.where(kept > 0, bones.gather(1, slot), 0)
    single = kept.float()
    # in single precision too they sum to 1: readers check it
    single[:, 0] = 1.0 - single[:, 1:].sum(dim=1)
    return chosen.numpy(), single.numpy()


def blended(
    weights: Float[Tensor, "v j"],
    rest: Float[Tensor, "v 3"],
    linear: Float[Tensor, "j 3 3"],
    shift: Float[Tensor, "j 3"],
) -> Float[Tensor, "v 3"]:
    """Linear blend skinning."""
    whole = weights @ torch.cat([linear.flatten(1), shift], dim=1)
    return (whole[:, :9].unflatten(1, (3, 3)) @ rest[..., None])[..., 0] + whole[:, 9:]
