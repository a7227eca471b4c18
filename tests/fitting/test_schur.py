import dataclasses

import pytest
import torch

from facescale.fitting.bounded_step import bounded_step
from facescale.fitting.schur import ArrowSystem, bounded_arrow_step, lane_sums, per_block
from facescale.fitting.schur_reference import dense_step, dense_system

COUNTS = (3, 1, 5)
LOCAL, SHARED = 6, 4


def random_system(seed=0, counts=COUNTS, rows=12):
    """Sums of squares of random rows with a weak prior, so that every lane is positive definite."""
    generator = torch.Generator().manual_seed(seed)
    local, cross, pulls = [], [], []
    shared, shared_gradient = [], []
    for count in counts:
        own = torch.randn(count, rows, LOCAL, generator=generator, dtype=torch.float64)
        # very different sizes, as of rotations, millimetres and activations
        own = own * torch.logspace(-2, 3, LOCAL, dtype=torch.float64)
        common = torch.randn(count, rows, SHARED, generator=generator, dtype=torch.float64)
        residual = torch.randn(count, rows, 1, generator=generator, dtype=torch.float64)
        local.append(own.mT @ own)
        cross.append(own.mT @ common)
        pulls.append((own.mT @ residual)[..., 0])
        shared.append((common.mT @ common).sum(0) + 0.01 * torch.eye(SHARED, dtype=torch.float64))
        shared_gradient.append((common.mT @ residual)[..., 0].sum(0))
    return ArrowSystem(
        local=torch.cat(local),
        cross=torch.cat(cross),
        shared=torch.stack(shared),
        local_gradient=torch.cat(pulls),
        shared_gradient=torch.stack(shared_gradient),
        counts=counts,
    )


def boxes(system, *, width):
    local = torch.full_like(system.local_gradient, width)
    shared = torch.full_like(system.shared_gradient, width)
    return {"local_box": (-local, local), "shared_box": (-shared, shared)}


def eliminated(system):
    """What a free step without damping was found with."""
    left = bounded_arrow_step(system, undamped(system), **boxes(system, width=torch.inf)).elimination
    assert left is not None
    return left


def undamped(system):
    return torch.zeros(len(system.counts), dtype=torch.float64)


def test_a_step_by_elimination_is_the_step_of_the_dense_system():
    system = random_system()
    step = bounded_arrow_step(system, undamped(system), **boxes(system, width=torch.inf))
    assert step.usable.all()
    assert not step.held.any()
    start = 0
    for lane, count in enumerate(COUNTS):
        shared, local = dense_step(system, lane)
        torch.testing.assert_close(step.shared[lane], shared, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(step.local[start : start + count], local, rtol=1e-9, atol=1e-9)
        start += count


def test_a_damped_step_is_the_step_of_the_dense_system_with_a_grown_diagonal():
    system = random_system(1)
    damping = torch.tensor([0.0, 0.5, 2.0], dtype=torch.float64)
    step = bounded_arrow_step(system, damping, **boxes(system, width=torch.inf))
    local, shared = system.local.clone(), system.shared.clone()
    local.diagonal(dim1=1, dim2=2).mul_(1 + per_block(damping, COUNTS)[:, None])
    shared.diagonal(dim1=1, dim2=2).mul_(1 + damping[:, None])
    grown = dataclasses.replace(system, local=local, shared=shared)
    expected = torch.stack([dense_step(grown, lane)[0] for lane in range(3)])
    torch.testing.assert_close(step.shared, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_a_bounded_step_is_the_bounded_step_of_the_dense_system(seed):
    system = random_system(seed, counts=(4,))
    lower = -torch.rand(4, LOCAL, dtype=torch.float64).pow(8)
    upper = torch.rand(4, LOCAL, dtype=torch.float64).pow(8)
    # some unknowns stand on a side, as activations of zero do
    lower[:, ::3] = 0.0
    side = torch.full((1, SHARED), 0.05, dtype=torch.float64)
    step = bounded_arrow_step(
        system, undamped(system), local_box=(lower, upper), shared_box=(-side, side), rounds=20
    )
    hessian, gradient = dense_system(system, 0)
    low, high = torch.cat([-side[0], lower.flatten()]), torch.cat([side[0], upper.flatten()])
    dense, good = bounded_step(hessian[None], gradient[None], low[None], high[None], rounds=50)
    assert good.all()
    assert step.usable.all()
    found = torch.cat([step.shared[0], step.local.flatten()])
    assert step.held.any()
    torch.testing.assert_close(found, dense[0], rtol=1e-7, atol=1e-9)


def test_a_guess_of_the_active_set_changes_the_way_and_not_the_step():
    system = random_system(3, counts=(4,))
    box = boxes(system, width=1e-3)
    box["shared_box"] = (
        torch.full((1, SHARED), -torch.inf).double(),
        torch.full((1, SHARED), torch.inf).double(),
    )
    box["local_box"][0][:, ::2] = 0.0
    plain = bounded_arrow_step(system, undamped(system), **box, rounds=20)
    guided = bounded_arrow_step(system, undamped(system), **box, held=plain.held, rounds=20)
    torch.testing.assert_close(guided.local, plain.local, rtol=1e-8, atol=1e-12)


def test_blocks_in_float32_give_the_step_to_float32():
    system = random_system(4)
    rough = dataclasses.replace(system, local=system.local.float(), cross=system.cross.float())
    box = boxes(system, width=torch.inf)
    exact, found = (bounded_arrow_step(s, undamped(system), **box) for s in (system, rough))
    assert found.local.dtype == found.shared.dtype == torch.float64
    torch.testing.assert_close(found.shared, exact.shared, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.local, exact.local, rtol=1e-2, atol=1e-3)


def inverse_of(system, lane):
    """The covariance of all unknowns of a lane: shared ones first, then its blocks in order."""
    return torch.linalg.inv(dense_system(system, lane)[0])


def local_variances(system, column):
    """(i,) marginal variances of one local unknown of every block, from the dense Hessians."""
    places = [SHARED + column + LOCAL * torch.arange(count) for count in COUNTS]
    return torch.cat([inverse_of(system, lane).diagonal()[at] for lane, at in enumerate(places)])


def test_variances_are_those_of_the_inverse_of_the_dense_hessian():
    system = random_system(5)
    left = eliminated(system)
    for lane in range(len(COUNTS)):
        expected = inverse_of(system, lane)[:SHARED, :SHARED]
        torch.testing.assert_close(left.shared_covariance()[lane], expected, rtol=1e-8, atol=1e-10)
    for column in range(LOCAL):
        expected = local_variances(system, column)
        torch.testing.assert_close(left.local_variance(column), expected, rtol=1e-7, atol=1e-12)


def test_another_gradient_takes_the_newton_step_of_the_same_hessian():
    system, other = random_system(5), random_system(8)
    box = boxes(system, width=torch.inf)
    left = eliminated(system)
    mixed = dataclasses.replace(
        system, local_gradient=other.local_gradient, shared_gradient=other.shared_gradient
    )
    local, shared = left.step(other.local_gradient, other.shared_gradient)
    expected = bounded_arrow_step(mixed, undamped(system), **box)
    torch.testing.assert_close(local, expected.local, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(shared, expected.shared, rtol=1e-9, atol=1e-9)
    for column in range(LOCAL):
        expected = local_variances(system, column)
        torch.testing.assert_close(left.local_variance(column), expected, rtol=1e-7, atol=1e-12)


def test_held_unknowns_count_as_known():
    system = random_system(6, counts=(2,))
    held = torch.zeros(2, LOCAL, dtype=torch.bool)
    held[0, 1] = held[1, 4] = True
    keep = torch.cat([torch.ones(SHARED, dtype=torch.bool), ~held.flatten()])
    hessian = dense_system(system, 0)[0][keep][:, keep]
    expected = torch.linalg.inv(hessian)[:SHARED, :SHARED]
    # they stand on the lower side of their box and are pushed further out
    pushed = dataclasses.replace(system, local_gradient=torch.where(held, 1e9, system.local_gradient))
    box = boxes(pushed, width=torch.inf)
    lower, upper = box["local_box"]
    box["local_box"] = (torch.where(held, 0.0, lower), upper)
    step = bounded_arrow_step(pushed, undamped(pushed), **box)
    assert (step.held == held).all()
    assert step.elimination is not None
    torch.testing.assert_close(step.elimination.shared_covariance()[0], expected, rtol=1e-8, atol=1e-10)


def test_a_lane_without_a_positive_hessian_stands_still_and_spares_its_neighbours():
    system = random_system(7)
    broken = system.local.clone()
    broken[3] = -broken[3]
    alone = dataclasses.replace(system, local=broken)
    box = boxes(system, width=torch.inf)
    step, plain = (bounded_arrow_step(s, undamped(system), **box) for s in (alone, system))
    assert step.usable.tolist() == [True, False, True]
    assert not step.local[3].any()
    assert not step.shared[1].any()
    torch.testing.assert_close(step.shared[[0, 2]], plain.shared[[0, 2]], rtol=0, atol=0)


def test_chosen_lanes_are_the_lanes_of_the_whole():
    system = random_system(8)
    part = system.select(torch.tensor([True, False, True]))
    assert part.counts == (3, 5)
    torch.testing.assert_close(part.local, system.local[[0, 1, 2, 4, 5, 6, 7, 8]])
    assert lane_sums(part.local_gradient, part.counts).shape == (2, LOCAL)
