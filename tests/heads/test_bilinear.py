import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.bilinear import BilinearHead
from facescale.heads.bilinear_reference import core_of, directional_jacobian_reference, evaluate_reference
from facescale.heads.crop import crop
from tests.heads.random_bilinear_head import random_bilinear_head
from tests.heads.random_head import random_params, random_sites

SUBSETS = [("identity", "expression"), ("identity",), ("expression",)]
FEW, MANY = 5, 60
"""Sites below and above the number where evaluation goes over to whole shapes."""


@pytest.mark.parametrize("names", SUBSETS)
def test_all_vertices_equal_the_float64_twin(names):
    head = random_bilinear_head()
    params = random_params(head, 3, names=names)
    torch.testing.assert_close(
        head.evaluate(params).double(), evaluate_reference(head, params), rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("names", SUBSETS)
@pytest.mark.parametrize("shape", [(FEW,), (3, FEW), (MANY,), (3, MANY)])
def test_sites_equal_the_float64_twin(names, shape):
    head = random_bilinear_head()
    params, sites = random_params(head, 3, names=names), random_sites(head.faces, *shape)
    torch.testing.assert_close(
        head.evaluate(params, sites).double(), evaluate_reference(head, params, sites), rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("shape", [(FEW,), (3, FEW), (MANY,)])
def test_gradients_of_evaluation_equal_the_twin(shape):
    head = random_bilinear_head()
    params, sites = random_params(head, 3, names=SUBSETS[0]), random_sites(head.faces, *shape)
    weights = torch.randn(3, shape[-1], 3)
    leaves = [value.requires_grad_() for value in params.values()] + [sites.barycentric.requires_grad_()]
    ours = torch.autograd.grad((head.evaluate(params, sites) * weights).sum(), leaves)
    twin = torch.autograd.grad((evaluate_reference(head, params, sites) * weights).sum(), leaves)
    for mine, other in zip(ours, twin, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize("names", SUBSETS)
@pytest.mark.parametrize("shape", [(MANY,), (3, MANY)])
def test_the_directional_jacobian_equals_the_float64_twin(names, shape):
    head = random_bilinear_head()
    params, sites = random_params(head, 3, names=names), random_sites(head.faces, *shape)
    directions = torch.nn.functional.normalize(torch.randn(3, MANY, 3), dim=-1)
    torch.testing.assert_close(
        head.directional_jacobian(params, sites, directions).double(),
        directional_jacobian_reference(head, params, sites, directions),
        rtol=1e-4,
        atol=1e-3,
    )


def test_gradients_of_the_directional_jacobian_equal_the_twin():
    head = random_bilinear_head()
    params, sites = random_params(head, 2, names=SUBSETS[0]), random_sites(head.faces, 2, FEW)
    directions, weights = torch.randn(2, FEW, 3, requires_grad=True), torch.randn(2, FEW, 10)
    leaves = [
        *(value.requires_grad_() for value in params.values()),
        sites.barycentric.requires_grad_(),
        directions,
    ]
    twins = (head.directional_jacobian, lambda *args: directional_jacobian_reference(head, *args))
    ours, theirs = (
        torch.autograd.grad((twin(params, sites, directions) * weights).sum(), leaves) for twin in twins
    )
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize("names", SUBSETS)
def test_the_directional_jacobian_is_what_automatic_differentiation_finds(names):
    head = random_bilinear_head(dtype=torch.float64)
    params = random_params(head, 1, names=names)
    sites = random_sites(head.faces, MANY, dtype=torch.float64)
    directions = torch.randn(1, MANY, 3, dtype=torch.float64)

    def along(values):
        return (head.evaluate(values, sites) * directions).sum(dim=-1)[0]

    found = torch.func.jacrev(along)(params)
    columns = torch.cat([found[block.name][:, 0] for block in head.blocks if block.name in params], dim=-1)
    torch.testing.assert_close(head.directional_jacobian(params, sites, directions)[0], columns)


def test_any_expression_at_full_weight_is_that_expression_of_the_core():
    """The neutral weight is then zero: the tie keeps the sum at 1, and with it the scale."""
    head = random_bilinear_head(dtype=torch.float64)
    identity = random_params(head, 1, names=("identity",))["identity"]
    for index in range(4):
        expression = torch.zeros(1, 4, dtype=torch.float64)
        expression[0, index] = 1.0
        expected = core_of(head)[:, :, 1 + index] @ torch.cat([torch.ones(1), identity[0]])
        found = head.evaluate({"identity": identity, "expression": expression})[0]
        torch.testing.assert_close(found, expected)


def test_a_site_is_evaluated_as_the_point_of_the_whole_shape():
    head = random_bilinear_head()
    params, sites = random_params(head, 2, names=SUBSETS[0]), random_sites(head.faces, FEW)
    whole = points_at(head.evaluate(params), head.faces, sites)
    torch.testing.assert_close(head.evaluate(params, sites), whole, rtol=1e-5, atol=1e-3)


def test_a_missing_face_gives_the_origin_and_no_derivative():
    head = random_bilinear_head()
    params = random_params(head, 1, names=("identity",))
    nowhere = Sites(face=torch.full((2,), -1, dtype=torch.int32), barycentric=torch.zeros(2, 3))
    assert not head.evaluate(params, nowhere).any()
    assert not head.directional_jacobian(params, nowhere, torch.ones(1, 2, 3)).any()


def test_blocks_left_out_rest_at_their_prior_means():
    head = random_bilinear_head()
    at_rest = {block.name: block.prior_mean[None] for block in head.blocks}
    torch.testing.assert_close(head.mean_vertices(), head.evaluate(at_rest)[0], rtol=1e-6, atol=1e-4)
    assert not torch.equal(head.mean_vertices(), head.zero)


def test_a_cropped_head_is_the_same_model_on_fewer_vertices():
    head = random_bilinear_head()
    keep = torch.zeros(200, dtype=torch.bool)
    keep[head.faces[:20].long().ravel()] = True
    small = crop(head, keep)
    assert isinstance(small.head, BilinearHead)
    params = random_params(head, 2, names=SUBSETS[0])
    torch.testing.assert_close(
        small.head.evaluate(params), head.evaluate(params)[:, small.vertices], rtol=1e-5, atol=1e-3
    )
    whole = head.faces[small.faces].long()
    assert torch.equal(small.vertices[small.head.faces.long()], whole)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"identity": torch.zeros(1, 7)},
        {"jaw": torch.zeros(1, 6)},
        {"identity": torch.zeros(1, 6), "expression": torch.zeros(2, 4)},
    ],
)
def test_wrong_blocks_are_refused_saying_what_was_expected(params):
    with pytest.raises(ValueError, match=r"expected some of the blocks .*identity.*got"):
        random_bilinear_head().evaluate(params)


@pytest.mark.parametrize("cut", [(slice(4),), (..., slice(6))])
def test_a_mixing_that_does_not_fit_its_blocks_is_refused(cut):
    head = random_bilinear_head()
    fields = {entry: getattr(head, entry) for entry in BilinearHead.__dataclass_fields__}
    with pytest.raises(ValueError, match="expected the shapes"):
        BilinearHead(**{**fields, "mixing": head.mixing[cut]})


@pytest.mark.gpu
def test_the_device_copy_agrees_with_the_host():
    head = random_bilinear_head()
    params, sites = random_params(head, 2, names=SUBSETS[0]), random_sites(head.faces, 2, MANY)
    directions = torch.randn(2, MANY, 3)
    moved, there = head.to("cuda"), {name: value.cuda() for name, value in params.items()}
    torch.testing.assert_close(
        moved.evaluate(there, sites.to("cuda")).cpu(), head.evaluate(params, sites), rtol=1e-5, atol=1e-2
    )
    torch.testing.assert_close(
        moved.directional_jacobian(there, sites.to("cuda"), directions.cuda()).cpu(),
        head.directional_jacobian(params, sites, directions),
        rtol=1e-4,
        atol=1e-3,
    )
