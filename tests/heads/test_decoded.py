from dataclasses import replace

import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.decoded import LATENT
from facescale.heads.graph_decoder_reference import decode_reference
from tests.heads.random_decoded_head import random_decoded_head, random_latent
from tests.heads.random_head import random_sites

POINTS = 20
COARSEST = 2


@pytest.fixture(scope="module", params=[0, COARSEST])
def head(request):
    return random_decoded_head(dtype=torch.float64, last_graph=request.param)


def twin(head, latent):
    return head.zero + head.spread * decode_reference(head.decoder, latent)


def test_vertices_equal_the_float64_twin(head):
    params = random_latent(head, 3)
    found = head.evaluate(params)
    for lane in range(3):
        torch.testing.assert_close(found[lane], twin(head, params[LATENT][lane]), rtol=1e-9, atol=1e-9)


def test_gradients_equal_the_twins(head):
    latent = random_latent(head, 1)[LATENT].requires_grad_()
    pull = torch.randn(head.num_vertices, 3, dtype=torch.float64)
    (ours,) = torch.autograd.grad((head.evaluate({LATENT: latent})[0] * pull).sum(), latent)
    (theirs,) = torch.autograd.grad((twin(head, latent[0]) * pull).sum(), latent)
    torch.testing.assert_close(ours, theirs, rtol=1e-8, atol=1e-8)


def test_the_directional_jacobian_is_that_of_the_twin(head):
    params = random_latent(head, 2)
    sites = random_sites(head.faces, 2, POINTS, dtype=torch.float64)
    directions = torch.randn(2, POINTS, 3, dtype=torch.float64)
    found = head.directional_jacobian(params, sites, directions)
    for lane in range(2):

        def along(latent, lane=lane):
            corners = twin(head, latent)[head.faces[sites.face[lane]].long()]
            return ((corners * sites.barycentric[lane][..., None]).sum(dim=1) * directions[lane]).sum(dim=-1)

        wanted = torch.autograd.functional.jacobian(along, params[LATENT][lane])
        torch.testing.assert_close(found[lane], wanted, rtol=1e-8, atol=1e-8)


def test_single_precision_is_within_a_hundredth_of_a_millimetre(head):
    small = random_decoded_head(last_graph=head.decoder.convolutions[-1].graph)
    double = random_latent(head, 2)
    same = replace(
        head.decoder,
        **{name: getattr(small.decoder, name).double() for name in ("weight", "bias")},
        graphs=tuple(replace(g, values=g.values.double()) for g in small.decoder.graphs),
        ups=tuple(replace(u, values=u.values.double()) for u in small.decoder.ups),
        convolutions=tuple(
            replace(c, weight=c.weight.double(), bias=c.bias.double()) for c in small.decoder.convolutions
        ),
    )
    wanted = small.zero.double() + small.spread.double() * same.decode(double[LATENT])
    found = small.evaluate({LATENT: double[LATENT].float()})
    torch.testing.assert_close(found.double(), wanted, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("shape", [(4,), (2, 4)])
def test_sites_lie_on_the_whole_shape(head, shape):
    params = random_latent(head, 2)
    sites = random_sites(head.faces, *shape, dtype=torch.float64)
    torch.testing.assert_close(
        head.evaluate(params, sites), points_at(head.evaluate(params), head.faces, sites)
    )
    none = Sites(face=torch.tensor([-1]), barycentric=torch.zeros(1, 3, dtype=torch.float64))
    assert not head.evaluate(params, none).any()


def test_beyond_the_last_graph_a_vertex_has_no_neighbours():
    """With the coarsest graph at last, moving one far vertex's input moves that vertex alone."""
    decoder = random_decoded_head(dtype=torch.float64, last_graph=COARSEST).decoder
    size, inward = decoder.graphs[COARSEST].height, decoder.convolutions[-1].weight.shape[1]
    x = torch.randn(decoder.num_vertices, 1, 1, inward, dtype=torch.float64)
    moved = x.clone()
    moved[size + 5] += 1
    last = decoder.convolutions[-1]
    changed = (decoder._convolved(moved, last) - decoder._convolved(x, last)).abs().sum(dim=-1)[:, 0, 0]
    assert changed.nonzero().ravel().tolist() == [size + 5]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: {"convolutions": d.convolutions[:-1]}, "a convolution after each of 2 levels"),
        (lambda d: {"ups": d.ups[::-1]}, "vertices of 6 channels at first"),
        (lambda d: {"ups": (d.ups[0], d.ups[0])}, "a level of 48 vertices, got 16"),
        (lambda d: {"convolutions": (*d.convolutions[:-1], replace(d.convolutions[-1], graph=9))}, "a graph"),
        (lambda d: {"convolutions": (*d.convolutions[1:], d.convolutions[0])}, "channels at first"),
        (lambda d: {"convolutions": (*d.convolutions[:2], d.convolutions[1])}, "4 channels and a graph"),
        (lambda d: {"ups": (d.ups[0], replace(d.ups[1], columns=d.ups[1].columns + 1))}, "columns in 0..47"),
        (lambda d: {"ups": (d.ups[0], replace(d.ups[1], starts=d.ups[1].starts[:-1]))}, "one after another"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, said):
    decoder = random_decoded_head().decoder
    with pytest.raises(ValueError, match=said):
        replace(decoder, **change(decoder))
