import torch

from facescale.geometry.sites import Sites, points_at

FACES = torch.tensor([[0, 1, 2], [2, 1, 3]])


def shapes(batch=2):
    return torch.randn(batch, 4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_corner_weights_give_the_corners():
    sites = Sites(
        face=torch.tensor([[0, 0, 1]] * 2), barycentric=torch.eye(3, dtype=torch.float64).repeat(2, 1, 1)
    )
    vertices = shapes()
    assert torch.equal(points_at(vertices, FACES, sites), vertices[:, [0, 1, 3]])


def test_unbatched_sites_are_the_same_sites_on_every_shape():
    vertices = shapes(3)
    weights = torch.tensor([[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]], dtype=torch.float64)
    face = torch.tensor([1, 0])
    together = points_at(vertices, FACES, Sites(face=face, barycentric=weights))
    for row in range(3):
        alone = points_at(vertices[row : row + 1], FACES, Sites(face=face[None], barycentric=weights[None]))
        assert torch.equal(together[row], alone[0])


def test_a_site_that_is_none_is_the_origin():
    sites = Sites(face=torch.tensor([-1]), barycentric=torch.zeros(1, 3, dtype=torch.float64))
    assert (points_at(shapes(), FACES, sites) == 0).all()


def test_sites_move_with_any_affine_map():
    vertices, matrix = shapes(1), torch.randn(3, 3, dtype=torch.float64)
    sites = Sites(face=torch.tensor([0, 1]), barycentric=torch.full((2, 3), 1 / 3, dtype=torch.float64))
    moved = points_at(vertices @ matrix + 7, FACES, sites)
    assert torch.allclose(moved, points_at(vertices, FACES, sites) @ matrix + 7)


def test_points_pass_gradcheck():
    vertices = shapes().requires_grad_()
    weights = torch.rand(2, 5, 3, dtype=torch.float64, requires_grad=True)
    face = torch.tensor([[0, 1, 0, 1, 0]] * 2)
    torch.autograd.gradcheck(
        lambda v, w: points_at(v, FACES, Sites(face=face, barycentric=w)), (vertices, weights)
    )


def test_moving_to_a_device_keeps_the_values():
    sites = Sites(face=torch.tensor([1]), barycentric=torch.tensor([[0.1, 0.2, 0.7]]))
    assert sites.to("cpu").face.item() == 1
    assert sites.to("meta").barycentric.device.type == "meta"


def test_points_lie_on_the_device_of_their_sites(device):
    sites = Sites(face=torch.tensor([1]), barycentric=torch.tensor([[0.1, 0.2, 0.7]])).to(device)
    assert points_at(shapes().float().to(device), FACES.to(device), sites).device.type == device.type
