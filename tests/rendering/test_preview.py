import numpy as np
import pytest

from facescale.rendering.preview import PreviewStyle, render_materials, render_views
from facescale.rendering.views import Camera, Framing, view_rotation
from facescale.structures import Mesh
from tests.rendering.solids import ball, lumpy, turn

FRAMING = Framing(centre=(0.0, 0.0, 0.0), radius=1.5)
STYLE = PreviewStyle(size=96)


def alpha(picture):
    return picture[..., 3] / 255


def test_a_ball_covers_as_much_as_geometry_says():
    (picture,) = render_views(ball(rows=96, columns=192), ["front"], framing=FRAMING, style=STYLE)
    camera = Camera(rotation=np.eye(3), framing=FRAMING, size=96)
    # Half the angle of the cone that touches the ball, seen on the picture's plane.
    half = np.tan(np.arcsin(1 / camera.distance)) * camera.distance / FRAMING.radius * 48
    assert alpha(picture).sum() == pytest.approx(np.pi * half**2, rel=0.01)


def test_outlines_are_antialiased_and_the_rest_is_not():
    (picture,) = render_views(ball(), ["front"], framing=FRAMING, style=STYLE)
    between = (picture[..., 3] > 0) & (picture[..., 3] < 255)
    assert 60 < between.sum() < 400
    assert not between[40:56, 40:56].any()


def test_turning_mesh_and_viewer_together_changes_nothing():
    mesh, rotation = lumpy(ball()), turn(4)
    turned = Mesh(vertices=mesh.vertices @ rotation.T, faces=mesh.faces)
    (a,) = render_views(mesh, ["three_quarter"], framing=FRAMING, style=STYLE)
    (b,) = render_views(turned, [view_rotation("three_quarter") @ rotation.T], framing=FRAMING, style=STYLE)
    assert np.abs(a.astype(int) - b.astype(int)).mean() < 0.3


@pytest.mark.parametrize("scale", [0.001, 1000.0])
def test_the_unit_and_place_of_a_mesh_do_not_matter(scale):
    mesh = lumpy(ball())
    far = Mesh(vertices=mesh.vertices * scale + np.array([5e3, -2e3, 1e3]) * scale, faces=mesh.faces)
    (a,), (b,) = (render_views(m, ["front"], style=STYLE) for m in (mesh, far))
    assert np.abs(a.astype(int) - b.astype(int)).mean() < 0.3


def test_views_differ_and_the_nose_points_left_from_the_side():
    front, side, back = render_views(lumpy(ball()), ["front", "side", "back"], framing=FRAMING, style=STYLE)
    assert np.abs(front.astype(int) - back.astype(int)).mean() > 2
    columns = np.flatnonzero(alpha(side).max(axis=0) > 0.5)
    assert 48 - columns.min() > columns.max() - 47 + 4


def test_vertex_colours_stand_where_their_vertices_are():
    mesh = ball()
    colours = np.full(mesh.vertices.shape, 90, np.uint8)
    colours[mesh.vertices[:, 0] > 0] = (200, 20, 20)
    colours[mesh.vertices[:, 0] <= 0] = (20, 20, 200)
    coloured = Mesh(vertices=mesh.vertices, faces=mesh.faces, colours=colours)
    (picture,) = render_views(coloured, ["front"], framing=FRAMING, style=STYLE)
    right, left = picture[48, 60].astype(int), picture[48, 35].astype(int)
    assert right[0] > right[2] + 60
    assert left[2] > left[0] + 60


def test_several_materials_cost_no_other_shape():
    mesh = ball()
    colours = np.full(mesh.vertices.shape, (255, 0, 0), np.uint8)
    ((plain, red),) = render_materials(
        mesh, ["front"], [(200, 200, 200), colours], framing=FRAMING, style=STYLE
    )
    np.testing.assert_array_equal(plain[..., 3], red[..., 3])
    assert int(red[48, 48, 1]) + 60 < int(plain[48, 48, 1])


def test_an_inverted_surface_is_dark():
    mesh = ball()
    inverted = Mesh(vertices=mesh.vertices, faces=mesh.faces[:, ::-1])
    (outer,), (inner,) = (render_views(m, ["front"], framing=FRAMING, style=STYLE) for m in (mesh, inverted))
    seen = alpha(outer) == 1
    assert inner[seen][:, :3].mean() < 0.75 * outer[seen][:, :3].mean()


def test_a_background_fills_what_is_not_covered():
    style = PreviewStyle(size=64, background=(10, 200, 30))
    (picture,) = render_views(ball(), ["front"], framing=FRAMING, style=style)
    assert (picture[..., 3] == 255).all()
    assert picture[0, 0, :3].tolist() == [10, 200, 30]


@pytest.mark.parametrize("count", [3000, 60_000])
def test_a_point_cloud_covers_what_its_surface_covers(count):
    rng = np.random.default_rng(2)
    points = rng.normal(size=(count, 3))
    cloud = Mesh(
        vertices=points / np.linalg.norm(points, axis=1, keepdims=True),
        faces=np.zeros((0, 3), np.int32),
    )
    (a,), (b,) = (render_views(m, ["front"], framing=FRAMING, style=STYLE) for m in (ball(), cloud))
    both = np.minimum(alpha(a), alpha(b)).sum() / np.maximum(alpha(a), alpha(b)).sum()
    assert both > 0.94


def test_points_show_the_colours_of_the_near_side():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(20_000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    colours = np.where(points[:, 2:] > 0, np.array([[220, 30, 30]]), np.array([[30, 30, 220]])).astype(np.uint8)
    cloud = Mesh(vertices=points, faces=np.zeros((0, 3), np.int32), colours=colours)
    front, back = render_views(cloud, ["front", "back"], framing=FRAMING, style=STYLE)
    assert front[48, 48, 0] > front[48, 48, 2]
    assert back[48, 48, 2] > back[48, 48, 0]


def test_a_mesh_out_of_sight_leaves_the_picture_empty():
    for mesh in (
        ball(centre=(100.0, 0.0, 0.0)),
        Mesh(vertices=np.full((5, 3), 99.0), faces=np.zeros((0, 3), np.int32)),
    ):
        (picture,) = render_views(mesh, ["front"], framing=FRAMING, style=STYLE)
        assert not picture[..., 3].any()


def test_a_picture_of_few_pixels_is_refused():
    with pytest.raises(ValueError, match="at least 8"):
        PreviewStyle(size=2)
