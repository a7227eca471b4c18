import dataclasses
from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.rows import Lens, by_camera_point, see
from facescale.reconstruction.landmark_fit.sample import prepare
from facescale.reconstruction.landmark_fit.solve import solve
from tests.heads.random_head import random_head, random_sites
from tests.reconstruction.landmark_fit.subjects import embedding_of, known_camera, subject_of, truth_of

SHARED, OWN, KNOWN = "shared", "own", "known"


def problem_of(head, embedding, *, kind, outline=False, robust=1e3):
    """A precise problem away from its minimum, and where."""
    config = LandmarkFitConfig(robust_sigma=robust)
    fitter = LandmarkFitter(head, embedding, config)
    camera = known_camera() if kind == KNOWN else None
    group = "video" if kind == SHARED else ""
    subjects = [
        subject_of(head, embedding, truth_of(head, views=n, seed=n), seed=n, camera=camera, group=group)
        for n in (2, 3)
    ]
    problem = fitter.problem([prepare(s, embedding, config) for s in subjects], precise=True)
    start = fitter.start(problem.batch)[0]
    generator = torch.Generator().manual_seed(0)
    local, shared = steps(problem, start, generator, size=0.05)
    return problem, start.stepped(local, shared, problem.batch)


def steps(problem, at, generator, *, size):
    """A random step of the unknowns that exist."""
    local = torch.randn(len(at.rotation), 7 + at.expression.shape[1], generator=generator, dtype=torch.float64)
    local[:, :3] *= 0.1
    local[:, 6] *= problem.batch.own_focal * 1.0
    width = at.identity.shape[1] + problem.batch.focals
    shared = torch.randn(len(problem.batch.counts), width, generator=generator, dtype=torch.float64)
    return local * size, shared * size


@pytest.mark.parametrize("kind", [SHARED, OWN, KNOWN])
@pytest.mark.parametrize("outline", [False, True])
def test_the_gradient_is_the_slope_of_the_energy(head, kind, outline):
    problem, at = problem_of(head, embedding_of(head, extra=20, outline=outline), kind=kind, robust=4.0)
    sight = problem.sight(at)
    widths = problem.widths(sight)
    near = torch.tensor([True, False])
    system = problem.system(at, sight, widths, near)
    generator = torch.Generator().manual_seed(1)
    for _ in range(4):
        local, shared = steps(problem, at, generator, size=1.0)
        slope = 2 * ((local * system.local_gradient).sum() + (shared * system.shared_gradient).sum())
        side = []
        for sign in (1, -1):
            moved = at.stepped(sign * 1e-5 * local, sign * 1e-5 * shared, problem.batch)
            side.append(problem.energy(moved, problem.sight(moved, sight.outline), widths).sum())
        torch.testing.assert_close((side[0] - side[1]) / 2e-5, slope, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("kind", [SHARED, OWN, KNOWN])
@pytest.mark.parametrize("outline", [False, True])
def test_the_hessian_is_that_of_the_squared_changes_of_residuals(head, kind, outline):
    problem, at = problem_of(head, embedding_of(head, extra=20, outline=outline), kind=kind, robust=1e6)
    sight = problem.sight(at)
    system = problem.system(at, sight, problem.widths(sight), torch.tensor([False, False]))
    counted = problem.counted(sight)
    generator = torch.Generator().manual_seed(2)

    def residuals(unknowns):
        seen = problem.sight(unknowns, sight.outline)
        parts = [seen.fixed.residual] + ([seen.sliding.residual] if outline else [])
        count = seen.fixed.distance.shape[1]
        masks = [counted[:, None, :count], counted[:, None, count:]]
        return torch.cat([(p * m).flatten() for p, m in zip(parts, masks, strict=False)])

    expression, identity, config = problem.model.expression, problem.model.identity, problem.config
    for _ in range(3):
        local, shared = steps(problem, at, generator, size=1.0)
        there, back = (at.stepped(s * 1e-5 * local, s * 1e-5 * shared, problem.batch) for s in (1, -1))
        expected = ((residuals(there) - residuals(back)) / 2e-5).square().sum()
        expected += (local[:, 7:] / expression.prior_std).square().sum() + (
            local[:, 6] / config.focal_sd
        ).square().sum()
        expected += (shared[:, : identity.size] / identity.prior_std).square().sum()
        expected += (shared[:, identity.size :] / config.focal_sd).square().sum()
        block = torch.repeat_interleave(torch.arange(2), torch.tensor(problem.batch.counts))
        found = torch.einsum("il,ilm,im->", local, system.local, local)
        found += torch.einsum("bs,bst,bt->", shared, system.shared, shared)
        found += 2 * torch.einsum("il,ils,is->", local, system.cross, shared[block])
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)


def test_rows_in_float32_are_those_in_float64(head):
    embedding = embedding_of(head, extra=40, outline=True)
    problem, at = problem_of(head, embedding, kind=SHARED)
    rough = replace(problem, precise=False)
    sight = problem.sight(at)
    near = torch.tensor([False, False])
    exact, found = (p.system(at, sight, problem.widths(sight), near) for p in (problem, rough))
    assert found.local.dtype == torch.float32
    scale = exact.local.diagonal(dim1=1, dim2=2).sqrt()
    apart = (found.local - exact.local) / (scale[:, :, None] * scale[:, None, :])
    assert apart.abs().max() < 1e-5
    torch.testing.assert_close(found.local_gradient, exact.local_gradient, rtol=1e-12, atol=1e-9)


def test_closed_form_rows_are_the_pinhole_cameras():
    generator = torch.Generator().manual_seed(0)
    world = 50 * torch.randn(2, 9, 3, generator=generator, dtype=torch.float64)
    shift = torch.tensor([[10.0, -20, 600], [0, 30, 900]], dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(2, 3, 3, generator=generator, dtype=torch.float64))[0]
    turn = torch.eye(3, dtype=torch.float64) + 0.0 * turn
    focal = torch.tensor([[1000.0, 1100], [900, 800]], dtype=torch.float64)
    principal = torch.tensor([[320.0, 240], [300, 200]], dtype=torch.float64)
    camera = PinholeCamera(
        rotation=turn,
        translation=torch.zeros(2, 3, dtype=torch.float64),
        focal=focal,
        principal=principal,
        distortion=torch.zeros(2, 5, dtype=torch.float64),
        size=torch.tensor([[640, 480]] * 2),
    )
    lens = Lens(rotation=turn, translation=camera.translation, focal=focal, principal=principal)
    directions = torch.eye(2, dtype=torch.float64)[:, None].expand(2, 2, 9, 2)
    rows = see(world, shift, lens, torch.zeros(2, 9, 2, dtype=torch.float64), directions)
    expected = camera.jacobians(world + shift[:, None])
    torch.testing.assert_close(rows.residual.transpose(1, 2), expected.projection.pixels)
    found = by_camera_point(rows, focal).transpose(1, 2)
    torch.testing.assert_close(found, expected.by_point)


def test_heads_that_are_not_linear_or_lack_a_block_are_refused():
    whole = random_head()
    parts = whole.blocks[:1] + whole.blocks[2:]
    basis = torch.cat([whole.basis[..., :7], whole.basis[..., 12:]], dim=-1).contiguous()
    head = dataclasses.replace(whole, blocks=parts, basis=basis)
    sites = random_sites(head.faces, 20)
    from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding

    embedding = LandmarkEmbedding(
        scheme="drawn", sites=sites, points=np.arange(20), sliding=np.zeros(20, dtype=bool)
    )
    with pytest.raises(ValueError, match="expected a linear head with the blocks identity and expression"):
        LandmarkFitter(head, embedding, LandmarkFitConfig())


def test_products_in_float32_end_where_products_in_float64_do(head, embedding):
    fitter = LandmarkFitter(head, embedding, LandmarkFitConfig())
    subjects = [
        subject_of(head, embedding, truth_of(head, views=views, seed=60 + views), seed=views)
        for views in (3, 6)
    ]
    prepared = [prepare(subject, embedding, fitter.config) for subject in subjects]
    ends = []
    for precise in (False, True):
        problem = fitter.problem(prepared, precise=precise)
        ends.append(solve(problem, fitter.start(problem.batch)[0]).unknowns)
    rough, exact = ends
    # of standard deviations; the tolerance of a last step is 0.03
    torch.testing.assert_close(rough.identity, exact.identity, rtol=0, atol=3e-4)
    torch.testing.assert_close(rough.expression, exact.expression, rtol=0, atol=3e-4)
    torch.testing.assert_close(rough.translation, exact.translation, rtol=1e-5, atol=1e-3)
