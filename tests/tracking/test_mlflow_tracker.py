import pytest

from facescale.tracking import MlflowConfig, MlflowTracker, NullTracker
from facescale.tracking.mlflow_tracker import make_database


@pytest.mark.slow
def test_a_run_keeps_params_metrics_and_artifacts_and_says_where(tmp_path):
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{tmp_path}/mlflow.db"
    artifacts = (tmp_path / "artifacts").as_uri()
    tracker = MlflowTracker(MlflowConfig(uri=uri, artifacts=artifacts, patience_s=120))
    note = tmp_path / "summary.json"
    note.write_text('{"done": 3}')
    tracker.start("register", params={"head": "ict", "long": "x" * 9000}, tags={"out": "here"})
    tracker.log_metrics({"done": 3.0, "error": float("nan")}, step=1)
    tracker.log_artifact(note)
    sentence = tracker.finish("FINISHED")

    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("facescale")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.run_id in sentence
    assert run.info.status == "FINISHED"
    assert run.data.params["head"] == "ict"
    assert len(run.data.params["long"]) == 6000
    assert run.data.metrics == {"done": 3.0}
    assert [file.read_text() for file in (tmp_path / "artifacts").rglob("summary.json")] == ['{"done": 3}']


@pytest.mark.slow
def test_a_database_that_is_cut_off_while_it_is_made_is_none(tmp_path, monkeypatch):
    path = tmp_path / "mlflow.db"

    def cut_off(engine):
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE _alembic_tmp_experiments (name TEXT)")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("mlflow.store.db.utils._initialize_tables", cut_off)
        with pytest.raises(KeyboardInterrupt):
            make_database(path)
    assert list(tmp_path.iterdir()) == []

    make_database(path)
    tracker = MlflowTracker(MlflowConfig(uri=f"sqlite:///{path}", patience_s=120))
    tracker.start("register", params={}, tags={})
    assert "MLflow run" in tracker.finish("FINISHED")
    before = path.read_bytes()
    make_database(path)
    assert path.read_bytes() == before


@pytest.mark.slow
def test_an_absent_server_never_raises_and_is_named_at_the_end(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    tracker = MlflowTracker(MlflowConfig(uri="http://127.0.0.1:9", patience_s=60))
    tracker.start("register", params={}, tags={})
    tracker.log_metrics({"done": 1.0})
    sentence = tracker.finish("FAILED")
    assert "http://127.0.0.1:9" in sentence
    assert "goes on without it" in sentence


def test_the_null_tracker_says_that_tracking_is_off(tmp_path):
    tracker = NullTracker()
    tracker.start("register", params={}, tags={})
    tracker.log_metrics({"done": 1.0})
    tracker.log_artifact(tmp_path)
    assert tracker.finish("FINISHED") == "tracking is off"
