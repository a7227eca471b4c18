import pytest
import torch

from facescale.geometry.normals import vertex_normals
from facescale.geometry.surface import SurfaceBvh
from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from facescale.rendering.visibility import VisibilityConfig, depth_slopes, visible_points
from tests.rendering.rasterizers.scenes import ball, head_and_nose, project, turned

SIZE = ImageSize(height=160, width=192)
FOCAL = 240.0


def seen(points, faces, *, config=None, size=SIZE):
    vertices = project(points, size, FOCAL)
    fragments = WarpRasterizer().rasterize(vertices, raster_topology(faces), size)
    return visible_points(vertices, fragments, depth_slopes(vertices, faces), config=config)


def ray_seen(points, faces):
    """Whether the way from the viewer to each vertex is free, by casting rays, with 0.05 mm to spare."""
    found = SurfaceBvh(points, faces).first_hit(torch.zeros_like(points), points)
    return found.length >= points.norm(dim=-1) - 0.05


@pytest.mark.parametrize("subdivisions", [2, 4])
def test_vertices_seen_are_those_that_rays_reach(subdivisions):
    large, faces = ball(subdivisions)
    small, _ = ball(subdivisions, radius=12.0, centre=(-6.0, 3.0, 110.0))
    points = torch.cat([large, small])
    points = torch.stack([points, turned(points, 0.4)])
    faces = torch.cat([faces, faces + len(large)])
    ours, truth = seen(points, faces), ray_seen(points, faces)
    assert truth.double().mean() > 0.25
    assert ours[truth].double().mean() > 0.985
    # What counts as seen and is not lies just behind an outline, within `most`, and is turned away.
    facing = (vertex_normals(points, faces) * points).sum(-1) < 0
    assert truth[ours].double().mean() > 0.92
    assert truth[ours & facing].double().mean() > 0.999


def test_what_is_behind_a_nose_or_outside_of_the_image_is_not_seen():
    points, faces = head_and_nose()
    count = len(points) // 2
    found = seen(points[None], faces)[0]
    behind = points[:count, 2] > 165
    assert not found[:count][behind].any()
    in_shadow = project(points[:count], SIZE, FOCAL) - project(torch.tensor([[-6.0, 3, 110]]), SIZE, FOCAL)
    covered = in_shadow[:, :2].norm(dim=-1) < 15
    assert covered.any()
    assert not found[:count][covered & ~behind].any()
    small = ImageSize(height=8, width=8)
    vertices = project(points, SIZE, FOCAL)[None]
    fragments = WarpRasterizer().rasterize(vertices, raster_topology(faces), small)
    inside = (vertices[..., :2] >= 0).all(-1) & (vertices[..., :2] < 8).all(-1)
    shown = visible_points(vertices, fragments, depth_slopes(vertices, faces))
    assert not shown[~inside].any()


def test_the_slope_scaled_bias_keeps_slanted_surfaces_from_hiding_themselves():
    points, faces = ball(3)
    none = VisibilityConfig(bias=0.0, slope_scale=0.0)
    truth = ray_seen(points[None], faces)
    assert seen(points[None], faces, config=none)[truth].double().mean() < 0.8
    assert seen(points[None], faces)[truth].double().mean() > 0.97


def test_slopes_are_what_depth_changes_within_a_pixel():
    plane = torch.tensor([[[0.0, 0, 100], [20, 0, 140], [0, 20, 90]]])
    faces = torch.tensor([[0, 1, 2]])
    assert depth_slopes(plane, faces, perspective=False).item() == pytest.approx(2.5)
    inverse = depth_slopes(plane, faces).item()
    assert inverse == pytest.approx((1 / 100 - 1 / 140) / 20 + (1 / 90 - 1 / 100) / 20, rel=1e-4)
    assert depth_slopes(plane[:, [0, 1, 1]], faces).isinf().all()


def test_negative_biases_are_refused():
    with pytest.raises(ValueError, match="0 or more"):
        VisibilityConfig(bias=-1.0)
