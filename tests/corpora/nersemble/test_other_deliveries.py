import io

import numpy as np
import pytest
from PIL import Image

from facescale.corpora.layouts import find_layout
from facescale.structures import CaptureRejected
from facescale.synthesis.photo.lens import project
from tests.corpora.clips import number_of
from tests.corpora.nersemble.deliveries import SERIALS, K, clip, params, pixel, put

POINT = (0.03, -0.02, 0.05)


def png(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def only(name, root, **options):
    layout = find_layout(name)
    chosen = layout.options(**options)
    (item,) = layout.index(str(root), chosen)
    return layout.load(item, chosen)


def seen(view):
    return project(view.camera, 1000 * np.array([POINT]))[0]


def test_the_first_releases_videos_lie_by_sequence_and_their_colours_are_affine(tmp_path):
    swap = np.eye(4)[[1, 0, 2, 3]]
    put(
        tmp_path,
        {
            "camera_params/017/camera_params.json": params(),
            "camera_params/018/camera_params.json": params(),
            "color_correction/017/222200037.npy": npy(swap * 0.5),
            "sequence_EXP-1-head_part-1/017/EXP-1-head/cam_222200037.mp4": clip(),
            "sequence_BACKGROUND_part-1/017/BACKGROUND/image_222200037.jpg": b"jpeg",
        },
    )
    capture = only("nersemble-v1", tmp_path)
    assert (capture.item, capture.subject) == ("017/EXP-1-head", "017")
    np.testing.assert_allclose(seen(capture.views[0]), pixel("222200037", POINT) + 0.5, atol=1e-9)
    assert {lost.name for lost in capture.lost_views} == set(SERIALS) - {"222200037"}
    darker = only("nersemble-v1", tmp_path, colour="corrected", cameras=("222200037",))
    np.testing.assert_allclose(darker.views[0].image.mean(), capture.views[0].image.mean() / 2, atol=1)
    (tmp_path / "color_correction/017/222200037.npy").unlink()
    with pytest.raises(CaptureRejected, match="colour calibration of this camera"):
        only("nersemble-v1", tmp_path, colour="corrected", cameras=("222200037",))


@pytest.mark.parametrize("ending", ["-73fps", ""])
def test_preprocessed_pictures_have_full_size_intrinsics_alpha_and_depth(tmp_path, ending):
    full = (np.array(K) * [[20.0], [20.0], [1.0]]).tolist()
    depth = np.array([[0, 1, 32768, 65535]] * 4, np.uint16).repeat(40, axis=0).repeat(28, axis=1)[:, :110]
    files = {"017/camera_params.json": params(intrinsics=full)}
    for number in (3, 10):
        folder = f"017/sequences/EXP-1-head/frame_{number:05d}"
        picture = np.full((160, 110, 3), 10 * number, np.uint8)
        files[f"{folder}/images-2x{ending}/cam_222200037.png"] = png(picture)
        files[f"{folder}/alpha_map{ending}/cam_222200037.png"] = png(picture[..., 0])
        files[f"{folder}/colmap{ending}/depth_maps_compressed/cam_222200037.png"] = png(depth)
    put(tmp_path, files)
    capture = only("nersemble-paper", tmp_path, frames=2, cameras=("222200037",))
    assert [view.name for view in capture.views] == ["222200037/000003", "222200037/000010"]
    np.testing.assert_allclose([view.time_s for view in capture.views], [3 / 73, 10 / 73])
    expected = (pixel("222200037", POINT, full) + 0.5) * [110 / 2200, 160 / 3208]
    np.testing.assert_allclose(seen(capture.views[0]), expected, atol=1e-9)
    assert (capture.views[1].mask == 100).all()
    # depth = (q - 1) * 2 / 65534, in metres; 0 is none
    np.testing.assert_allclose(
        np.unique(capture.depth_maps[0].depth), [0, 32767 * 2000 / 65534, 2000], rtol=1e-6
    )
    (tmp_path / "017/sequences/EXP-1-head/frame_00003" / f"alpha_map{ending}/cam_222200037.png").unlink()
    assert only("nersemble-paper", tmp_path, cameras=("222200037",), frames=2).views[0].mask is None


def test_the_benchmark_has_a_matrix_for_every_camera_alpha_and_points(tmp_path):
    own = {serial: (np.array(K) + np.diag([place, place, 0])).tolist() for place, serial in enumerate(SERIALS)}
    points = np.array([[0.1, 0.2, 0.3], [-0.1, 0.0, 0.5]], np.float32)
    fields = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\n"
    header = f"VERSION .7\n{fields}WIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA binary\n"
    root = "nvs/388/sequences/GLASSES"
    put(
        tmp_path,
        {
            "nvs/388/calibration/camera_params.json": params(intrinsics=own),
            f"{root}/pointclouds/frame_00003.pcd": header.encode() + points.tobytes(),
            **{f"{root}/images/cam_{serial}.mp4": clip() for serial in SERIALS},
            **{f"{root}/alpha_maps/cam_{serial}.mp4": clip() for serial in SERIALS[:1]},
        },
    )
    capture = only("nersemble-benchmark", tmp_path)
    for view in capture.views:
        np.testing.assert_allclose(seen(view), pixel(view.group, POINT, own[view.group]) + 0.5, atol=1e-9)
        assert (view.mask is not None) == (view.group == SERIALS[0])
        assert number_of(view.image) == 3
    np.testing.assert_array_equal(capture.scan.vertices, points)
    assert capture.unit == "m"
    assert capture.attributes["task"] == "nvs"


def test_a_single_picture_of_the_benchmark_has_no_camera_and_its_timestep_is_not_padded(tmp_path):
    picture = png(np.full((64, 64, 3), 50, np.uint8))
    put(tmp_path, {"svfr/100/EMO-1-shout+laugh_7_222200037/rgb.png": picture})
    capture = only("nersemble-benchmark", tmp_path)
    assert capture.item == "svfr/100/EMO-1-shout+laugh_7_222200037"
    assert (capture.attributes["timestep"], capture.views[0].name) == ("7", "222200037/000007")
    assert capture.views[0].camera is None
    layout = find_layout("nersemble-benchmark")
    assert not list(layout.index(str(tmp_path), layout.options(task="nvs")))
