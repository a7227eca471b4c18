"""Everything of infra/ that can run without Kubernetes does: S3, MLflow with users, Ray with a token, a job."""

import base64
import json
import subprocess

import pytest

from tests.infra.conftest import answers
from tests.infra.processes import clean_environment, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def submit(cluster, *, token="", words=()):
    """Run `ray job submit` as a person would, with a token or without."""
    secret = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {"RAY_AUTH_MODE": "disabled"}
    return subprocess.run(
        ["ray", "job", "submit", "--address", cluster.dashboard, "--", *words],
        env=clean_environment(**secret),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def mlflow(starting_mlflow, ray_of_two_nodes):
    """The server, once it answers."""
    server, child, log = starting_mlflow
    wait_for(lambda: answers(f"{server.url}/health") == 200, child, log, seconds=180)
    return server


def test_nobody_gets_at_ray_without_the_token(ray_of_two_nodes):
    jobs = f"{ray_of_two_nodes.dashboard}/api/jobs/"
    assert answers(jobs) == 401
    assert answers(jobs, {"Authorization": "Bearer " + "0" * 32}) == 403
    assert answers(jobs, {"Authorization": f"Bearer {ray_of_two_nodes.token}"}) == 200
    refused = submit(ray_of_two_nodes, words=["true"])
    assert refused.returncode != 0
    assert "auth" in (refused.stdout + refused.stderr).lower()


def test_nobody_gets_at_mlflow_without_a_password_or_under_another_name(mlflow):
    experiments = f"{mlflow.url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"
    assert answers(experiments) == 401
    assert answers(experiments, as_admin("wrong")) == 401
    assert answers(experiments, as_admin(mlflow.password)) == 200
    assert answers(experiments, {**as_admin(mlflow.password), "Host": "facescale-mlflow:5000"}) == 200
    assert answers(experiments, {**as_admin(mlflow.password), "Host": "rebound.example"}) == 403


def test_a_submitted_job_registers_a_bucket_on_the_workers_and_is_tracked(
    ray_of_two_nodes, mlflow, corpus, s3_server
):
    import boto3
    from mlflow.tracking import MlflowClient

    bucket = boto3.client("s3")
    for path in corpus.iterdir():
        bucket.upload_file(str(path), "bucket", f"scans/{path.name}")
    done = submit(
        ray_of_two_nodes,
        token=ray_of_two_nodes.token,
        words=[
            *("python", "-m", "jobs.register", "--root", "s3://bucket/scans", "--out", "s3://bucket/results"),
            *("--device", "cpu", "--workers", "1", "--tracking", mlflow.url),
            *("--unit", "mm", "--up", "+y", "--front", "+z", "--expression", "off", "--points", "1000"),
        ],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(bucket.get_object(Bucket="bucket", Key="results/summary.json")["Body"].read())
    assert summary["done"] == summary["rejected"] == 1
    assert summary["total"] == summary["this_run"]["committed"] == 2

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
        patch.setenv("MLFLOW_TRACKING_PASSWORD", mlflow.password)
        client = MlflowClient(tracking_uri=mlflow.url)
        experiment = client.get_experiment_by_name("facescale")
        assert experiment is not None
        (run,) = client.search_runs([experiment.experiment_id])
        names = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert run.info.status == "FINISHED"
    assert run.data.params["root"] == "s3://bucket/scans"
    assert "summary.json" in names


def as_admin(password):
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()}
