# pyright: reportOptionalMemberAccess=false, reportArgumentType=false
import numpy as np
import pytest

from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import find_layout
from facescale.structures import CaptureRejected
from facescale.synthesis.photo.lens import project
from tests.corpora.nersemble.deliveries import HEIGHT, SERIALS, WIDTH, pixel, put
from tests.corpora.vhap.deliveries import landmarks, npz, prepared, shares

POINT = (0.03, -0.02, 0.05)
LAYOUT = find_layout("vhap")
V2 = "017/sequences/EMO-1-shout+laugh"


def items(root, **options):
    chosen = LAYOUT.options(**options)
    return list(LAYOUT.index(str(root), chosen)), chosen


def only(root, **options):
    (item,), chosen = items(root, **options)
    return LAYOUT.load(item, chosen)


def reasons(root, **options):
    return {finding.reason for finding in LAYOUT.survey(str(root), LAYOUT.options(**options))}


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("alpha", ["jpg", "png"])
def test_pictures_cameras_alpha_and_landmarks_of_both_placements(tmp_path, version, alpha):
    put(tmp_path, prepared(version, alpha=alpha))
    capture = only(tmp_path, frames=2)
    assert (capture.item, capture.subject) == ("017/EMO-1-shout+laugh", "017")
    # cameras as the rig numbers them; middles of halves of four frames
    assert [view.name for view in capture.views] == [
        f"{serial}/{number:06d}" for serial in SERIALS[1::-1] for number in (1, 3)
    ]
    for view in capture.views:
        number = int(view.name[-6:])
        seen = project(view.camera, 1000 * np.array([POINT]))[0]
        np.testing.assert_allclose(seen, pixel(view.group, POINT) + 0.5, atol=1e-9)
        assert view.time_s == number / 25
        assert abs(float(view.image.mean()) - (40 * number + 20)) < 2
        assert (np.abs(view.mask.astype(int) - 200) < 3).all()
        expected = shares()[number, :67, :2] * [WIDTH, HEIGHT]
        np.testing.assert_allclose(view.landmarks.positions[:67], expected, rtol=1e-6)
        assert np.isnan(view.landmarks.positions[67]).all()
        assert view.landmarks.names[30] == "ibug_30"
    assert reasons(tmp_path) == set()
    (item,), _ = items(tmp_path, frames=1, cameras=SERIALS[:1])
    assert sorted(file.role for file in item.inputs) == ["cameras", "image", "landmarks", "mask"]
    assert not items(tmp_path, form="export")[0]


def test_halved_pictures_have_scaled_cameras_alpha_and_landmarks(tmp_path):
    put(tmp_path, prepared())
    whole, half = only(tmp_path), only(tmp_path, downsample=2)
    for large, small in zip(whole.views, half.views, strict=True):
        assert small.image.shape == (HEIGHT // 2, WIDTH // 2, 3)
        assert small.mask.shape == (HEIGHT // 2, WIDTH // 2)
        np.testing.assert_allclose(small.camera.focal, large.camera.focal / 2)
        np.testing.assert_allclose(small.camera.principal, large.camera.principal / 2)
        np.testing.assert_allclose(small.landmarks.positions, large.landmarks.positions / 2)
    with pytest.raises(CaptureRejected, match="no picture in images_4"):
        only(tmp_path, downsample=4)
    assert "missing-images" in reasons(tmp_path, downsample=4)


def test_shorter_landmarks_are_not_given_to_frames_they_may_not_belong_to(tmp_path):
    put(tmp_path, prepared() | {f"{V2}/landmark2d/STAR/{SERIALS[0]}.npz": landmarks(3)})
    capture = only(tmp_path)
    assert {view.group: view.landmarks is None for view in capture.views} == {
        SERIALS[0]: True,
        SERIALS[1]: False,
    }
    assert capture.attributes["lost_landmarks"].startswith(f"{SERIALS[0]}: bad-array, expected landmarks of 4")
    put(tmp_path, {f"{V2}/landmark2d/face-alignment/{SERIALS[1]}.npz": landmarks()})
    other = only(tmp_path, landmarks="face-alignment")
    assert {view.group: view.landmarks is None for view in other.views} == {SERIALS[0]: True, SERIALS[1]: False}
    assert all(view.landmarks is None for view in only(tmp_path, landmarks="none").views)


def test_frames_without_a_face_have_no_landmarks(tmp_path):
    found = shares()
    found[1] = -1
    put(tmp_path, prepared() | {f"{V2}/landmark2d/STAR/{SERIALS[0]}.npz": npz(face_landmark_2d=found)})
    views = only(tmp_path, frames=4, cameras=SERIALS[:1]).views
    assert [view.landmarks is None for view in views] == [False, True, False, False]


def test_planted_faults_are_tolerated_or_told(tmp_path):
    files = prepared()
    gone = f"{V2}/images/cam_{SERIALS[1]}_000001.jpg"
    del files[gone], files[f"{V2}/alpha_maps/cam_{SERIALS[0]}_000003.jpg"]
    files[f"{V2}/images/cam_{SERIALS[0]}_000001.jpg"] = files[f"{V2}/images/cam_{SERIALS[0]}_000001.jpg"][:-200]
    files[f"{V2}/Images/CAM_{SERIALS[0]}_000002.JPG"] = files.pop(f"{V2}/images/cam_{SERIALS[0]}_000002.jpg")
    files[f"{V2}/images/cam_{SERIALS[1]}_000002.jpg"] = b""
    put(tmp_path, files)
    capture = only(tmp_path, frames=4)
    lost = {view.name: view.reason.partition(":")[0] for view in capture.lost_views}
    assert lost == {
        f"{SERIALS[0]}/000001": "truncated",
        f"{SERIALS[1]}/000001": "missing-picture",
        f"{SERIALS[1]}/000002": "empty-file",
    }
    assert [view.name for view in capture.views if view.mask is None] == [f"{SERIALS[0]}/000003"]
    assert reasons(tmp_path) == {"missing-image", "missing-mask", "odd-case", "empty-file"}


def test_a_sequence_without_calibration_and_unpadded_people_are_told(tmp_path):
    put(tmp_path, {path.replace("017", "17"): data for path, data in prepared().items()})
    assert reasons(tmp_path) == {"unpadded-id"}
    (tmp_path / "17/calibration/camera_params.json").unlink()
    assert reasons(tmp_path) == {"unpadded-id", "missing-calibration"}
    with pytest.raises(CaptureRejected, match="bad-cameras"):
        only(tmp_path)


def test_a_camera_that_the_calibration_lacks_and_a_wrong_unit(tmp_path):
    put(tmp_path, prepared(serials=SERIALS))
    assert len(only(tmp_path).views) == 3
    thousandth = only(tmp_path, unit="mm").views[0].camera.translation
    np.testing.assert_allclose(thousandth, only(tmp_path).views[0].camera.translation / 1000)
    asked = only(tmp_path, cameras=(SERIALS[0], "1234"))
    assert [view.name for view in asked.lost_views] == ["1234/000002"]


@pytest.mark.parametrize("wrong", ["form=x", "downsample=3", "landmarks=y", "split=z", "principal_rows=up"])
def test_options_are_words_that_there_are(wrong):
    with pytest.raises(ValueError, match=rf"expected {wrong.partition('=')[0]} to be one of"):
        options_of(LAYOUT.options, [wrong])
    assert options_of(LAYOUT.options, ["downsample=2", "form=input"]).downsample == 2
