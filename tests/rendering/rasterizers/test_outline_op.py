import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.func import vmap

from facescale.rendering.rasterizers.outline_op import outline_crossings, outlines_op
from facescale.rendering.rasterizers.outline_reference import outline_crossings_reference
from facescale.rendering.rasterizers.surface_op import rasterize_surface
from facescale.rendering.rasterizers.topology import raster_topology
from tests.rendering.rasterizers.scenes import ball, head_and_nose, project, soup, turned

SHAPE = (40, 48)


def seen(vertices, topology, *, perspective=True, cull_back=False):
    options = {"near": 1.0, "perspective": perspective, "cull_back": cull_back}
    face, _, depth = rasterize_surface(vertices, topology.faces, SHAPE, **options)
    found = outline_crossings(vertices, topology, face, depth, **options)
    return found, (face, depth, options)


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 2**31), st.booleans(), st.booleans())
def test_outlines_of_loose_triangles_are_the_twins(seed, perspective, cull_back):
    vertices, faces = soup(seed)
    topology = raster_topology(faces)
    found, (face, depth, options) = seen(vertices, topology, perspective=perspective, cull_back=cull_back)
    exact = outline_crossings_reference(vertices, topology, face, depth, **options)
    assert torch.equal(found, exact)
    assert (found >= 0).any()


@pytest.mark.parametrize("perspective", [True, False])
def test_outlines_of_a_ball_before_a_ball_are_the_twins(perspective, device):
    points, faces = head_and_nose()
    vertices = project(torch.stack([points, turned(points, 0.3)]))
    topology = raster_topology(faces)
    found, (face, depth, options) = seen(vertices.to(device), topology.to(device), perspective=perspective)
    exact = outline_crossings_reference(vertices, topology, face.cpu(), depth.cpu(), **options)
    assert torch.equal(found.cpu(), exact)


def test_each_line_of_pixels_enters_a_ball_once_and_leaves_it_once():
    points, faces = ball(2)
    found, (face, *_) = seen(project(points)[None], raster_topology(faces))
    steep = (found[0, 0] >= 0).sum(1)
    assert set(steep.tolist()) <= {0, 1, 2}
    middle = (face[0] >= 0).any(1).nonzero()[:, 0]
    middle = middle[len(middle) // 2 - 5 : len(middle) // 2 + 5]
    assert (steep[middle] == 2).all()
    left, right = found[0, 0][middle].amin(1), found[0, 0][middle]
    sides = [row[row >= 0] & 1 for row in right]
    assert all(side.tolist() == [1, 0] for side in sides)
    assert left.min() == -1


def test_a_cut_through_the_surface_is_no_outline_where_it_shows_nothing_behind():
    """Two halves of a square that share no vertices: the border between them must not be blended."""
    square = torch.tensor([[8.0, 8, 100], [40, 8, 100], [40, 32, 100], [8, 32, 100]])
    whole = torch.tensor([[0, 2, 1], [0, 3, 2]])
    cut = torch.cat([square[[0, 2, 1]], square[[0, 3, 2]]])
    one = seen(square[None], raster_topology(whole))[0] >= 0
    two = seen(cut[None], raster_topology(torch.arange(6).reshape(2, 3)))[0] >= 0
    assert not (two & ~one).any()
    # The cut ends in two corners, at whose pixels it hides the border behind its own equal depth.
    assert int((one & ~two).sum()) <= 2


def test_vmap_is_a_loop_and_shapes_are_told_truly():
    vertices, faces = soup(2, batch=4)
    topology = raster_topology(faces)
    _, (face, depth, options) = seen(vertices, topology)

    def run(v, f, d):
        return outline_crossings(v, topology, f, d, **options)

    grouped = [x.unflatten(0, (2, 2)) for x in (vertices, face, depth)]
    assert torch.equal(vmap(run)(*grouped).flatten(0, 1), run(vertices, face, depth))
    mesh = (topology.faces, topology.edges, topology.opposite)
    arguments = (vertices, face, depth, *mesh, 1.0, True, False)
    torch.library.opcheck(outlines_op, arguments, test_utils=("test_schema", "test_faketensor"))
