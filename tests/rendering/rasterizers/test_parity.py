"""Every installed backend on the same scenes, each against the float64 twin or an exact integral.

Tolerances are written here; nvdiffrast's allow for its subpixel grid and for outlines that it cannot see.
"""

import importlib.util
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from facescale.rendering.rasterizers.fragments import AbstractRasterizer, ImageSize
from facescale.rendering.rasterizers.nvdiffrast_rasterizer import NvdiffrastRasterizer
from facescale.rendering.rasterizers.pytorch3d_rasterizer import Pytorch3dRasterizer
from facescale.rendering.rasterizers.reference import front_facing, rasterize_reference
from facescale.rendering.rasterizers.topology import raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from tests.rendering.rasterizers.scenes import ball, head_and_nose, project, soup, turned

SIZE = ImageSize(height=72, width=96)
FOCAL = 110.0


@dataclass(frozen=True, kw_only=True)
class Backend:
    rasterizer: AbstractRasterizer
    device: str
    other_faces: float
    """Share of pixels that may show another face than the twin's."""
    barycentric: float
    depth: float
    """Relative."""
    gradient: float
    """Of the largest component."""
    outline: float
    """Relative error of the derivative of an integral over the covered area."""


BACKENDS: dict[str, tuple[Any, dict[str, float]]] = {
    "warp": (
        WarpRasterizer,
        {"other_faces": 0.0, "barycentric": 2e-6, "depth": 1e-6, "gradient": 1e-4, "outline": 0.02},
    ),
    "pytorch3d": (
        Pytorch3dRasterizer,
        {"other_faces": 2e-3, "barycentric": 2e-4, "depth": 1e-4, "gradient": 5e-3, "outline": 0.02},
    ),
    "nvdiffrast": (
        NvdiffrastRasterizer,
        {"other_faces": 5e-3, "barycentric": 1e-3, "depth": 1e-4, "gradient": 1e-2, "outline": 0.15},
    ),
}


@pytest.fixture(
    params=[
        ("warp", "cpu"),
        ("pytorch3d", "cpu"),
        pytest.param(("warp", "cuda"), marks=pytest.mark.gpu),
        pytest.param(("pytorch3d", "cuda"), marks=pytest.mark.gpu),
        pytest.param(("nvdiffrast", "cuda"), marks=pytest.mark.gpu),
    ],
    ids="-".join,
)
def backend(request):
    name, device = request.param
    if name != "warp" and importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: see the README's optional backends")
    make, tolerances = BACKENDS[name]
    return Backend(rasterizer=make(), device=device, **tolerances)


def draw(backend, vertices, faces, *, perspective=True, size=SIZE):
    topology = raster_topology(faces).to(backend.device)
    on_device = vertices.to(backend.device)
    return backend.rasterizer.rasterize(on_device, topology, size, perspective=perspective)


SCENES = {
    "ball": lambda: (project(ball(2)[0], SIZE, FOCAL)[None], ball(2)[1]),
    "nose": lambda: (
        project(torch.stack([turned(head_and_nose()[0], a) for a in (0.0, 0.4)]), SIZE, FOCAL),
        head_and_nose()[1],
    ),
    "soup": lambda: (soup(11)[0] * torch.tensor([1.6, 1.6, 1]), soup(11)[1]),
}


@pytest.mark.parametrize("perspective", [True, False])
@pytest.mark.parametrize("scene", SCENES)
def test_faces_barycentrics_and_depth_are_the_twins(backend, scene, perspective):
    vertices, faces = SCENES[scene]()
    found = draw(backend, vertices, faces, perspective=perspective)
    exact = rasterize_reference(vertices, faces, (SIZE.height, SIZE.width), perspective=perspective)
    face, weights, depth = (x.cpu() for x in (found.face, found.barycentric, found.depth))
    same = face == exact[0]
    assert (~same).double().mean() <= backend.other_faces
    shown = same & (face >= 0)
    assert shown.sum() > 500
    assert (weights - exact[1])[shown].abs().max() <= backend.barycentric
    assert ((depth - exact[2]) / exact[2])[shown].abs().max() <= backend.depth
    assert (depth.isinf() == (face < 0)).all()
    assert (weights[face < 0] == 0).all()


@pytest.mark.parametrize("perspective", [True, False])
def test_gradients_of_what_is_seen_are_the_twins(backend, perspective):
    vertices, faces = SCENES["nose"]()
    leaf, twin = vertices.clone().requires_grad_(), vertices.double().requires_grad_()
    found = draw(backend, leaf, faces, perspective=perspective)
    exact = rasterize_reference(twin, faces, (SIZE.height, SIZE.width), perspective=perspective)
    counted = (found.face.cpu() == exact[0]) & (exact[0] >= 0)
    generator = torch.Generator().manual_seed(0)
    to_weights = torch.randn(exact[1].shape, generator=generator, dtype=torch.float64) * counted[..., None]
    to_depth = torch.randn(exact[2].shape, generator=generator, dtype=torch.float64) * counted
    for barycentric, depth in ((found.barycentric, found.depth), exact[1:]):
        kept = depth.where(counted.to(depth.device), 0.0)
        terms = ((barycentric, to_weights), (kept, to_depth))
        sum((x * y.to(x)).sum() for x, y in terms).backward()
    assert (leaf.grad - twin.grad).abs().max() <= backend.gradient * twin.grad.abs().max()


def bowl(xy):
    """A smooth weight over the image: quadratic, so that three points integrate it over a triangle."""
    x, y = (xy[..., 0] - 40) / 30, (xy[..., 1] - 30) / 30
    return 0.4 + x + 0.5 * y + x**2 - 0.7 * x * y + 0.6 * y**2


def integral(vertices, faces, weight):
    """Of a weight over what a convex closed mesh covers: its faces seen from the front, without overlap."""
    corners = vertices[faces[front_facing(vertices[None], faces)[0]], :2]
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]).abs() / 2
    middles = (corners + corners.roll(1, 1)) / 2
    return (area * weight(middles).mean(1)).sum()


def pixel_weights(weight):
    y, x = torch.meshgrid(torch.arange(SIZE.height) + 0.5, torch.arange(SIZE.width) + 0.5, indexing="ij")
    return weight(torch.stack([x, y], dim=-1))


def derivatives(loss, points):
    """Along motions that a fit makes: shifts, growth, a turn, a smooth swelling."""
    middle = points.mean(0)
    around = points - middle
    motions = {
        "right": torch.tensor([1.0, 0, 0]).expand_as(points),
        "down": torch.tensor([0, 1.0, 0]).expand_as(points),
        "nearer": torch.tensor([0, 0, -5.0]).expand_as(points),
        "larger": around * 0.05,
        "wider": around * torch.tensor([0.05, 0, 0]),
        "swollen": around * (1 + torch.sin(points[:, 1:2] / 15)) * 0.03,
    }
    leaf = points.clone().requires_grad_()
    loss(leaf).backward()
    return {name: float((leaf.grad * motion).sum()) for name, motion in motions.items()}


@pytest.mark.parametrize("weight", [torch.ones_like, bowl], ids=["area", "bowl"])
@pytest.mark.parametrize("subdivisions", [1, 3])
def test_the_outlines_gradient_is_that_of_the_integral(backend, weight, subdivisions):
    """Finite differences of a pixel say nothing about an outline; the integral over the image does."""
    weighed = weight if weight is bowl else lambda xy: torch.ones_like(xy[..., 0])
    points, faces = ball(subdivisions, radius=36.0)
    pixels = pixel_weights(weighed)

    def covered(p):
        fragments = draw(backend, project(p, SIZE, FOCAL)[None], faces)
        return (fragments.coverage[0].cpu() * pixels).sum()

    def exact(p):
        return integral(project(p.double(), SIZE, FOCAL), faces, weighed)

    assert float(covered(points)) == pytest.approx(float(exact(points)), rel=0.005)
    ours, truth = derivatives(covered, points), derivatives(exact, points)
    scale = max(abs(x) for x in truth.values())
    for name, value in truth.items():
        assert ours[name] == pytest.approx(value, abs=backend.outline * scale), name


def test_an_outline_before_the_head_has_the_gradient_of_its_integral_too(backend):
    points, faces = head_and_nose()
    count, half = len(points) // 2, len(faces) // 2
    topology = raster_topology(faces).to(backend.device)
    pixels = pixel_weights(bowl)

    def covered(nose):
        vertices = project(torch.cat([points[:count], nose]), SIZE, FOCAL)[None].to(backend.device)
        fragments = backend.rasterizer.rasterize(vertices, topology, SIZE)
        mask = (fragments.face >= half)[..., None].float()
        return (
            backend.rasterizer.antialias(mask, fragments, vertices, topology)[0, ..., 0].cpu() * pixels
        ).sum()

    def exact(nose):
        return integral(project(nose.double(), SIZE, FOCAL), faces[:half], bowl)

    nose = points[count:]
    assert float(covered(nose)) == pytest.approx(float(exact(nose)), rel=0.02)
    ours, truth = derivatives(covered, nose), derivatives(exact, nose)
    scale = max(abs(x) for x in truth.values())
    for name, value in truth.items():
        assert ours[name] == pytest.approx(value, abs=2 * backend.outline * scale), name


def test_the_forward_pass_is_the_same_every_time(backend):
    vertices, faces = SCENES["nose"]()
    first, second = (draw(backend, vertices, faces) for _ in range(2))
    for name in ("face", "barycentric", "depth", "coverage"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name
