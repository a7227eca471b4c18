import json

import numpy as np
import pytest

from facescale.corpora.facescape.mv import MvOptions, index, load, survey
from facescale.corpora.facescape.writing import scales_json, write_shoot
from facescale.corpora.files import write_bytes
from facescale.structures import CaptureRejected, PinholeRecord
from tests.corpora.facescape.test_params import POINTS, opencv_pixels, project, view
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.rigs import rotation
from tests.corpora.shapes import bumpy_sheet

FOLDER = "fsmview_trainset/7/2_smile"


def put(root, path, data=None):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(encoded(astronaut(160, 120)) if data is None else data)


def only(root, **options):
    (item,) = index(str(root), MvOptions(**options))
    return load(item, MvOptions(**options))


def camera(yaw=0.3):
    return PinholeRecord(
        rotation=rotation(yaw),
        translation=np.array([0.1, -0.2, 6.0]),
        focal=np.array([180.0, 182.0]),
        principal=np.array([81.25, 59.0]),
        distortion=np.array([0.1, -0.02, 0.003, -0.001, 0.0]),
        size=(160, 120),
    )


def test_the_tree_of_the_reference(tmp_path):
    """fsmview_trainset/<id>/<k>_<expr>/<view>.jpg and params.json, <k>_<expr>.ply above; views not padded."""
    for name in ("0.jpg", "1.jpg", "2.jpg", "10.jpg"):
        put(tmp_path, f"{FOLDER}/{name}", encoded(astronaut(432, 288)))
    record = view(0) | view(1, valid=False) | view(2) | view(10) | view(11)
    put(tmp_path, f"{FOLDER}/params.json", json.dumps(record).encode())
    (item,) = index(str(tmp_path), MvOptions())
    assert (item.item, item.subject, item.sequence) == ("7/2_smile", "7", "2_smile")
    found = load(item, MvOptions())
    assert [one.name for one in found.views] == ["0.jpg", "2.jpg", "10.jpg"]
    assert {lost.name: lost.reason.split(":")[0] for lost in found.lost_views} == {
        "1.jpg": "invalid-view", "11.jpg": "missing-file",
    }  # fmt: skip
    assert (found.world, found.scan, found.unit) == ("arbitrary", None, None)
    # The picture is an eighth of what params.json says: pixels scale with it.
    expected = (opencv_pixels(POINTS) + 0.5) / 8
    np.testing.assert_allclose(project(found.views[0].camera, POINTS), expected, atol=1e-9)


def test_written_shoots_are_read_back_in_both_spaces(tmp_path):
    mesh, cameras = bumpy_sheet(), {place: camera(0.1 * place) for place in range(3)}
    turn, shift = rotation(0.7), np.array([5.0, -30.0, 12.0])
    pictures = {place: encoded(astronaut(160, 120)) for place in cameras}
    write_shoot(pictures, cameras, str(tmp_path), person="7", expression="2_smile", mesh=mesh, invalid=[1])
    found = only(tmp_path)
    assert [one.name for one in found.views] == ["0.jpg", "2.jpg"]
    np.testing.assert_allclose(found.scan.vertices, mesh.vertices, atol=1e-5)
    for name in ("rotation", "translation", "focal", "principal", "distortion"):
        np.testing.assert_allclose(getattr(found.views[1].camera, name), getattr(cameras[2], name), atol=1e-9)
    with pytest.raises(CaptureRejected, match="no-scale"):
        only(tmp_path, space="tu")
    scales = scales_json({"7": {2: (40.0, turn, shift)}})
    write_bytes(str(tmp_path / "fsmview_trainset/Rt_scale_dict.json"), scales)
    moved = only(tmp_path, space="tu")
    assert (moved.world, moved.unit, moved.attributes["scale"]) == ("metric", "mm", "normalised, approximate")
    np.testing.assert_allclose(moved.scan.vertices, 40 * mesh.vertices @ turn.T + shift, atol=1e-3)
    for one, other in zip(found.views, moved.views, strict=True):
        seen = (project(one.camera, mesh.vertices), project(other.camera, moved.scan.vertices))
        np.testing.assert_allclose(*seen, atol=1e-3)
    write_bytes(str(tmp_path / "fsmview_trainset/Rt_scale_dict.json"), b'{"7": {"3": [1, []]}}')
    with pytest.raises(CaptureRejected, match=r"Rt_scale_dict\.json"):
        only(tmp_path, space="tu")


def test_pictures_without_cameras_still_serve(tmp_path):
    put(tmp_path, "7/2_smile/0.jpg")
    put(tmp_path, "7/2_smile/1.JPG", b"")
    found = only(tmp_path)
    assert (len(found.views), found.views[0].camera, found.lost_views[0].name) == (1, None, "1.JPG")
    put(tmp_path, "7/2_smile/params.json", b"{")
    with pytest.raises(CaptureRejected, match="bad-cameras"):
        only(tmp_path)


def test_a_picture_of_another_shape_or_without_parameters_is_lost(tmp_path):
    put(tmp_path, f"{FOLDER}/0.jpg", encoded(astronaut(432, 288)))
    put(tmp_path, f"{FOLDER}/1.jpg", encoded(astronaut(288, 432)))
    put(tmp_path, f"{FOLDER}/2.jpg")
    put(tmp_path, f"{FOLDER}/params.json", json.dumps(view(0) | view(1)).encode())
    found = only(tmp_path)
    assert [one.name for one in found.views] == ["0.jpg"]
    lost = {lost.name: lost.reason for lost in found.lost_views}
    assert "found 288 x 432" in lost["1.jpg"]
    assert "expected view 2, found none" in lost["2.jpg"]


def test_what_is_not_there_is_told(tmp_path):
    put(tmp_path, f"{FOLDER}/0.jpg", b"")
    put(tmp_path, f"{FOLDER}/2.jpg", b"")
    put(tmp_path, "fsmview_trainset/7/3_mouth_stretch/params.json", b"")
    put(tmp_path, "fsmview_trainset/7/3_mouth_stretch.ply", b"")
    found = [finding.message for finding in survey(str(tmp_path), MvOptions(space="tu"))]
    for part in (
        "no pictures: 7/3_mouth_stretch", "no params.json: 7/2_smile", "no raw mesh: 7/2_smile",
        "no picture of every number: 7/2_smile", "7 (2 of 20)", "expected Rt_scale_dict.json",
    ):  # fmt: skip
        assert any(part in text for text in found), part
    assert [item.item for item in index(str(tmp_path), MvOptions())] == ["7/2_smile"]
    assert not list(index(str(tmp_path), MvOptions(expressions=("neutral",))))


@pytest.mark.parametrize("bad", [{"longest_side": -1}, {"expressions": ("x",)}])
def test_bad_options_say_what_was_expected(bad):
    with pytest.raises(ValueError, match="expected"):
        MvOptions(**bad)
