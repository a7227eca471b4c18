import pytest
import torch
from torch.func import vmap

from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer, WarpRasterizerConfig
from tests.rendering.rasterizers.scenes import SIZE, ball, project, soup

RASTERIZER = WarpRasterizer()


def test_coverage_is_one_inside_nought_outside_and_partial_only_at_the_outline():
    points, faces = ball(3)
    found = RASTERIZER.rasterize(project(points)[None], raster_topology(faces), SIZE)
    inside = (found.face >= 0).float()[:, None]
    eroded = -torch.nn.functional.max_pool2d(-inside, 3, stride=1, padding=1)[:, 0]
    dilated = torch.nn.functional.max_pool2d(inside, 3, stride=1, padding=1)[:, 0]
    assert (found.coverage[eroded == 1] == 1).all()
    assert (found.coverage[dilated == 0] == 0).all()
    partial = (found.coverage > 0) & (found.coverage < 1)
    assert partial.sum() > 40


def test_an_upright_edge_covers_exactly_its_share_of_the_pixels():
    for right in (20.0, 20.3, 20.5, 20.8):
        square = torch.tensor([[10.0, 10, 50], [right, 10, 50], [right, 30, 50], [10.0, 30, 50]])
        faces = torch.tensor([[0, 2, 1], [0, 3, 2]])
        found = RASTERIZER.rasterize(square[None], raster_topology(faces), SIZE)
        row = found.coverage[0, 20]
        assert row[12:20].tolist() == [1] * 8
        assert row[20:22].tolist() == pytest.approx([right - 20, 0], abs=1e-5)


def test_the_whole_rasteriser_can_be_vmapped_and_compared_with_a_loop():
    vertices, faces = soup(9, batch=4)
    topology = raster_topology(faces)
    grouped = vertices.unflatten(0, (2, 2))
    mapped = vmap(lambda v: RASTERIZER.rasterize(v, topology, SIZE).coverage)(grouped)
    assert torch.equal(mapped.flatten(0, 1), RASTERIZER.rasterize(vertices, topology, SIZE).coverage)


def test_missing_vertices_bad_sizes_and_a_near_plane_at_the_lens_are_refused():
    vertices, faces = soup(1)
    with pytest.raises(ValueError, match="at least 36 vertices, got 30"):
        RASTERIZER.rasterize(vertices[:, :30], raster_topology(faces), SIZE)
    with pytest.raises(ValueError, match="1 to 16384 pixels a side, got 0 x 5"):
        ImageSize(height=0, width=5)
    with pytest.raises(ValueError, match="above 0 mm, got 0"):
        WarpRasterizerConfig(near=0.0)
    huge = ImageSize(height=16384, width=16384)
    with pytest.raises(ValueError, match="smaller batches"):
        RASTERIZER.rasterize(vertices[:1].expand(4, -1, -1), raster_topology(faces), huge)


def test_culling_lets_one_look_into_an_open_mesh():
    points, faces = ball(3)
    cap = faces[(points[faces][..., 2] > 150).all(1)]
    kept = WarpRasterizer(WarpRasterizerConfig(cull_back=True))
    vertices, topology = project(points)[None], raster_topology(cap)
    assert (RASTERIZER.rasterize(vertices, topology, SIZE).face >= 0).sum() > 100
    assert kept.rasterize(vertices, topology, SIZE).coverage.sum() < 30
