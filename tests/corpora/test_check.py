import os

import numpy as np
import pytest

from facescale.corpora import check as module
from facescale.corpora.check import CHECK_SCHEMA, check
from facescale.corpora.finding import Level
from facescale.corpora.scans import ScansConfig, write_scan
from facescale.structures import Capture, Mesh
from tests.corpora.faces import NEUTRAL, head, points
from tests.rendering.solids import turn


def put(root, item, mesh=None, keypoints=None):
    write_scan(Capture(item=item, subject="s", scan=mesh or head(), keypoints=keypoints), str(root))


def reasons(root, **settings):
    return {
        found.item.item: [f.reason for f in found.findings]
        for found in check(str(root), ScansConfig(**settings))
    }


def only(root, **settings):
    (found,) = check(str(root), ScansConfig(**settings))
    return found


def test_a_good_scan_is_fine_and_described(tmp_path):
    put(tmp_path, "s1/a", keypoints=points())
    found = only(tmp_path)
    assert (found.level, found.findings) == (Level.OK, ())
    assert found.units == ("mm",)
    assert (found.vertices, found.faces, found.keypoints) == (len(head().vertices), len(head().faces), 7)
    assert found.extent == pytest.approx((200, 200, 200), rel=0.02)
    assert len(found.digest) == 64


@pytest.mark.parametrize("unit", ["mm", "m"])
def test_the_unit_is_guessed_from_the_eyes_in_any_frame(tmp_path, unit):
    scale, rotation = {"mm": 1.0, "m": 0.001}[unit], turn(2)
    mesh = Mesh(vertices=head().vertices @ rotation.T * scale, faces=head().faces)
    put(tmp_path, "a", mesh, points(NEUTRAL @ rotation.T * scale))
    assert only(tmp_path).units == (unit,)
    assert reasons(tmp_path, unit="cm") == {"a": ["unit-doubtful"]}


def test_nothing_crashes_it_and_every_item_has_its_reason(tmp_path):
    put(tmp_path, "good")
    (tmp_path / "cut.ply").write_bytes((tmp_path / "good.ply").read_bytes()[:999])
    (tmp_path / "empty.obj").write_bytes(b"")
    (tmp_path / "junk.stl").write_bytes(np.random.default_rng(0).bytes(100_000))
    (tmp_path / "gone.glb").symlink_to(tmp_path / "nowhere.glb")
    (tmp_path / "folder.ply").mkdir()
    (tmp_path / "large.obj").write_bytes(b"v 0 0 0\n" * 40_000)
    (tmp_path / "points.ply").write_bytes((tmp_path / "good.ply").read_bytes())
    (tmp_path / "points.txt").write_text("1 2 3\n")
    found = reasons(tmp_path, max_bytes=200_000)
    assert found == {
        "cut": ["truncated"],
        "empty": ["empty-file"],
        "gone": ["unreadable"],
        "good": [],
        "junk": ["not-a-mesh"],
        "large": ["too-large"],
        "points": ["bad-keypoints"],
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_finding(tmp_path):
    put(tmp_path, "a")
    (tmp_path / "a.ply").chmod(0)
    assert reasons(tmp_path) == {"a": ["unreadable"]}


def test_a_second_file_of_the_same_bytes_is_a_duplicate_and_whose_is_said(tmp_path):
    for item in ("s1/a", "s1/b", "s2/a"):
        put(tmp_path, item)
    found = {f.item.item: f for f in check(str(tmp_path))}
    assert found["s1/a"].findings == ()
    assert "the same subject" in found["s1/b"].findings[0].message
    assert "another subject" in found["s2/a"].findings[0].message


def test_odd_meshes_are_warned_of_but_not_refused(tmp_path):
    mesh = head()
    shattered = mesh.vertices[mesh.faces] * 0.9 + mesh.vertices[mesh.faces].mean(axis=1, keepdims=True) * 0.1
    pieces = Mesh(
        vertices=shattered.reshape(-1, 3), faces=np.arange(mesh.faces.size, dtype=np.int32).reshape(-1, 3)
    )
    put(tmp_path, "fragments", pieces)
    put(tmp_path, "inverted", Mesh(vertices=mesh.vertices, faces=mesh.faces[:, ::-1]))
    put(tmp_path, "normals", Mesh(vertices=mesh.vertices, faces=mesh.faces, normals=-mesh.vertices / 100))
    put(tmp_path, "small", Mesh(vertices=np.eye(3) * 200, faces=np.array([[0, 1, 2]], np.int32)))
    put(tmp_path, "huge", Mesh(vertices=mesh.vertices * 77, faces=mesh.faces))
    put(tmp_path, "swapped", keypoints=points(NEUTRAL[[3, 2, 1, 0, 4, 6, 5]]))
    found = {item.item.item: item for item in check(str(tmp_path))}
    assert {item.level for item in found.values()} == {Level.WARNING}
    assert [f.reason for f in found["fragments"].findings] == ["fragmented"]
    assert [f.reason for f in found["inverted"].findings] == ["inside-out"]
    assert [f.reason for f in found["normals"].findings] == ["normals-against-winding"]
    assert [f.reason for f in found["small"].findings] == ["coarse"]
    assert [f.reason for f in found["huge"].findings] == ["no-plausible-unit"]
    assert [f.reason for f in found["swapped"].findings] == ["keypoints-mirrored"]


def test_a_subject_pattern_that_does_not_match_is_said(tmp_path):
    put(tmp_path, "s1/a")
    assert reasons(tmp_path, subject="{subject}_{name}") == {"s1/a": ["subject-unmatched"]}


def test_rows_have_the_stated_columns_and_types_even_of_broken_items(tmp_path):
    import pyarrow as pa

    put(tmp_path, "good", keypoints=points())
    (tmp_path / "empty.obj").write_bytes(b"")
    rows = [found.row() for found in check(str(tmp_path))]
    assert all(list(row) == CHECK_SCHEMA.names for row in rows)
    assert pa.Table.from_pylist(rows, CHECK_SCHEMA).num_rows == 2


@pytest.mark.parametrize("workers", [1, 3])
def test_items_stream_in_order_and_few_are_held_at_a_time(tmp_path, monkeypatch, workers):
    for number in range(20):
        (tmp_path / f"{number:02}.obj").write_bytes(b"")
    begun = []
    inspect = module.inspect
    monkeypatch.setattr(
        module, "inspect", lambda item, config: begun.append(item.item) or inspect(item, config)
    )
    names = []
    for found in check(str(tmp_path), workers=workers):
        names.append(found.item.item)
        assert len(begun) - len(names) < 2 * workers
    assert names == sorted(names)
    assert len(names) == 20
