import pytest
import torch

from facescale.heads.shared_directions import shared_directions

VERTICES, EXPRESSIONS, IDENTITY = 300, 7, 5


def core(rank: int, *, noise: float = 0.0, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (EXPRESSIONS, rank, IDENTITY)
    low = torch.randn(3 * VERTICES, rank, generator=generator)
    mixed = torch.einsum("wr,mrk->mwk", low, torch.randn(*shape, generator=generator))
    return mixed + noise * torch.randn(mixed.shape, generator=generator)


def test_what_is_shared_is_found_and_nothing_else():
    slices = core(6)
    found = shared_directions(lambda index: slices[index], EXPRESSIONS)
    assert found.directions.shape == (3 * VERTICES, 6)
    torch.testing.assert_close(found.directions @ found.mixing, slices, rtol=0, atol=0.01)
    torch.testing.assert_close(found.directions.T @ found.directions, torch.eye(6), rtol=0, atol=1e-5)


@pytest.mark.parametrize("tolerance", [0.3, 0.05, 0.002])
def test_the_error_is_what_it_says_and_within_the_tolerance(tolerance):
    slices = core(20, noise=0.02)
    found = shared_directions(lambda index: slices[index], EXPRESSIONS, tolerance=tolerance)
    missed = (found.directions @ found.mixing - slices).double().square().sum(dim=(1, 2)) / VERTICES
    worst = float(missed.max().sqrt())
    assert worst <= tolerance
    assert found.error_mm == pytest.approx(worst, abs=1e-3)


def test_looser_tolerances_need_fewer_directions():
    slices = core(20, noise=0.02)
    counts = [
        shared_directions(lambda index: slices[index], EXPRESSIONS, tolerance=t).directions.shape[1]
        for t in (0.001, 0.09, 10.0)
    ]
    assert counts[0] == EXPRESSIONS * IDENTITY
    assert counts[0] > counts[1] > counts[2]


def test_the_same_slices_give_the_same_product():
    slices = core(6, noise=0.01)
    first, second = (shared_directions(lambda index: slices[index], EXPRESSIONS) for _ in range(2))
    assert torch.equal(first.directions, second.directions)
    assert torch.equal(first.mixing, second.mixing)
