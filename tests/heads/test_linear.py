import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.linear import LinearHead
from facescale.heads.linear_reference import directional_jacobian_reference, evaluate_reference
from tests.heads.random_head import random_head, random_params, random_sites

SUBSETS = [("identity", "expression", "pose"), ("identity",), ("pose", "identity"), ("expression",)]
FEW, MANY = 5, 60
"""Sites below and above the number where evaluation goes over to whole shapes."""


@pytest.mark.parametrize("names", SUBSETS)
def test_all_vertices_equal_the_float64_twin(names):
    head = random_head()
    params = random_params(head, 3, names=names)
    torch.testing.assert_close(
        head.evaluate(params).double(), evaluate_reference(head, params), rtol=1e-6, atol=1e-4
    )


@pytest.mark.parametrize("names", SUBSETS)
@pytest.mark.parametrize("shape", [(FEW,), (3, FEW), (MANY,), (3, MANY)])
def test_sites_equal_the_float64_twin(names, shape):
    head = random_head()
    params, sites = random_params(head, 3, names=names), random_sites(head.faces, *shape)
    torch.testing.assert_close(
        head.evaluate(params, sites).double(), evaluate_reference(head, params, sites), rtol=1e-6, atol=1e-4
    )


@pytest.mark.parametrize("shape", [(FEW,), (3, FEW), (MANY,)])
def test_gradients_of_evaluation_equal_the_twin(shape):
    head = random_head()
    params, sites = random_params(head, 3, names=SUBSETS[0]), random_sites(head.faces, *shape)
    weights = torch.randn(3, shape[-1], 3)
    leaves = [value.requires_grad_() for value in params.values()] + [sites.barycentric.requires_grad_()]
    ours = torch.autograd.grad((head.evaluate(params, sites) * weights).sum(), leaves)
    twin = torch.autograd.grad((evaluate_reference(head, params, sites) * weights).sum(), leaves)
    for mine, other in zip(ours, twin, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("names", SUBSETS)
@pytest.mark.parametrize("shape", [(MANY,), (3, MANY)])
def test_the_directional_jacobian_equals_the_float64_twin(names, shape):
    head = random_head()
    params, sites = random_params(head, 3, names=names), random_sites(head.faces, *shape)
    directions = torch.nn.functional.normalize(torch.randn(3, MANY, 3), dim=-1)
    torch.testing.assert_close(
        head.directional_jacobian(params, sites, directions).double(),
        directional_jacobian_reference(head, params, sites, directions),
        rtol=1e-5,
        atol=1e-5,
    )


def test_gradients_of_the_directional_jacobian_equal_the_twin():
    head = random_head()
    params, sites = random_params(head, 2, names=SUBSETS[0]), random_sites(head.faces, 2, MANY)
    directions, weights = torch.randn(2, MANY, 3, requires_grad=True), torch.randn(2, MANY, 14)
    leaves = [sites.barycentric.requires_grad_(), directions]
    twins = (head.directional_jacobian, lambda *args: directional_jacobian_reference(head, *args))
    ours, theirs = (
        torch.autograd.grad((twin(params, sites, directions) * weights).sum(), leaves) for twin in twins
    )
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("names", SUBSETS)
def test_the_directional_jacobian_is_what_automatic_differentiation_finds(names):
    head = random_head(dtype=torch.float64)
    params = random_params(head, 1, names=names)
    sites = random_sites(head.faces, MANY, dtype=torch.float64)
    directions = torch.randn(1, MANY, 3, dtype=torch.float64)

    def along(values):
        return (head.evaluate(values, sites) * directions).sum(dim=-1)[0]

    found = torch.func.jacrev(along)(params)
    columns = torch.cat([found[block.name][:, 0] for block in head.blocks if block.name in params], dim=-1)
    torch.testing.assert_close(head.directional_jacobian(params, sites, directions)[0], columns)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_evaluation_has_second_derivatives_and_forward_mode(count):
    head = random_head(dtype=torch.float64, vertices=40)
    sites = random_sites(head.faces, count, dtype=torch.float64)
    identity = torch.randn(2, 7, dtype=torch.float64, requires_grad=True)
    barycentric = sites.barycentric.requires_grad_()

    def positions(coefficients, weights):
        return head.evaluate({"identity": coefficients}, Sites(face=sites.face, barycentric=weights))

    assert torch.autograd.gradcheck(positions, (identity, barycentric), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(positions, (identity, barycentric))


def test_a_site_is_evaluated_as_the_point_of_the_whole_shape():
    head = random_head()
    params, sites = random_params(head, 2, names=("identity",)), random_sites(head.faces, FEW)
    whole = points_at(head.evaluate(params), head.faces, sites)
    torch.testing.assert_close(head.evaluate(params, sites), whole, rtol=1e-6, atol=1e-4)


def test_a_missing_face_gives_the_origin_and_no_derivative():
    head = random_head()
    params = random_params(head, 1, names=("identity",))
    nowhere = Sites(face=torch.full((2,), -1, dtype=torch.int32), barycentric=torch.zeros(2, 3))
    assert not head.evaluate(params, nowhere).any()
    assert not head.directional_jacobian(params, nowhere, torch.ones(1, 2, 3)).any()


def test_blocks_left_out_rest_at_their_prior_means():
    head = random_head()
    at_rest = {block.name: block.prior_mean[None] for block in head.blocks}
    torch.testing.assert_close(head.mean_vertices(), head.evaluate(at_rest)[0], rtol=1e-6, atol=1e-4)
    assert not torch.equal(head.mean_vertices(), head.zero)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"identity": torch.zeros(1, 6)},
        {"jaw": torch.zeros(1, 7)},
        {"identity": torch.zeros(1, 7), "expression": torch.zeros(2, 5)},
    ],
)
def test_wrong_blocks_are_refused_saying_what_was_expected(params):
    head = random_head()
    with pytest.raises(ValueError, match=r"expected some of the blocks .*identity.*got"):
        head.evaluate(params)


def test_a_basis_that_does_not_fit_its_blocks_is_refused():
    head = random_head()
    with pytest.raises(ValueError, match=r"expected a basis of shape \(200, 3, 14\), got \(200, 3, 13\)"):
        _with(head, basis=head.basis[..., :13].contiguous())
    with pytest.raises(ValueError, match="contiguous"):
        _with(head, basis=head.basis.transpose(0, 2).contiguous().transpose(0, 2))


@pytest.mark.gpu
def test_the_device_copy_agrees_with_the_host():
    head = random_head()
    params, sites = random_params(head, 2, names=SUBSETS[0]), random_sites(head.faces, 2, MANY)
    directions = torch.randn(2, MANY, 3)
    moved, there = head.to("cuda"), {name: value.cuda() for name, value in params.items()}
    torch.testing.assert_close(
        moved.evaluate(there, sites.to("cuda")).cpu(), head.evaluate(params, sites), rtol=1e-5, atol=1e-3
    )
    torch.testing.assert_close(
        moved.directional_jacobian(there, sites.to("cuda"), directions.cuda()).cpu(),
        head.directional_jacobian(params, sites, directions),
        rtol=1e-4,
        atol=1e-4,
    )


def _with(head: LinearHead, **changes) -> LinearHead:
    fields = {name: getattr(head, name) for name in LinearHead.__dataclass_fields__}
    return LinearHead(**(fields | changes))
