import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.realy.layout import LAYOUT, REGIONS, RealyOptions
from facescale.corpora.realy.parts import read_scales
from facescale.corpora.realy.writing import write_realy, write_scales
from facescale.structures import NOW7, CaptureRejected, Mesh
from tests.corpora.scan_corpora import damaged, touch
from tests.corpora.test_planes import encoded

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 2 0\nf 1 2 3\n"
POINTS = "".join(f"v {n} {n + 0.5} 7\n" for n in range(85)).encode()


def items(root, **options):
    return list(LAYOUT.index(str(root), RealyOptions(**options)))


def golden(root, person="7"):
    for number, region in enumerate(REGIONS):
        touch(
            root, f"REALY_scan_region/{person}/{region}.obj", data=OBJ.replace(b"v 0 0 0", b"v 0 0 %d" % number)
        )
    touch(root, f"REALY_HIFI3D_keypoints/{person}.obj", data=POINTS)


def regions():
    rng = np.random.default_rng(0)
    return {name: Mesh(vertices=rng.normal(size=(9, 3)) * 50, faces=np.arange(9, dtype=np.int32).reshape(3, 3))
            for name in REGIONS}  # fmt: skip


def test_a_golden_person_is_four_regions_and_85_points(tmp_path):
    golden(tmp_path)
    (item,) = items(tmp_path)
    assert (item.item, item.subject) == ("7", "7")
    assert [file.role for file in item.inputs] == ["scan", "part", "part", "part", "keypoints"]
    found = LAYOUT.load(item, RealyOptions())
    np.testing.assert_array_equal(found.scan.vertices[[0, 3, 6, 9], 2], [0, 1, 2, 3])
    np.testing.assert_array_equal(found.scan.faces, np.arange(12).reshape(4, 3))
    assert found.unit is None
    at = dict(zip(found.keypoints.names, found.keypoints.positions, strict=True))
    # the protocol's seven points: 36, 39, 42, 45, 33, 48, 54
    assert [at[name][0] for name in NOW7] == [36, 39, 42, 45, 33, 48, 54]
    assert at["realy_84"][0] == 84


def test_the_list_of_scales_makes_millimetres(tmp_path):
    golden(tmp_path)
    touch(tmp_path, "metrical_scale.txt", data=b"".join(b"%d.5\n" % n for n in range(1, 101)))
    options = {"scales": "metrical_scale.txt"}
    (item,) = items(tmp_path, **options)
    found = LAYOUT.load(item, RealyOptions(**options))
    assert found.unit == "mm"
    np.testing.assert_array_equal(found.scan.vertices[2], [0, 2 * 7.5, 0])
    np.testing.assert_array_equal(found.keypoints.positions[-1], 7.5 * np.array([84, 84.5, 7]))


def test_what_is_written_comes_back_in_mm(tmp_path):
    made, points = regions(), np.random.default_rng(1).normal(size=(85, 3)) * 40
    write_realy(made, points, str(tmp_path), person=2, scale=8.25)
    write_scales([9.0, 8.25], str(tmp_path))
    options = RealyOptions(scales="metrical_scale.txt")
    (item,) = LAYOUT.index(str(tmp_path), options)
    found = LAYOUT.load(item, options)
    expected = np.concatenate([made[name].vertices for name in REGIONS])
    np.testing.assert_allclose(found.scan.vertices, expected, atol=1e-9)
    np.testing.assert_allclose(found.keypoints.positions[7:], points, atol=1e-9)


def test_one_region_can_be_the_scan(tmp_path):
    golden(tmp_path)
    (item,) = items(tmp_path, region="mouth")
    assert LAYOUT.load(item, RealyOptions(region="mouth")).scan.vertices[0, 2] == 1


def test_photographs_are_counted_and_can_be_the_items(tmp_path):
    golden(tmp_path)
    touch(
        tmp_path,
        "REALY_image/512/7_front.png",
        "REALY_image/512/8.png",
        data=encoded(np.zeros((40, 30, 3), "u1")),
    )
    assert items(tmp_path)[0].attributes["images"] == "1"
    found = items(tmp_path, items="images")
    assert [(i.item, i.subject) for i in found] == [("images/512/7_front", "7"), ("images/512/8", "8")]
    assert LAYOUT.load(found[0], RealyOptions(items="images")).views[0].image.shape == (40, 30, 3)


def test_people_come_in_the_order_of_their_numbers_whatever_the_case(tmp_path):
    golden(tmp_path, "10")
    golden(tmp_path, "9")
    touch(tmp_path, "x/realy_scan_region/011/Nose.OBJ", data=OBJ)
    assert [item.item for item in items(tmp_path)] == ["9", "10", "11"]


def test_a_missing_region_points_of_another_set_or_no_scale_reject_a_person(tmp_path):
    golden(tmp_path)
    (item,) = items(tmp_path, scales="absent.txt")
    with pytest.raises(CaptureRejected, match=r"missing-file.*absent\.txt"):
        LAYOUT.load(item, RealyOptions(scales="absent.txt"))
    write_scales([1.0], str(tmp_path))
    (item,) = items(tmp_path, scales="metrical_scale.txt")
    with pytest.raises(CaptureRejected, match=r"missing-file.*scale for person 7"):
        LAYOUT.load(item, RealyOptions(scales="metrical_scale.txt"))
    touch(tmp_path, "REALY_HIFI3D_keypoints/7.obj", data=POINTS[:-9])
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match=r"bad-keypoints.*85|not-a-mesh"):
        LAYOUT.load(item, RealyOptions())
    (tmp_path / "REALY_scan_region/7/cheek.obj").unlink()
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match=r"missing-file.*4 regions"):
        LAYOUT.load(item, RealyOptions())
    told = [f.reason for f in LAYOUT.survey(str(tmp_path), RealyOptions())]
    assert told == ["missing-file", "missing-scan"]


def test_scales_that_leave_the_root_are_refused():
    with pytest.raises(ValueError, match="below the root"):
        RealyOptions(scales="/etc/passwd")


@settings(deadline=None)
@given(damaged(b"8.1\n9.25\n") | st.binary(max_size=60))
def test_damaged_scales_are_refused_or_above_zero(data):
    try:
        assert (read_scales(data) > 0).all()
    except CaptureRejected:
        return
