"""What the manifests say, held against the code that they start."""

import importlib
import shlex

import pytest
import tyro
import yaml

from tests.infra.processes import ROOT

JOBS = sorted((ROOT / "infra/jobs").glob("*.yaml"))
CONFIGS = {
    "jobs.register": ("facescale.pipelines.register", "RegisterConfig"),
    "jobs.reconstruct": ("facescale.pipelines.reconstruct", "ReconstructConfig"),
    "jobs.sweep_asm_registration": ("facescale.pipelines.sweep_asm_registration", "AsmSweepConfig"),
}


def entrypoint(manifest):
    job = yaml.safe_load(manifest.read_text())
    return shlex.split(job["spec"]["entrypoint"])


@pytest.mark.parametrize("manifest", JOBS, ids=lambda path: path.stem)
def test_a_job_starts_with_a_configuration_that_its_pipeline_accepts(manifest):
    python, flag, module, *words = entrypoint(manifest)
    assert (python, flag) == ("python", "-m")
    where, name = CONFIGS[module]
    config = tyro.cli(getattr(importlib.import_module(where), name), args=words)
    assert config.root.startswith("s3://")
    assert config.out.startswith("s3://")
    assert config.engine == "ray"
    assert config.address == "", "the job server says which cluster"


def test_a_job_fills_pods_of_its_group_with_room_for_ray_data():
    cluster = next(iter(yaml.safe_load_all((ROOT / "raycluster.yaml").read_text())))
    group = next(group for group in cluster["spec"]["workerGroupSpecs"] if group["groupName"] == "cpu")
    cpus = int(group["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"]) * group["maxReplicas"]
    words = entrypoint(ROOT / "infra/jobs/register.yaml")
    assert int(words[words.index("--workers") + 1]) == cpus - 2


def test_every_entry_file_has_a_manifest_and_the_batch_script_takes_it():
    assert {path.stem for path in JOBS} == {path.stem for path in (ROOT / "jobs").glob("[a-z]*.py")}
    lines = (line.split(": ", 1) for line in (ROOT / "tests/flags.txt").read_text().splitlines())
    promised = {name.replace(" ", "_").replace("-", "_"): flags for name, flags in lines}
    for path in JOBS:
        assert {"--engine", "--address", "--workers", "--device"} <= set(promised[path.stem].split())
