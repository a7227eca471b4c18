import json

import numpy as np
import pytest

from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import find_layout
from facescale.corpora.nersemble.options import ColouredRigOptions
from facescale.corpora.nersemble.raw_v2 import index, load
from facescale.corpora.nersemble.survey_v2 import read_sequences, survey
from facescale.structures import CaptureRejected
from facescale.synthesis.photo.lens import project
from tests.corpora.clips import cut_in_the_middle, number_of
from tests.corpora.nersemble.deliveries import SERIALS, K, clip, params, pixel, put

POINT = (0.03, -0.02, 0.05)
METADATA = b"""ID,wears_glasses,BACKGROUND,EXP-1-head,EXP-3-cheeks+nose,SEN-01-cramp_small_danger
017,x,x,x,m,
102,,x,,x,x
"""


@pytest.fixture(scope="module")
def video():
    return clip()


@pytest.fixture
def root(tmp_path, video):
    files = {"metadata_sequences.csv": METADATA, "metadata_participants.csv": b"ID\n017\n102\n"}
    for participant, sequences in (
        ("017", ("EXP-1-head", "EXP-3-cheeks+nose")),
        ("102", ("EXP-3-cheeks+nose",)),
    ):
        files[f"{participant}/calibration/camera_params.json"] = params()
        files[f"{participant}/calibration/color_calibration.json"] = json.dumps(
            {serial: [[0.5, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.1]] for serial in SERIALS}
        ).encode()
        for serial in SERIALS:
            files[f"{participant}/sequences/BACKGROUND/image_{serial}.jpg"] = b"jpeg"
            files |= {f"{participant}/sequences/{name}/images/cam_{serial}.mp4": video for name in sequences}
    put(tmp_path, files)
    return tmp_path


def load_of(root, item=0, **options):
    return load(list(index(str(root)))[item], ColouredRigOptions(**options))


def reasons(root):
    return {finding.reason: finding.message for finding in survey(str(root), None)}


def test_an_item_is_a_participant_and_a_sequence_with_all_its_files(root):
    items = list(index(str(root)))
    assert [item.item for item in items] == ["017/EXP-1-head", "017/EXP-3-cheeks+nose", "102/EXP-3-cheeks+nose"]
    assert items[0].subject == "017"
    assert items[0].sequence == "EXP-1-head"
    roles = [file.role for file in items[0].inputs]
    assert (roles.count("video"), roles.count("cameras"), roles.count("colours")) == (3, 1, 1)
    assert find_layout("nersemble-v2").index is index


def test_a_point_is_seen_where_the_formula_of_the_reference_says(root):
    capture = load_of(root)
    assert [view.group for view in capture.views] == ["222200046", "222200037", "221501007"]
    for view in capture.views:
        # the reference counts from the first pixel's centre, we from its corner
        expected = pixel(view.group, POINT) + 0.5
        np.testing.assert_allclose(project(view.camera, 1000 * np.array([POINT]))[0], expected, atol=1e-9)
        assert view.image.shape == (160, 110, 3)
        assert view.name == f"{view.group}/000003"


def test_intrinsics_of_full_size_serve_smaller_pictures_and_their_own_size_too(root):
    full = np.array(K) * [[20.0], [20.0], [1.0]]
    (root / "017/calibration/camera_params.json").write_bytes(params(intrinsics=full.tolist()))
    for view in load_of(root).views:
        expected = (pixel(view.group, POINT, full) + 0.5) / 20
        # 3208 rows make 160.4 small ones
        seen = project(view.camera, 1000 * np.array([POINT]))[0] * [1, 160.4 / 160]
        np.testing.assert_allclose(seen, expected, atol=1e-9)


def test_intrinsics_of_neither_size_are_refused(root):
    (root / "017/calibration/camera_params.json").write_bytes(
        params(intrinsics=[[9, 0, 300], [0, 9, 400], [0, 0, 1]])
    )
    with pytest.raises(CaptureRejected, match=r"no-usable-view.*110 x 160 or 2200 x 3208"):
        load_of(root)


def test_frames_are_chosen_by_number_and_are_the_same_of_every_camera(root):
    evenly = load_of(root, frames=2, cameras=("222200037", "221501007"))
    assert [view.name for view in evenly.views] == [
        f"{serial}/{number:06d}" for serial in ("222200037", "221501007") for number in (1, 4)
    ]
    assert [number_of(view.image) for view in evenly.views] == [1, 4, 1, 4]
    np.testing.assert_allclose([view.time_s for view in evenly.views[:2]], [1 / 73, 4 / 73], atol=1e-4)
    strided = load_of(root, stride=2, start=1, cameras=("222200037",), rate=100.0)
    assert [(view.name[-1], view.time_s) for view in strided.views] == [("1", 0.01), ("3", 0.03), ("5", 0.05)]
    with pytest.raises(CaptureRejected, match="from frame 9 on of 6"):
        load_of(root, start=9)


def test_frames_shrink_with_their_cameras(root):
    small = load_of(root, longest_side=80).views[0]
    assert small.image.shape == (80, 55, 3)
    expected = (pixel(small.group, POINT) + 0.5) / 2
    np.testing.assert_allclose(project(small.camera, 1000 * np.array([POINT]))[0], expected, atol=1e-9)


def test_colours_are_corrected_in_linear_light(root):
    raw, corrected = load_of(root), load_of(root, colour="corrected")
    for before, after in zip(raw.views, corrected.views, strict=True):
        light = ((before.image[80, 50] / 255 + 0.055) / 1.055) ** 2.4
        expected = [0.5 * light[0], light[1], light[2] + 0.1]
        wanted = 255 * (1.055 * np.array(expected) ** (1 / 2.4) - 0.055)
        np.testing.assert_allclose(after.image[80, 50], wanted, atol=0.6)


def test_a_camera_without_video_calibration_or_colours_is_a_lost_view(root, video):
    (root / "017/sequences/EXP-1-head/images/cam_222200046.mp4").unlink()
    put(root, {"017/sequences/EXP-1-head/images/cam_222200049.mp4": video})
    (root / "017/calibration/color_calibration.json").write_text('{"222200037": [[1,0,0],[0,1,0],[0,0,1]]}')
    capture = load_of(root, colour="corrected")
    assert [view.group for view in capture.views] == ["222200037"]
    lost = {view.name: view.reason for view in capture.lost_views}
    assert set(lost) == {"222200046", "222200049", "221501007"}
    assert "missing-video" in lost["222200046"]
    assert "colour calibration" in lost["222200049"]
    assert {view.name for view in load_of(root).lost_views} == {"222200046", "222200049"}


def test_a_video_that_breaks_off_loses_its_frames_and_no_other(root):
    path = root / "017/sequences/EXP-1-head/images/cam_222200046.mp4"
    whole = clip(frames=24)
    for serial in SERIALS:
        (root / f"017/sequences/EXP-1-head/images/cam_{serial}.mp4").write_bytes(whole)
    path.write_bytes(whole[: len(whole) * 2 // 3])
    capture = load_of(root, frames=4)
    lost = {view.name for view in capture.lost_views}
    assert len(capture.views) >= 8
    assert lost
    assert all(name.startswith("222200046") for name in lost)
    path.write_bytes(cut_in_the_middle(whole, 0.0))
    assert len(load_of(root, frames=4).views) == 8


def test_a_missing_or_foreign_calibration_says_what_to_do(root):
    path = root / "102/calibration/camera_params.json"
    path.write_bytes(params(intrinsics=dict.fromkeys(SERIALS, K)))
    with pytest.raises(CaptureRejected, match=r"one for all cameras.*benchmark's layout"):
        load_of(root, 2)
    path.unlink()
    with pytest.raises(CaptureRejected, match="download the participant's calibration"):
        load_of(root, 2)


def test_odd_case_and_unpadded_ids_are_read_as_they_are_and_told(root, video):
    put(
        root, {"7/Calibration/Camera_Params.json": params(), "7/Sequences/FREE/Images/CAM_222200037.MP4": video}
    )
    item = next(item for item in index(str(root)) if item.subject == "7")
    assert load(item, ColouredRigOptions()).views[0].group == "222200037"
    found = reasons(root)
    assert "7/Sequences/FREE/Images/CAM_222200037.MP4" in found["odd-case"]
    assert found["unpadded-id"].endswith(": 7")


def test_the_survey_compares_the_list_with_the_folders(root, video):
    assert "102/SEN-01-cramp_small_danger" in reasons(root)["missing-sequence"]
    put(
        root, {"102/sequences/FREE/images/cam_222200037.mp4": video, "055/sequences/FREE/images/cam_1.mp4": b""}
    )
    found = reasons(root)
    assert "055/FREE, 102/FREE" in found["unlisted-sequence"]
    assert "055" in found["missing-calibration"]
    assert "cam_1.mp4" in found["empty-file"]
    (root / "metadata_sequences.csv").write_bytes(METADATA + b"301,,x,x,,\n")
    assert reasons(root)["missing-participant"].endswith(": 301")
    (root / "metadata_sequences.csv").write_bytes(b"\xff\xfe")
    assert "bad-metadata" in reasons(root)
    (root / "metadata_sequences.csv").unlink()
    assert "no-metadata" in reasons(root)


def test_the_list_of_sequences_takes_both_marks():
    found = read_sequences(METADATA)
    assert found == {
        "017": {"BACKGROUND", "EXP-1-head", "EXP-3-cheeks+nose"},
        "102": {"BACKGROUND", "EXP-3-cheeks+nose", "SEN-01-cramp_small_danger"},
    }


def test_options_are_typed_as_text_and_checked():
    found = options_of(
        ColouredRigOptions, ["frames=3", "cameras=222200037,222200046", "colour=corrected", "unit=cm"]
    )
    assert found.cameras == ("222200037", "222200046")
    for wrong in ("frames=0", "unit=mile", "colour=blue", "pixel_centre=2", "start=-1"):
        with pytest.raises(ValueError, match="expected"):
            options_of(ColouredRigOptions, [wrong])
