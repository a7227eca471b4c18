import numpy as np
import torch

from facescale.geometry.topology import boundary_edges
from facescale.synthesis.tessellate import midpoints, quadrisect, rounded_midpoints, vertex_normals
from tests.synthesis.spheres import unit_sphere

VERTICES, FACES = unit_sphere(3)


def test_normals_of_a_sphere_point_away_from_its_centre():
    normals = vertex_normals(VERTICES, FACES)
    np.testing.assert_allclose((normals * VERTICES).sum(axis=1), 1, atol=5e-3)


def test_a_vertex_without_a_face_has_no_normal():
    lonely = np.concatenate([VERTICES, [[0, 0, 9]]]).astype(np.float32)
    assert not vertex_normals(lonely, FACES)[-1].any()


def test_every_edge_has_one_midpoint_and_every_face_becomes_four():
    edges, sides = midpoints(FACES)
    assert len(edges) == len(FACES) * 3 // 2
    fine = quadrisect(FACES, sides, len(VERTICES))
    assert len(fine) == 4 * len(FACES)
    assert len(boundary_edges(torch.from_numpy(fine))) == 0
    # the four faces of one cover it: flat midpoints keep the area
    flat = np.concatenate([VERTICES, VERTICES[edges].mean(axis=1)])
    np.testing.assert_allclose(areas(flat, fine).reshape(-1, 4).sum(axis=1), areas(VERTICES, FACES), rtol=1e-4)


def test_rounding_brings_midpoints_of_a_sphere_onto_it():
    edges, _ = midpoints(FACES)
    flat = 1 - np.linalg.norm(VERTICES[edges].mean(axis=1), axis=1)
    rounded = 1 - np.linalg.norm(rounded_midpoints(VERTICES, VERTICES, edges), axis=1)
    assert (np.abs(rounded) < 0.1 * flat).all()


def test_midpoints_of_a_plane_stay_in_it():
    plane = VERTICES * np.float32([1, 1, 0])
    normals = np.tile(np.float32([0, 0, 1]), (len(plane), 1))
    edges, _ = midpoints(FACES)
    np.testing.assert_allclose(rounded_midpoints(plane, normals, edges), plane[edges].mean(axis=1))


def areas(vertices, faces):
    corners = vertices[faces].astype(np.float64)
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.linalg.norm(crossed, axis=1) / 2
