from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from facescale.evaluation.registration import FittedHead, ScanEvidence, score_registration
from facescale.geometry.rotations import rotation_from_vector

RADIUS = 100.0
BALL = trimesh.creation.icosphere(subdivisions=4, radius=RADIUS)
NOSE = np.array([0.0, 0, RADIUS])


def ball(radius=RADIUS, subdivisions=5):
    """A scan of a sphere, of another triangulation than the head's."""
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions, radius=1.0)
    turn = rotation_from_vector(torch.tensor([0.3, 0.2, 0.1]).double()).numpy()
    return mesh.vertices @ turn.T * radius, mesh.faces


def head(vertices=None, mean=None):
    vertices = np.array(BALL.vertices) if vertices is None else vertices
    mask = np.ones(len(vertices), dtype=bool)
    face = np.linalg.norm(BALL.vertices - NOSE, axis=1) < 95
    return FittedHead(
        vertices=vertices,
        mean_vertices=vertices if mean is None else mean,
        faces=np.array(BALL.faces),
        regions={"face": face, "head": mask, "scannable": mask},
    )


def evidence(vertices, faces, held_out=None):
    held_out = vertices[::7] if held_out is None else held_out
    return ScanEvidence(vertices=vertices, faces=faces, held_out=held_out, nose=NOSE)


def scores(fit, scan, **options):
    return score_registration(fit, scan, **options).scalars


FLATNESS = 0.15
"""A triangulated sphere of this resolution lies up to this deep inside the true one, in mm."""


@pytest.mark.parametrize("faces", [True, False])
@pytest.mark.parametrize("offset", [-2.0, 0.0, 1.0, 5.0])
def test_a_sphere_that_is_larger_by_an_offset_is_off_by_that_offset_both_ways(offset, faces):
    vertices, triangles = ball(RADIUS + offset)
    scan = evidence(vertices, triangles if faces else triangles[:0])
    found = scores(head(), scan)
    slack = FLATNESS if faces else 0.35
    for region in ("face", "head"):
        for way in ("scan_to_mesh", "mesh_to_scan"):
            for name in ("mean", "median", "p90", "max"):
                assert found[f"{region}_{way}_{name}_mm"] == pytest.approx(abs(offset), abs=slack)
        assert found[f"{region}_observed"] > 0.99
        assert found[f"{region}_covered_2mm"] == pytest.approx(
            1.0 if abs(offset) < 1.5 else 0.0, abs=0.01 + (offset == -2.0)
        )
        assert found[f"{region}_scan_within_1mm"] == pytest.approx(
            float(abs(offset) < 0.5), abs=0.01 + (offset == 1.0)
        )


def test_scores_do_not_depend_on_where_the_scan_stands():
    vertices, faces = ball(RADIUS + 1)
    turn = rotation_from_vector(torch.tensor([1.0, -2, 0.5]).double()).numpy()
    far = np.array([4e4, -1e5, 3e3])

    def moved(points):
        return points @ turn.T + far

    held_out = vertices[::5] + 0.3
    at_home = scores(head(), evidence(vertices, faces, held_out), truth=np.array(BALL.vertices) + 0.5)
    away = scores(
        head(moved(BALL.vertices)),
        ScanEvidence(vertices=moved(vertices), faces=faces, held_out=moved(held_out), nose=moved(NOSE)),
        truth=moved(np.array(BALL.vertices) + 0.5),
    )
    for name, value in at_home.items():
        assert away[name] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize("as_cloud", [False, True])
def test_what_the_scan_never_saw_is_no_error(as_cloud):
    """Only the front half is scanned; the back of the head is up to 140 mm away from any scan point."""
    vertices, faces = ball()
    front = vertices[:, 2] > 0
    seen = faces[front[faces].all(axis=1)]
    scan = evidence(vertices[front], seen[:0]) if as_cloud else evidence(vertices, seen, vertices[front][::7])
    found = scores(head(), scan)
    assert found["head_observed"] == pytest.approx(0.5, abs=0.04)
    assert found["head_mesh_to_scan_max_mm"] < 2.5
    assert found["head_covered_2mm"] == pytest.approx(0.5, abs=0.04)
    assert found["face_observed"] > 0.95


def test_a_hole_is_not_seen_and_the_rest_is():
    vertices, faces = ball()
    hole = np.linalg.norm(vertices - NOSE, axis=1) < 30
    found = scores(head(), evidence(vertices, faces[~hole[faces].any(axis=1)]))
    area = (30 / 95) ** 2
    assert found["face_observed"] == pytest.approx(1 - area, abs=0.03)
    assert found["face_mesh_to_scan_max_mm"] < 0.5


@pytest.mark.parametrize("as_cloud", [False, True])
def test_a_bad_fit_cannot_call_its_error_unseen(as_cloud):
    vertices, faces = ball()
    found = scores(head(BALL.vertices * 0.6), evidence(vertices, faces[:0] if as_cloud else faces))
    assert found["head_observed"] > 0.99
    assert found["head_mesh_to_scan_mean_mm"] == pytest.approx(40, abs=0.6)


def test_the_front_of_a_thin_sheet_is_no_measurement_of_its_back():
    vertices, faces = ball()
    front = faces[(vertices[:, 2] > -40)[faces].all(axis=1)]
    squeezed = BALL.vertices * [1, 1, 0.02]
    found = scores(head(squeezed), evidence(vertices * [1, 1, 0.02], front))
    back = BALL.vertices[:, 2] < 0
    shown = score_registration(head(squeezed), evidence(vertices * [1, 1, 0.02], front)).vertex_distance
    assert np.isnan(shown[back & (BALL.vertices[:, 2] < -50)]).all()
    assert found["head_mesh_to_scan_max_mm"] < 1


def test_a_scan_that_winds_inwards_is_read_as_turned_round():
    vertices, faces = ball()
    assert scores(head(), evidence(vertices, faces[:, ::-1].copy()))["head_observed"] > 0.99


def test_repeated_vertices_are_not_a_border():
    vertices, faces = ball()
    soup = vertices[faces].reshape(-1, 3)
    found = scores(head(), evidence(soup, np.arange(len(soup)).reshape(-1, 3)))
    assert found["head_observed"] > 0.99


def test_trimmed_points_count():
    """A tenth of the held-out points 20 mm off the surface: no robust statistic hides them."""
    vertices, faces = ball()
    held_out = vertices[::4].copy()
    held_out[::10] *= 1.2
    found = scores(head(), evidence(vertices, faces, held_out))
    assert found["head_scan_to_mesh_mean_mm"] == pytest.approx(2.0, abs=0.2)
    assert found["head_scan_to_mesh_median_mm"] < FLATNESS
    assert found["head_scan_to_mesh_max_mm"] == pytest.approx(20, abs=FLATNESS)


def test_the_face_is_cut_on_the_scan_whatever_the_fit():
    vertices, faces = ball()
    scan = evidence(vertices, faces)
    expected = (np.linalg.norm(scan.held_out - NOSE, axis=1) <= 95).sum()
    for fit in (head(), head(BALL.vertices * 0.5, mean=np.array(BALL.vertices))):
        found = scores(fit, scan)
        assert found["face_points"] == expected
        assert found["head_points"] == len(scan.held_out)


def test_shoulders_are_not_part_of_the_head():
    vertices, faces = ball()
    bust = head()
    open_below = BALL.vertices[:, 1] > -60
    bust = FittedHead(
        vertices=bust.vertices,
        mean_vertices=bust.mean_vertices,
        faces=bust.faces,
        regions={"face": bust.regions["face"], "head": open_below, "scannable": open_below},
    )
    shoulders = np.array([[0.0, -110, 0], [20, -120, 10], [-120, -80, 0]])
    top = vertices[vertices[:, 1] > -40][::9]
    found = scores(bust, evidence(vertices, faces, np.concatenate([top, shoulders])))
    assert found["head_points"] == len(top)
    assert found["head_scan_to_mesh_max_mm"] < 1


def test_the_mean_head_is_scored_beside_the_fit():
    vertices, faces = ball()
    found = scores(head(mean=BALL.vertices * 1.03), evidence(vertices, faces))
    assert found["face_scan_to_mesh_mean_mm"] < FLATNESS
    assert found["mean_head_face_scan_to_mesh_mean_mm"] == pytest.approx(3, abs=FLATNESS)
    assert found["mean_head_head_mesh_to_scan_mean_mm"] == pytest.approx(3, abs=FLATNESS)
    fit_names = {name for name in found if not name.startswith("mean_head_") and not name.endswith("points")}
    assert {f"mean_head_{name}" for name in fit_names} <= set(found)


def test_truth_is_compared_vertex_by_vertex_without_alignment():
    vertices, faces = ball()
    slid = BALL.vertices @ rotation_from_vector(torch.tensor([0.0, 0.01, 0]).double()).numpy().T
    found = scores(head(slid), evidence(vertices, faces), truth=BALL.vertices + np.array([0, 2.0, 0]))
    assert found["head_vertex_error_mean_mm"] > 2
    assert found["head_vertex_error_max_mm"] < 3.1
    still = scores(head(), evidence(vertices, faces), truth=BALL.vertices + np.array([0, 2.0, 0]))
    assert still["face_vertex_error_max_mm"] == pytest.approx(2)
    assert "face_vertex_error_mean_mm" not in scores(head(), evidence(vertices, faces))


def test_vertex_distances_are_there_to_be_coloured():
    vertices, faces = ball(RADIUS + 1)
    shown = score_registration(head(), evidence(vertices, faces)).vertex_distance
    assert shown.dtype == np.float32
    assert shown.shape == (len(BALL.vertices),)
    assert np.nanmean(shown) == pytest.approx(1, abs=FLATNESS)


def test_a_scan_with_nothing_near_gives_no_figures_and_no_error():
    vertices, faces = ball()
    nothing = np.zeros((0, 3))
    for scan in (
        evidence(vertices + 5000, faces, nothing),
        evidence(nothing, faces[:0], nothing),
        evidence(vertices[:4], faces[:0], nothing),
    ):
        found = scores(head(), scan)
        assert found["face_scan_to_mesh_mean_mm"] is None
        assert found["face_mesh_to_scan_mean_mm"] is None
        assert found["face_observed"] == 0
        assert found["face_points"] == 0


def test_broken_scan_vertices_are_left_out():
    vertices, faces = ball()
    broken = vertices.copy()
    broken[::50] = np.nan
    found = scores(head(), evidence(broken, faces, vertices[1::7]))
    assert found["head_observed"] > 0.6
    assert found["head_mesh_to_scan_max_mm"] < 1


def test_normals_of_the_held_out_points_are_compared_with_both_heads():
    vertices, faces = ball()
    held_out = vertices[::7]
    outwards = held_out / np.linalg.norm(held_out, axis=1, keepdims=True)
    # every normal turned by 25 degrees about an axis across it
    across = np.cross(outwards, [0.3, 0.5, 0.8])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    angle = np.radians(25)
    turned = np.cos(angle) * outwards + np.sin(angle) * np.cross(across, outwards)
    squeezed = np.array(BALL.vertices) * [1, 1, 0.5]
    for normals, expected in ((outwards, 0), (turned, 25)):
        scan = ScanEvidence(
            vertices=vertices, faces=faces, held_out=held_out, nose=NOSE, held_out_normals=normals
        )
        found = scores(head(mean=squeezed), scan)
        for name in ("mean", "median", "p90"):
            assert found[f"face_normal_angle_{name}_deg"] == pytest.approx(expected, abs=0.6)
        assert found["mean_head_head_normal_angle_mean_deg"] > 10
    assert "face_normal_angle_mean_deg" not in scores(head(), evidence(vertices, faces))


def test_errors_are_shares_of_the_distance_between_the_eyes():
    vertices, faces = ball(RADIUS + 2)
    names = {"right_eye_outer": 40, "left_eye_outer": 300, "nose_base": 800}
    corner = np.eye(3)[0]
    fit = replace(head(), keypoints={name: (face, corner) for name, face in names.items()})
    on_head = {name: BALL.vertices[BALL.faces[face, 0]] for name, face in names.items()}
    eyes = np.linalg.norm(on_head["right_eye_outer"] - on_head["left_eye_outer"])
    keypoints = {name: point + np.array([0.0, 3, 4]) for name, point in on_head.items()}
    found = scores(fit, replace(evidence(vertices, faces), keypoints=keypoints))
    assert found["face_keypoint_nme_percent"] == pytest.approx(100 * 5 / eyes)
    assert found["mean_head_face_keypoint_nme_percent"] == pytest.approx(100 * 5 / eyes)
    surface = 100 * found["face_scan_to_mesh_mean_mm"] / eyes
    assert found["face_scan_to_mesh_nme_percent"] == pytest.approx(surface)
    assert surface == pytest.approx(100 * 2 / eyes, rel=0.1)
    del keypoints["left_eye_outer"]
    found = scores(fit, replace(evidence(vertices, faces), keypoints=keypoints))
    assert found["face_keypoint_nme_percent"] is None
    assert found["face_scan_to_mesh_nme_percent"] is None


def test_shapes_that_do_not_belong_together_are_refused():
    vertices, faces = ball()
    with pytest.raises(ValueError, match="true vertices"):
        scores(head(), evidence(vertices, faces), truth=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="bool masks"):
        FittedHead(vertices=vertices, mean_vertices=vertices, faces=faces, regions={})
    with pytest.raises(ValueError, match="mean vertices"):
        head(mean=vertices)
    with pytest.raises(ValueError, match="normal a held-out point"):
        replace(evidence(vertices, faces), held_out_normals=np.zeros((3, 3)))
