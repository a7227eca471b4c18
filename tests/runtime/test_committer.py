import pytest

from facescale.runtime.committer import Committer, Spent, versions
from facescale.runtime.guard import Verdict
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.protocol import Task, WorkerConfig
from facescale.runtime.stage import StageSpec
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Outcome, Status
from tests.runtime.harness import FACTORY
from tests.runtime.simulated_stage import SimulatedStage, item, result_of

TASK = Task(key="ab" * 32, item=item("subject-1"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def ledger(out):
    return OutcomeLedger(Storage.open(out))


def committer(out, *, run="run-1", **stage):
    config = WorkerConfig(
        spec=StageSpec(factory=FACTORY), out=str(out), run=run, deadline_s=1.0, setup_deadline_s=1.0
    )
    return Committer(SimulatedStage(**stage), config, "w")


def folders(out):
    return sorted(path.relative_to(out).as_posix() for path in out.glob("items/*/*"))


def test_what_is_done_is_saved_then_committed(out, ledger):
    finished = committer(out).keep(TASK, TASK.item, Spent(load=1.0, fit=2.0, cpu=0.5, gpu=0.25))
    outcome = ledger.get(TASK.key)
    assert finished.committed
    assert Outcome.from_json(finished.outcome.encode()) == outcome
    assert (outcome.status, outcome.run, outcome.worker) == (Status.DONE, "run-1", "w")
    assert (outcome.timings["load"], outcome.timings["fit"]) == (1.0, 2.0)
    assert outcome.timings["save"] > 0
    assert outcome.row["seconds_cpu"] >= 0.5
    assert outcome.row["seconds_gpu"] == 0.25
    assert folders(out) == [outcome.attempt]
    assert (out / outcome.attempt / "result.txt").read_text() == result_of(TASK.item)


def test_of_two_attempts_the_first_stands_and_the_second_leaves_nothing(out, ledger):
    first = committer(out).keep(TASK, TASK.item, Spent())
    second = committer(out, run="run-2").keep(TASK, TASK.item, Spent())
    assert (first.committed, second.committed) == (True, False)
    assert ledger.get(TASK.key).run == "run-1"
    assert folders(out) == [ledger.get(TASK.key).attempt]


def test_a_result_without_files_names_no_folder(out, ledger):
    committer(out, artefact=False).keep(TASK, TASK.item, Spent())
    assert ledger.get(TASK.key).attempt == ""
    assert folders(out) == []


def test_a_rejection_is_final_and_a_failure_is_not(out, ledger):
    rejected = Verdict(status=Status.REJECTED, reason="empty-mesh", message="none", hint="again")
    failed = Verdict(status=Status.FAILED, reason="fit-value-error")
    other = Task(key="cd" * 32, item=item("subject-2"))
    assert committer(out).keep(TASK, rejected, Spent()).committed
    assert committer(out).keep(other, failed, Spent()).committed
    assert ledger.get(TASK.key).reason == "empty-mesh"
    assert ledger.get(other.key) is None
    assert ledger.failures()[other.key].runs == 1


def test_a_rehearsal_keeps_nothing_even_where_it_fails(out, ledger):
    assert not committer(out).rehearse(TASK, TASK.item, Spent()).committed
    bad = Task(key=TASK.key, item=item("bad", save="raise"))
    with pytest.raises(ValueError, match="told to raise"):
        committer(out).rehearse(bad, bad.item, Spent())
    assert ledger.get(TASK.key) is None
    assert folders(out) == []


def test_versions_tell_what_is_loaded_and_load_nothing():
    found = versions()
    assert {"facescale", "python", "numpy"} <= found.keys()
