import threading
import time

import pytest

from facescale.runtime import protocol
from facescale.runtime.nursery import Nursery
from facescale.runtime.protocol import Task, WorkerConfig
from facescale.runtime.stage import StageSpec
from tests.runtime.harness import FACTORY
from tests.runtime.simulated_stage import item


@pytest.fixture
def nursery(tmp_path):
    made = []

    def one(*, setup_deadline_s=20.0, **stage):
        config = WorkerConfig(
            spec=StageSpec(factory=FACTORY, arguments=stage),
            out=str(tmp_path),
            run="r",
            deadline_s=1.5,
            setup_deadline_s=setup_deadline_s,
        )
        made.append(Nursery(config, "w", {}))
        return made[-1]

    yield one
    for each in made:
        each.close()


def task(name, **attributes):
    return Task(key=name * 64, item=item(name, **attributes))


def outcome_of(dispatched):
    finished = []
    while True:
        try:
            finished.append(next(dispatched).key[0])
        except StopIteration as end:
            return sorted(finished), end.value


def test_one_child_serves_many_dispatches(nursery):
    nurse = nursery()
    assert nurse.make_ready() is None
    pid = nurse.spawn().pid
    for _ in range(3):
        assert outcome_of(nurse.dispatch([task("a"), task("b")], {})) == (["a", "b"], None)
    assert nurse.spawn().pid == pid


def test_after_a_death_the_next_child_is_a_fresh_one(nursery):
    nurse = nursery()
    nurse.make_ready()
    pid = nurse.spawn().pid
    phases = {}
    finished, died = outcome_of(nurse.dispatch([task("a", fit="exit")], phases))
    assert (finished, died.ended.death.returncode) == ([], 3)
    assert phases == {"a" * 64: "fit"}
    assert nurse.make_ready() is None
    assert nurse.spawn().pid != pid
    assert outcome_of(nurse.dispatch([task("b")], {})) == (["b"], None)


def test_a_missed_deadline_names_the_phase_and_costs_the_child(nursery):
    nurse = nursery()
    nurse.make_ready()
    _, died = outcome_of(nurse.dispatch([task("a", load="sleep")], {}))
    assert (died.missed.phase, died.reason) == ("load", "slow-input")
    assert "within 1.5 s" in died.describe()


def test_a_setup_that_takes_too_long_is_a_death_before_any_work(nursery):
    died = nursery(setup="sleep", setup_deadline_s=1.0).make_ready()
    assert (died.missed.phase, died.reason) == ("start", "slow-start")


def test_a_setup_that_raises_is_told_in_its_own_words(nursery):
    died = nursery(setup="raise").make_ready()
    assert died.reason == "setup-failed"
    assert "told to raise" in died.describe()


def test_infrastructure_ends_a_dispatch_for_good(nursery):
    nurse = nursery()
    nurse.make_ready()
    _, stopped = outcome_of(nurse.dispatch([task("a", save="no-space")], {}))
    assert isinstance(stopped, protocol.Stopped)
    assert stopped.kind == "no-space"


def test_a_child_can_be_killed_from_another_thread_while_it_is_listened_to(nursery):
    nurse = nursery()
    nurse.make_ready()
    threading.Timer(0.3, nurse.kill).start()
    begin = time.monotonic()
    _, died = outcome_of(nurse.dispatch([task("a", fit_s=60)], {}))
    assert time.monotonic() - begin < 30
    assert not died.is_evidence
