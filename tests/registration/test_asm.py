import math
from dataclasses import replace

import pytest
import torch

from facescale.fitting.levenberg_marquardt import begin
from facescale.fitting.surface_matches import MatchingSurface
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.normals import vertex_normals
from facescale.geometry.sites import Sites, points_at
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.bone_chain import TAU
from facescale.registration import fast, paper
from facescale.registration.scan_problem import Carried, Data, ScanProblem
from tests.heads.asm.small_asm_head import random_asm_params, small_asm_head
from tests.heads.random_head import random_sites

POINTS = 1200


@pytest.fixture(scope="module")
def head():
    """In single precision, with the mixtures' exact weights."""
    double = small_asm_head()
    return replace(
        small_asm_head(dtype=torch.float32),
        bone_place=double.bone_place.float(),
        reach=replace(double.reach, floor=double.reach.floor.float(), soft=double.reach.soft.float()),
    )


def problem_of(head, truth):
    """Noise-free points of a shape, and some of its sites as keypoints that pin it down."""
    sites = random_sites(head.faces, 1, POINTS)
    vertices = head.evaluate(truth)
    normals = vertex_normals(vertices, head.faces.long(), weighting="area")
    marks = Sites(face=sites.face[:, :300], barycentric=sites.barycentric[:, :300])
    surface = MatchingSurface.of(head)
    return ScanProblem(
        head=head,
        surface=surface,
        bvh=SurfaceBvh(head.mean_vertices()[None], surface.faces.int()),
        layout=Layout.of(head, scale=False),
        data=Data(
            points=points_at(vertices, head.faces, sites),
            normals=torch.nn.functional.normalize(points_at(normals, head.faces, sites), dim=-1),
            precision=torch.full((1, POINTS), 10.0),
            keypoints=points_at(vertices, head.faces, marks),
            keypoint_sites=marks,
            keypoint_precision=torch.full((1, 300), 100.0),
        ),
        reach=30.0,
        facing=math.cos(math.radians(60)),
        narrowest=2.0,
        hair_width=2.0,
        borders=True,
    )


def solved(problem):
    start = Unknowns.at_rest(problem.layout, lanes=1, device="cpu")
    return fast.fit(problem, start, points=POINTS, start_width=6.0, settings=fast.FastSettings()).unknowns


def miss(problem, unknowns, truth):
    """Mean distance of fitted from true vertices, mm, both in the frame of the points."""
    shape = problem.head.evaluate(problem.layout.split(unknowns.coefficients))[0].double()
    fitted = (shape - unknowns.shift[0]) @ unknowns.rotation[0]
    return float((fitted - problem.head.evaluate(truth)[0]).norm(dim=-1).mean())


@pytest.mark.slow
def test_the_shape_of_a_known_tau_is_recovered_to_a_tenth_of_a_millimetre(head):
    truth = random_asm_params(head, 1, names=TAU, scale=0.4, dtype=torch.float32)
    problem = problem_of(head, truth)
    start = Unknowns.at_rest(problem.layout, lanes=1, device="cpu")
    assert miss(problem, start, truth) > 1.0
    assert miss(problem, solved(problem), truth) < 0.1


@pytest.mark.slow
def test_the_last_level_is_kept_only_where_it_is_no_worse(head):
    truth = random_asm_params(head, 1, scale=0.4, dtype=torch.float32)
    problem = problem_of(head, truth)
    early = replace(problem, layout=problem.layout.early())
    found = solved(problem)
    assert miss(problem, found, truth) < miss(early, solved(early), truth) + 0.02


def test_a_last_level_that_is_worse_on_points_it_did_not_see_is_dropped(head):
    truth = random_asm_params(head, 1, scale=0.4, dtype=torch.float32)
    problem = problem_of(head, truth)
    resting = points_at(head.mean_vertices()[None], head.faces, random_sites(head.faces, 1, POINTS))
    seen = 900
    mixed = torch.cat([resting[:, :seen], problem.data.points[:, seen:]], dim=1)
    silent = torch.zeros(1, 300)
    problem = replace(problem, data=replace(problem.data, points=mixed, keypoint_precision=silent))
    rest = Unknowns.at_rest(problem.layout, lanes=1, device="cpu")
    joined = torch.cat([truth[block.name] for block in problem.layout.blocks], dim=1).double()
    carried = Carried(width=torch.full((1,), 2.0), found=None)
    at_truth, at_rest = (
        begin(each, carried, lanes=1, device="cpu") for each in (replace(rest, coefficients=joined), rest)
    )
    # at rest the energy is lower, since most points are the mean head's, but the last 300 are the truth's
    assert not fast.no_worse(problem, at_rest, at_truth, taken=seen)
    assert fast.no_worse(problem, at_rest, at_truth, taken=POINTS)


def test_blocks_that_move_nothing_yet_stay_out_of_the_first_levels(head):
    layout = Layout.of(head, scale=False)
    assert [block.name for block in layout.early().blocks] == list(TAU)
    assert int(layout.early_columns.sum()) == 82 * 9
    assert layout.early().early() == layout.early()


def test_the_papers_preset_records_the_unit_of_bones_in_decimetres(head):
    settings = paper.PaperSettings()
    assert settings.described()["tau_translation_unit"] == 100.0
    truth = random_asm_params(head, 1, names=TAU, scale=0.4, dtype=torch.float32)
    problem = problem_of(head, truth)
    start = Unknowns.at_rest(problem.layout, lanes=1, device="cpu")
    few = replace(settings, adam=replace(settings.adam, iterations=2))
    ended = paper.fit(problem, start, settings=few).unknowns
    moved = problem.layout.split(ended.coefficients)
    # each of two steps of Adam is about a rate long, in each block's own unit
    assert 0.1 < float(moved["tau_translation"].abs().max()) <= 0.21
    assert 0.001 < float(moved["tau_rotation"].abs().max()) <= 0.0021
