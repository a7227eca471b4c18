import csv
import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from facescale.corpora.meshes import read_mesh
from facescale.corpora.ply import read_vertex_property
from facescale.pipelines.export import ExportConfig, export
from facescale.runtime.reviews import Review, ReviewLedger, timestamp
from tests.heads.seamed_head import EXPRESSIONS, ROWS
from tests.node_tools import needs_node_packages, run_node
from tests.pipelines.small_results import METRIC, SmallResults, know_the_small_head

ALL = "glb,ply,obj,npz"


@pytest.fixture(autouse=True)
def small_head(monkeypatch):
    know_the_small_head(monkeypatch)


@pytest.fixture
def results(tmp_path):
    return SmallResults(str(tmp_path / "out"))


@pytest.fixture
def run(tmp_path, results):
    def run(to="to", **fields):
        return export(ExportConfig(out=str(tmp_path / "out"), to=str(tmp_path / to), **fields))

    return run


def files(folder):
    return sorted(
        str(path.relative_to(folder))
        for path in Path(folder).rglob("*")
        if path.is_file() and ".tmp" not in path.parts
    )


PEOPLE = ["LICENCES.txt", "export.json", "index.csv"]


def test_flat_names_are_for_people(tmp_path, run):
    assert run(flat=True, format="glb,obj") == 0
    assert files(tmp_path / "to") == sorted(
        [*PEOPLE, *(f"00{n}.{form}" for n in range(4) for form in ("glb", "obj"))]
    )


def test_without_flat_every_item_has_a_folder(tmp_path, run, results):
    assert run() == 0
    expected = [f"00{n}-{results.key(n)[:12]}/head.glb" for n in range(4)]
    assert files(tmp_path / "to") == sorted([*PEOPLE, *expected])


def test_every_format_lies_on_the_scan(tmp_path, run, results):
    run(flat=True, format=ALL)
    count = results.head.num_vertices
    for number in range(4):
        posed = results.vertices(number)
        stem = tmp_path / "to" / f"00{number}"
        for suffix in (".ply", ".obj"):
            mesh = read_mesh(stem.with_suffix(suffix).read_bytes(), suffix)
            np.testing.assert_allclose(mesh.vertices, posed, atol=1e-3)
            np.testing.assert_array_equal(mesh.faces, results.head.faces.numpy())
        with np.load(stem.with_suffix(".npz"), allow_pickle=False) as archive:
            np.testing.assert_allclose(archive["vertices_mm"], posed, atol=1e-3)
            assert archive["expression_names"].tolist() == list(EXPRESSIONS)
            assert json.loads(str(archive["licences"])) == {"seamed": "MIT"}
            assert str(archive["frame"]) == "scan"
        (glb,) = trimesh.load_scene(stem.with_suffix(".glb"), process=False).dump()
        assert len(glb.vertices) == count + ROWS


@needs_node_packages
def test_the_blended_glb_is_the_mesh_that_the_run_stored(tmp_path, run, results):
    run(flat=True)
    (mesh,) = run_node("read_glb.js", tmp_path / "to" / "001.glb")["meshes"]
    import base64

    blended = np.frombuffer(base64.b64decode(mesh["blended"]), "<f8").reshape(-1, 3)
    count = results.head.num_vertices
    np.testing.assert_allclose(blended[:count] * 1000, results.vertices(1), atol=0.01)
    facts = mesh["extras"]["facescale"]
    assert (facts["item"], facts["key"], facts["vertices"]) == ("001", results.key(1), count)
    issues = run_node("validate_glb.js", tmp_path / "to" / "001.glb")["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_the_head_frame_leaves_the_pose_away(tmp_path, run, results):
    run(flat=True, format=ALL, frame="head")
    mesh = read_mesh((tmp_path / "to" / "002.ply").read_bytes(), ".ply")
    np.testing.assert_allclose(mesh.vertices, results.canonical(2), atol=1e-3)
    scene = trimesh.load_scene(tmp_path / "to" / "002.glb", process=False)
    np.testing.assert_array_equal(scene.graph.get(scene.graph.nodes_geometry[0])[0], np.eye(4))


def test_a_ply_carries_the_errors_that_the_run_stored(tmp_path, run, results):
    run(flat=True, format="ply")
    found = read_vertex_property((tmp_path / "to" / "001.ply").read_bytes(), "error_mm")
    assert np.isnan(found[3])
    assert found[-1] == pytest.approx(0.3)


def written(folder):
    return {path: (Path(folder) / path).stat().st_mtime_ns for path in files(folder) if path not in PEOPLE}


def test_a_second_export_writes_nothing(tmp_path, run, capsys):
    run(flat=True, format=ALL)
    before = written(tmp_path / "to")
    capsys.readouterr()
    assert run(flat=True, format=ALL) == 0
    assert written(tmp_path / "to") == before
    assert "16 there already; 0 B written" in capsys.readouterr().out


def test_what_was_lost_or_changed_is_made_again_and_the_rest_left(tmp_path, run, capsys):
    run(flat=True)
    good = (tmp_path / "to" / "001.glb").read_bytes()
    (tmp_path / "to" / "000.glb").unlink()
    (tmp_path / "to" / "001.glb").write_bytes(good[:-9])
    capsys.readouterr()
    run(flat=True)
    assert "1 written, 1 replaced, 2 there already" in capsys.readouterr().out
    assert (tmp_path / "to" / "001.glb").read_bytes() == good


def test_an_export_that_died_before_its_receipts_goes_on_without_writing_twice(tmp_path, run, capsys):
    run(flat=True)
    before = written(tmp_path / "to")
    (tmp_path / "to" / "export.json").unlink()
    capsys.readouterr()
    run(flat=True)
    assert "4 made again and equal" in capsys.readouterr().out
    assert written(tmp_path / "to") == before


def test_another_frame_replaces(tmp_path, run, capsys):
    run(flat=True)
    capsys.readouterr()
    run(flat=True, frame="head")
    assert "4 replaced" in capsys.readouterr().out


def test_where_and_accepted_choose(tmp_path, run, results):
    assert run(to="a", flat=True, where=f"{METRIC} < 0.35") == 0
    assert files(tmp_path / "a") == sorted([*PEOPLE, "000.glb", "001.glb"])
    decide(results, 3, "accept")
    decide(results, 2, "reject")
    assert run(to="b", flat=True, only_accepted=True) == 0
    assert files(tmp_path / "b") == sorted([*PEOPLE, "003.glb"])


def decide(results, number, decision):
    review = Review(key=results.key(number), decision=decision, reason="hair", at=timestamp())
    ReviewLedger(results.storage).submit([review])


def test_the_index_and_the_licences_tell_what_is_there(tmp_path, run, results, capsys):
    decide(results, 2, "reject")
    run(flat=True)
    with (tmp_path / "to" / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == ["000", "001", "002", "003"]
    assert (rows[2]["review"], rows[2]["review_reason"], rows[2]["files"]) == ("reject", "hair", "002.glb")
    assert "seamed: MIT (4 items)" in (tmp_path / "to" / "LICENCES.txt").read_text()
    assert "1 of them were rejected in review" in capsys.readouterr().out


def test_an_artefact_that_is_not_what_its_outcome_names_is_not_exported(tmp_path, run, results, capsys):
    attempt = results.ledger.get(results.key(1)).attempt
    data = bytearray(results.storage.read(f"{attempt}/parameters.npz"))
    data[40] ^= 1
    results.storage.write(f"{attempt}/parameters.npz", bytes(data))
    gone = results.ledger.get(results.key(2)).attempt
    results.storage.delete(f"{gone}/fit.ply")
    assert run(flat=True) == 1
    assert files(tmp_path / "to") == sorted([*PEOPLE, "000.glb", "003.glb"])
    told = capsys.readouterr().err
    assert "001: " in told
    assert "sha256 differs" in told
    assert "fit.ply is gone" in told


def test_another_version_of_the_head_is_found_out(run, monkeypatch):
    from facescale.heads import library
    from tests.heads.seamed_head import seamed_head

    monkeypatch.setitem(library.LOADERS, "seamed", ((), lambda _: seamed_head(seed=1)))
    with pytest.raises(ValueError, match="another version of the head model"):
        run()


def test_other_results_may_not_go_into_the_same_folder(tmp_path, run, results):
    run(flat=True)
    before = written(tmp_path / "to")
    receipts = (tmp_path / "to" / "export.json").read_text()
    (tmp_path / "to" / "export.json").write_text(receipts.replace(results.key(1), "f" * 64))
    with pytest.raises(ValueError, match=r"found 001\.glb of other results"):
        run(flat=True, frame="head")
    assert written(tmp_path / "to") == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "glb,fbx"}, "expected formats among glb,ply,obj,npz"),
        ({"format": ""}, "expected formats"),
        ({"workers": 0}, "at least one worker"),
        ({"where": f"{METRIC} > 9"}, "found none: of 5 items 4 are done"),
        ({"where": "nonsense < 1"}, "unknown name"),
        ({"only_accepted": True}, "0 of them accepted"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(run, fields, words):
    with pytest.raises(ValueError, match=words):
        run(**fields)


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no manifest"):
        export(ExportConfig(out=str(tmp_path / "none"), to=str(tmp_path / "to")))


def test_results_and_files_may_both_be_in_buckets(s3_server):
    SmallResults("s3://bucket/out", count=3)
    config = ExportConfig(out="s3://bucket/out", to="s3://bucket/to", flat=True, format="glb,npz")
    assert export(config) == 0
    from facescale.runtime.storage import Storage

    there = Storage.open("s3://bucket/to")
    names = sorted([*PEOPLE, "000.glb", "000.npz", "001.glb", "001.npz"])
    assert sorted(there.names("")) == names
    s3_server.requests.clear()
    assert export(config) == 0
    assert s3_server.requests["PUT"] == len(PEOPLE)


def test_what_is_free_for_commercial_use_is_exported_as_such(tmp_path, run):
    assert run(commercial=True, format="ply") == 0
    assert len([path for path in files(tmp_path / "to") if path.endswith(".ply")]) == 4


def test_one_tainted_item_refuses_a_commercial_export_before_anything_is_written(tmp_path, monkeypatch):
    know_the_small_head(monkeypatch)
    end = SmallResults.end

    def tainted(self, number, *args, **fields):
        if number == 2:
            fields["licences"] = {"seamed": "MIT", "nphm": "nphm (research only)"}
        return end(self, number, *args, **fields)

    monkeypatch.setattr(SmallResults, "end", tainted)
    SmallResults(str(tmp_path / "tainted"))
    config = {"out": str(tmp_path / "tainted"), "to": str(tmp_path / "to"), "commercial": True}
    with pytest.raises(ValueError, match=r"free for commercial use, got 1 under nphm: nphm \(research only\)"):
        export(ExportConfig(**config))
    assert not (tmp_path / "to").exists() or files(tmp_path / "to") == []
