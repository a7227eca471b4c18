import pytest

from facescale.pipelines.job_tracking import REMOTE_DATABASE, JobTracking
from facescale.runtime.storage import Storage


def test_a_job_that_never_got_its_folder_leaves_nothing_there(tmp_path):
    JobTracking(str(tmp_path / "out"), "", name="register", params={})
    assert not (tmp_path / "out").exists()


def test_tracking_that_is_off_says_so(tmp_path):
    tracking = JobTracking(str(tmp_path), "off", name="register", params={})
    tracking.observe({"done": 1, "eta_s": None})
    assert tracking.close({"done": 1.0}, {"summary.json": b"{}"}, "FINISHED") == "tracking is off"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_local_folder_keeps_its_database_and_artefacts(tmp_path):
    from mlflow.tracking import MlflowClient

    tracking = JobTracking(str(tmp_path), "", name="register", params={"head": "ict"})
    tracking.observe({"done": 1, "eta_s": None})
    sentence = tracking.close({"face.mean": 0.5}, {"summary.json": b"{}"}, "FINISHED")
    assert str(tmp_path / "mlflow.db") in sentence
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    (run,) = client.search_runs([client.get_experiment_by_name("facescale").experiment_id])
    assert run.data.metrics == {"live.done": 1.0, "face.mean": 0.5}
    assert run.data.params == {"head": "ict"}
    assert [path.read_bytes() for path in (tmp_path / "run").rglob("summary.json")] == [b"{}"]


@pytest.mark.slow
def test_a_bucket_collects_the_runs_of_all_its_jobs(s3_server, tmp_path):
    from mlflow.tracking import MlflowClient

    out = "s3://bucket/out"
    for head in ("one", "two"):
        tracking = JobTracking(out, "", name="register", params={"head": head})
        sentence = tracking.close({"done": 1.0}, {"summary.json": b"{}"}, "FINISHED")
        assert "failed" not in sentence
    names = list(Storage.open(out).names("run"))
    assert sum(name.endswith("summary.json") for name in names) == 2
    (tmp_path / "mlflow.db").write_bytes(Storage.open(out).read(REMOTE_DATABASE))
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("facescale").experiment_id])
    assert {run.data.params["head"] for run in runs} == {"one", "two"}
