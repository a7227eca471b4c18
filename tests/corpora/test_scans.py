import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError

from facescale.corpora import files
from facescale.corpora.scans import ScansConfig, index, load, write_scan
from facescale.structures import Capture, CaptureRejected
from tests.corpora.shapes import bumpy_sheet, obj_text, seven_points


def capture(item="s01/neutral", *, keypoints=True):
    scan = bumpy_sheet()
    return Capture(
        item=item, subject=item.split("/")[0], scan=scan, keypoints=seven_points(scan) if keypoints else None
    )


def touch(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


@pytest.mark.parametrize("form", ["pp", "txt", "npy"])
def test_a_written_capture_is_found_and_read_back(tmp_path, form):
    written = capture()
    assert write_scan(written, str(tmp_path), keypoint_format=form) == (
        "s01/neutral.ply",
        f"s01/neutral.{form}",
    )
    (item,) = index(str(tmp_path))
    assert (item.item, item.subject, item.corpus) == ("s01/neutral", "s01", "scans")
    found = load(item)
    np.testing.assert_array_equal(found.scan.vertices, written.scan.vertices)
    np.testing.assert_array_equal(found.scan.faces, written.scan.faces)
    np.testing.assert_array_equal(found.keypoints.positions, written.keypoints.positions)
    assert found.unit is None


def test_the_unit_is_what_the_settings_say(tmp_path):
    write_scan(capture(keypoints=False), str(tmp_path))
    (item,) = index(str(tmp_path))
    assert load(item, ScansConfig(unit="m")).unit == "m"


def test_indexing_opens_no_file(tmp_path, monkeypatch):
    touch(tmp_path, "a.ply", "b/c.OBJ", "b/c.txt")
    monkeypatch.setattr(files, "read_input", None)
    monkeypatch.setattr("pathlib.Path.open", None)
    monkeypatch.setattr("builtins.open", None)
    found = list(index(str(tmp_path)))
    assert [(item.item, len(item.inputs)) for item in found] == [("a", 1), ("b/c", 2)]


def test_scans_of_one_stem_get_ids_of_their_own(tmp_path):
    touch(tmp_path, "a.ply", "a.obj", "a.PLY", "a.ply.obj", "b.STL", "note.md", "a.pp")
    found = list(index(str(tmp_path)))
    assert sorted(item.item for item in found) == ["a.PLY", "a.obj", "a.ply", "a.ply.obj", "b"]
    with_keypoints = {item.item for item in found if len(item.inputs) == 2}
    assert with_keypoints == {"a.PLY", "a.obj", "a.ply"}


def test_the_first_keypoint_file_of_the_order_is_taken(tmp_path):
    order = ["a.pp", "a.txt", "a.npy", "a_picked_points.pp", "a_keypoints.txt", "a_landmarks.NPY", "a_lmks.pp"]
    touch(tmp_path, "a.ply", *order)
    for expected in order:
        (item,) = index(str(tmp_path))
        assert item.inputs[1].path == expected
        (tmp_path / expected).unlink()
    (item,) = index(str(tmp_path))
    assert len(item.inputs) == 1


def test_keypoints_can_be_ignored(tmp_path):
    write_scan(capture(), str(tmp_path))
    (tmp_path / "s01" / "neutral.pp").write_text("broken")
    (item,) = index(str(tmp_path))
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        load(item)
    settings = ScansConfig(keypoints="ignore")
    (item,) = index(str(tmp_path), settings)
    assert load(item, settings).keypoints is None


def test_faceverses_flat_names_are_subjects_and_expressions_and_its_fitted_models_no_scans(tmp_path):
    touch(tmp_path, *(f"{stem}.{end}" for stem in ("001_02", "128_21") for end in ("obj", "mtl", "jpg", "ply")))
    found = list(index(str(tmp_path), ScansConfig(subject="{subject}_{sequence}", endings=("obj",))))
    assert [(i.item, i.subject, i.sequence) for i in found] == [
        ("001_02", "001", "02"),
        ("128_21", "128", "21"),
    ]


STEMS = ["a", "a.b", "a-b", "a_keypoints", "ab", "a/a", "a/b", "b", "a.n"]
NAMES = [
    s + e for s, e in itertools.product(STEMS, [".ply", ".obj", ".npy", ".txt", "_keypoints.npy", "_lmks.pp"])
]


@given(chosen=st.sets(st.sampled_from(NAMES)))
def test_streaming_pairs_files_as_looking_at_the_whole_listing_does(tmp_path_factory, chosen):
    root = tmp_path_factory.mktemp("tree")
    touch(root, *chosen)
    found = {item.inputs[0].path: [file.path for file in item.inputs[1:]] for item in index(str(root))}
    order = ["", "_picked_points", "_keypoints", "_landmarks", "_lmks"]
    expected = {}
    for path in sorted(chosen):
        if path.endswith((".ply", ".obj")):
            candidates = [path[:-4] + infix + suffix for infix in order for suffix in (".pp", ".txt", ".npy")]
            expected[path] = [name for name in candidates if name in chosen][:1]
    assert found == expected


def test_ids_are_unique_and_come_in_order(tmp_path):
    touch(tmp_path, *(name for name in NAMES if name.endswith((".ply", ".obj"))))
    ids = [item.item for item in index(str(tmp_path))]
    assert len(set(ids)) == len(ids)
    assert ids == [item.item for item in index(str(tmp_path))]


def test_a_missing_scan_is_an_infrastructure_error(tmp_path):
    write_scan(capture(), str(tmp_path))
    (item,) = index(str(tmp_path))
    (tmp_path / "s01" / "neutral.ply").unlink()
    with pytest.raises(FileNotFoundError):
        load(item)


def test_a_scan_above_the_byte_limit_is_rejected(tmp_path):
    (tmp_path / "a.obj").write_bytes(obj_text(bumpy_sheet()))
    (item,) = index(str(tmp_path))
    with pytest.raises(CaptureRejected, match="too-large"):
        load(item, ScansConfig(max_bytes=100))


@pytest.mark.parametrize("item", ["../x", "/x", "a//b", ".hidden", "a/.b", "x-truth/a", "a.ply", ""])
def test_an_id_that_the_index_would_not_find_is_not_written(tmp_path, item):
    with pytest.raises(ValueError, match="item id"):
        write_scan(capture(item), str(tmp_path))


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "x"},
        {"unit": "feet"},
        {"keypoints": "maybe"},
        {"max_bytes": 0},
        {"max_vertices": -1},
        {"endings": ("off",)},
    ],
)
def test_bad_settings_say_what_was_expected(bad):
    # The annotations are checked before __post_init__ in tests, and by the command line's parser in use.
    with pytest.raises((ValueError, TypeCheckError), match=r"[Ee]xpected"):
        ScansConfig(**bad)
