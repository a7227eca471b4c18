import pytest
import torch

from facescale.fitting.unknowns import Unknowns
from facescale.geometry.sites import Sites
from facescale.heads.decoded import LATENT
from facescale.registration.matching_head import matching_head
from tests.heads.random_boned_head import random_boned_head
from tests.heads.random_decoded_head import random_decoded_head
from tests.registration.test_asm import miss, problem_of, solved


@pytest.mark.slow
def test_a_known_latent_is_recovered():
    head = random_decoded_head()
    truth = {LATENT: head.blocks[0].prior_mean[None] + torch.tensor([[0.5, -0.7, 0.3, 0.6, -0.4]])}
    problem = problem_of(head, truth)
    start = Unknowns.at_rest(problem.layout, lanes=1, device="cpu")
    before = miss(problem, start, truth)
    found = solved(problem)
    assert miss(problem, found, truth) < 0.05 * before
    torch.testing.assert_close(found.coefficients[0].float(), truth[LATENT][0], rtol=0, atol=0.05)


def test_a_boned_head_is_cut_to_what_is_scanned_and_a_decoded_one_stays_whole():
    boned, decoded = random_boned_head(), random_decoded_head()
    for head in (boned, decoded):
        head.regions["scannable"][:10] = False
    assert matching_head(boned, {}).head.num_vertices == boned.num_vertices - 10
    assert matching_head(decoded, {}).head is decoded
    kept = boned.regions["scannable"][boned.faces.long()].all(dim=1).nonzero()[0]
    small = matching_head(boned, {"tip": (int(kept), torch.eye(3)[0].numpy())})
    face, barycentric = small.keypoint_sites["tip"]
    site = Sites(face=torch.tensor([face]), barycentric=torch.from_numpy(barycentric)[None].float())
    whole = Sites(face=kept.int(), barycentric=site.barycentric)
    params = {"tau_scale": torch.full((1, 15), 0.1)}
    torch.testing.assert_close(small.head.evaluate(params, site), boned.evaluate(params, whole))
