import pytest
import torch

from facescale.geometry.normals import vertex_normals
from facescale.rendering.deferred import (
    TextureAlbedo,
    VertexAlbedo,
    pixel_albedo,
    pixel_normals,
    render_lambertian,
)
from facescale.rendering.light_estimate import estimate_light
from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from facescale.rendering.spherical_harmonics import sh_basis
from facescale.rendering.texture import sample_image
from facescale.rendering.visibility import depth_slopes, visible_points
from tests.rendering.rasterizers.scenes import ball, project, turned

SIZE = ImageSize(height=120, width=144)
RASTERIZER = WarpRasterizer()


@pytest.fixture(scope="module")
def scene():
    points, faces = ball(3)
    points = torch.stack([points, turned(points, 1.0)])
    generator = torch.Generator().manual_seed(0)
    albedo = 0.3 + 0.4 * torch.rand(2, points.shape[1], 3, generator=generator)
    light = 0.25 * torch.randn(2, 9, 3, generator=generator)
    light[:, 0] += 2.5
    background = torch.full((2, SIZE.height, SIZE.width, 3), 0.1)
    vertices = project(points, SIZE, 200.0)
    return vertices, raster_topology(faces), vertex_normals(points, faces), albedo, light, background


def test_the_light_of_a_drawn_ball_is_recovered_from_its_picture(scene):
    vertices, topology, normals, albedo, light, background = scene
    image, fragments = render_lambertian(
        RASTERIZER, vertices, topology, normals, VertexAlbedo(colours=albedo * 0 + 0.6), light, background
    )
    slopes = depth_slopes(vertices, topology.faces)
    points = torch.cat([(vertices[..., :2] - torch.tensor([72.0, 60])) / 200, torch.ones(2, 642, 1)], dim=-1)
    facing = -(normals * torch.nn.functional.normalize(points, dim=-1)).sum(-1)
    # Closer to the outline a pixel mixes in the background.
    seen = visible_points(vertices, fragments, slopes) & (facing > 0.5)
    colours = sample_image(image, vertices[..., :2])
    found = estimate_light(colours, torch.full_like(colours, 0.6), normals, seen)
    received = sh_basis(normals) @ light
    error = (sh_basis(normals) @ found.light - received)[seen].norm() / received[seen].norm()
    assert error < 0.01


def test_a_picture_is_linear_in_light_albedo_and_background(scene):
    vertices, topology, normals, albedo, light, background = scene
    leaves = [x.clone().requires_grad_() for x in (albedo, light, background)]
    weight = torch.randn(background.shape, generator=torch.Generator().manual_seed(1))

    def loss(a, g, b):
        image, _ = render_lambertian(RASTERIZER, vertices, topology, normals, VertexAlbedo(colours=a), g, b)
        return (image * weight).double().sum()

    loss(*leaves).backward()
    for index, leaf in enumerate(leaves):
        motion = torch.randn(leaf.shape, generator=torch.Generator().manual_seed(2))
        values = []
        for sign in (1, -1):
            inputs = [x.detach().clone() for x in leaves]
            inputs[index] = inputs[index] + 0.5 * sign * motion
            values.append(loss(*inputs))
        assert float((leaf.grad * motion).sum()) == pytest.approx(float(values[0] - values[1]), rel=1e-3)


def test_a_matching_loss_pulls_a_shifted_ball_back_and_finds_its_place(scene):
    """Gradient descent through outlines and shading finds a shift of three pixels to a fiftieth of one."""
    vertices, topology, normals, albedo, light, background = scene

    def draw(shift):
        moved = vertices[:1] + torch.nn.functional.pad(shift, (0, 1))
        return render_lambertian(
            RASTERIZER,
            moved,
            topology,
            normals[:1],
            VertexAlbedo(colours=albedo[:1] * 0 + 0.6),
            light[:1],
            background[:1],
        )[0]

    with torch.no_grad():
        target = draw(torch.tensor([3.0, -2.0]))
    shift = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.LBFGS([shift], max_iter=30, line_search_fn="strong_wolfe")

    def step():
        optimiser.zero_grad()
        loss = (draw(shift) - target).square().sum()
        loss.backward()
        return loss

    optimiser.step(step)
    assert shift.tolist() == pytest.approx([3.0, -2.0], abs=0.02)


def test_pixel_normals_are_unit_and_those_of_the_ball(scene):
    vertices, topology, normals, *_ = scene
    fragments = RASTERIZER.rasterize(vertices, topology, SIZE)
    found = pixel_normals(normals, topology, fragments)
    shown = fragments.face >= 0
    assert torch.allclose(found[shown].norm(dim=-1), torch.ones(int(shown.sum())), atol=1e-5)
    assert (found[~shown] == 0).all()
    row, column = 60, 72
    depth = fragments.depth[0, row, column]
    point = torch.stack([(column + 0.5 - 72) / 200 * depth, (row + 0.5 - 60) / 200 * depth, depth])
    assert torch.allclose(found[0, row, column], (point - torch.tensor([3.0, -2, 160])) / 40, atol=0.02)


def test_a_texture_shows_the_colours_that_its_vertices_would(scene):
    vertices, topology, *_ = scene
    fragments = RASTERIZER.rasterize(vertices, topology, SIZE)
    # A chart by position in the image: the texture is then a ramp over the picture.
    uv = torch.stack([vertices[0, :, 0] / SIZE.width, 1 - vertices[0, :, 1] / SIZE.height], dim=-1)
    ramp = torch.stack(
        torch.meshgrid((torch.arange(64) + 0.5) / 64, (torch.arange(64) + 0.5) / 64, indexing="xy"), dim=-1
    )
    textured = TextureAlbedo(texture=ramp[None], uv=uv, faces_uv=topology.faces)
    found = pixel_albedo(textured, vertices[:1], topology, one(fragments))
    by_vertex = VertexAlbedo(colours=torch.stack([uv[:, 0], 1 - uv[:, 1]], dim=-1)[None])
    exact = pixel_albedo(by_vertex, vertices[:1], topology, one(fragments))
    assert (found - exact)[fragments.face[:1] >= 0].abs().max() < 0.01


def one(fragments):
    return type(fragments)(**{name: value[:1] for name, value in vars(fragments).items()})
