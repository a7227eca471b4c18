# pyright: reportOptionalMemberAccess=false, reportArgumentType=false
import json
from pathlib import Path

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.corpora.vhap.writing import export_files, union_files
from facescale.structures import Capture, CaptureRejected, PinholeRecord, View
from facescale.synthesis.photo.lens import project
from tests.corpora.nersemble.deliveries import SERIALS, put
from tests.corpora.vhap.deliveries import (
    C2W,
    LENS,
    export_pixel,
    exported,
    frame,
    picture,
    prepared,
    transforms,
)

POINT = (0.03, -0.02, 0.05)
LAYOUT = find_layout("vhap")
NAME = "074_EMO-1_v16_DS4_whiteBg_staticOffset_maskBelowLine"


def items(root, **options):
    chosen = LAYOUT.options(**options)
    return {item.item: item for item in LAYOUT.index(str(root), chosen)}, chosen


def one(root, name=NAME, **options):
    found, chosen = items(root, **options)
    return LAYOUT.load(found[name], chosen)


def survey(root, **options):
    return {f.reason: f.message for f in LAYOUT.survey(str(root), LAYOUT.options(**options))}


def seen(view):
    return project(view.camera, 1000 * np.array([POINT]))[0]


def test_a_point_is_seen_where_the_trackers_own_renderer_shows_it(tmp_path):
    put(tmp_path, exported())
    capture = one(tmp_path, frames=2)
    assert (capture.subject, capture.attributes["form"]) == ("074", "export")
    assert [view.name for view in capture.views] == [f"{SERIALS[0]}/000000", f"{SERIALS[0]}/000001"]
    assert [view.time_s for view in capture.views] == [0, 1 / 25]
    for t, view in enumerate(capture.views):
        np.testing.assert_allclose(seen(view), export_pixel(POINT), atol=1e-9)
        assert (view.image == 10 + t).all()
        assert (view.mask == 100 + t).all()
    plain = one(tmp_path, principal_rows="from-top").views[0]
    np.testing.assert_allclose(seen(plain) - seen(capture.views[0]), [0, 2 * 37 - 80], atol=1e-9)
    assert survey(tmp_path) == {}


def test_tracked_parameters_are_listed_and_not_loaded(tmp_path):
    put(tmp_path, exported())
    (tmp_path / NAME / "flame_param/00001.npz").write_bytes(b"not read")
    (item,) = items(tmp_path, frames=2)[0].values()
    assert [file.path.partition("/")[2] for file in item.inputs if file.role == "tracking"] == [
        "flame_param/00000.npz",
        "flame_param/00001.npz",
        "canonical_flame_param.npz",
    ]
    assert not one(tmp_path, frames=2).registrations


def test_both_forms_lie_below_one_root(tmp_path):
    put(tmp_path, exported() | prepared())
    assert set(items(tmp_path)[0]) == {"017/EMO-1-shout+laugh", NAME}
    assert set(items(tmp_path, form="export")[0]) == {NAME}
    assert set(items(tmp_path, form="input")[0]) == {"017/EMO-1-shout+laugh"}


def test_an_export_may_be_the_root_itself(tmp_path):
    put(tmp_path, exported())
    capture = one(tmp_path / NAME)
    assert capture.item == NAME
    np.testing.assert_allclose(seen(capture.views[0]), export_pixel(POINT), atol=1e-9)


def union(*frames):
    return {"UNION10_074_all_v16/transforms_train.json": transforms(*frames)}


def test_unions_name_pictures_of_their_neighbours_and_nothing_above_the_root(tmp_path):
    there = frame(3, to=f"../{NAME}/", file_path=f"../{NAME}/images/00001_08.png", timestep_index_original=None)
    put(tmp_path, exported() | union(there))
    capture = one(tmp_path, "UNION10_074_all_v16", frames=5)
    assert (capture.subject, capture.attributes["union"]) == ("074", "UNION10")
    assert [view.name for view in capture.views] == [f"{SERIALS[0]}/000003"]
    assert (capture.views[0].image == 11).all()
    assert capture.views[0].mask is None  # there is none of that time
    assert set(survey(tmp_path)) == {"missing-mask", "missing-tracking"}
    # from the folder of the union itself they lead out
    with pytest.raises(CaptureRejected, match="bad-path"):
        one(tmp_path / "UNION10_074_all_v16", "UNION10_074_all_v16")


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "..\\x.png", "C:/x.png", "s3://b/x.png", ""]
)
@pytest.mark.parametrize("key", ["file_path", "fg_mask_path", "flame_param_path"])
def test_paths_that_leave_the_root_are_refused(tmp_path, path, key):
    put(tmp_path, exported() | {f"{NAME}/transforms.json": transforms(frame(**{key: path}))})
    with pytest.raises(CaptureRejected, match="bad-path"):
        one(tmp_path)
    assert set(survey(tmp_path)) == {"bad-path"}


def test_planted_faults_are_rows_beside_usable_pictures(tmp_path):
    files = exported(timesteps=(0, 1, 2, 3))
    del files[f"{NAME}/images/00000_08.png"]
    files[f"{NAME}/images/00001_08.png"] = files[f"{NAME}/images/00001_08.png"][:60]
    bent = np.array(C2W)
    bent[0] *= 2
    listed = [frame(t) for t in (0, 1, 3)]
    files[f"{NAME}/transforms.json"] = transforms(*listed, frame(2, transform_matrix=bent.tolist()))
    put(tmp_path, files)
    capture = one(tmp_path, frames=4)
    assert [view.name[-1] for view in capture.views] == ["3"]
    assert {lost.name[-1]: lost.reason.partition(":")[0] for lost in capture.lost_views} == {
        "0": "missing-picture",
        "1": "damaged",
        "2": "bad-cameras",
    }
    assert "00000_08.png" in survey(tmp_path)["missing-image"]


def test_a_picture_of_another_shape_and_names_in_capitals(tmp_path):
    files = exported()
    files[f"{NAME}/images/00000_08.png"] = picture(1, 80, 55, "PNG")
    files[f"{NAME}/Transforms.json"] = files.pop(f"{NAME}/transforms.json")
    put(tmp_path, files)
    capture = one(tmp_path, frames=2)
    assert "expected a picture of 55 x 80 pixels, found 80 x 55" in capture.lost_views[0].reason
    assert set(survey(tmp_path)) == {"odd-case"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"frames": []}',
        b'{"frames": [1]}',
        transforms(frame(), frame()),
        transforms(frame(timestep_index=1.5)),
        transforms(frame(camera_id="a/b")),
        transforms(frame())[:-9],
    ],
    ids=range(8),
)
def test_a_list_that_is_none_is_a_rejected_item(tmp_path, data):
    put(tmp_path, exported() | {f"{NAME}/transforms.json": data})
    with pytest.raises(CaptureRejected):
        one(tmp_path)
    assert len(survey(tmp_path)) >= 1


def test_fields_of_view_stand_for_focal_lengths_and_cameras_for_their_numbers(tmp_path):
    angles = {"camera_angle_x": 2 * np.arctan(55 / 220), "camera_angle_y": 2 * np.arctan(80 / 224)}
    other = frame(0, 3, None, fl_x=None, fl_y=None, file_path="images/00001_08.png", **angles)
    data = json.dumps({"frames": [frame(0), other], "w": 55, "h": 80}).encode()
    put(tmp_path, exported() | {f"{NAME}/transforms.json": data})
    views = one(tmp_path).views
    assert [view.name for view in views] == ["03/000000", f"{SERIALS[0]}/000000"]
    np.testing.assert_allclose(views[0].camera.focal, [LENS["fl_x"], LENS["fl_y"]])
    for wanted in ("3", "03"):
        assert [view.group for view in one(tmp_path, cameras=(wanted,)).views] == ["03"]


def rig(frames=4):
    """Two cameras that look at the origin, mm."""
    views = []
    for place, serial in enumerate(SERIALS[:2]):
        c, s = np.cos(0.3 * place), np.sin(0.3 * place)
        camera = PinholeRecord(
            rotation=np.array([[c, 0, -s], [0, -1, 0], [-s, 0, -c]]),
            translation=np.array([3.0, 5.0, 900.0]),
            focal=np.array([100.0, 101.0]),
            principal=np.array([23.0, 37.0]),
            size=(50, 70),
        )
        mask = np.zeros((70, 50), np.uint8)
        mask[20:40] = 255
        for t in range(frames):
            image = np.full((70, 50, 3), 30 + t, np.uint8)
            views.append(View(name=f"{serial}/{t:06d}", image=image, camera=camera, group=serial, mask=mask))
    return Capture(item="a", subject="a", views=tuple(views))


def test_what_is_written_comes_back_by_itself_and_in_a_union(tmp_path):
    made = rig()
    indices = {SERIALS[0]: 8, SERIALS[1]: 2}
    for name in ("017_EXP-1_v16", "017_EXP-2_v16"):
        put(tmp_path, export_files(made, name, indices=indices, validated=8))
    lists = {
        name: Path(tmp_path / name / "transforms.json").read_bytes()
        for name in ("017_EXP-1_v16", "017_EXP-2_v16")
    }
    put(tmp_path, union_files(lists, "UNION2_017_v16", validated=8))
    points = np.random.default_rng(0).normal(0, 80, (20, 3))
    truth = {view.group: view.camera for view in made.views}
    for name, count in (("017_EXP-1_v16", 8), ("UNION2_017_v16", 16)):
        capture = one(tmp_path, name, frames=99)
        assert len(capture.views) == count
        for view in capture.views:
            np.testing.assert_allclose(
                project(view.camera, points), project(truth[view.group], points), atol=1e-6
            )
            assert (view.image[0] == 255).all()
            assert view.image[30, 0, 0] == 30 + int(view.name[-6:]) % 4
    # of four timesteps two train; the frontal camera validates
    names = {
        split: [v.name[-8:] for v in one(tmp_path, "017_EXP-1_v16", split=split, frames=9).views]
        for split in ("train", "val", "test")
    }
    assert {split: len(found) for split, found in names.items()} == {"train": 2, "val": 2, "test": 4}
    assert set(survey(tmp_path)) == set()
