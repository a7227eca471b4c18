import math

import pytest
import torch

from facescale.geometry.normals import vertex_normals
from facescale.rendering.contour import contour_vertices
from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from facescale.rendering.visibility import depth_slopes, visible_points
from tests.rendering.rasterizers.scenes import ball, project

SIZE = ImageSize(height=160, width=192)


def test_the_contour_of_a_ball_is_the_ring_that_its_outline_shows():
    points, faces = ball(4)
    vertices = project(points, SIZE, 240.0)[None]
    fragments = WarpRasterizer().rasterize(vertices, raster_topology(faces), SIZE)
    visible = visible_points(vertices, fragments, depth_slopes(vertices, faces))
    rays = points[None] / points.norm(dim=-1, keepdim=True)
    contour = contour_vertices(vertex_normals(points[None], faces), rays, visible)[0]
    assert contour.sum() > 50
    centre = torch.tensor([3.0, -2.0, 160.0])
    # The outline of a ball of radius 40 around `centre` is the circle whose tangents meet the viewer.
    outward = (points[contour] - centre) / 40
    facing = -(outward * rays[0][contour]).sum(-1)
    assert (facing.abs() < math.sin(math.radians(10.5))).all()
    on_screen = (vertices[0, contour, :2] - project(centre[None], SIZE, 240.0)[:, :2]).norm(dim=-1)
    assert (on_screen > 0.97 * on_screen.max()).all()
    around = torch.atan2(outward[:, 1], outward[:, 0])
    assert around.sort().values.diff().max() < 0.6


def test_only_seen_vertices_and_sensible_angles_count():
    normals = torch.tensor([[[1.0, 0, 0], [0.9848078, 0, -0.1736482], [0.98, 0, -0.199]]])
    rays = torch.tensor([[[0.0, 0, 1]] * 3])
    seen = torch.tensor([[True, True, True]])
    assert contour_vertices(normals, rays, seen, angle=math.radians(10.001)).tolist() == [[True, True, False]]
    assert not contour_vertices(normals, rays, ~seen).any()
    with pytest.raises(ValueError, match="between 0 and pi / 2"):
        contour_vertices(normals, rays, seen, angle=2.0)
