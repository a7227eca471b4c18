import pytest
import torch

from facescale.fitting.unknowns import Layout, Unknowns, pose_columns
from tests.fitting.bumpy_head import EXPRESSION, IDENTITY, bumpy_head


def random_unknowns(layout: Layout, *, lanes: int = 3, seed: int = 0) -> Unknowns:
    generator = torch.Generator().manual_seed(seed)
    rest = Unknowns.at_rest(layout, lanes=lanes, device="cpu")
    size = layout.pose_size + layout.coefficients
    step = 0.3 * torch.randn(lanes, size, generator=generator, dtype=torch.float64)
    return rest.stepped(step, layout)


def test_a_layout_names_its_columns_pose_first_then_blocks():
    layout = Layout.of(bumpy_head(), scale=True)
    assert (layout.pose_size, layout.coefficients) == (7, IDENTITY + EXPRESSION)
    assert layout.lower.tolist() == [-4.0] * IDENTITY + [0.0] * EXPRESSION


def test_a_block_that_is_left_out_has_no_columns():
    layout = Layout.of(bumpy_head(), scale=False, leave_out=("expression",))
    assert layout.coefficients == IDENTITY
    assert set(layout.split(torch.zeros(2, IDENTITY, dtype=torch.float64))) == {"identity"}


@pytest.mark.parametrize("scale", [False, True])
def test_pose_columns_are_the_derivatives_of_stepping(scale):
    layout = Layout.of(bumpy_head(), scale=scale)
    unknowns = random_unknowns(layout)
    if not scale:
        assert not unknowns.log_scale.any()
    generator = torch.Generator().manual_seed(1)
    points = 50 * torch.randn(3, 6, 3, generator=generator, dtype=torch.float64)
    directions = torch.randn(3, 6, 3, generator=generator, dtype=torch.float64)

    def moved(pose_step: torch.Tensor) -> torch.Tensor:
        step = torch.nn.functional.pad(pose_step, (0, layout.coefficients)).expand(3, -1)
        new = unknowns.stepped(step, layout)
        linear = new.rotation * new.log_scale.exp()[:, None, None]
        return ((points @ linear.mT + new.shift[:, None]) * directions).sum(-1)

    numeric = torch.autograd.functional.jacobian(moved, torch.zeros(layout.pose_size, dtype=torch.float64))
    linear = unknowns.rotation * unknowns.log_scale.exp()[:, None, None]
    here = points @ linear.mT + unknowns.shift[:, None]
    torch.testing.assert_close(pose_columns(here, directions, layout), numeric, rtol=1e-9, atol=1e-9)


def test_rotations_stay_rotations_through_many_steps():
    layout = Layout.of(bumpy_head(), scale=True)
    unknowns = random_unknowns(layout)
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        step = torch.randn(3, layout.pose_size + layout.coefficients, generator=generator, dtype=torch.float64)
        unknowns = unknowns.stepped(step, layout)
    eye = torch.eye(3, dtype=torch.float64).expand(3, 3, 3)
    torch.testing.assert_close(unknowns.rotation @ unknowns.rotation.mT, eye, rtol=0, atol=1e-12)


def test_where_takes_whole_lanes():
    layout = Layout.of(bumpy_head(), scale=True)
    one, other = random_unknowns(layout, seed=1), random_unknowns(layout, seed=2)
    mixed = one.where(torch.tensor([True, False, True]), other)
    assert torch.equal(mixed.rotation[1], other.rotation[1])
    assert torch.equal(mixed.coefficients[[0, 2]], one.coefficients[[0, 2]])
