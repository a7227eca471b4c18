import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.asm.head_reference import evaluate_reference
from facescale.heads.bone_chain import TAU
from tests.heads.asm.small_asm_head import random_asm_params, small_asm_head
from tests.heads.random_head import random_sites

LATE = ("zeta", "pi", "mu", "sigma")
POINTS = 12


@pytest.fixture(scope="module")
def head():
    return small_asm_head()


@pytest.fixture(scope="module")
def params(head):
    return random_asm_params(head, 2, scale=0.7)


def one(params, lane):
    return {name: value[lane : lane + 1] for name, value in params.items()}


def test_all_vertices_equal_the_float64_twin(head, params):
    found = head.evaluate(params)
    for lane in range(2):
        torch.testing.assert_close(
            found[lane], evaluate_reference(head, one(params, lane)), rtol=1e-9, atol=1e-8
        )


def test_gradients_of_evaluation_equal_the_twin(head, params):
    leaves = {name: value.clone().requires_grad_() for name, value in one(params, 0).items()}
    pull = torch.randn(1, head.num_vertices, 3, dtype=torch.float64)
    ours = torch.autograd.grad((head.evaluate(leaves) * pull).sum(), list(leaves.values()))
    twin = torch.autograd.grad((evaluate_reference(head, leaves) * pull[0]).sum(), list(leaves.values()))
    for mine, other in zip(ours, twin, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-7, atol=1e-6)


def test_single_precision_is_within_a_hundredth_of_a_millimetre(params, head):
    small = small_asm_head(dtype=torch.float32)
    single = {name: value.float() for name, value in params.items()}
    torch.testing.assert_close(small.evaluate(single).double(), head.evaluate(params), rtol=0, atol=1e-2)


@pytest.mark.parametrize("shape", [(POINTS,), (2, POINTS), (2, 90)])
def test_sites_lie_on_the_whole_shape(head, params, shape):
    sites = random_sites(head.faces, *shape, dtype=torch.float64)
    whole = points_at(head.evaluate(params), head.faces, sites)
    torch.testing.assert_close(head.evaluate(params, sites), whole)


def test_a_site_that_is_none_gives_the_origin(head, params):
    sites = Sites(face=torch.tensor([-1, 3]), barycentric=torch.tensor([[0.0, 0, 0], [1, 0, 0]]).double())
    assert not head.evaluate(params, sites)[:, 0].any()


@pytest.mark.parametrize("names", [None, TAU, ("zeta", "tau_rotation"), ("pi", "tau_scale"), ("mu", "sigma")])
def test_the_directional_jacobian_is_that_of_forward_differentiation(head, names):
    params = random_asm_params(head, 2, scale=0.7, names=names)
    sites = random_sites(head.faces, 2, POINTS, dtype=torch.float64)
    directions = torch.randn(2, POINTS, 3, dtype=torch.float64)
    found = head.directional_jacobian(params, sites, directions)
    order = [block.name for block in head.blocks if block.name in params]

    def along(*values):
        at = head.evaluate(dict(zip(order, values, strict=True)), sites)
        return (at * directions).sum(dim=-1)

    whole = torch.autograd.functional.jacobian(along, tuple(params[name] for name in order), vectorize=True)
    wanted = torch.cat([torch.stack([part[0, :, 0], part[1, :, 1]]) for part in whole], dim=-1)
    torch.testing.assert_close(found, wanted, rtol=1e-8, atol=1e-8)


def test_the_directional_jacobian_is_the_slope_of_finite_differences(head):
    params = random_asm_params(head, 1, scale=0.7)
    sites = random_sites(head.faces, POINTS, dtype=torch.float64)
    directions = torch.randn(1, POINTS, 3, dtype=torch.float64)
    found = head.directional_jacobian(params, sites, directions)
    generator, column, step = torch.Generator().manual_seed(5), 0, 1e-6
    for name, value in params.items():
        for k in torch.randint(0, value.shape[1], (6,), generator=generator).tolist():
            nudge = torch.zeros_like(value)
            nudge[0, k] = step
            up, down = (head.evaluate({**params, name: value + s * nudge}, sites) for s in (1, -1))
            slope = ((up - down) * directions).sum(dim=-1) / (2 * step)
            torch.testing.assert_close(found[..., column + k], slope, rtol=1e-5, atol=1e-5)
        column += value.shape[1]


def test_at_rest_binding_and_weights_move_nothing_and_have_no_slope_at_all(head):
    late = random_asm_params(head, 1, names=LATE)
    tau = {name: value * 0 for name, value in random_asm_params(head, 1, names=TAU).items()}
    torch.testing.assert_close(head.evaluate({**tau, **late})[0], head.zero, rtol=0, atol=1e-12)
    resting = {name: value * 0 for name, value in {**tau, **late}.items()}
    sites = random_sites(head.faces, POINTS, dtype=torch.float64)
    directions = torch.randn(1, POINTS, 3, dtype=torch.float64)
    found = head.directional_jacobian(resting, sites, directions)
    early = sum(block.size for block in head.blocks if not block.late)
    assert found[..., :early].abs().max() > 1
    # zero but for the rounding of weights that sum to 1
    assert found[..., early:].abs().max() < 1e-11
    assert [block.name for block in head.blocks if block.late] == list(LATE)


def test_moving_all_bones_alike_moves_the_skin_that_they_carry(head):
    shift = torch.zeros(1, 82, 3, dtype=torch.float64)
    shift[..., 1] = 3.0
    moved = head.evaluate({"tau_translation": shift.flatten(1)})[0] - head.zero
    assert not moved[:, [0, 2]].abs().max() > 1e-9
    # a child is moved by its parent too, the head's share stays
    assert 0 < moved[:, 1].min() < moved[:, 1].max() < 6


def test_a_cropped_head_is_the_same_model_on_fewer_vertices(head, params):
    keep = torch.rand(head.num_vertices, generator=torch.Generator().manual_seed(3)) < 0.9
    small = head.cropped(keep)
    torch.testing.assert_close(small.evaluate(params), head.evaluate(params)[:, keep], rtol=0, atol=1e-10)
    corners = keep.nonzero()[:, 0][small.faces.long()]
    whole = {tuple(face) for face in head.faces.tolist()}
    assert all(tuple(face) in whole for face in corners.tolist())


def test_cropping_to_nothing_is_refused(head):
    with pytest.raises(ValueError, match="at least one face"):
        head.cropped(torch.zeros(head.num_vertices, dtype=torch.bool))
