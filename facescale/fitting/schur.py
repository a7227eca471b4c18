"""Normal equations in arrow form: many small blocks of local unknowns, each coupled only to the shared ones.

The local blocks are eliminated (Schur complement), so that cost grows with their number and never with its
square. Lanes are ragged: each has its own number of blocks. Knows nothing of what is fitted.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

from facescale.fitting.bounded_step import bounded_step

ROUNDS = 3
"""Changes of the active set before the step is cut to the box: fits get no shorter with more."""


@dataclass(frozen=True, kw_only=True)
class ArrowSystem:
    """Half the Hessian and half the gradient of a sum of squares over i blocks in b lanes.

    `local` and `cross` may be float32, all else is float64: rounding of a Hessian only bends the path of a fit.
    """

    local: Float[Tensor, "i l l"]
    """Of each block's own unknowns; the blocks of the first lane first, then those of the second."""
    cross: Float[Tensor, "i l s"]
    """Own unknowns against the shared ones of the block's lane."""
    shared: Float[Tensor, "b s s"]
    local_gradient: Float[Tensor, "i l"]
    shared_gradient: Float[Tensor, "b s"]
    counts: tuple[int, ...]
    """Blocks of each lane."""

    def __post_init__(self) -> None:
        assert len(self.counts) == len(self.shared)
        assert sum(self.counts) == len(self.local)

    def select(self, lanes: Bool[Tensor, "b"]) -> "ArrowSystem":
        """Some of the lanes."""
        blocks = per_block(lanes, self.counts)
        return ArrowSystem(
            local=self.local[blocks],
            cross=self.cross[blocks],
            shared=self.shared[lanes],
            local_gradient=self.local_gradient[blocks],
            shared_gradient=self.shared_gradient[lanes],
            counts=tuple(itertools.compress(self.counts, lanes.tolist())),
        )

    def double(self) -> "ArrowSystem":
        """All of it in float64."""
        return replace(self, local=self.local.double(), cross=self.cross.double())


@dataclass(frozen=True, kw_only=True)
class Elimination:
    """What is left when local unknowns are eliminated; held ones are out of the system."""

    factor: Float[Tensor, "i l l"]
    """Lower Cholesky factors L of the local blocks in their unit; a held unknown has a row of the identity."""
    reach: Float[Tensor, "i l s"]
    """L^-1 cross."""
    reduced: Float[Tensor, "b s s"]
    """The Schur complement: what is known of the shared unknowns when the local ones may follow."""
    good: Bool[Tensor, "b"]
    """False in lanes where a local block is not positive definite."""
    counts: tuple[int, ...]
    unit: Float[Tensor, "i l"]
    """Of local unknowns: an unknown is so many times what the factors are of."""

    def step(
        self, local_gradient: Float[Tensor, "i l"], shared_gradient: Float[Tensor, "b s"]
    ) -> tuple[Float[Tensor, "i l"], Float[Tensor, "b s"]]:
        """The Newton step of another gradient with this Hessian, local and shared; held unknowns stay.

        Args:
            local_gradient: zero where an unknown is held.
            shared_gradient: half the slope, as the local one.
        """
        right = -(local_gradient * self.unit)[..., None]
        half = torch.linalg.solve_triangular(self.factor, right, upper=False)
        pull = shared_gradient + _to_shared(self.reach, half, self.counts)
        shared = -torch.cholesky_solve(pull[..., None], torch.linalg.cholesky_ex(self.reduced).L)[..., 0]
        back = half - _to_local(self.reach, shared, self.counts)[..., None]
        local = torch.linalg.solve_triangular(self.factor.mT, back, upper=True)[..., 0]
        return local * self.unit, shared

    def shared_covariance(self) -> Float[Tensor, "b s s"]:
        """Marginal covariance of the shared unknowns, if the sum of squares is whitened."""
        return torch.cholesky_inverse(torch.linalg.cholesky_ex(self.reduced).L)

    def local_variance(self, column: int) -> Float[Tensor, "i"]:
        """Marginal variance of one local unknown of each block."""
        unit = torch.zeros_like(self.factor[..., :1])
        unit[:, column] = 1.0
        half = torch.linalg.solve_triangular(self.factor, unit, upper=False)
        along = (self.reach.mT @ half)[..., 0]
        spread = per_block(self.shared_covariance(), self.counts)
        own = half.square().sum((1, 2)) + torch.einsum("is,ist,it->i", along, spread, along)
        return own * self.unit[:, column].square()


@dataclass(frozen=True, kw_only=True)
class ArrowStep:
    """One step of all unknowns."""

    local: Float[Tensor, "i l"]
    shared: Float[Tensor, "b s"]
    usable: Bool[Tensor, "b"]
    """False, and the step zero, where a Hessian was not positive definite or not finite."""
    held: Bool[Tensor, "i l"]
    """Local unknowns that ended on a side of their box."""
    elimination: Elimination | None = None
    """What the step was found with, damping and held unknowns included."""


def per_block(values: Shaped[Tensor, "b *n"], counts: tuple[int, ...]) -> Shaped[Tensor, "i *n"]:
    """Repeat each lane's value for its blocks."""
    return values.repeat_interleave(torch.tensor(counts, device=values.device), dim=0)


def lane_sums(values: Float[Tensor, "i *n"], counts: tuple[int, ...]) -> Float[Tensor, "b *n"]:
    """Sum over the blocks of each lane."""
    return torch.stack([values[span].sum(dim=0) for span in spans(counts)])


def spans(counts: tuple[int, ...]) -> Iterator[slice]:
    """Where the blocks of each lane lie."""
    start = 0
    for count in counts:
        yield slice(start, start + count)
        start += count


def bounded_arrow_step(
    system: ArrowSystem,
    damping: Float[Tensor, "b"],
    *,
    local_box: tuple[Float[Tensor, "i l"], Float[Tensor, "i l"]],
    shared_box: tuple[Float[Tensor, "b s"], Float[Tensor, "b s"]],
    held: Bool[Tensor, "i l"] | None = None,
    rounds: int = ROUNDS,
) -> ArrowStep:
    """Minimise 1/2 d'Hd + g'd inside a box by a primal active set, see `bounded_step`.

    Only blocks whose active set has changed are factored again. What lies outside after the last round is cut
    to the box; then the step may lead uphill, and whoever takes it should look.

    Args:
        system: positive definite.
        damping: by which share of itself each lane's diagonal grows (Marquardt).
        local_box: lower bounds, at most zero, and upper bounds, at least zero, of the step.
        shared_box: the same of the shared unknowns.
        held: local unknowns that a step nearby ended on a side of the box with: a better first guess than the
            gradient's sign, where they still lie on a side.
        rounds: solves at the most.
    """
    scale = system.local.diagonal(dim1=1, dim2=2).rsqrt()
    blocks = _scaled(system, scale, damping)
    lower, upper = ((side / scale).to(scale.dtype) for side in local_box)
    gradient = blocks.gradient
    pushed = ((lower >= 0) & (gradient > 0)) | ((upper <= 0) & (gradient < 0))
    fixed = pushed if held is None else held & ((lower >= 0) | (upper <= 0))
    at = torch.zeros_like(gradient)
    factor, reach, good = _factored(blocks.hessian, blocks.cross, fixed)
    good = good & gradient.isfinite().all(dim=1)
    reduced = _reduced(blocks.shared, reach, system.counts)
    lanes = per_block(torch.arange(len(reduced), device=reduced.device), system.counts)
    local, shared = at, torch.zeros_like(system.shared_gradient)
    usable = torch.ones_like(damping, dtype=torch.bool)
    for count in range(rounds):
        local, shared, positive = _solve(blocks, (factor, reach, reduced), fixed, at, shared_box)
        usable = _whole(good, system.counts) & positive
        force = gradient + _to_local(blocks.cross, shared, system.counts)
        wrong = _wrong(blocks.hessian, force, local, (lower, upper), fixed, at)
        rows = (wrong.any(dim=1) & usable[lanes]).nonzero()[:, 0]
        if len(rows) == 0 or count == rounds - 1:
            break
        at = torch.where(wrong, torch.where(fixed, 0.0, local.clamp(lower, upper)), at)
        fixed = fixed ^ wrong
        new, onward, fine = _factored(blocks.hessian[rows], blocks.cross[rows], fixed[rows])
        if 2 * len(rows) < len(reach):
            _exchange(reduced, reach[rows], onward, lanes[rows])
        factor[rows], reach[rows], good[rows] = new, onward, fine
        if 2 * len(rows) >= len(reach):
            reduced = _reduced(blocks.shared, reach, system.counts)
    local = local.double() * scale
    local = torch.minimum(torch.maximum(local, local_box[0]), local_box[1])
    usable = usable & _whole(local.isfinite().all(dim=1), system.counts) & shared.isfinite().all(dim=1)
    return ArrowStep(
        local=torch.where(usable[lanes][:, None], local, 0.0),
        shared=torch.where(usable[:, None], shared, 0.0),
        usable=usable,
        held=fixed,
        elimination=Elimination(
            factor=factor,
            reach=reach,
            reduced=reduced,
            good=_whole(good, system.counts),
            counts=system.counts,
            unit=scale,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Blocks:
    """A damped system in local unknowns that have a unit diagonal: in float32 the factors need it."""

    hessian: Float[Tensor, "i l l"]
    cross: Float[Tensor, "i l s"]
    gradient: Float[Tensor, "i l"]
    shared: Float[Tensor, "b s s"]
    shared_gradient: Float[Tensor, "b s"]
    counts: tuple[int, ...]


def _scaled(system: ArrowSystem, scale: Tensor, damping: Tensor) -> _Blocks:
    hessian = system.local * scale[:, :, None] * scale[:, None, :]
    grown = (1 + per_block(damping, system.counts)).to(scale.dtype)
    hessian.diagonal(dim1=1, dim2=2).copy_(grown[:, None].expand_as(scale))
    shared = system.shared.clone()
    shared.diagonal(dim1=1, dim2=2).mul_(1 + damping[:, None])
    return _Blocks(
        hessian=hessian,
        cross=system.cross * scale[..., None],
        gradient=(system.local_gradient * scale).to(scale.dtype),
        shared=shared,
        shared_gradient=system.shared_gradient,
        counts=system.counts,
    )


def _wrong(
    hessian: Tensor, force: Tensor, step: Tensor, box: tuple[Tensor, Tensor], fixed: Tensor, at: Tensor
) -> Bool[Tensor, "i l"]:
    """Free unknowns outside the box, and fixed ones that the energy pulls inwards."""
    lower, upper = box
    pull = torch.baddbmm(force[..., None], hessian, step[..., None])[..., 0]
    inwards = pull * ((at <= lower).double() * 2 - 1) < 0
    return torch.where(fixed, inwards, (step < lower) | (step > upper))


def _factored(local: Tensor, cross: Tensor, held: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """L, L^-1 cross, and which blocks are positive definite."""
    if held is not None:
        free = (~held).to(local.dtype)
        local = local * (free[:, :, None] * free[:, None, :])
        local.diagonal(dim1=1, dim2=2).add_(1 - free)
        cross = cross * free[..., None]
    factor, info = torch.linalg.cholesky_ex(local)
    # From the right, because that leaves each block's rows contiguous for the products that follow.
    reach = torch.linalg.solve_triangular(factor.mT, cross.mT, upper=True, left=False).mT
    return factor, reach, info == 0


def _reduced(shared: Tensor, reach: Tensor, counts: tuple[int, ...]) -> Tensor:
    reduced = shared.clone()
    size = reach.shape[2]
    for lane, span in enumerate(spans(counts)):
        rows = reach[span].reshape(-1, size)
        reduced[lane] -= rows.T @ rows
    return reduced


def _exchange(reduced: Tensor, old: Tensor, new: Tensor, lanes: Tensor) -> None:
    """Replace what some blocks, in the order of their lanes, have taken from the shared system."""
    size = reduced.shape[1]
    found, counts = lanes.unique_consecutive(return_counts=True)
    for lane, span in zip(found.tolist(), spans(tuple(counts.tolist())), strict=True):
        before, after = old[span].reshape(-1, size), new[span].reshape(-1, size)
        reduced[lane] += before.T @ before - after.T @ after


def _solve(
    blocks: _Blocks,
    eliminated: tuple[Tensor, Tensor, Tensor],
    fixed: Tensor,
    at: Tensor,
    shared_box: tuple[Tensor, Tensor],
) -> tuple[Tensor, Tensor, Tensor]:
    """Local and shared step with some local unknowns standing at `at`, and the lanes that have one."""
    factor, reach, reduced = eliminated
    free = (~fixed).to(factor.dtype)
    stand = torch.where(fixed, at, 0.0)[..., None]
    right = -torch.baddbmm(blocks.gradient[..., None], blocks.hessian, stand) * free[..., None]
    half = torch.linalg.solve_triangular(factor, right, upper=False)
    moved = _to_shared(reach, half, blocks.counts) + _to_shared(blocks.cross, stand, blocks.counts)
    pull = blocks.shared_gradient + moved
    if pull.shape[1]:
        shared, good = bounded_step(reduced, pull, *shared_box)
    else:
        shared, good = pull, torch.ones(len(pull), dtype=torch.bool, device=pull.device)
    back = half - _to_local(reach, shared, blocks.counts)[..., None]
    local = torch.linalg.solve_triangular(factor.mT, back, upper=True)[..., 0]
    return local * free + stand[..., 0], shared, good


def _to_shared(matrix: Tensor, vector: Tensor, counts: tuple[int, ...]) -> Float[Tensor, "b s"]:
    """Sums over the blocks of each lane of matrix' vector; whole lanes at once, in float64."""
    parts = [matrix[span].flatten(0, 1).T @ vector[span].flatten() for span in spans(counts)]
    return torch.stack(parts).double()


def _to_local(matrix: Tensor, shared: Tensor, counts: tuple[int, ...]) -> Float[Tensor, "i l"]:
    """Product of each block's matrix and its lane's shared values, in the type of `matrix`."""
    own = shared.to(matrix.dtype)
    parts = [matrix[span].flatten(0, 1) @ own[lane] for lane, span in enumerate(spans(counts))]
    return torch.cat(parts).reshape(matrix.shape[:2])


def _whole(good: Tensor, counts: tuple[int, ...]) -> Tensor:
    """Lanes all of whose blocks are good."""
    return torch.stack([good[span].all() for span in spans(counts)])
