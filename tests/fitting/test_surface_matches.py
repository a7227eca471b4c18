import torch

from facescale.fitting.surface_matches import MatchingSurface, match
from facescale.geometry.surface import SurfaceBvh
from tests.fitting.bumpy_head import bumpy_head


def scene(points: torch.Tensor, normals: torch.Tensor | None = None, **settings):
    head = bumpy_head()
    surface = MatchingSurface.of(head)
    vertices = head.mean_vertices()[None]
    bvh = SurfaceBvh(vertices, surface.faces.int())
    normals = torch.zeros_like(points) if normals is None else normals
    return match(surface, bvh, vertices, points, normals, **{"reach": 50.0, "facing": 0.5} | settings)


def above_faces(height: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Points over the middles of interior faces, along their normals."""
    head = bumpy_head()
    surface = MatchingSurface.of(head)
    inner = ~surface.border_corner.any(dim=1)
    corners = head.mean_vertices()[surface.faces[inner]]
    normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal = torch.nn.functional.normalize(normal, dim=1)
    return (corners.mean(dim=1) + height * normal)[None], normal[None]


def test_the_residual_is_the_signed_distance_positive_outside():
    for height in (0.8, 0.005, -0.6):
        points, normals = above_faces(height)
        found = scene(points, normals)
        torch.testing.assert_close(found.residual, torch.full_like(found.residual, height), rtol=0, atol=2e-4)
        assert bool((((found.directions * normals).sum(-1)) > 0.9).all())


def test_a_point_that_faces_away_makes_no_match_and_one_without_normal_does():
    points, normals = above_faces(0.5)
    assert not scene(points, -normals).counted.any()
    assert scene(points, torch.zeros_like(normals)).counted.all()


def test_points_beyond_the_reach_and_padding_make_no_match():
    points, normals = above_faces(0.5)
    assert not scene(points * 3, normals).counted.any()
    assert not scene(torch.full_like(points, torch.nan), normals).counted.any()


def test_what_does_not_count_is_zero_so_that_it_can_be_summed():
    points, normals = above_faces(0.5)
    found = scene(points, -normals)
    assert not found.points.any()
    assert not found.residual.any()
    assert not found.directions.any()


def test_matches_on_the_open_border_are_dropped_unless_asked_for():
    head = bumpy_head()
    surface = MatchingSurface.of(head)
    border = head.mean_vertices()[surface.faces[surface.border_corner]]
    below = (border - torch.tensor([0.0, 12.0, 0.0]))[None]
    assert scene(below).counted.float().mean() < 0.02
    assert scene(below, borders=True).counted.all()


def test_only_the_rim_of_the_open_neck_is_border():
    head = bumpy_head()
    surface = MatchingSurface.of(head)
    rim = head.mean_vertices()[surface.faces[surface.border_corner]][:, 1]
    assert surface.border_edge.sum() > 10
    assert rim.max() < -0.5 * head.mean_vertices()[:, 1].abs().max()


def test_moving_points_and_surface_together_changes_no_residual():
    head = bumpy_head()
    surface = MatchingSurface.of(head)
    points, normals = above_faces(0.7)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(2)))[0]
    turn = turn * torch.linalg.det(turn).sign()
    vertices = (head.mean_vertices() @ turn.T + 5.0)[None]
    bvh = SurfaceBvh(vertices, surface.faces.int())
    moved = match(surface, bvh, vertices, points @ turn.T + 5.0, normals @ turn.T, reach=50.0, facing=0.5)
    torch.testing.assert_close(moved.residual, scene(points, normals).residual, rtol=0, atol=1e-3)
