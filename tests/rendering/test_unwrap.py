import pytest
import torch

from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.interpolate import interpolate
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from facescale.rendering.unwrap import render_unwrapped, surface_pixels, unwrap_image, uv_chart
from tests.rendering.rasterizers.scenes import project

SIZE = ImageSize(height=160, width=192)
CHART = ImageSize(height=128, width=128)
RASTERIZER = WarpRasterizer()


def mask(rows=24, columns=24, *, bend=50.0):
    """A curved sheet like the front of a face, in the camera frame, with a chart over all of it."""
    u, v = torch.meshgrid(torch.linspace(0, 1, columns), torch.linspace(0, 1, rows), indexing="xy")
    x, y = (u - 0.5) * 120, (0.5 - v) * 100
    z = 170 + bend * (u - 0.5) ** 2 * 4 + 0.2 * bend * (v - 0.5) ** 2
    points = torch.stack([x, y, z], dim=-1).reshape(-1, 3)
    at = torch.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    faces = torch.cat([torch.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    return points, faces, torch.stack([u, v], dim=-1).reshape(-1, 2)


def picture():
    """Smooth, so that reading it twice between pixels loses little."""
    y, x = torch.meshgrid(torch.arange(160) + 0.5, torch.arange(192) + 0.5, indexing="ij")
    waves = [torch.sin(x / 9), torch.cos(y / 7), torch.sin((x + y) / 11)]
    return (0.5 + 0.4 * torch.stack(waves, dim=-1))[None]


@pytest.fixture(scope="module")
def scene():
    points, faces, uv = mask()
    vertices, topology = project(points, SIZE, 240.0)[None], raster_topology(faces)
    fragments = RASTERIZER.rasterize(vertices, topology, SIZE)
    return vertices, topology, fragments, uv_chart(uv, faces, CHART, RASTERIZER)


def test_an_image_unwrapped_and_drawn_again_is_the_image(scene):
    vertices, topology, fragments, chart = scene
    image = picture()
    unwrapped = unwrap_image(image, vertices, topology, fragments, chart)
    assert unwrapped.seen.double().mean() > 0.97
    again, share = render_unwrapped(unwrapped, chart, fragments)
    sure = share > 0.99
    assert (sure & (fragments.face >= 0)).sum() > 0.9 * (fragments.face >= 0).sum()
    off = (again - image)[sure].abs()
    assert off.mean() < 0.001
    # At the border of the texture the outermost texel stands for half of one beyond it.
    assert off.max() < 0.04
    assert (again[fragments.face < 0] == 0).all()


def test_texels_of_the_first_row_show_the_top_of_the_chart(scene):
    chart = scene[-1]
    where = interpolate(chart.uv[None], chart.faces_uv, chart.face[None], chart.barycentric[None])[0]
    row, column = torch.meshgrid(torch.arange(128), torch.arange(128), indexing="ij")
    expected = torch.stack([(column + 0.5) / 128, 1 - (row + 0.5) / 128], dim=-1)
    assert torch.allclose(where, expected, atol=1e-5)


def test_points_between_corners_project_as_the_points_of_the_surface_do(scene):
    vertices, topology, _, chart = scene
    points, _, _ = mask()
    face, weights = chart.face[None], chart.barycentric[None]
    there = interpolate(points[None], topology.faces, face, weights)
    ours = surface_pixels(vertices, topology, face, weights)
    assert torch.allclose(ours, project(there, SIZE, 240.0), atol=1e-3)
    flat = vertices * torch.tensor([1.0, 1, -1])
    straight = surface_pixels(flat, topology, face, weights, perspective=False)
    assert torch.allclose(straight, interpolate(flat, topology.faces, face, weights))


def test_what_is_hidden_or_turned_away_is_not_unwrapped():
    points, faces, uv = mask()
    blind = torch.tensor([[-10.0, -10, 100], [10, -10, 100], [10, 10, 100], [-10, 10, 100]])
    both = torch.cat([points, blind])
    start = len(points)
    cover = torch.tensor([[0, 2, 1], [0, 3, 2]]) + start
    topology = raster_topology(torch.cat([faces, cover]))
    vertices = project(both, SIZE, 240.0)[None]
    fragments = RASTERIZER.rasterize(vertices, topology, SIZE)
    # The cover has its chart beside the texture.
    chart = uv_chart(
        torch.cat([uv, uv[:4] + torch.tensor([[5.0, 5], [6, 5], [6, 6], [5, 6]])]),
        torch.cat([faces, cover]),
        CHART,
        RASTERIZER,
    )
    unwrapped = unwrap_image(picture(), vertices, topology, fragments, chart)
    assert not unwrapped.seen[0, 60:68, 60:68].any()
    assert unwrapped.seen[0, :20].all()
    assert (unwrapped.texture[0, 60:68, 60:68] == 0).all()

    turned_away = vertices.clone()
    turned_away[..., 0] = 192 - turned_away[..., 0]
    fragments = RASTERIZER.rasterize(turned_away, topology, SIZE)
    assert not unwrap_image(picture(), turned_away, topology, fragments, chart).seen.any()


def test_gradients_reach_image_and_vertices(scene):
    vertices, topology, fragments, chart = scene
    image, moving = picture().requires_grad_(), vertices.clone().requires_grad_()
    unwrapped = unwrap_image(image, moving, topology, fragments, chart)
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(unwrapped.texture.shape, generator=generator)
    (unwrapped.texture * weight).sum().backward()
    assert image.grad.abs().sum() > 0
    shift = torch.tensor([0.01, 0.0, 0])
    ahead, behind = (
        (unwrap_image(picture(), vertices + s * shift, topology, fragments, chart).texture * weight)
        .double()
        .sum()
        for s in (1, -1)
    )
    # Reading between pixels has kinks at their centres, so the difference is an average.
    assert float(moving.grad[..., 0].sum()) == pytest.approx(float(ahead - behind) / 0.02, rel=0.05)
