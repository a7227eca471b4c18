import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.finding import Level
from facescale.corpora.layouts import find_layout
from facescale.corpora.nphm.layout import LAYOUT, NphmOptions
from facescale.corpora.nphm.neutrals import parse_neutrals
from facescale.corpora.nphm.writing import write_neutrals, write_nphm
from facescale.corpora.ply import write_ply
from facescale.structures import CaptureRejected, Mesh
from facescale.structures.registered_mesh import RegisteredMesh
from tests.corpora.scan_corpora import SHIFT, SPIN, head_capture, touch

HEAD_TO_SCAN = np.vstack([np.column_stack([SPIN, SHIFT]), [0, 0, 0, 1]])


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def items(root, **options):
    return list(LAYOUT.index(str(root), NphmOptions(**options)))


def registered(topology, count):
    rng = np.random.default_rng(0)
    corners = np.arange(count - count % 3).reshape(-1, 3).astype(np.int32)
    return RegisteredMesh(
        name=topology,
        mesh=Mesh(vertices=rng.normal(0, 80, (count, 3)) + SHIFT, faces=corners),
        topology=topology,
    )


def golden(root, folder="chunk005/017/003"):
    """A scan of four points typed by hand; a quarter turn about x, twice the size and a step along y."""
    stored = np.array([[0.0, 2.0, 0.0], [2.0, 2.0, 0.0], [0.0, 2.0, 2.0], [0.0, 4.0, 0.0]])
    mesh = Mesh(vertices=stored, faces=np.array([[0, 1, 2], [0, 2, 3]], np.int32))
    touch(root, f"{folder}/scan.ply", data=write_ply(mesh))
    turn = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    for name, array in (("s", np.array(2.0)), ("R", turn), ("t", np.array([0.0, 2.0, 0.0]))):
        touch(root, f"{folder}/{name}.npy", data=npy(array))
    return stored, turn


def test_a_golden_scan_comes_back_by_the_papers_own_formula(tmp_path):
    stored, turn = golden(tmp_path)
    (item,) = items(tmp_path)
    assert (item.item, item.subject, item.sequence) == ("017/003", "017", "003")
    assert dict(item.attributes) == {"split": "train", "chunk": "chunk005"}
    found = LAYOUT.load(item, NphmOptions())
    expected = (1 / 2.0) * (stored - [0.0, 2.0, 0.0]) @ turn
    np.testing.assert_allclose(found.scan.vertices, expected, atol=1e-12)
    # by hand: (0, 4, 0) is 2 above the step along y, which is 1 along -z before the turn
    np.testing.assert_allclose(found.scan.vertices[3], [0, 0, -1], atol=1e-12)
    assert found.unit == "mm"


def test_what_is_written_comes_back_in_raw_mm(tmp_path):
    sizes = (("nphm-33506", 33_506), ("flame-5023", 5_023))
    capture = replace(head_capture(turned=True), registrations=tuple(registered(*size) for size in sizes))
    write_nphm(capture, str(tmp_path), folder="017/000", head_to_scan=HEAD_TO_SCAN)
    (item,) = items(tmp_path)
    found = LAYOUT.load(item, NphmOptions())
    assert np.abs(found.scan.vertices - capture.scan.vertices).max() < 0.01
    assert [(one.name, one.topology) for one in found.registrations] == [
        ("registration", "nphm-33506"),
        ("flame", "flame-5023"),
    ]
    for one, other in zip(found.registrations, capture.registrations, strict=True):
        assert np.abs(one.mesh.vertices - other.mesh.vertices).max() < 0.01
        np.testing.assert_array_equal(one.mesh.faces, other.mesh.faces)


def test_landmarks_of_the_registration_are_keypoints_where_the_assets_are_named(tmp_path):
    capture = replace(head_capture(turned=True), registrations=(registered("nphm-33506", 33_506),))
    write_nphm(capture, str(tmp_path / "data"), folder="017/000", head_to_scan=HEAD_TO_SCAN)
    numbers = np.arange(68) * 400
    touch(tmp_path, "assets/flame_up_lm_inds.npy", data=npy(numbers))
    options = {"assets": str(tmp_path / "assets")}
    (item,) = items(tmp_path / "data", **options)
    found = LAYOUT.load(item, NphmOptions(**options))
    assert found.keypoints.names[33] == "ibug_33"
    np.testing.assert_allclose(
        found.keypoints.positions, capture.registrations[0].mesh.vertices[numbers], atol=0.01
    )
    touch(tmp_path, "assets/flame_up_lm_inds.npy", data=npy(numbers + 10_000))
    with pytest.raises(CaptureRejected, match="bad-array"):
        LAYOUT.load(item, NphmOptions(**options))


def test_chunks_and_roots_are_searched_and_the_first_of_two_equal_scans_counts(tmp_path):
    touch(
        tmp_path,
        "a/chunk001/017/000/scan.ply",
        "a/chunk002/017/000/scan.ply",
        "b/018/001/scan.ply",
        "a/x/y.txt",
    )
    found = items(tmp_path / "a", roots=(str(tmp_path / "b"),))
    assert [(item.item, item.inputs[0].path) for item in found] == [
        ("017/000", "chunk001/017/000/scan.ply"),
        ("018/001", "018/001/scan.ply"),
    ]


def test_splits_and_flaws_are_the_authors_lists(tmp_path):
    # train; eval; test; a test expression whose FLAME fit failed; a bad scan of MonoNPHM's longer list only
    touch(
        tmp_path, *(f"{f}/scan.ply" for f in ("017/000", "199/000", "163/005", "163/006", "518/000", "508/000"))
    )
    assert [item.item for item in items(tmp_path)] == ["017/000", "163/005", "199/000", "508/000"]
    assert [item.item for item in items(tmp_path, split="test")] == ["163/005", "508/000"]
    assert [item.item for item in items(tmp_path, split="test", release="nphm")] == ["163/005"]
    flawed = {item.item: item.attributes.get("flaw") for item in items(tmp_path, flawed="take")}
    assert flawed["163/006"] == "invalid-expression"
    assert flawed["518/000"] == "bad-scan"
    assert [i.item for i in items(tmp_path, also_flawed=("017/000",), split="train", release="nphm")] == [
        "508/000",
        "518/000",
    ]


def test_neutral_expressions_are_those_of_the_lists(tmp_path):
    touch(tmp_path, *(f"017/{e:03d}/scan.ply" for e in range(4)), "018/000/scan.ply")
    write_neutrals({"open": {17: 2, 18: -1}, "closed": {17: 3}}, str(tmp_path))
    assert [(i.item, i.attributes["neutral"]) for i in items(tmp_path, expressions="neutral")] == [
        ("017/002", "open"),
        ("017/003", "closed"),
    ]
    assert [i.item for i in items(tmp_path, expressions="neutral-open")] == ["017/002"]


@pytest.mark.parametrize("bad", [b"[1]", b"{", b'{"a": 1}', b'{"17": 1.5}', b'{"17": true}', b"[" * 100_000])
def test_a_list_of_neutrals_that_is_none_says_so(tmp_path, bad):
    touch(tmp_path, "017/000/scan.ply")
    touch(tmp_path, "neutrals_open.json", data=bad)
    with pytest.raises(ValueError, match=r"expected neutrals_open\.json"):
        items(tmp_path)


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_list_of_neutrals_or_a_clear_error(data):
    try:
        parsed = parse_neutrals(data, "neutrals_open.json")
    except ValueError:
        return
    assert all(-1 <= number < 1000 for number in parsed.values())


def test_unpadded_folders_are_read_and_reported(tmp_path):
    golden(tmp_path, "17/3")
    (item,) = items(tmp_path)
    assert item.item == "017/003"
    assert LAYOUT.load(item, NphmOptions()).unit == "mm"
    assert "unpadded-id" in {found.reason for found in LAYOUT.survey(str(tmp_path), NphmOptions())}


@pytest.mark.parametrize("name", ["s.npy", "R.npy", "t.npy"])
def test_a_scan_without_its_similarity_is_rejected_and_surveyed(tmp_path, name):
    golden(tmp_path, "017/003")
    (tmp_path / "017/003" / name).unlink()
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match=f"missing-file.*{name}"):
        LAYOUT.load(item, NphmOptions())
    findings = list(LAYOUT.survey(str(tmp_path), NphmOptions()))
    assert [(found.level, found.reason) for found in findings] == [(Level.ERROR, "missing-file")]
    assert name in findings[0].message


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("s.npy", np.array(0.0)),
        ("s.npy", np.array([1.0, 2.0])),
        ("R.npy", np.eye(3) * 1.1),
        ("R.npy", np.diag([1.0, 1.0, -1.0])),
        ("t.npy", np.array([np.nan, 0, 0])),
    ],
)
def test_a_similarity_that_is_none_is_rejected(tmp_path, name, array):
    golden(tmp_path, "017/003")
    touch(tmp_path, f"017/003/{name}", data=npy(array))
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match="bad-array"):
        LAYOUT.load(item, NphmOptions())


def test_a_registration_of_another_size_or_a_cut_off_scan_is_rejected(tmp_path):
    golden(tmp_path, "017/003")
    touch(tmp_path, "017/003/flame.ply", data=(tmp_path / "017/003/scan.ply").read_bytes())
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match=r"bad-array.*5,023"):
        LAYOUT.load(item, NphmOptions())
    touch(tmp_path, "017/003/scan.ply", data=(tmp_path / "017/003/scan.ply").read_bytes()[:-9])
    with pytest.raises(CaptureRejected, match="truncated"):
        LAYOUT.load(item, NphmOptions())


def test_the_survey_names_what_lists_promise_and_chunks_repeat(tmp_path):
    golden(tmp_path, "chunk001/017/003")
    golden(tmp_path, "chunk002/017/003")
    write_neutrals({"open": {17: 3, 99: 4}}, str(tmp_path))
    findings = [(f.reason, f.message) for f in LAYOUT.survey(str(tmp_path), NphmOptions())]
    assert [reason for reason, _ in findings] == ["missing-file", "repeated", "missing-scan"]
    assert "099/004" in findings[2][1]


def test_observations_of_the_single_view_test_are_clouds_in_mm_of_flame(tmp_path):
    points = np.random.default_rng(0).normal(0, 0.4, (2500, 3)).astype(np.float32)
    touch(tmp_path, "163/5/obs.npy", "199/12/full_obs_back.npy", data=npy(points))
    found = items(tmp_path, items="observations")
    assert [(i.item, i.subject, i.attributes["split"]) for i in found] == [
        ("163/5/obs", "163", "test"),
        ("199/12/full_obs_back", "199", "eval"),
    ]
    capture = LAYOUT.load(found[0], NphmOptions(items="observations"))
    np.testing.assert_allclose(capture.scan.vertices, points * 250.0, rtol=1e-6)
    assert capture.scan.faces.shape == (0, 3)
    touch(tmp_path, "163/5/obs.npy", data=npy(points[:, :2]))
    with pytest.raises(CaptureRejected, match="bad-array"):
        LAYOUT.load(found[0], NphmOptions(items="observations"))


def test_the_layout_is_found_by_name():
    assert find_layout("nphm") is LAYOUT
