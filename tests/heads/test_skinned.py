from dataclasses import replace

import pytest
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.geometry.sites import Sites, points_at
from facescale.heads.skinned_reference import directional_jacobian_reference, evaluate_reference
from tests.heads.random_head import random_sites
from tests.heads.random_skinned_head import random_skinned_head, random_skinned_params

ALL = ("identity", "expression", "neck", "jaw", "eyes")
SUBSETS = [ALL, ("identity",), ("jaw",), ("eyes", "expression"), ("neck", "identity")]
POINTS = 20


@pytest.mark.parametrize("names", SUBSETS)
def test_all_vertices_equal_the_float64_twin(names):
    head = random_skinned_head()
    params = random_skinned_params(head, 3, names=names)
    torch.testing.assert_close(
        head.evaluate(params).double(), evaluate_reference(head, params), rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("shape", [(POINTS,), (3, POINTS)])
def test_sites_equal_the_float64_twin_and_the_whole_shape(shape):
    head = random_skinned_head()
    params, sites = random_skinned_params(head, 3, names=ALL), random_sites(head.faces, *shape)
    found = head.evaluate(params, sites)
    torch.testing.assert_close(found.double(), evaluate_reference(head, params, sites), rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(found, points_at(head.evaluate(params), head.faces, sites))


def test_gradients_of_evaluation_equal_the_twin():
    head = random_skinned_head()
    params, sites = random_skinned_params(head, 2, names=ALL), random_sites(head.faces, 2, POINTS)
    weights = torch.randn(2, POINTS, 3)
    leaves = [value.requires_grad_() for value in params.values()] + [sites.barycentric.requires_grad_()]
    ours = torch.autograd.grad((head.evaluate(params, sites) * weights).sum(), leaves)
    twin = torch.autograd.grad((evaluate_reference(head, params, sites) * weights).sum(), leaves)
    for mine, other in zip(ours, twin, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("names", SUBSETS)
@pytest.mark.parametrize("turn", [0.0, 1e-4, 0.5, 2.5])
def test_the_directional_jacobian_equals_the_float64_twin(names, turn):
    head = random_skinned_head(dtype=torch.float64)
    params = random_skinned_params(head, 2, names=names, turn=turn)
    sites = random_sites(head.faces, 2, POINTS, dtype=torch.float64)
    directions = torch.randn(2, POINTS, 3, dtype=torch.float64)
    torch.testing.assert_close(
        head.directional_jacobian(params, sites, directions),
        directional_jacobian_reference(head, params, sites, directions),
        rtol=1e-7,
        atol=1e-7,
    )


def test_the_directional_jacobian_holds_in_single_precision_and_for_shared_sites():
    head = random_skinned_head()
    params, sites = random_skinned_params(head, 2, names=ALL), random_sites(head.faces, POINTS)
    directions = torch.nn.functional.normalize(torch.randn(2, POINTS, 3), dim=-1)
    torch.testing.assert_close(
        head.directional_jacobian(params, sites, directions).double(),
        directional_jacobian_reference(head, params, sites, directions),
        rtol=1e-4,
        atol=1e-3,
    )


def test_the_directional_jacobian_is_the_slope_of_finite_differences():
    head = random_skinned_head(dtype=torch.float64)
    params = random_skinned_params(head, 1, names=ALL)
    sites = random_sites(head.faces, POINTS, dtype=torch.float64)
    directions = torch.randn(1, POINTS, 3, dtype=torch.float64)
    jacobian, column, step = head.directional_jacobian(params, sites, directions), 0, 1e-5
    for name, value in params.items():
        for k in range(value.shape[1]):
            nudge = step * torch.eye(value.shape[1], dtype=torch.float64)[k]
            ahead, behind = (head.evaluate({**params, name: value + sign * nudge}, sites) for sign in (1, -1))
            slope = ((ahead - behind) / (2 * step) * directions).sum(dim=-1)
            torch.testing.assert_close(jacobian[..., column], slope, rtol=1e-6, atol=1e-5)
            column += 1
    assert column == jacobian.shape[-1]


def test_evaluation_has_second_derivatives_and_forward_mode_without_a_turn_too():
    head = random_skinned_head(dtype=torch.float64, vertices=6)
    jaw = torch.zeros(1, 3, dtype=torch.float64, requires_grad=True)
    identity = torch.randn(1, 6, dtype=torch.float64, requires_grad=True)

    def positions(turn, coefficients):
        return head.evaluate({"jaw": turn, "identity": coefficients})

    assert torch.autograd.gradcheck(positions, (jaw, identity), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(positions, (jaw, identity))


def test_a_bone_alone_turns_rigidly_about_its_joint():
    head = random_skinned_head(dtype=torch.float64)
    weights = torch.zeros_like(head.weights)
    weights[:, 2] = 1.0
    jaw = replace(head, weights=weights, correctives=torch.zeros_like(head.correctives))
    vector = torch.tensor([[0.4, -0.2, 0.7]], dtype=torch.float64)
    rest, turned = (jaw.evaluate({"jaw": value})[0] for value in (torch.zeros_like(vector), vector))
    mean = 0.3 * torch.ones(4, dtype=torch.float64)
    joint = head.joint_zero[2] + head.joint_basis[2, :, 6:] @ mean
    torch.testing.assert_close(turned - joint, (rest - joint) @ rotation_from_vector(vector)[0].mT)


def test_a_missing_face_gives_no_derivative():
    head = random_skinned_head()
    params = random_skinned_params(head, 1, names=ALL)
    nowhere = Sites(face=torch.full((2,), -1, dtype=torch.int32), barycentric=torch.zeros(2, 3))
    assert not head.evaluate(params, nowhere).any()
    assert not head.directional_jacobian(params, nowhere, torch.ones(1, 2, 3)).any()


def test_blocks_left_out_rest_at_their_prior_means():
    head = random_skinned_head()
    at_rest = {block.name: block.prior_mean[None] for block in head.blocks}
    torch.testing.assert_close(head.mean_vertices(), head.evaluate(at_rest)[0], rtol=1e-6, atol=1e-4)
    assert not torch.allclose(head.mean_vertices(), head.zero)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parents": (-1, 0, 3, 1, 1)}, "each joint after its parent"),
        ({"parents": (-1, 0, 1, 1)}, "expected the shapes"),
        ({"turned": {"neck": (1,), "jaw": (2,), "eyes": (3, 2)}}, "one block each"),
        ({"turned": {"neck": (0,), "jaw": (2,), "eyes": (3, 4)}}, "one block each"),
        ({"turned": {"neck": (1, 2), "jaw": (2,), "eyes": (3, 4)}}, "three coefficients a joint"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        replace(random_skinned_head(), **change)


def test_wrong_blocks_are_refused_saying_what_was_expected():
    head = random_skinned_head()
    with pytest.raises(ValueError, match=r"expected some of the blocks .*jaw.*got"):
        head.evaluate({"jaw": torch.zeros(1, 4)})
    with pytest.raises(ValueError, match=r"expected some of the blocks"):
        head.evaluate({})


@pytest.mark.gpu
def test_the_device_copy_agrees_with_the_host():
    head = random_skinned_head()
    params, sites = random_skinned_params(head, 2, names=ALL), random_sites(head.faces, 2, POINTS)
    directions = torch.randn(2, POINTS, 3)
    moved, there = head.to("cuda"), {name: value.cuda() for name, value in params.items()}
    torch.testing.assert_close(moved.evaluate(there).cpu(), head.evaluate(params), rtol=1e-4, atol=1e-2)
    torch.testing.assert_close(
        moved.directional_jacobian(there, sites.to("cuda"), directions.cuda()).cpu(),
        head.directional_jacobian(params, sites, directions),
        rtol=1e-4,
        atol=1e-2,
    )
