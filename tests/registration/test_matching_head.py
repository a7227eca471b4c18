import numpy as np
import torch

from facescale.geometry.sites import Sites
from facescale.registration.head_template import HeadTemplate
from facescale.registration.matching_head import matching_head
from facescale.structures.keypoints import NOW7
from tests.heads.ict_assets import needs_ict
from tests.registration.ict_scans import head

pytestmark = needs_ict


def test_the_matching_head_is_smaller_and_every_keypoint_stays_where_it_was():
    whole = head()
    template = HeadTemplate.of(whole)
    small = matching_head(whole, template.keypoint_sites)
    assert small.head.num_vertices < 0.6 * whole.num_vertices
    params = {block.name: torch.randn(1, block.size) for block in whole.blocks}
    here, there = whole.evaluate(params), small.head.evaluate(params)
    assert set(NOW7) <= set(small.keypoint_sites)
    for name, (face, barycentric) in small.keypoint_sites.items():
        whole_face, whole_barycentric = template.keypoint_sites[name]
        np.testing.assert_allclose(
            barycentric @ there[0][small.head.faces[face].long()].numpy(),
            whole_barycentric @ here[0][whole.faces[whole_face].long()].numpy(),
            atol=1e-4,
        )


def test_the_template_is_the_mean_head_and_its_modes_are_the_heads_derivatives():
    whole = head()
    template = HeadTemplate.of(whole)
    face, barycentric = template.face_sites
    sites = Sites(face=torch.from_numpy(face), barycentric=torch.from_numpy(barycentric))
    zero = {block.name: block.prior_mean[None] for block in whole.blocks}
    np.testing.assert_allclose(whole.evaluate(zero, sites)[0], template.face, atol=1e-3)
    # the first identity coefficient moves the face most of all: it must be one of the modes
    moved = {**zero, "identity": zero["identity"].clone()}
    moved["identity"][0, 0] = 1.0
    change = (whole.evaluate(moved, sites)[0] - whole.evaluate(zero, sites)[0]).numpy()
    misses = np.abs(template.face_modes - change[..., None]).max(axis=(0, 1))
    assert misses.min() < 1e-3


def test_looked_up_distances_are_right_to_half_a_cell():
    template = HeadTemplate.of(head())
    rng = np.random.default_rng(0)
    height = rng.uniform(2, 40, size=(500, 1))
    probes = template.skin[:500] + height * template.skin_normals[:500]
    away, nearest = template.field.look_up(probes)
    exact = np.linalg.norm(probes[:, None] - template.skin[None], axis=2).min(axis=1)
    assert np.abs(away - exact).max() < 4.0
    named = np.linalg.norm(probes - template.skin[nearest], axis=1)
    assert (named - exact).max() < 8.0
    assert np.isinf(template.field.look_up(np.array([[1e4, 0, 0]]))[0]).all()
