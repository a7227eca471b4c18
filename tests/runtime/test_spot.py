import pytest

from tests.runtime import spot_faults
from tests.runtime.fleet import Fleet
from tests.runtime.trial import Trial


@pytest.fixture(scope="module")
def fleet(s3_process):
    with pytest.MonkeyPatch.context() as patch:
        from tests.runtime.s3_server import environment_of

        for name, value in environment_of(s3_process).items():
            patch.setenv(name, value)
        with Fleet(nodes=2, cpus=2) as fleet:
            yield fleet


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [spot_faults.node_killed, spot_faults.node_announced, spot_faults.zombie, spot_faults.nodes_late],
    ids=lambda fault: fault.__name__,
)
def test_no_loss_of_machines_costs_an_item_anything(fleet, tmp_path, fault):
    trial = Trial(fleet, tmp_path)
    count = fault(trial)
    assert count.sound(), (count, trial.said)


@pytest.mark.slow
def test_two_jobs_in_one_folder_do_not_do_one_item_twice(fleet, tmp_path):
    trial = Trial(fleet, tmp_path, count=64, seconds=1.0)
    count = spot_faults.taken_over(trial)
    assert count.sound(), (count, trial.said)


@pytest.mark.slow
@pytest.mark.parametrize("action", ["broken-gpu", "lost-device", "segfault"])
def test_a_node_whose_gpu_always_fails_does_not_swallow_the_corpus(fleet, tmp_path, action):
    trial = Trial(fleet, tmp_path, seconds=0.2)
    count = spot_faults.gpu_broken(trial, action=action)
    assert count.sound(), (count, trial.said)
    assert "gets no more work" in trial.said


@pytest.mark.slow
def test_a_disk_that_is_full_on_one_node_costs_that_node_only(fleet, tmp_path, s3_server):
    trial = Trial(fleet, tmp_path, out="s3://bucket/out", server=s3_server, count=24, seconds=0.1)
    count = spot_faults.disk_full(trial)
    assert count.sound(), (count, trial.said)
    assert "no space left on this node" in trial.said


@pytest.mark.slow
def test_a_store_that_storms_stalls_and_loses_answers_costs_no_item_anything(fleet, tmp_path, s3_server):
    trial = Trial(fleet, tmp_path, out="s3://bucket/out", server=s3_server, count=32, seconds=0.1)
    count = spot_faults.store_storms(trial)
    assert count.sound(), (count, trial.said)
    assert min(s3_server.injected[what] for what in ("SlowDown", "lost", "slow")) > 0


@pytest.mark.slow
@pytest.mark.parametrize("when", ["start", "middle", "end"])
def test_a_tracking_server_that_is_away_costs_no_item_anything(tmp_path, when):
    count, said = spot_faults.tracking_away(tmp_path, when=when)
    assert count == 12
    assert "failed, the run goes on without it" in said or "did not answer" in said
