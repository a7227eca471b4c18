import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay
from torch.func import jvp, vmap

from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.reference import (
    front_facing,
    rasterize_reference,
    surface_coordinates,
    surface_coordinates_tangent,
)
from facescale.rendering.rasterizers.surface_op import (
    rasterize_backward_op,
    rasterize_op,
    rasterize_surface,
)
from tests.rendering.rasterizers.scenes import ball, project, soup

SHAPE = (40, 48)


def rasterize(vertices, faces, *, near=1.0, perspective=True, cull_back=False):
    return rasterize_surface(
        vertices, faces.int(), SHAPE, near=near, perspective=perspective, cull_back=cull_back
    )


def random_like(tensor, seed=0):
    return torch.randn(tensor.shape, generator=torch.Generator().manual_seed(seed), dtype=tensor.dtype)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**31), st.booleans(), st.booleans())
def test_faces_barycentrics_and_depth_are_the_twins(seed, perspective, cull_back):
    vertices, faces = soup(seed)
    options = {"perspective": perspective, "cull_back": cull_back}
    face, weights, depth = rasterize(vertices, faces, **options)
    exact, exact_weights, exact_depth = rasterize_reference(vertices, faces, SHAPE, **options)
    assert torch.equal(face, exact)
    assert torch.allclose(weights, exact_weights.float(), atol=1e-6)
    assert torch.allclose(depth, exact_depth.float(), rtol=1e-6)
    assert (depth.isinf() == (face < 0)).all()


@pytest.mark.parametrize("perspective", [True, False])
def test_gradients_are_the_twins(perspective, device):
    points, faces = ball(1)
    vertices = project(points)[None].repeat(2, 1, 1) + torch.tensor([[[0.0, 0, 0]], [[4.0, -3, 9]]])
    leaf = vertices.clone().to(device).requires_grad_()
    face, weights, depth = rasterize(leaf, faces.to(device), perspective=perspective)
    found = face.cpu() >= 0
    to_weights, to_depth = random_like(weights.cpu(), 1), random_like(depth.cpu(), 2) * found
    torch.autograd.backward([weights, depth], [to_weights.to(device), to_depth.to(device)])

    twin = vertices.double().requires_grad_()
    face, weights, depth = rasterize_reference(twin, faces, SHAPE, perspective=perspective)
    depth = depth.where(found, 0.0)
    torch.autograd.backward([weights, depth], [to_weights.double(), to_depth.double()])
    assert torch.allclose(leaf.grad.cpu().double(), twin.grad, atol=1e-4 * float(twin.grad.abs().max()))


@pytest.mark.parametrize("perspective", [True, False])
def test_the_formula_at_given_faces_passes_gradcheck_and_gradgradcheck(perspective):
    points, faces = ball(0)
    vertices = project(points.double(), ImageSize(height=7, width=8), 12.0)[None].requires_grad_()
    face, _, _ = rasterize_reference(vertices, faces, (7, 8))
    # A difference of infinite depths is no number: what shows nothing is given a face too.
    face = torch.where(face < 0, face.amax(), face)
    assert len(face.unique()) > 3

    def run(x):
        return surface_coordinates(x, faces, face, perspective=perspective)

    assert torch.autograd.gradcheck(run, vertices)
    assert torch.autograd.gradgradcheck(run, vertices)


def test_forward_mode_is_that_of_the_formula():
    points, faces = ball(1)
    vertices, motion = project(points)[None], random_like(points)[None]
    (face, *_), (_, *moved) = jvp(lambda x: rasterize(x, faces), (vertices,), (motion,))
    found = face >= 0
    _, exact = jvp(lambda x: surface_coordinates(x, faces, face), (vertices.double(),), (motion.double(),))
    assert torch.allclose(moved[0].double(), exact[0], atol=1e-5)
    assert torch.allclose(moved[1].double()[found], exact[1][found], atol=1e-3)
    tangent = surface_coordinates_tangent(vertices.double(), motion.double(), faces, face)
    assert torch.allclose(tangent[0], exact[0], atol=1e-12)


def test_vmap_is_a_loop_forward_and_backward():
    vertices, faces = soup(3, batch=6)
    grouped = vertices.reshape(3, 2, -1, 3)
    face, weights, depth = vmap(lambda x: rasterize(x, faces))(grouped)
    for i in range(3):
        alone = rasterize(grouped[i], faces)
        assert all(map(torch.equal, (face[i], weights[i], depth[i]), alone))

    def loss(x):
        return rasterize(x, faces)[1].square().sum()

    together = vmap(torch.func.grad(loss))(grouped)
    assert torch.equal(together, torch.stack([torch.func.grad(loss)(x) for x in grouped]))
    with pytest.raises(ValueError, match="vmapped over arguments"):
        vmap(lambda f: rasterize_op(vertices, f, *SHAPE, 1.0, True, False))(torch.stack([faces.int()] * 2))


def test_operators_tell_torch_the_truth_about_shapes():
    vertices, faces = soup(4)
    arguments = (vertices, faces.int(), *SHAPE, 1.0, True, False)
    checks = ("test_schema", "test_faketensor")
    torch.library.opcheck(rasterize_op, arguments, test_utils=checks)
    face, weights, depth = rasterize_op(*arguments)
    gradients = (vertices, faces.int(), face, weights, depth.nan_to_num(posinf=0.0), True)
    torch.library.opcheck(rasterize_backward_op, gradients, test_utils=checks)


def test_a_second_derivative_is_refused_not_wrong():
    vertices, faces = soup(5)
    weights = rasterize(vertices.requires_grad_(), faces)[1]
    (first,) = torch.autograd.grad(weights.square().sum(), vertices, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_a_batch_is_its_images_and_a_second_run_is_the_first():
    vertices, faces = soup(6, count=200, batch=4)
    whole = rasterize(vertices, faces)
    assert all(map(torch.equal, whole, rasterize(vertices, faces)))
    alone = [rasterize(v[None], faces) for v in vertices]
    assert all(torch.equal(x, torch.cat(y)) for x, y in zip(whole, zip(*alone, strict=True), strict=True))


@pytest.mark.parametrize("step", [0.0, 0.5])
def test_neighbours_leave_no_gap_whatever_pixel_centres_their_edges_hit(step):
    generator = torch.Generator().manual_seed(0)
    inner = torch.rand(300, 2, generator=generator) * torch.tensor([48.0, 40])
    if step:
        inner = (inner / step).round() * step
    corners = torch.tensor([[-1.0, -1], [49, -1], [49, 41], [-1, 41]])
    points = torch.cat([corners, inner])
    faces = torch.tensor(Delaunay(points.numpy()).simplices, dtype=torch.int64)
    vertices = torch.cat([points, torch.full((len(points), 1), 100.0)], dim=1)[None]
    assert (rasterize(vertices, faces)[0] >= 0).all()


def test_faces_that_reach_the_near_plane_or_are_not_finite_are_left_out():
    vertices, faces = soup(7, count=3, batch=1)
    vertices[0, 0, 2], vertices[0, 3, 0] = 1.0, torch.nan
    shown = rasterize(vertices, faces)[0].unique().tolist()
    assert shown == [-1, 2]
    vertices[0, 0, 2] = 1.001
    assert 0 in rasterize(vertices, faces)[0]


def test_without_perspective_depth_may_be_negative():
    vertices, faces = soup(8)
    moved = vertices - torch.tensor([0.0, 0, 100])
    face, weights, depth = rasterize(vertices, faces, perspective=False)
    face_moved, weights_moved, depth_moved = rasterize(moved, faces, near=-3e38, perspective=False)
    assert torch.equal(face, face_moved)
    assert torch.allclose(weights, weights_moved, atol=1e-5)
    assert torch.allclose(depth, depth_moved + 100, atol=1e-4)


def test_a_ball_shows_its_outside_and_culling_changes_nothing_of_it():
    points, faces = ball(2)
    vertices = project(points)[None]
    face, *_ = rasterize(vertices, faces)
    front = front_facing(vertices, faces)[0]
    assert front[face[face >= 0]].all()
    assert 0 < front.sum() < len(faces)
    assert torch.equal(face, rasterize(vertices, faces, cull_back=True)[0])
    inside_out = rasterize(vertices, faces.flip(1), cull_back=True)[2]
    assert (inside_out[face >= 0] > rasterize(vertices, faces)[2][face >= 0]).all()


def test_points_of_the_surface_lie_on_the_rays_through_the_centres(device):
    """Perspective-correct: the camera-frame point that barycentrics name projects to the pixel's centre."""
    points, faces = ball(1)
    face, weights, depth = (x.cpu() for x in rasterize(project(points)[None].to(device), faces.to(device)))
    _, row, column = (face >= 0).nonzero(as_tuple=True)
    on_surface = (points[faces[face[face >= 0]]] * weights[face >= 0][..., None]).sum(1)
    pixels = project(on_surface)
    assert torch.allclose(pixels[:, 0], column + 0.5, atol=1e-4)
    assert torch.allclose(pixels[:, 1], row + 0.5, atol=1e-4)
    assert torch.allclose(pixels[:, 2], depth[face >= 0], rtol=1e-5)
