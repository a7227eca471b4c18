import numpy as np
import pytest

from facescale.corpora.files import write_bytes
from facescale.corpora.layouts import find_layout
from facescale.corpora.now.layout import NowOptions, index, load, survey
from facescale.corpora.now.writing import image_files, list_files_of, points_file
from facescale.structures import CaptureRejected
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.shapes import bumpy_sheet, obj_text, seven_points

MESH = bumpy_sheet()
FIRST, SECOND = "FaMoS_1_TA/multiview_neutral/IMG_0037", "FaMoS_1_TA/selfie/IMG_0041"


@pytest.fixture
def root(tmp_path):
    fill(str(tmp_path))
    return tmp_path


def fill(root):
    files = {}
    for path in (FIRST, SECOND):
        files |= image_files(path, encoded(astronaut()), (10, 20, 110, 100))
    files |= list_files_of({"validation": [SECOND, FIRST], "test": []})
    files["scans/FaMoS_1_TA/natural_head.obj"] = obj_text(MESH)
    files["scans_lmks_onlypp/FaMoS_1_TA/natural_head_picked_points.pp"] = points_file(seven_points(MESH))
    for path, data in files.items():
        write_bytes(f"{root}/{path}", data)


def items(root, **options):
    return list(index(str(root), NowOptions(**options)))


def told(root, **options):
    return {finding.reason: finding.message for finding in survey(str(root), NowOptions(**options))}


def test_the_tree_of_the_reference(root):
    first, second = items(root)
    assert (first.item, first.subject, first.sequence) == (SECOND, "FaMoS_1_TA", "selfie")
    assert second.attributes["scan"] == "scans/FaMoS_1_TA/natural_head.obj"
    found = load(second, NowOptions())
    assert [view.name for view in found.views] == ["IMG_0037.jpg"]
    assert (found.attributes["box"], found.scan, found.keypoints) == ("10 20 110 100", None, None)
    assert [i.item for i in items(root, challenges=("selfie",))] == [SECOND]
    assert find_layout("now").holds == "views"
    assert not told(root)


def test_a_scan_is_read_where_it_is_asked_for(root):
    (item, _) = items(root, scan="read")
    found = load(item, NowOptions(scan="read"))
    np.testing.assert_allclose(found.scan.vertices, MESH.vertices)
    np.testing.assert_allclose(found.keypoints.positions, seven_points(MESH).positions)
    assert found.unit == "mm"


def test_what_is_not_there_or_odd_is_told_and_does_not_spoil_the_rest(root):
    base = root / "NoW_Dataset/final_release_version"
    picture = base / "iphone_pictures" / f"{FIRST}.jpg"
    picture.rename(picture.with_suffix(".JPG"))
    (base / "detected_face" / f"{FIRST}.npy").write_bytes(b"no box")
    (base / "detected_face" / f"{SECOND}.npy").unlink()
    (root / "scans_lmks_onlypp/FaMoS_1_TA/natural_head_picked_points.pp").unlink()
    more = f"{FIRST}.jpg\n{SECOND}.jpg\nFaMoS_1_TA/selfie/IMG_9.jpg\n../../etc/passwd\nX/grins/1.jpg\n"
    (root / "imagepathsvalidation.txt").write_text(more)
    first, second = items(root)
    assert "bad-box" in load(first, NowOptions()).attributes["lost_box"]
    assert "box" not in load(second, NowOptions()).attributes
    found = told(root)
    assert set(found) == {"bad-path", "missing-image", "missing-box", "missing-scan", "unknown-challenge"}
    assert "../../etc/passwd" in found["bad-path"]
    assert found["missing-image"].startswith("2 images of the list are not there: FaMoS_1_TA/selfie/IMG_9.jpg")


def test_without_a_list_all_images_count(root):
    (root / "imagepathsvalidation.txt").unlink()
    assert sorted(item.item for item in items(root)) == [FIRST, SECOND]
    assert "no-list" in told(root)
    (root / "imagepathsvalidation.txt").write_bytes(b"\xff\xfe")
    assert len(items(root)) == 2
    assert {"bad-list", "no-list"} <= set(told(root))
    assert items(root, split="test") == []


def test_a_broken_image_is_a_row(root):
    path = root / "NoW_Dataset/final_release_version/iphone_pictures" / f"{FIRST}.jpg"
    path.write_bytes(path.read_bytes()[:2500])
    with pytest.raises(CaptureRejected, match="truncated"):
        load(items(root)[1], NowOptions())


def test_the_benchmark_on_s3_is_the_same(root, s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    fill("s3://bucket/now")
    here, there = items(root), items("s3://bucket/now")
    assert [(i.item, dict(i.attributes)) for i in here] == [(i.item, dict(i.attributes)) for i in there]
    one, other = (load(found[0], NowOptions()) for found in (here, there))
    np.testing.assert_array_equal(one.views[0].image, other.views[0].image)
    assert one.attributes == other.attributes
    s3fs.S3FileSystem.clear_instance_cache()


def test_another_folder_and_bad_options_are_refused(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(ValueError, match="found none"):
        items(tmp_path)
    for bad in ({"challenges": ("grins",)}, {"longest_side": -1}):
        with pytest.raises(ValueError, match="expected"):
            NowOptions(**bad)
