from functools import cache

# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportArgumentType=false
import numpy as np
import pytest

from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project
from facescale.synthesis.photo.session_synthesis import SessionSynthesis, SessionSynthesizer, SyntheticSession
from tests.synthesis.photo.people import builtin

CAMERAS = ("222200037", "222200046", "221501007")


@cache
def synthesizer(**changed) -> SessionSynthesizer:
    config = {"cameras": CAMERAS[:2], "frames": 2, "size": (64, 80), "texels": 64} | changed
    return SessionSynthesizer(builtin(), SessionSynthesis(**config))


@cache
def made(sequence: str = "EXP-1-head") -> SyntheticSession:
    return synthesizer(depth=CAMERAS[:1]).make(5, 1, sequence, subject="017")


def test_views_come_camera_by_camera_with_times_on_their_own_clocks():
    session = made()
    assert [view.name for view in session.capture.views] == [
        "222200037/000000",
        "222200037/000001",
        "222200046/000000",
        "222200046/000001",
    ]
    assert [view.time_s for view in session.capture.views] == [0.0, 0.04, 0.0, 0.04]
    assert [view.group for view in session.capture.views] == [*CAMERAS[:1] * 2, *CAMERAS[1:2] * 2]
    offsets = session.truth.clock_offsets
    assert offsets[0] == offsets[1] != offsets[2] == offsets[3]
    assert np.abs(offsets).max() <= 0.02
    assert session.capture.item == "017/EXP-1-head"


def test_the_true_keypoints_are_where_the_cameras_of_the_views_project_them():
    session = made()
    for place, view in enumerate(session.capture.views):
        truth = session.truth
        world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
        np.testing.assert_allclose(project(view.camera, world)[:68], view.landmarks.positions, atol=1e-6)
        assert truth.keypoint_visible[place].sum() > 20


def test_a_frame_is_taken_off_the_sessions_time_by_the_cameras_clock():
    session, together = made(), synthesizer(offsets=False).make(5, 1, "EXP-1-head", subject="017")
    assert not np.array_equal(session.truth.head_rotations[0], session.truth.head_rotations[2])
    np.testing.assert_array_equal(together.truth.head_rotations[0], together.truth.head_rotations[2])
    assert not together.truth.clock_offsets.any()


def test_the_registered_mesh_of_a_frame_is_the_true_head_in_the_world():
    session = synthesizer(offsets=False).make(5, 1, "EXP-1-head")
    basis = builtin().basis[..., builtin().blocks[0].size :].numpy()
    for frame, registered in enumerate(session.capture.registrations):
        truth = session.truth
        shape = truth.vertices(frame, basis) @ truth.head_rotations[frame].T + truth.head_translations[frame]
        np.testing.assert_allclose(registered.mesh.vertices, shape, atol=2e-3)
        assert registered.time_s == frame / 25
        assert registered.topology == "builtin"
        np.testing.assert_array_equal(registered.mesh.faces, builtin().faces.numpy())


def test_the_mask_covers_the_head_and_the_background_shows_the_wall_alone():
    session = made()
    for place, view in enumerate(session.capture.views):
        inside = view.landmarks.positions[session.truth.keypoint_visible[place][:68]].astype(int)
        assert np.median(view.mask[inside[:, 1], inside[:, 0]]) == 255
        assert view.mask[inside[:, 1], inside[:, 0]].mean() > 200
        assert view.mask[0].max() == 0
        behind = session.backgrounds[view.group].astype(float)
        clear = view.mask == 0
        assert np.abs(behind[clear] - view.image[clear]).mean() < 12
        assert np.abs(behind - view.image)[view.mask == 255].mean() > 12


def test_depth_is_measured_along_the_optical_axis():
    session = made()
    (first, second) = session.capture.depth_maps
    assert (first.name, second.name, first.group) == ("222200037/000000", "222200037/000001", "222200037")
    truth, camera = session.truth, session.capture.views[0].camera
    world = truth.keypoints[0] @ truth.head_rotations[0].T + truth.head_translations[0]
    depths = world @ camera.rotation[2] + camera.translation[2]
    forehead = [27, 28, 29, 30, 33]
    at = truth.keypoint_pixels[0][forehead].astype(int)
    # a pixel of this small picture is five millimetres wide
    np.testing.assert_allclose(first.depth[at[:, 1], at[:, 0]], depths[forehead], atol=8)
    assert (first.depth[0] == 0).all()
    np.testing.assert_array_equal(first.depth > 0, first.depth > 500)


def test_sequences_share_person_and_calibration_but_not_the_performance():
    one, other = made(), made("SEN-02-same_phrase_thirty_times")
    np.testing.assert_array_equal(one.truth.neutral, other.truth.neutral)
    np.testing.assert_array_equal(one.truth.clock_offsets, other.truth.clock_offsets)
    for before, after in zip(one.capture.views, other.capture.views, strict=True):
        np.testing.assert_array_equal(before.camera.rotation, after.camera.rotation)
    assert not np.array_equal(one.truth.expressions, other.truth.expressions)


@pytest.mark.slow
def test_a_session_depends_on_seed_number_and_sequence_only_and_its_truth_survives_its_file():
    again = SessionSynthesizer(builtin(), synthesizer(depth=CAMERAS[:1]).config).make(
        5, 1, "EXP-1-head", subject="017"
    )
    for one, other in zip(made().capture.views, again.capture.views, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
    read = ImageTruth.from_npz(again.truth.to_npz())
    np.testing.assert_array_equal(read.clock_offsets, made().truth.clock_offsets)
    assert read.attributes["sequence"] == "EXP-1-head"


@pytest.mark.parametrize(
    "wrong",
    [
        {"cameras": ()},
        {"cameras": ("a", "a")},
        {"frames": 0},
        {"rate": 0.0},
        {"size": (8, 640)},
        {"depth": ("elsewhere",)},
        {"texels": 3},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        SessionSynthesis(**wrong)
