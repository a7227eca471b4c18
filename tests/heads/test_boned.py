from dataclasses import replace

import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.bone_chain import TAU
from facescale.heads.boned_reference import evaluate_reference
from tests.heads.random_boned_head import random_boned_head, random_boned_params
from tests.heads.random_head import random_sites

POINTS = 20


@pytest.fixture(scope="module")
def head():
    return random_boned_head(dtype=torch.float64)


@pytest.fixture(scope="module")
def params(head):
    return random_boned_params(head, 2)


def one(params, lane):
    return {name: value[lane : lane + 1] for name, value in params.items()}


@pytest.mark.parametrize("names", [TAU, ("tau_scale",), ("tau_rotation", "tau_translation")])
def test_vertices_equal_the_float64_twin(head, names):
    params = random_boned_params(head, 2, names=names)
    found = head.evaluate(params)
    for lane in range(2):
        torch.testing.assert_close(
            found[lane], evaluate_reference(head, one(params, lane)), rtol=1e-9, atol=1e-9
        )


def test_gradients_equal_the_twins(head, params):
    leaves = {name: value.clone().requires_grad_() for name, value in one(params, 1).items()}
    pull = torch.randn(head.num_vertices, 3, dtype=torch.float64)
    ours = torch.autograd.grad((head.evaluate(leaves)[0] * pull).sum(), list(leaves.values()))
    twin = torch.autograd.grad((evaluate_reference(head, leaves) * pull).sum(), list(leaves.values()))
    for mine, other in zip(ours, twin, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-7, atol=1e-7)


def test_single_precision_is_within_a_thousandth_of_a_millimetre(params, head):
    single = random_boned_head()
    small = replace(
        single,
        **{name: getattr(head, name).float() for name in ("zero", "place", "axes", "weights")},
        joints=head.joints,
        faces=head.faces,
    )
    found = small.evaluate({name: value.float() for name, value in params.items()})
    torch.testing.assert_close(found.double(), head.evaluate(params), rtol=0, atol=1e-3)


@pytest.mark.parametrize("shape", [(4,), (2, 4), (2, 90)])
def test_sites_lie_on_the_whole_shape(head, params, shape):
    sites = random_sites(head.faces, *shape, dtype=torch.float64)
    torch.testing.assert_close(
        head.evaluate(params, sites), points_at(head.evaluate(params), head.faces, sites)
    )


def test_a_site_that_is_none_gives_the_origin(head, params):
    sites = Sites(face=torch.tensor([-1, 3]), barycentric=torch.tensor([[0.0, 0, 0], [1, 0, 0]]).double())
    assert not head.evaluate(params, sites)[:, 0].any()


@pytest.mark.parametrize("names", [TAU, ("tau_scale",), ("tau_rotation", "tau_scale")])
def test_the_directional_jacobian_is_that_of_the_twin(head, names):
    params = random_boned_params(head, 2, names=names)
    sites = random_sites(head.faces, 2, POINTS, dtype=torch.float64)
    directions = torch.randn(2, POINTS, 3, dtype=torch.float64)
    found = head.directional_jacobian(params, sites, directions)
    order = [block.name for block in head.blocks if block.name in params]
    for lane in range(2):

        def along(*values, lane=lane):
            at = evaluate_reference(head, dict(zip(order, values, strict=True)))
            corners = at[head.faces[sites.face[lane]].long()]
            placed = (corners * sites.barycentric[lane][..., None]).sum(dim=1)
            return (placed * directions[lane]).sum(dim=-1)

        given = tuple(params[name][lane : lane + 1] for name in order)
        whole = torch.autograd.functional.jacobian(along, given, vectorize=True)
        wanted = torch.cat([part[:, 0] for part in whole], dim=-1)
        torch.testing.assert_close(found[lane], wanted, rtol=1e-8, atol=1e-8)


def test_at_rest_the_head_is_its_resting_skin(head, params):
    resting = {name: 0 * value for name, value in params.items()}
    torch.testing.assert_close(head.evaluate(resting)[0], head.zero, rtol=0, atol=1e-10)
    assert torch.equal(head.mean_vertices(), head.zero)


def test_a_bone_scales_along_its_own_axes(head):
    grown = torch.zeros(1, 5, 3, dtype=torch.float64)
    grown[0, 4, 1] = 0.5  # the last bone hangs from the root
    moved = head.evaluate({"tau_scale": grown.flatten(1)})[0] - head.zero
    along = moved @ head.axes[5]
    assert along[:, 1].abs().max() > 1
    assert along[:, [0, 2]].abs().max() < 1e-9


def test_a_cropped_head_is_the_same_model_on_fewer_vertices(head, params):
    keep = torch.rand(head.num_vertices, generator=torch.Generator().manual_seed(3)) < 0.9
    small = head.cropped(keep)
    torch.testing.assert_close(small.evaluate(params), head.evaluate(params)[:, keep])
    with pytest.raises(ValueError, match="at least one face"):
        head.cropped(torch.zeros(head.num_vertices, dtype=torch.bool))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parents": (-1, 0, 3, 1, 3, 0)}, "each bone after its parent"),
        ({"parents": (-1, 0)}, "expected the shapes"),
        ({"blocks": ()}, "expected the blocks"),
    ],
)
def test_parts_that_do_not_fit_are_refused(head, changes, said):
    with pytest.raises(ValueError, match=said):
        replace(head, **changes)
