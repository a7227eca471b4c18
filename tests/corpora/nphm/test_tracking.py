import numpy as np
import pytest

from facescale.corpora.nphm.tracking import LAYOUT, MononphmOptions
from facescale.corpora.nphm.tracking_writing import write_mononphm
from facescale.structures import Capture, CaptureRejected
from facescale.structures.depth_map import DepthMap
from facescale.structures.view import PinholeRecord, View
from tests.corpora.nphm.test_tracker_files import K, npy, npz
from tests.corpora.scan_corpora import SPIN, touch
from tests.corpora.test_planes import encoded

WIDTH, HEIGHT = 64, 96
FACE = np.array([[0.0, 0.0, 100.0], [-40.0, 35.0, 80.0], [40.0, 35.0, 80.0]])


def items(root, **options):
    return list(LAYOUT.index(str(root), MononphmOptions(**options)))


def picture(number):
    return np.full((HEIGHT, WIDTH, 3), 40 * number % 256, np.uint8)


def camera(number):
    angle = 0.1 * number
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, -1, 0], [np.sin(angle), 0, -np.cos(angle)]])
    return PinholeRecord(
        rotation=turn,
        translation=np.array([3.0, -4.0, 600.0 + number]),
        focal=np.array([120.0, 121.0]),
        principal=np.array([31.0, 47.0]),
        size=(WIDTH, HEIGHT),
    )


def capture(frames=4):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[20:70, 10:50] = 255
    # the layout has one camera for its first two frames
    cameras = [camera(max(n, 1)) for n in range(frames)]
    depth = np.full((HEIGHT, WIDTH), 612, np.float32)
    return Capture(
        item="s1",
        subject="s1",
        views=tuple(
            View(name=f"{n:05d}.png", image=picture(n), camera=c, mask=mask, group="camera")
            for n, c in enumerate(cameras)
        ),
        depth_maps=tuple(
            DepthMap(name=f"kinect/{n:05d}.png", depth=depth, camera=c) for n, c in enumerate(cameras)
        ),
    )


def project(record, points):
    seen = points @ record.rotation.T + record.translation
    return record.focal * seen[:, :2] / seen[:, 2:] + record.principal


def test_a_golden_frame_projects_by_the_trackers_own_formula(tmp_path):
    touch(tmp_path, "s1/source/00005.png", data=encoded(picture(1)))
    t = np.array([[0.01, -0.02, 0.6]])
    touch(
        tmp_path,
        "s1/metrical_tracker/s1/checkpoint/00004_cam_params_opencv.npz",
        data=npz(K=K[None], R=SPIN[None], t=t),
    )
    (item,) = items(tmp_path)
    (view,) = LAYOUT.load(item, MononphmOptions()).views
    point = np.array([0.02, 0.03, 0.05])
    x, y, w = K @ (SPIN @ point + t[0])
    np.testing.assert_allclose(project(view.camera, 1000 * point[None])[0], [x / w, y / w], atol=1e-9)


def test_what_is_written_comes_back(tmp_path):
    made = capture()
    marks = {n: np.full((98, 2), 0.25 + 0.1 * n) for n in range(4)}
    write_mononphm(
        made, str(tmp_path), sequence="s1", landmarks=marks, kinect=np.array([31.0, 47.0, 120.0, 121.0])
    )
    options = {"depth": True}
    (item,) = items(tmp_path, **options)
    found = LAYOUT.load(item, MononphmOptions(**options))
    assert (len(found.views), found.lost_views) == (4, ())
    for number, (view, other) in enumerate(zip(found.views, made.views, strict=True)):
        np.testing.assert_array_equal(view.image, other.image)
        np.testing.assert_array_equal(view.mask, other.mask)
        assert np.abs(project(view.camera, FACE) - project(other.camera, FACE)).max() < 1e-6
        assert view.landmarks.names[0] == "ibug_00"
        np.testing.assert_allclose(
            view.landmarks.positions[5], (0.25 + 0.1 * number) * np.array([WIDTH, HEIGHT])
        )
    for depth, other in zip(found.depth_maps, made.depth_maps, strict=True):
        np.testing.assert_array_equal(depth.depth, other.depth)
        assert np.abs(project(depth.camera, FACE) - project(other.camera, FACE)).max() < 1e-6


def test_the_kinects_intrinsics_hold_where_asked_for_and_must_then_be_there(tmp_path):
    write_mononphm(
        capture(2), str(tmp_path), sequence="s1", landmarks={}, kinect=np.array([30.0, 40.0, 99.0, 98.0])
    )
    (item,) = items(tmp_path, camera="kinect")
    found = LAYOUT.load(item, MononphmOptions(camera="kinect"))
    np.testing.assert_array_equal(found.views[0].camera.focal, [99, 98])
    np.testing.assert_array_equal(found.views[0].camera.principal, [30, 40])
    (tmp_path / "kinect_intrinsics.txt").unlink()
    with pytest.raises(CaptureRejected, match=r"missing-file.*kinect_intrinsics"):
        LAYOUT.load(item, MononphmOptions(camera="kinect"))
    with pytest.raises(ValueError, match="below the root"):
        MononphmOptions(intrinsics="../x.txt")


def test_segmentations_are_unpadded_and_tell_the_subject_from_the_background(tmp_path):
    write_mononphm(capture(3), str(tmp_path), sequence="s1", landmarks={})
    (item,) = items(tmp_path, mask="segmentation")
    assert "s1/seg/2.png" in [file.path for file in item.inputs]
    mask = LAYOUT.load(item, MononphmOptions(mask="segmentation")).views[2].mask
    assert (mask[30, 30], mask[5, 5]) == (255, 0)


def test_frames_are_chosen_evenly(tmp_path):
    write_mononphm(capture(9), str(tmp_path), sequence="s1", landmarks={})
    (item,) = items(tmp_path, frames=3)
    assert [f.path for f in item.inputs if f.role == "image"] == [f"s1/source/{n:05d}.png" for n in (0, 4, 8)]
    assert [f.path[-25:-22] for f in item.inputs if f.role == "camera"] == ["000", "003", "007"]
    assert item.attributes["frames"] == "9"


def test_sequences_lie_anywhere_and_other_files_do_not_part_them(tmp_path):
    touch(
        tmp_path,
        "a/s1/source/00000.png",
        "a/s1/kpt/0.npy",
        "a/s1/matting/00000.png",
        "a-b/source/00001.png",
        "x.png",
    )
    assert [(i.item, i.subject, len(i.inputs)) for i in items(tmp_path)] == [
        ("a-b", "a-b", 1),
        ("a/s1", "a", 2),
    ]


def test_a_damaged_or_foreign_file_costs_its_frame_only(tmp_path):
    write_mononphm(capture(4), str(tmp_path), sequence="s1", landmarks={})
    touch(tmp_path, "s1/source/00001.png", data=encoded(picture(1))[:60])
    touch(tmp_path, "s1/matting/00002.png", data=encoded(picture(1)[:50, :50, 0].copy()))
    (tmp_path / "s1/metrical_tracker/s1/checkpoint/00002_cam_params_opencv.npz").unlink()
    (item,) = items(tmp_path)
    found = LAYOUT.load(item, MononphmOptions())
    assert [view.name for view in found.lost_views] == ["00001.png", "00002.png"]
    assert [(view.name, view.camera is None) for view in found.views] == [
        ("00000.png", False),
        ("00003.png", True),
    ]
    reasons = [f.reason for f in LAYOUT.survey(str(tmp_path), MononphmOptions())]
    assert reasons == ["missing-tracked", "missing-points"]


def test_a_sequence_without_a_usable_frame_or_with_damaged_landmarks_is_rejected(tmp_path):
    write_mononphm(capture(2), str(tmp_path), sequence="s1", landmarks={0: np.zeros((98, 2))})
    touch(tmp_path, "s1/pipnet/test.npy", data=npy(np.zeros(3)))
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match="bad-array"):
        LAYOUT.load(item, MononphmOptions())
    touch(tmp_path, "s1/source/00000.png", "s1/source/00001.png", data=b"no picture")
    (tmp_path / "s1/pipnet/test.npy").unlink()
    with pytest.raises(CaptureRejected, match="no-usable-view"):
        LAYOUT.load(items(tmp_path)[0], MononphmOptions())
