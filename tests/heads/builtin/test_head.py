import pytest
import torch

from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.tetrahedra import fill
from facescale.geometry.watertight import enclosed_volume, surface_faults, with_lids
from facescale.heads.builtin.arkit import ARKIT_NAMES
from facescale.heads.builtin.correlation import correlation
from facescale.heads.builtin.head import FACE_RADIUS, load_builtin
from facescale.heads.builtin.identity import identity
from facescale.heads.builtin.identity_axes import CORRELATED, IDENTITY_AXES
from facescale.heads.builtin.store import source_digest
from facescale.heads.linear_reference import directional_jacobian_reference, evaluate_reference
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.keypoints import NOW7
from tests.heads.builtin.test_landmarks import OTHER_SIDE
from tests.heads.random_head import random_sites

FLIP = torch.tensor([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def head():
    return load_builtin()


@pytest.fixture(scope="module")
def params(head):
    generator = torch.Generator().manual_seed(0)
    return {
        block.name: torch.rand(2, block.size, generator=generator) - (0.5 if block.name == "identity" else 0)
        for block in head.blocks
    }


def at(head, sites):
    """Positions of sites on the mean head."""
    return (head.mean_vertices()[head.faces[sites.face.long()].long()] * sites.barycentric[..., None]).sum(
        dim=-2
    )


def test_it_keeps_the_contract_of_template_heads(head):
    assert isinstance(head, AbstractTemplateHead)
    assert head.card.name == "builtin"
    assert head.card.native_unit == "mm"
    assert head.card.assets == {"facescale/heads/builtin": source_digest()}
    assert head.mean_vertices().shape == (head.num_vertices, 3)
    assert head.faces.dtype == head.faces_uv.dtype == torch.int32
    assert head.faces.shape == head.faces_uv.shape
    assert int(head.faces.max()) == head.num_vertices - 1
    assert int(head.faces_uv.max()) == len(head.uv) - 1
    assert {"scannable", "face", "head", "opaque"} <= head.regions.keys()
    assert all(mask.shape == (head.num_vertices,) for mask in head.regions.values())


def test_blocks_are_named_axes_with_their_correlation_and_the_52_of_arkit(head):
    shape, motion = head.blocks
    assert (shape.name, shape.names, shape.scope) == ("identity", identity().names, "subject")
    assert (motion.name, motion.names, motion.scope) == ("expression", ARKIT_NAMES, "frame")
    torch.testing.assert_close(
        shape.prior_correlation.double(),
        torch.from_numpy(correlation(tuple(IDENTITY_AXES), CORRELATED)),
        rtol=0,
        atol=1e-6,
    )
    assert motion.prior_correlation is None


def test_the_prior_mean_is_the_mean_head(head):
    rest = {block.name: block.prior_mean[None] for block in head.blocks}
    assert torch.equal(head.evaluate(rest)[0], head.mean_vertices())


def test_evaluation_equals_the_float64_twin(head, params):
    twin = evaluate_reference(head, params)
    torch.testing.assert_close(head.evaluate(params).double(), twin, rtol=0, atol=1e-3)
    sites = random_sites(head.faces, 30)
    twin = evaluate_reference(head, params, sites)
    torch.testing.assert_close(head.evaluate(params, sites).double(), twin, rtol=0, atol=1e-3)


def test_the_directional_jacobian_equals_finite_differences_at_the_landmarks(head, params):
    sites = head.landmarks["ibug68"]
    directions = torch.nn.functional.normalize(
        torch.randn(2, 68, 3, generator=torch.Generator().manual_seed(1)), dim=-1
    )
    jacobian = head.directional_jacobian(params, sites, directions)
    column = 0
    for block in head.blocks:
        for index in range(0, block.size, 13):
            ahead, behind = ({**params, block.name: params[block.name].clone()} for _ in range(2))
            ahead[block.name][:, index] += 0.5
            behind[block.name][:, index] -= 0.5
            change = evaluate_reference(head, ahead, sites) - evaluate_reference(head, behind, sites)
            slope = (change * directions.double()).sum(dim=-1)
            torch.testing.assert_close(jacobian[..., column + index].double(), slope, rtol=0, atol=1e-4)
        column += block.size
    assert jacobian.shape == (2, 68, column)
    torch.testing.assert_close(
        jacobian.double(), directional_jacobian_reference(head, params, sites, directions), rtol=0, atol=1e-4
    )


def test_68_landmarks_are_finite_mirrored_and_hold_the_seven_of_now(head):
    points = at(head, head.landmarks["ibug68"])
    assert points.shape == (68, 3)
    assert points.isfinite().all()
    torch.testing.assert_close(points[torch.from_numpy(OTHER_SIDE)] * FLIP, points, rtol=0, atol=1e-4)
    seven = dict(zip(NOW7, at(head, head.landmarks["now7"]), strict=True))
    assert seven["right_eye_outer"][0] < seven["right_eye_inner"][0] < 0
    assert 0 < seven["left_eye_inner"][0] < seven["left_eye_outer"][0]
    assert seven["mouth_right"][0] < 0 < seven["mouth_left"][0]
    assert seven["mouth_left"][1] < seven["nose_base"][1] < seven["left_eye_inner"][1]
    assert abs(float(seven["nose_base"][0])) < 1e-4


def test_the_origin_is_the_midpoint_of_the_four_eye_corners(head):
    corners = at(head, head.landmarks["ibug68"])[[36, 39, 42, 45]]
    torch.testing.assert_close(corners.mean(dim=0), torch.zeros(3), rtol=0, atol=1e-4)
    assert corners[:, 2].abs().max() < 10


def test_regions_lie_within_each_other_and_hold_what_they_are_named_for(head):
    regions = head.regions
    inside = [("face", "head"), ("head", "scannable"), ("head", "skin")]
    for small, large in inside:
        assert not (regions[small] & ~regions[large]).any(), small
    tip = at(head, head.landmarks["ibug68"])[30]
    away = (head.mean_vertices() - tip).norm(dim=1)
    assert away[regions["face"]].max() < FACE_RADIUS
    assert torch.equal(regions["face"], regions["head"] & (away < FACE_RADIUS))
    for name in ("upper_teeth", "lower_teeth", "tongue", "eyeballs.iris_disc"):
        assert not (regions["scannable"] & regions[name]).any(), name
    assert not (regions["opaque"] & regions["eyeballs.iris_disc"]).any()
    assert (regions["opaque"] | regions["eyeballs.iris_disc"]).all()
    assert "outer" not in regions


def shown_from_the_front(head, vertices):
    """Whether nothing opaque lies straight before each vertex of the mean head."""
    points = head.mean_vertices()
    tree = SurfaceBvh(points[None], head.faces[head.regions["opaque"][head.faces.long()].all(dim=1)])
    ahead = torch.tensor([0.0, 0.0, 1.0])
    hits = tree.first_hit(
        (points[vertices] + 0.01 * ahead)[None], ahead.expand(1, len(vertices), 3).contiguous()
    )
    return hits.length[0].isinf()


def test_of_the_eyeballs_just_what_shows_between_the_lids_is_scannable(head):
    """But for a few vertices beside the margins."""
    ball = head.regions["eyeballs.shell"] & (head.mean_vertices()[:, 2] > -6)
    seen = (head.regions["scannable"] & ball).nonzero()[:, 0]
    hidden = (~head.regions["scannable"] & ball).nonzero()[:, 0]
    assert not (head.regions["scannable"] & head.regions["eyeballs"] & ~ball).any()
    assert len(seen) > 300
    assert float(shown_from_the_front(head, seen).float().mean()) > 0.98
    assert float(shown_from_the_front(head, hidden).float().mean()) < 0.05


def test_a_quads_two_triangles_stand_next_to_each_other_and_split_it_at_its_first_corner(head):
    pairs = head.faces.reshape(-1, 2, 3)
    assert torch.equal(pairs[:, 0, 0], pairs[:, 1, 0])
    assert torch.equal(pairs[:, 0, 2], pairs[:, 1, 1])


def test_skin_closed_at_the_neck_is_a_solid_without_faults(head):
    skin = head.faces[head.regions["skin"][head.faces.long()].all(dim=1)]
    vertices, faces = with_lids(head.mean_vertices(), skin)
    assert len(vertices) == head.num_vertices + 1
    assert not surface_faults(faces), str(surface_faults(faces))
    assert 3.5e6 < float(enclosed_volume(vertices[None], faces)[0]) < 5e6


@pytest.mark.slow
def test_tetgen_fills_what_lies_between_skin_and_sockets_at_rest(head):
    skin = head.faces[head.regions["skin"][head.faces.long()].all(dim=1)]
    vertices, faces = with_lids(head.mean_vertices(), skin)
    solid = fill(vertices, faces)
    a, b, c, d = solid.vertices[solid.elements].unbind(dim=1)
    volumes = (torch.linalg.cross(b - a, c - a) * (d - a)).sum(dim=-1) / 6
    assert volumes.min() > 0
    expected = float(enclosed_volume(vertices[None], faces)[0])
    assert float(volumes.sum()) == pytest.approx(expected, rel=1e-6)


def test_two_loads_are_equal(head):
    other = load_builtin()
    assert torch.equal(other.zero, head.zero)
    assert torch.equal(other.basis, head.basis)
    assert torch.equal(other.faces, head.faces)
    assert torch.equal(other.uv, head.uv)
    assert other.card == head.card
    assert other.regions.keys() == head.regions.keys()
    assert all(torch.equal(other.regions[name], mask) for name, mask in head.regions.items())
