import numpy as np
import pytest

from facescale.geometry.loop_subdivision import loop_step

OCTAHEDRON = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)
SIDES = np.array([[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]])


def grid(n):
    """A flat square of n x n cells, two triangles each, every second one turned."""
    places = np.stack(np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij"), axis=-1).reshape(
        -1, 2
    )
    at = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    a, b, c, d = (x.ravel() for x in (at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]))
    return np.column_stack([places, np.zeros(len(places))]), np.concatenate(
        [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    )


def volume(vertices, faces):
    return float(np.linalg.det(vertices[faces]).sum() / 6)


def test_a_step_makes_four_triangles_of_each_and_stays_closed_and_turned_outwards():
    step = loop_step(SIDES, len(OCTAHEDRON))
    assert step.faces.shape == (32, 3)
    sides = np.sort(step.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(sides, axis=0, return_counts=True)[1] == 2).all()
    assert 0 < volume(step(OCTAHEDRON), step.faces) < volume(OCTAHEDRON, SIDES)


def test_the_octahedron_goes_where_loops_weights_say():
    step = loop_step(SIDES, len(OCTAHEDRON))
    fine = step(OCTAHEDRON)
    np.testing.assert_allclose(fine[0], [1 - 4 * 3 / 32, 0, 0], atol=1e-15)
    place = [tuple(edge) for edge in step.edges.tolist()].index((0, 2))
    np.testing.assert_allclose(fine[6 + place], [0.375, 0.375, 0], atol=1e-15)


def test_affine_functions_are_kept_but_for_the_pull_of_uneven_borders():
    vertices, faces = grid(6)
    fine = loop_step(faces, len(vertices))
    assert np.allclose(fine.matrix.sum(axis=1), 1)
    np.testing.assert_allclose(loop_step(faces, len(vertices), "sharp")(vertices)[:, 2], 0)
    inside = (vertices[:, :2] > 0).all(axis=1) & (vertices[:, :2] < 6).all(axis=1)
    np.testing.assert_allclose(fine(vertices)[: len(vertices)][inside], vertices[inside], atol=1e-12)


def test_borders_follow_their_own_curve_or_stay():
    vertices, faces = grid(4)
    curve, sharp = loop_step(faces, len(vertices)), loop_step(faces, len(vertices), "sharp")
    border = (vertices[:, :2] == 0).any(axis=1) | (vertices[:, :2] == 4).any(axis=1)
    np.testing.assert_array_equal(sharp(vertices)[: len(vertices)][border], vertices[border])
    lifted = vertices.copy()
    lifted[~border, 2] = 7.0
    assert np.abs(curve(lifted)[: len(vertices)][border, 2]).max() == 0
    np.testing.assert_allclose(curve(vertices)[0], [0.125, 0.125, 0])


@pytest.mark.parametrize("border", ["curve", "sharp"])
def test_sites_of_old_triangles_are_the_same_places_of_a_flat_mesh_in_new_ones(border):
    vertices, faces = grid(6)
    step = loop_step(faces, len(vertices), border)
    rng = np.random.default_rng(0)
    inner = np.flatnonzero(((vertices[faces][..., :2] > 0) & (vertices[faces][..., :2] < 6)).all(axis=(1, 2)))
    face = rng.choice(inner, 200)
    barycentric = rng.dirichlet(np.ones(3), 200)
    new_face, new = step.sites(face, barycentric)
    assert new.min() > -1e-12
    assert np.allclose(new.sum(axis=1), 1)
    before = np.einsum("nc,ncd->nd", barycentric, vertices[faces[face]])
    after = np.einsum("nc,ncd->nd", new, step(vertices)[step.faces[new_face]])
    np.testing.assert_allclose(after, before, atol=1e-12)


def test_a_vertex_without_a_triangle_stays():
    step = loop_step(SIDES, 7)
    np.testing.assert_array_equal(step(np.vstack([OCTAHEDRON, [[5, 5, 5]]]))[6], [5, 5, 5])
