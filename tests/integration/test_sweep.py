"""A tiny sweep from scans to its page: it resumes, and a broken point stops nothing."""

import pyarrow.parquet as pq
import pytest

from facescale.pipelines.sweep_registration import SweepConfig, sweep_registration
from facescale.reporting.sweep_rows import MEAN_HEAD_PRESET, MEASURES

pytestmark = pytest.mark.slow

PRESETS = ("fast", "fast+converge")


@pytest.fixture(scope="module")
def corpora(corpus, tmp_path_factory):
    """Two scans of the rehearsal, and a corpus that is not there."""
    path = tmp_path_factory.mktemp("sweep") / "corpora.toml"
    root = corpus.as_posix()
    path.write_text(
        f'[[corpus]]\nname = "two"\nlayout = "scans"\nroot = "{root}"\ntruth = "{root}-truth"\nlimit = 2\n'
        f'[[corpus]]\nname = "gone"\nlayout = "scans"\nroot = "{root}-gone"\n'
    )
    return str(path)


def config(corpora, out, **settings):
    return SweepConfig(
        corpora=(corpora,),
        heads=("builtin", "coma"),
        presets=PRESETS,
        out=str(out),
        **{"points": 800, "engine": "local", "workers": 1, "device": "cpu", **settings},
    )


@pytest.fixture(scope="module")
def swept(corpora, tmp_path_factory):
    out = tmp_path_factory.mktemp("swept") / "out"
    assert sweep_registration(config(corpora, out)) == 1, "one corpus is broken"
    return out


def table(out):
    rows = pq.read_table(out / "sweep.parquet").to_pylist()
    return {(row["corpus"], row["head"], row["preset"]): row for row in rows}


def test_what_can_run_has_run_and_the_rest_says_why(swept):
    found = table(swept)
    for preset in PRESETS:
        good = found["two", "builtin", preset]
        assert (good["status"], good["done"], good["compared"]) == ("done", 2, 2)
        assert (
            0 < good["scan_to_mesh_mean_mm"] < found["two", "builtin", MEAN_HEAD_PRESET]["scan_to_mesh_mean_mm"]
        )
        assert all(good[name] is not None for name in MEASURES), good
        assert good["seconds_a_scan"] > 0
        broken = found["gone", "builtin", preset]
        assert (broken["status"], broken["rank"]) == ("broken", None)
        assert "expected a folder of scans" in broken["why"]
    assert found["two", "coma", "all presets"]["why"] == "not run: trained in a later round"


def test_what_runs_on_to_convergence_says_so_and_takes_longer(swept):
    found = table(swept)
    usual, on = (found["two", "builtin", preset] for preset in PRESETS)
    assert on["converged_share"] == 1.0
    assert on["iterations"] > usual["iterations"]


def test_the_table_is_there_in_every_form(swept):
    markdown, latex, page = ((swept / f"sweep.{kind}").read_text() for kind in ("md", "tex", "html"))
    for text in (markdown, page):
        assert "fast+converge" in text
        assert "not run: trained in a later round" in text
        assert "95 mm" in text
    assert r"\toprule" in latex
    assert page.count("data:image/webp;base64,") == 2 * len(PRESETS), "the best and the worst of two scans"
    assert (swept / "points/two/builtin/fast/report.html").exists()


def test_runs_of_points_hang_below_the_sweep_s(swept):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{swept}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("facescale").experiment_id])
    by_name = {run.info.run_name: run for run in runs}
    parent = by_name["sweep registration"]
    assert "two.builtin.fast.scan_to_mesh_mean_mm" in parent.data.metrics
    below = {run.info.run_name for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id}
    assert below == {f"two/builtin/{preset}" for preset in PRESETS}


def test_a_second_call_does_only_what_is_missing(swept, corpora):
    before = table(swept)
    made = {path: path.stat().st_mtime_ns for path in swept.glob("points/**/outcomes/*/*.json")}
    assert len(made) == 2 * len(PRESETS)
    lost = next(iter(sorted(made)))
    lost.unlink()
    assert sweep_registration(config(corpora, swept, tracking="off")) == 1
    again = {path: path.stat().st_mtime_ns for path in swept.glob("points/**/outcomes/*/*.json")}
    assert again.keys() == made.keys()
    assert {path for path in made if again[path] != made[path]} == {lost}
    for key, row in table(swept).items():
        assert row["scan_to_mesh_mean_mm"] == pytest.approx(before[key]["scan_to_mesh_mean_mm"], abs=1e-6) or (
            row["scan_to_mesh_mean_mm"] is before[key]["scan_to_mesh_mean_mm"] is None
        )
