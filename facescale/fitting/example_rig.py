"""A subject's blendshapes brought nearer to example shapes of that subject (Li, Weise & Pauly 2010).

Two steps in turn: shapes from weights, where every triangle's sides are fitted to the examples and held near
the prior shapes, which know what no example shows; and weights from shapes, by bounded least squares. The first
is linear in the sides and solved triangle by triangle, then integrated by the factorisation of the prior.
Knows nothing of heads and scans.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import lsq_linear

from facescale.geometry.deformation_transfer import SIDES, TransferSolver


@dataclass(frozen=True, kw_only=True)
class RefineSettings:
    """How far examples are followed."""

    rounds: int = 3
    """Of both steps."""
    shape_prior: tuple[float, float] = (0.2, 0.03)
    """Weight of the prior shapes against one example at full activation, in the first and in the last round."""
    weight_prior: float = 0.2
    """Weight of the given weights in the second step, relative to what the shapes explain; they are guesses."""
    kappa: float = 0.1
    """How much more a triangle that a prior shape leaves alone resists it than one that it bends (Li et al.,
    section 4.1): an eye's blink stays out of the mouth."""

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise ValueError(f"expected at least one round, got {self.rounds}")
        if min(*self.shape_prior, self.weight_prior, self.kappa) <= 0:
            raise ValueError("expected positive weights of the priors")


@dataclass(frozen=True, kw_only=True)
class Refined:
    """What examples made of a rig."""

    moved: Float[np.ndarray, "k v 3"]
    """Displacements at full activation."""
    weights: Float[np.ndarray, "e k"]
    """Of each example."""
    before_mm: float
    """Root mean square distance of the prior shapes' blends to the examples, their weights fitted."""
    after_mm: float


def refined(
    solver: TransferSolver,
    prior: Float[np.ndarray, "k v 3"],
    examples: Float[np.ndarray, "e v 3"],
    weights: Float[np.ndarray, "e k"],
    settings: RefineSettings | None = None,
) -> Refined:
    """Refine.

    Args:
        solver: of the topology; vertices it holds, and those that none of its triangles has, keep the prior.
        prior: displacements of the neutral shape by each blendshape.
        examples: displacements of the neutral shape in each example, in the same frame.
        weights: of the blendshapes in each example, about; 0 to 1.
        settings: how.
    """
    settings = settings or RefineSettings()
    used = np.unique(solver.faces)
    used = used[np.linalg.norm(prior[:, used], axis=-1).max(axis=0) > 0]
    given, moved = weights, prior
    weights = fitted_weights(prior[:, used], examples[:, used], given, settings.weight_prior)
    before = _apart(prior[:, used], examples[:, used], weights)
    stiff = np.geomspace(*settings.shape_prior, settings.rounds)
    for prior_weight in stiff:
        moved = fitted_shapes(solver, prior, examples, weights, prior_weight, settings.kappa)
        weights = fitted_weights(moved[:, used], examples[:, used], given, settings.weight_prior)
    return Refined(
        moved=moved,
        weights=weights,
        before_mm=before,
        after_mm=_apart(moved[:, used], examples[:, used], weights),
    )


def fitted_weights(
    moved: Float[np.ndarray, "k n 3"],
    examples: Float[np.ndarray, "e n 3"],
    given: Float[np.ndarray, "e k"],
    prior: float,
) -> Float[np.ndarray, "e k"]:
    """Weights within 0 to 1 that explain examples best, held near given ones."""
    flat = moved.reshape(len(moved), -1)
    gram = flat @ flat.T
    hold = prior * np.trace(gram) / len(gram)
    root = np.linalg.cholesky(gram + hold * np.eye(len(gram)))
    right = examples.reshape(len(examples), -1) @ flat.T + hold * given
    found = [lsq_linear(root.T, np.linalg.solve(root, row), bounds=(0.0, 1.0)).x for row in right]
    return np.array(found).reshape(len(examples), len(moved))


def fitted_shapes(
    solver: TransferSolver,
    prior: Float[np.ndarray, "k v 3"],
    examples: Float[np.ndarray, "e v 3"],
    weights: Float[np.ndarray, "e k"],
    prior_weight: float,
    kappa: float,
) -> Float[np.ndarray, "k v 3"]:
    """Shapes whose blends are near the examples, side by side of every triangle.

    With W the weights and a triangle's sides in the prior M, in the examples E, the sides are
    M + T W' (W T W' + prior_weight)^-1 (E - W M), where T allows a shape to change where it moves already.
    """
    own, wanted = _sides(solver, prior), _sides(solver, examples)
    size = np.sqrt(np.square(own).sum(axis=(2, 3)))
    scale = size.max(axis=1, keepdims=True)
    share = size / np.where(scale > 0, scale, 1.0)
    # Li et al. write ((1 + |M|) / (kappa + |M|))^2 as the cost of change; this is its inverse, 1 at the most
    allowed = ((kappa + share) / (kappa + 1.0)) ** 2
    left = wanted - np.einsum("ek,kfsd->efsd", weights, own)
    inner = np.einsum("ek,kf,gk->feg", weights, allowed, weights)
    inner += prior_weight * np.eye(len(weights))
    blend = np.linalg.solve(inner, left.transpose(1, 0, 2, 3).reshape(len(inner), len(weights), -1))
    change = np.einsum("kf,ek,fed->kfd", allowed, weights, blend)
    faces = np.arange(len(solver.faces))
    pulls = [solver.pull_of_sides(faces, row.reshape(-1, 3, 3)) for row in change]
    return prior + solver.solve(pulls, np.zeros_like(prior))


def _sides(solver: TransferSolver, moved: Float[np.ndarray, "k v 3"]) -> Float[np.ndarray, "k f 3 3"]:
    corners = moved[:, solver.faces]
    return np.stack([corners[:, :, a] - corners[:, :, b] for a, b in SIDES], axis=2)


def _apart(moved: np.ndarray, examples: np.ndarray, weights: np.ndarray) -> float:
    left = examples - np.einsum("ek,knd->end", weights, moved)
    return float(np.sqrt(np.square(left).sum(axis=-1).mean()))
