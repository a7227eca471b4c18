import pytest

from facescale.runtime.engine import workers_held
from facescale.runtime.local_engine import gpus, gpus_of
from facescale.runtime.protocol import WorkerConfig
from facescale.runtime.stage import StageSpec


def config(**resources):
    spec = StageSpec(factory="a.b:c")
    return WorkerConfig(spec=spec, out="o", run="r", deadline_s=1.0, setup_deadline_s=1.0, **resources)


def shown(worker, num_gpus, available):
    return gpus_of(worker, num_gpus, available)["CUDA_VISIBLE_DEVICES"]


def test_a_worker_without_gpu_sees_the_machine_as_it_is():
    assert gpus_of(0, 0.0, ["0"]) == {}


def test_each_worker_sees_a_gpu_of_its_own():
    assert [shown(worker, 1.0, list("0123")) for worker in range(4)] == ["0", "1", "2", "3"]


def test_workers_with_two_gpus_share_none():
    assert [shown(worker, 2.0, list("0123")) for worker in range(2)] == ["0,1", "2,3"]


def test_workers_with_half_a_gpu_share_one():
    assert [shown(worker, 0.5, list("01")) for worker in range(4)] == ["0", "0", "1", "1"]


def test_more_gpus_than_there_are_is_refused():
    with pytest.raises(ValueError, match="expected 2 GPUs for a worker, got 1"):
        gpus_of(0, 2.0, ["0"])


def test_gpus_are_those_that_the_environment_names(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,GPU-abc")
    assert gpus() == ["2", "GPU-abc"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpus() == []
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert gpus() == []


def test_on_cpu_a_worker_is_a_core():
    assert workers_held(config(), cpus=8, gpus=0) == 8
    assert workers_held(config(num_cpus=2.0), cpus=9, gpus=0) == 4
    assert workers_held(config(num_cpus=4.0), cpus=2, gpus=0) == 1


def test_on_gpus_the_gpus_decide():
    assert workers_held(config(num_gpus=1.0), cpus=64, gpus=4) == 4
    assert workers_held(config(num_gpus=0.5), cpus=64, gpus=4) == 8
    with pytest.raises(ValueError, match="expected 1 GPUs for a worker, got 0"):
        workers_held(config(num_gpus=1.0), cpus=64, gpus=0)
