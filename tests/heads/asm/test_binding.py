import pytest
import torch

from facescale.heads.asm.binding import locate, on_skin, skin_slope
from facescale.heads.asm.binding_reference import on_skin_reference
from tests.heads.asm.small_asm_head import small_chart, small_skin


@pytest.fixture(scope="module")
def chart():
    return small_chart()


@pytest.fixture(scope="module")
def skin(chart):
    return small_skin(chart)


def queries(seed=0, count=15):
    """Some of them off the chart, beside sides and beyond corners."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(2, count, 2, generator=generator, dtype=torch.float64) * 1.2 - 0.1


def test_places_equal_the_twin_forward_and_backward(chart, skin):
    uv = queries().requires_grad_()
    found = on_skin(chart, skin, locate(chart, uv))
    twin = torch.stack([on_skin_reference(chart, skin, row) for row in uv])
    torch.testing.assert_close(found, twin, rtol=1e-10, atol=1e-9)
    pull = torch.randn(found.shape, dtype=torch.float64)
    ours = torch.autograd.grad((found * pull).sum(), uv)[0]
    theirs = torch.autograd.grad((twin * pull).sum(), uv)[0]
    torch.testing.assert_close(ours, theirs, rtol=1e-8, atol=1e-7)


def test_the_slope_is_that_of_differentiation(chart, skin):
    uv = queries(1, 12)[:1]
    rows = torch.func.jacrev(lambda at: on_skin(chart, skin, locate(chart, at)))(uv)
    wanted = torch.stack([rows[0, j, :, 0, j] for j in range(uv.shape[1])])
    torch.testing.assert_close(skin_slope(chart, skin, locate(chart, uv))[0], wanted)


def test_gradcheck_away_from_edges(chart, skin):
    centres = chart.uv[chart.faces[::40]].mean(dim=1)[None].requires_grad_()
    assert torch.autograd.gradcheck(lambda at: on_skin(chart, skin, locate(chart, at)), centres, eps=1e-5)


def test_bones_on_vertices_and_edges_are_inside(chart, skin):
    found = locate(chart, chart.uv[None])
    assert bool(found.inside.all())
    torch.testing.assert_close(on_skin(chart, skin, found)[0], skin, rtol=0, atol=1e-9)
    a, b = chart.uv[chart.faces[:, 0]], chart.uv[chart.faces[:, 1]]
    assert bool(locate(chart, (0.3 * a + 0.7 * b)[None]).inside.all())


def test_a_bone_off_the_chart_goes_to_the_nearest_point_of_its_border(chart, skin):
    away = torch.tensor([[[0.5, 1.4], [-0.3, -0.3], [0.02, 0.6]]], dtype=torch.float64)
    found = locate(chart, away)
    assert not bool(found.inside.any())
    dense = chart.uv[chart.border]
    share = torch.linspace(0, 1, 201, dtype=torch.float64)[:, None, None]
    line = (dense[:, 0] + share * (dense[:, 1] - dense[:, 0])).reshape(-1, 2)
    nearest = (away[0][:, None] - line).norm(dim=-1).amin(dim=1)
    torch.testing.assert_close((found.place - away)[0].norm(dim=-1), nearest, rtol=0, atol=1e-3)


def test_a_bone_far_outside_the_square_is_projected_too(chart):
    found = locate(chart, torch.tensor([[[-40.0, 55.0]]], dtype=torch.float64))
    assert not bool(found.inside.any())
    assert bool(found.place.isfinite().all())
