"""What a cluster has, on this machine: MLflow with users, and a Ray of two nodes with a token."""

import secrets
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from facescale.corpora.ply import write_ply
from facescale.structures import Mesh
from tests.infra.processes import ROOT, clean_environment, family, free_port, wait_for
from tests.runtime.s3_server import environment_of


@dataclass(frozen=True, kw_only=True)
class MlflowServer:
    """A server, and its first user."""

    url: str
    password: str


@dataclass(frozen=True, kw_only=True)
class RayCluster:
    """A head and a worker, which have no more in common with this process than a network."""

    gcs: str
    dashboard: str
    token: str


def answers(url: str, headers: dict[str, str] | None = None) -> int:
    """Return the status that a GET is answered with, or 0."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


@pytest.fixture(scope="module")
def starting_mlflow(tmp_path_factory):
    """The image's own script, without the image; it takes long, so tests do other things meanwhile."""
    folder = tmp_path_factory.mktemp("mlflow")
    port, password = free_port(), f"100%{secrets.token_hex(8)}"
    environment = clean_environment(
        MLFLOW_BACKEND_STORE_URI=f"sqlite:///{folder}/runs.db",
        MLFLOW_AUTH_DATABASE_URI=f"sqlite:///{folder}/users%20of%20mlflow.db",
        MLFLOW_AUTH_ADMIN_PASSWORD=password,
        MLFLOW_FLASK_SERVER_SECRET_KEY=secrets.token_hex(16),
        MLFLOW_ARTIFACTS_DESTINATION=str(folder / "artefacts"),
        MLFLOW_SERVER_ALLOWED_HOSTS=f"facescale-mlflow:5000,127.0.0.1:{port}",
        MLFLOW_HOST="127.0.0.1",
        MLFLOW_PORT=str(port),
        MLFLOW_WORKERS="1",
        TMPDIR=str(folder),
    )
    log = folder / "log"
    with family(environment) as start:
        child = start(["sh", str(ROOT / "infra/images/mlflow/serve.sh")], log)
        yield MlflowServer(url=f"http://127.0.0.1:{port}", password=password), child, log


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """One head and one torn file: a rehearsal would take longer than all else here."""
    from facescale.heads.library import load_head

    head = load_head("builtin")
    root = tmp_path_factory.mktemp("corpus")
    whole = Mesh(vertices=head.mean_vertices().float().numpy(), faces=head.faces.numpy())
    (root / "someone.ply").write_bytes(write_ply(whole))
    (root / "torn.ply").write_bytes(b"ply\nformat ascii 1.0\n")
    return root


@pytest.fixture(scope="module")
def ray_of_two_nodes(s3_process, starting_mlflow, tmp_path_factory):
    """A head without work, as raycluster.yaml has it, and a worker that is started apart."""
    cluster = next(iter(yaml.safe_load_all((ROOT / "raycluster.yaml").read_text())))
    parameters = cluster["spec"]["headGroupSpec"]["rayStartParams"]
    logs = tmp_path_factory.mktemp("ray")
    gcs, dashboard, token = free_port(), free_port(), secrets.token_hex(16)
    environment = clean_environment(
        RAY_AUTH_MODE="token",
        RAY_AUTH_TOKEN=token,
        MLFLOW_TRACKING_USERNAME="admin",
        MLFLOW_TRACKING_PASSWORD=starting_mlflow[0].password,
        **environment_of(s3_process),
    )
    # Sockets lie below this folder, and the system takes no long names for them.
    with (
        tempfile.TemporaryDirectory(prefix="fs-ray-", ignore_cleanup_errors=True) as folder,
        family(environment) as start,
    ):
        common = ["ray", "start", "--block", "--object-store-memory=100000000"]
        agent = [f"--dashboard-agent-listen-port={free_port()}", f"--metrics-export-port={free_port()}"]
        head = start(
            [
                *common,
                *agent,
                "--head",
                "--node-ip-address=127.0.0.1",
                f"--port={gcs}",
                f"--num-cpus={parameters['num-cpus']}",
                f"--dashboard-port={dashboard}",
                "--dashboard-host=127.0.0.1",
                f"--ray-client-server-port={free_port()}",
                f"--temp-dir={folder}",
            ],
            logs / "head",
        )
        url = f"http://127.0.0.1:{dashboard}"
        wait_for(lambda: answers(f"{url}/api/version") in {200, 401, 403}, head, logs / "head", seconds=90)
        agent = [f"--dashboard-agent-listen-port={free_port()}", f"--metrics-export-port={free_port()}"]
        start(
            [*common, *agent, f"--address=127.0.0.1:{gcs}", "--node-ip-address=127.0.0.1", "--num-cpus=3"],
            logs / "worker",
        )
        yield RayCluster(gcs=f"127.0.0.1:{gcs}", dashboard=url, token=token)
