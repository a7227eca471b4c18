import contextlib
import subprocess
import sys
import threading

import numpy as np
import pytest

from facescale.perception import mediapipe_points as ids
from facescale.perception.face_landmarker import FaceLandmarker, LandmarkerConfig
from facescale.structures import CaptureRejected
from tests.perception.landmarker_asset import apart, astronaut, needs_landmarker, pasted, rotated

pytestmark = needs_landmarker


@pytest.fixture(scope="module")
def landmarker():
    with FaceLandmarker() as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(landmarker):
    return landmarker.detect(astronaut())


def test_a_portrait_has_478_points_52_scores_and_a_frontal_pose(whole):
    assert whole.scheme == "mediapipe478"
    assert whole.positions.shape == (478, 2)
    assert whole.blendshapes.shape == (52,)
    assert np.flatnonzero(whole.sliding).tolist() == sorted(ids.OVAL)
    assert (whole.faces_found, whole.roll, whole.notes) == (1, 0, ())
    assert whole.face_height == pytest.approx(105, abs=3)
    assert abs(np.degrees(whole.yaw)) < 8


def test_a_smile_scores_high_and_a_frown_low(whole):
    # MediaPipe's order: 44 and 45 smile, 30 and 31 frown
    assert whole.blendshapes[[44, 45]].min() > 0.5
    assert whole.blendshapes[[30, 31]].max() < 0.1


def test_covariances_are_positive_and_grow_with_the_face(landmarker, whole):
    double = landmarker.detect(astronaut().repeat(2, axis=0).repeat(2, axis=1))
    assert np.linalg.eigvalsh(whole.covariances).min() > 0
    ratio = np.linalg.det(double.covariances) / np.linalg.det(whole.covariances)
    assert np.median(ratio) == pytest.approx(16, rel=0.25)
    inner = np.median(np.linalg.det(whole.covariances[~whole.sliding]))
    assert np.median(np.linalg.det(whole.covariances[whole.sliding])) > 4 * inner


@pytest.mark.parametrize("step", [(1, 0), (0, 1), (7, 3)])
def test_points_move_with_the_picture(landmarker, whole, step):
    moved = landmarker.detect(astronaut()[step[1] :, step[0] :])
    assert apart(moved.positions + np.array(step), whole.positions) < 0.5
    assert np.abs((moved.positions + np.array(step) - whole.positions).mean(axis=0)).max() < 0.25


@pytest.mark.parametrize("times", [2, 3, 4])
def test_the_first_pixel_s_centre_is_one_half(landmarker, whole, times):
    # Counted from pixel centres, the points of the enlarged picture would be off by (times - 1) / (2 times).
    large = landmarker.detect(astronaut().repeat(times, axis=0).repeat(times, axis=1))
    assert np.abs((large.positions / times - whole.positions).mean(axis=0)).max() < 0.12
    assert apart(large.positions / times, whole.positions) < 0.4


def test_a_mirrored_face_has_mirrored_points(landmarker, whole):
    from facescale.perception.mean_face import mean_face

    image = astronaut()
    flipped = landmarker.detect(image[:, ::-1])
    back = (np.array([image.shape[1], 0]) + np.array([-1, 1]) * flipped.positions)[mean_face().mirror]
    assert apart(back, whole.positions) < 0.02 * whole.face_height
    assert np.abs((back - whole.positions).mean(axis=0)).max() < 0.4
    assert flipped.yaw == pytest.approx(-whole.yaw, abs=np.radians(5))


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_picture_on_its_side_or_head_is_turned_upright(landmarker, whole, turn):
    image = astronaut()
    found = landmarker.detect(np.rot90(image, turn))
    assert (turn + found.roll) % 4 == 0
    assert "turned" in found.notes
    x, y = found.positions.T
    side = image.shape[0]
    back = np.stack([(x, y), (side - y, x), (side - x, side - y), (y, side - x)][turn], axis=1)
    assert apart(back, whole.positions) < 0.01
    assert found.yaw == pytest.approx(whole.yaw, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", range(15, 360, 30))
def test_a_head_that_leans_by_any_angle_is_found_where_it_is(landmarker, whole, degrees):
    image, turn = rotated(astronaut(), degrees)
    expected = (whole.positions - 150) @ turn.T + 150
    assert apart(landmarker.detect(image).positions, expected) < 0.03 * whole.face_height


def test_without_turns_an_inverted_head_is_lost_or_wrong(whole):
    with (
        FaceLandmarker(LandmarkerConfig(rolls=False, tile_levels=0)) as upright,
        pytest.raises(CaptureRejected),
    ):
        upright.detect(astronaut()[::-1, ::-1])


def test_the_largest_of_two_faces_is_kept_and_flagged(landmarker, whole):
    image = astronaut()
    small = pasted(image, side=280, left=10, top=10, width=300, height=300)
    for pair, shift in (((image, small), 0), ((small, image), 300)):
        found = landmarker.detect(np.concatenate(pair, axis=1))
        assert found.faces_found == 2
        assert "several-faces" in found.notes
        assert apart(found.positions - [shift, 0], whole.positions) < 1


@pytest.mark.parametrize("share", [0.12, 0.08])
def test_a_small_face_is_found_in_tiles(landmarker, whole, share):
    side = round(share * 900 * 300 / whole.face_height)
    image = pasted(astronaut(), side=side, left=620, top=350, width=1200, height=900)
    with FaceLandmarker(LandmarkerConfig(tile_levels=0)) as no_tiles, pytest.raises(CaptureRejected):
        no_tiles.detect(image)
    found = landmarker.detect(image)
    assert found.notes == ("small-face",)
    expected = whole.positions * side / 300 + [620, 350]
    assert apart(found.positions, expected) < 0.01 * found.face_height


def test_boxes_say_where_to_look(landmarker, whole):
    image = astronaut()
    pair = np.concatenate([image, pasted(image, side=200, left=40, top=60, width=300, height=300)], axis=1)
    found = landmarker.detect(pair, boxes=[(390, 100, 460, 190)])
    assert found.faces_found == 1
    assert apart(found.positions, whole.positions * 2 / 3 + [340, 60]) < 1
    with pytest.raises(CaptureRejected, match="in 1 boxes"):
        landmarker.detect(pair, boxes=[(0, 250, 40, 290)])


def disc():
    """As large and bright as a face; with two eyes and a mouth in it, the detector takes it for one."""
    rows, columns = np.mgrid[0:200, 0:200]
    image = np.full((200, 200, 3), 255, np.uint8)
    image[(rows - 100) ** 2 + (columns - 100) ** 2 < 60**2] = (230, 180, 150)
    return image


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.full((120, 160, 3), 128, np.uint8), "no-face"),
        (np.random.default_rng(0).integers(0, 255, (160, 120, 3)).astype(np.uint8), "no-face"),
        (disc(), "no-face"),
        (np.zeros((1, 1, 3), np.uint8), "image-too-small"),
        (np.zeros((400, 3, 3), np.uint8), "image-too-small"),
    ],
)
def test_what_shows_no_face_is_rejected_with_a_reason(landmarker, image, reason):
    with pytest.raises(CaptureRejected) as caught:
        landmarker.detect(image)
    assert caught.value.reason == reason
    assert caught.value.detail


def test_a_face_of_few_pixels_is_rejected(landmarker):
    with FaceLandmarker(LandmarkerConfig(least_face=200)) as strict, pytest.raises(CaptureRejected) as caught:
        strict.detect(astronaut())
    assert caught.value.reason == "face-too-small"


def test_results_do_not_depend_on_what_was_seen_before(landmarker, whole):
    others = [np.rot90(astronaut()), astronaut()[:, ::-1], np.zeros((64, 64, 3), np.uint8), astronaut()[20:]]
    for other in others:
        with contextlib.suppress(CaptureRejected):
            landmarker.detect(other)
        again = landmarker.detect(astronaut())
        assert np.array_equal(again.positions, whole.positions)
        assert np.array_equal(again.blendshapes, whole.blendshapes)


def test_a_closed_landmarker_can_be_closed_again():
    landmarker = FaceLandmarker()
    landmarker.close()
    landmarker.close()


def test_threads_share_a_landmarker(landmarker, whole):
    found = []
    threads = [threading.Thread(target=lambda: found.append(landmarker.detect(astronaut()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(one.positions, whole.positions) for one in found)


def test_a_process_that_never_closes_it_ends_in_silence():
    code = (
        "import numpy as np\n"
        "from facescale.perception.face_landmarker import FaceLandmarker\n"
        "from tests.perception.landmarker_asset import astronaut\n"
        "landmarker = FaceLandmarker()\n"
        "landmarker.detect(astronaut())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(
    "wrong", [{"min_detection": 1.5}, {"small_face": -0.1}, {"tile_overlap": 0.9}, {"tile_levels": 9}]
)
def test_a_wrong_setting_is_refused(wrong):
    with pytest.raises(ValueError, match=f"expected {next(iter(wrong))} within"):
        LandmarkerConfig(**wrong)


def test_an_absent_model_is_an_error_that_helps(tmp_path, monkeypatch):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path))
    monkeypatch.delenv("FACESCALE_ASSETS", raising=False)
    with pytest.raises(FileNotFoundError, match="facescale assets fetch face-landmarker"):
        FaceLandmarker()
