import json
import tomllib

import numpy as np
import pyarrow.parquet as pq
import pytest

from facescale.corpora.ply import write_ply
from facescale.pipelines.register import register
from facescale.structures import Mesh
from tests.integration.conftest import SUBJECTS, config_of

pytestmark = pytest.mark.slow


def rows(out):
    return {row["item"]: row for row in pq.read_table(out / "results" / "table.parquet").to_pylist()}


def vertices_of(out, row):
    with np.load(out / row["attempt"] / "parameters.npz", allow_pickle=False) as arrays:
        assert set(arrays.files) >= {"params/identity", "rotation", "translation_mm", "scale"}
    data = (out / row["attempt"] / "fit.ply").read_bytes()
    from facescale.corpora.meshes import read_mesh

    return read_mesh(data, ".ply").vertices


def test_every_scan_is_done_and_beats_the_mean_head_by_points_and_by_truth(registered):
    """Twofold each, some people being near the mean, and threefold together."""
    found = rows(registered)
    assert len(found) == SUBJECTS
    fit, mean = (
        sum(row[f"{who}face_scan_to_mesh_mean_mm"] for row in found.values()) for who in ("", "mean_head_")
    )
    assert fit < mean / 3
    for row in found.values():
        assert row["status"] == "done", row["message"]
        assert row["face_scan_to_mesh_mean_mm"] < row["mean_head_face_scan_to_mesh_mean_mm"] / 2
        assert row["face_scan_to_mesh_mean_mm"] < 0.7
        assert row["face_vertex_error_mean_mm"] < row["mean_head_face_vertex_error_mean_mm"] / 1.5
        assert row["truth"] == "off-span"
        assert row["metric"]


def test_an_item_folder_holds_exactly_what_its_outcome_vouches_for(registered):
    import hashlib

    outcomes = [json.loads(path.read_bytes()) for path in registered.glob("outcomes/*/*.json")]
    assert len(outcomes) == SUBJECTS
    for outcome in outcomes:
        folder = registered / outcome["attempt"]
        vouched = {file["path"]: file["sha256"] for file in outcome["files"]}
        found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        assert found == vouched
        assert set(found) == {"fit.ply", "parameters.npz", "error.glb", "preview.webp"}
        assert outcome["licences"] == {"builtin": "Apache-2.0"}
        assert outcome["timings"]["fit"] > 0


def test_the_folder_says_what_made_it(registered):
    summary = json.loads((registered / "summary.json").read_bytes())
    assert summary["total"] == summary["done"] == SUBJECTS
    config = tomllib.loads((registered / "config.toml").read_text())
    assert config["run"]["head"] == "builtin"
    assert config["method"]["preset"] == "fast"
    page = (registered / "report.html").read_text()
    assert all(item in page for item in rows(registered))
    assert "data:image/webp;base64," in page


def test_a_rerun_does_nothing_and_another_configuration_is_refused(registered, corpus):
    before = {path: path.stat().st_mtime_ns for path in registered.glob("items/**/*") if path.is_file()}
    assert register(config_of(corpus, registered, workers=2)) == 0
    after = {path: path.stat().st_mtime_ns for path in registered.glob("items/**/*") if path.is_file()}
    assert after == before
    assert json.loads((registered / "summary.json").read_bytes())["this_run"]["skipped"] == SUBJECTS
    with pytest.raises(ValueError, match="expression"):
        register(config_of(corpus, registered, expression="off"))


def test_results_do_not_depend_on_batches_workers_or_shards(registered, corpus, tmp_path):
    out = tmp_path / "out"
    assert register(config_of(corpus, out, batch_size=1, workers=2)) == 0
    once, again = rows(registered), rows(out)
    for item, row in once.items():
        apart = np.abs(vertices_of(registered, row) - vertices_of(out, again[item]))
        assert apart.max() < 1e-3


def test_ray_gives_the_same_results(registered, corpus, tmp_path, ray_cluster):
    del ray_cluster
    out = tmp_path / "out"
    assert register(config_of(corpus, out, engine="ray", workers=2)) == 0
    once, again = rows(registered), rows(out)
    assert once.keys() == again.keys()
    for item, row in once.items():
        apart = np.abs(vertices_of(registered, row) - vertices_of(out, again[item]))
        assert apart.max() < 1e-3


def test_odd_meshes_each_become_a_clear_row_and_spare_their_neighbours(corpus, tmp_path):
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "empty.ply").touch()
    (odd / "words.obj").write_text("hello\n")
    (odd / "junk.stl").write_bytes(np.random.default_rng(0).bytes(100_000))
    (odd / "two.obj").write_text("v 0 0 0\nv 1 0 0\n")
    (odd / "nan.ply").write_bytes(write_ply(dense_cube(np.nan)))
    (odd / "cube.ply").write_bytes(write_ply(dense_cube()))
    scan = next(corpus.rglob("*.ply"))
    (odd / "good.ply").write_bytes(scan.read_bytes())
    assert register(config_of(odd, tmp_path / "out", truth="")) == 0
    found = rows(tmp_path / "out")
    assert found.pop("good")["status"] == "done"
    reasons = {item: row["reason"] for item, row in found.items()}
    assert reasons == {
        "empty": "empty-file",
        "words": "not-a-mesh",
        "junk": "not-a-mesh",
        "two": "too-few-vertices",
        "nan": "not-finite",
        "cube": reasons["cube"],
    }
    assert reasons["cube"] in {"no-orientation", "not-a-head"}
    assert {row["status"] for row in found.values()} == {"rejected"}
    assert all(row["message"] for row in found.values())


def dense_cube(last=80.0):
    """A cube with 40 x 40 quads a side, so that it is not refused for being coarse."""
    line = np.linspace(-80, 80, 41)
    u, v = (grid.ravel() for grid in np.meshgrid(line, line))
    sides = [
        np.roll(np.stack([u, v, np.full_like(u, sign * 80)], 1), axis, 1)
        for axis in range(3)
        for sign in (-1, 1)
    ]
    vertices = np.concatenate(sides)
    vertices[-1, 0] = last
    corner = (np.arange(40)[:, None] * 41 + np.arange(40)).ravel()
    quads = np.concatenate([corner + side * 41 * 41 for side in range(6)])
    halves = [np.stack([quads, quads + 1, quads + 42], 1), np.stack([quads, quads + 42, quads + 41], 1)]
    return Mesh(vertices=vertices, faces=np.concatenate(halves).astype(np.int32))


def test_a_plan_writes_nothing(corpus, tmp_path, capsys):
    assert register(config_of(corpus, tmp_path / "out", plan=True)) == 0
    assert f"{SUBJECTS} of {SUBJECTS} items to do" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_non_rigid_icp_comes_closer_than_the_model_and_its_report_and_parameters_say_so(
    registered, corpus, tmp_path
):
    out = tmp_path / "out"
    assert register(config_of(corpus, out, method="nicp")) == 0
    model, found = rows(registered), rows(out)
    assert {row["status"] for row in found.values()} == {"done"}
    errors = [sum(row["face_scan_to_mesh_mean_mm"] for row in each.values()) for each in (found, model)]
    assert errors[0] < 0.9 * errors[1]
    assert all(row["folds_left"] == 0 < row["beyond_model_mean_mm"] for row in found.values())
    for item, row in found.items():
        for score in ("face_scan_to_mesh_mean_mm", "head_mesh_to_scan_median_mm"):
            assert row[f"model_fit_{score}"] == pytest.approx(model[item][score], rel=1e-5)
    assert not any(row.get("beyond_model_mean_mm") for row in model.values())
    assert not {row["key"] for row in found.values()} & {row["key"] for row in model.values()}
    (row, *_) = found.values()
    with np.load(out / row["attempt"] / "parameters.npz", allow_pickle=False) as arrays:
        assert arrays["displacement_mm"].shape == vertices_of(out, row).shape
    assert "preset fast and non-rigid ICP" in (out / "report.html").read_text()


def test_a_limited_run_is_fine_and_the_next_one_goes_on(corpus, tmp_path):
    out = tmp_path / "out"
    assert register(config_of(corpus, out, limit=1)) == 0
    assert sorted(row["status"] for row in rows(out).values()) == ["done", *["pending"] * (SUBJECTS - 1)]
    assert register(config_of(corpus, out)) == 0
    assert {row["status"] for row in rows(out).values()} == {"done"}


def test_an_empty_folder_is_refused_with_what_was_expected(tmp_path):
    (tmp_path / "corpus").mkdir()
    with pytest.raises(ValueError, match=r"expected scans in .*, found none .*PLY, OBJ, STL, GLB"):
        register(config_of(tmp_path / "corpus", tmp_path / "out", truth=""))
