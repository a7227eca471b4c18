import numpy as np
import pytest
import torch
import trimesh

from facescale.evaluation.normal_angle import angle_scores, normal_angles
from facescale.geometry.sites import Sites

SQUARE = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])


def tilted(degrees):
    angle = np.radians(degrees)
    return np.array([np.sin(angle), 0.0, np.cos(angle)])


def on_square(normals):
    count = len(normals)
    sites = Sites(face=torch.zeros(count, dtype=torch.int32), barycentric=torch.full((count, 3), 1 / 3))
    return normal_angles(SQUARE, FACES, sites, np.array(normals))


@pytest.mark.parametrize("degrees", [0.0, 1e-4, 30.0, 90.0, 179.0, 180.0])
def test_a_plane_s_angle_is_the_tilt(degrees):
    assert np.degrees(on_square([tilted(degrees)]))[0] == pytest.approx(degrees, abs=1e-6)


def test_the_length_of_a_normal_does_not_matter_and_one_of_none_is_unknown():
    found = on_square([5 * tilted(40.0), np.zeros(3)])
    assert np.degrees(found[0]) == pytest.approx(40.0, abs=1e-6)
    assert np.isnan(found[1])
    assert angle_scores(found)["normal_angle_mean_deg"] == pytest.approx(40.0, abs=1e-6)


def test_of_no_normals_there_is_no_figure():
    assert set(angle_scores(on_square(np.zeros((0, 3)))).values()) == {None}
    assert set(angle_scores(np.array([np.nan])).values()) == {None}


def test_between_vertices_normals_turn_smoothly():
    """On a coarse sphere faces are some 8 degrees flat; interpolated normals are far closer to the radius."""
    ball = trimesh.creation.icosphere(subdivisions=2)
    rng = np.random.default_rng(0)
    face = rng.integers(len(ball.faces), size=400)
    bary = rng.dirichlet((1, 1, 1), 400)
    radial = np.einsum("nk,nkd->nd", bary, ball.vertices[ball.faces[face]])
    sites = Sites(face=torch.from_numpy(face).int(), barycentric=torch.from_numpy(bary).float())
    found = normal_angles(
        torch.from_numpy(np.array(ball.vertices)).float(), torch.from_numpy(np.array(ball.faces)), sites, radial
    )
    flat = np.degrees(np.arccos(np.einsum("nd,nd->n", ball.face_normals[face], radial)
                                / np.linalg.norm(radial, axis=1)))  # fmt: skip
    assert flat.mean() > 4.0
    assert np.degrees(found).mean() < flat.mean() / 8
