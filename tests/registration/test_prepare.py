from dataclasses import replace

import numpy as np
import pytest

from facescale.registration.config import RegistrationConfig
from facescale.registration.first_pose import axes_rotation
from facescale.registration.keypoint_pose import mirrored
from facescale.registration.registrar import Registrar
from facescale.registration.rigid import angles_between
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER
from tests.heads.ict_assets import needs_ict
from tests.perception.landmarker_asset import needs_landmarker
from tests.registration.ict_scans import exact_capture, head, honest_scan, registrar

pytestmark = needs_ict


def capture(index: int = 0, **kind) -> Capture:
    return replace(honest_scan(index, **kind).capture, unit=None)


def with_keypoints(base: Capture, positions: np.ndarray) -> Capture:
    return replace(base, keypoints=Keypoints(names=NOW7, positions=positions))


def angle_off(sample, index: int = 0) -> float:
    truth = honest_scan(index).truth
    return float(np.rad2deg(angles_between(truth.rotation, sample.rotation[None]))[0])


def test_the_same_seed_gives_the_same_sample_and_another_seed_another():
    tool = registrar()
    one, two, other = (tool.prepare(capture(), seed) for seed in (5, 5, 6))
    assert np.array_equal(one.fit.positions, two.fit.positions)
    assert np.array_equal(one.held_out.positions, two.held_out.positions)
    assert not np.array_equal(one.fit.positions, other.fit.positions)


def test_as_many_points_are_drawn_as_were_asked_for():
    sample = registrar(points=3000, held_out=1000).prepare(capture(), 0)
    assert len(sample.fit.positions) == 3000
    assert len(sample.held_out.positions) == 1000


def test_no_point_judges_the_face_that_drove_the_fit():
    base = capture()
    sample = registrar().prepare(base, 0)
    unit = sample.millimetres_per_unit
    corners = base.scan.vertices.astype(np.float64)[base.scan.faces] * unit
    middles = corners.mean(axis=1)
    from scipy.spatial import cKDTree

    tree = cKDTree(middles)
    fit, held = (set(tree.query(part.positions)[1]) for part in (sample.fit, sample.held_out))
    # the nearest middle is another face's now and then, where triangles are long
    assert len(fit & held) < 0.25 * len(held)


def test_the_unit_is_recovered_from_keypoints_and_from_size():
    for index in range(3):
        truth = honest_scan(index).truth
        by_keypoints = registrar().prepare(capture(index), 0)
        by_size = registrar().prepare(replace(capture(index), keypoints=None), 0)
        assert by_keypoints.unit == by_size.unit == truth.unit
        assert (by_keypoints.unit_from, by_size.unit_from) == ("keypoints", "size")


@pytest.mark.parametrize("unit", ["mm", "cm", "m", "inch"])
def test_every_unit_is_told_from_every_other_without_keypoints(unit):
    base, _ = exact_capture(0)
    scaled = replace(
        base,
        keypoints=None,
        scan=Mesh(vertices=base.scan.vertices / MILLIMETRES_PER[unit], faces=base.scan.faces),
    )
    assert registrar().prepare(scaled, 0).unit == unit


def test_a_stated_unit_is_taken():
    base = replace(capture(), unit=honest_scan(0).truth.unit)
    assert registrar().prepare(base, 0).unit_from == "corpus"


def test_a_size_that_no_head_has_is_rejected():
    base, _ = exact_capture(0)
    tiny = replace(base, keypoints=None, scan=Mesh(vertices=base.scan.vertices * 1e-6, faces=base.scan.faces))
    with pytest.raises(CaptureRejected, match="impossible-size"):
        registrar().prepare(tiny, 0)


def test_a_wrong_keypoint_is_left_out_and_named():
    base = capture()
    positions = base.keypoints.positions.copy()
    positions[4] += 60.0 / MILLIMETRES_PER[honest_scan(0).truth.unit]
    sample = registrar().prepare(with_keypoints(base, positions), 0)
    assert "nose_base" not in sample.keypoint_names
    assert any("nose_base" in note for note in sample.initialisation.notes)
    assert angle_off(sample) < 12


def test_exchanged_sides_are_noticed_and_exchanged_back():
    base = capture()
    wrong = mirrored(dict(zip(NOW7, base.keypoints.positions, strict=True)))
    sample = registrar().prepare(with_keypoints(base, np.stack([wrong[name] for name in NOW7])), 0)
    assert any("exchanged" in note for note in sample.initialisation.notes)
    assert sample.initialisation.oriented_by == "keypoints"
    assert angle_off(sample) < 12


def test_keypoints_that_are_no_face_fall_back_to_the_surface_and_say_so():
    base = capture()
    rng = np.random.default_rng(0)
    scattered = (
        base.keypoints.positions + rng.normal(size=(7, 3)) * 80 / MILLIMETRES_PER[honest_scan(0).truth.unit]
    )
    sample = registrar().prepare(with_keypoints(base, scattered), 0)
    assert sample.initialisation.oriented_by == "automatic"
    assert sample.keypoint_names == ()
    assert any("keypoints" in note for note in sample.initialisation.notes)
    assert angle_off(sample) < 12


def test_keypoints_of_another_frame_are_noticed():
    base = capture()
    away = base.keypoints.positions + 500.0 / MILLIMETRES_PER[honest_scan(0).truth.unit]
    sample = registrar().prepare(with_keypoints(base, away), 0)
    assert sample.initialisation.oriented_by == "automatic"
    assert any("from the surface" in note for note in sample.initialisation.notes)


def test_stated_axes_orient_a_scan():
    base, _ = exact_capture(0)
    turn = axes_rotation("+z", "-y")
    turned = replace(
        base, keypoints=None, scan=Mesh(vertices=base.scan.vertices @ turn.T, faces=base.scan.faces)
    )
    sample = registrar(up="+z", front="-y").prepare(turned, 0)
    assert sample.initialisation.oriented_by == "axes"
    assert np.rad2deg(angles_between(turn, sample.rotation[None]))[0] < 10


def small_head() -> Capture:
    """Of an infant's size: an adult's face fits it about as well another way."""
    base = capture()
    small = Mesh(vertices=base.scan.vertices * 0.76, faces=base.scan.faces)
    return replace(base, keypoints=None, scan=small, unit=honest_scan(0).truth.unit)


@needs_landmarker
def test_a_scan_that_the_surface_leaves_open_is_oriented_by_its_landmarks():
    sample = registrar().prepare(small_head(), 0)
    assert sample.initialisation.oriented_by == "landmarks"
    assert any("of 8 views" in note for note in sample.initialisation.notes)
    assert angle_off(sample) < 12


def test_without_a_detector_it_is_rejected_with_the_hint_that_there_could_be_one(monkeypatch):
    monkeypatch.setattr("facescale.perception.face_landmarker.find", lambda _asset: None)
    with pytest.raises(CaptureRejected) as caught:
        Registrar(head(), RegistrationConfig()).prepare(small_head(), 0)
    assert caught.value.reason == "no-orientation"
    assert "facescale assets fetch mediapipe" in caught.value.hint


def test_axes_make_a_rotation():
    for up, front in (("+y", "+z"), ("-z", "+x"), ("+x", "-y")):
        turn = axes_rotation(up, front)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1.0)


def test_floating_pieces_get_little_weight():
    base, _ = exact_capture(0)
    rng = np.random.default_rng(0)
    spread = np.array([0.0, 60.0, 38.0]) + 2 * rng.normal(size=(40, 3))
    faces = np.stack([np.arange(38), np.arange(1, 39), np.arange(2, 40)], axis=1).astype(np.int32)
    scan = Mesh(
        vertices=np.concatenate([base.scan.vertices, spread]),
        faces=np.concatenate([base.scan.faces, faces + len(base.scan.vertices)]),
    )
    sample = registrar().prepare(replace(base, scan=scan), 0)
    near_crumb = np.linalg.norm(sample.fit.positions - [0.0, 60.0, 38.0], axis=1) < 10
    assert 5 < near_crumb.sum() < 400
    assert (sample.fit.weights[~near_crumb] == 1).mean() > 0.95
    assert sample.fit.weights[near_crumb].mean() < 0.5


def test_points_are_drawn_on_the_head_and_not_on_what_surrounds_it():
    scan = honest_scan(4, shoulders=1.0)
    sample = registrar().prepare(replace(scan.capture, unit=None), 0)
    assert len(sample.fit.positions) == 5000
    from scipy.spatial import cKDTree

    away, _ = cKDTree(scan.truth.vertices).query(sample.fit.positions)
    assert np.quantile(away, 0.99) < 40
