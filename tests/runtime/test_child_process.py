import os
import select
import signal
import time
from pathlib import Path

import pytest

from facescale.runtime.child_process import ChildProcess, Ended
from facescale.runtime.protocol import Began, Finished, GivingUp, Ready, Start, Task, Work, WorkerConfig
from facescale.runtime.stage import StageSpec
from tests.runtime.harness import FACTORY, children_of
from tests.runtime.simulated_stage import item


@pytest.fixture
def spawn(tmp_path):
    made = []

    def one(*, environment=None, memory=0, **stage):
        config = WorkerConfig(
            spec=StageSpec(factory=FACTORY, arguments=stage),
            out=str(tmp_path),
            run="r",
            deadline_s=20.0,
            setup_deadline_s=20.0,
            memory=memory,
        )
        child = ChildProcess(Start(config=config, worker="w"), environment or {})
        made.append(child)
        return child

    yield one
    for child in made:
        child.close()


def work(**attributes):
    return Work(tasks=(Task(key="0" * 64, item=item("a", **attributes)),))


def ready(child):
    assert isinstance(child.hear(20.0), Ready)
    return child


def test_a_child_says_when_it_is_ready_then_what_it_does_then_what_came_of_it(spawn):
    child = ready(spawn())
    child.send(work())
    said = [child.hear(20.0) for _ in range(4)]
    assert [type(message) for message in said] == [Began, Began, Began, Finished]
    assert [message.phase for message in said[:3]] == ["load", "fit", "save"]


def test_silence_is_told_from_death(spawn):
    child = ready(spawn())
    assert child.hear(0.05) is None
    os.kill(child.pid, signal.SIGTERM)
    ended = child.hear(20.0)
    assert isinstance(ended, Ended)
    assert ended.death.returncode == -signal.SIGTERM


def test_a_supervisor_that_was_held_up_reads_what_arrived_before_it_judges(spawn):
    child = spawn()
    select.select([child._answers], [], [], 20.0)
    assert isinstance(child.hear(0.0), Ready)


def test_output_is_no_sign_of_life(spawn):
    child = ready(spawn())
    child.send(work(load="chatter"))
    assert isinstance(child.hear(20.0), Began)
    assert child.hear(0.3) is None


def test_a_setup_that_raises_says_so_and_ends(spawn):
    child = spawn(setup="raise")
    said = child.hear(20.0)
    assert isinstance(said, GivingUp)
    assert "told to raise" in said.message
    assert isinstance(child.hear(20.0), Ended)


def test_a_strike_brings_home_the_stack_of_a_child_that_holds_the_gil(spawn):
    child = ready(spawn())
    child.send(work(fit="hang"))
    assert [child.hear(20.0).phase for _ in range(2)] == ["load", "fit"]
    assert child.hear(0.3) is None
    ended = child.strike("hang")
    assert (ended.death.struck, ended.death.returncode) == ("hang", -signal.SIGKILL)
    assert "in fit" in ended.stack


def test_a_message_to_a_child_that_does_not_read_blocks_nobody(spawn):
    child = ready(spawn())
    child.send(work(fit="hang"))
    assert [child.hear(20.0).phase for _ in range(2)] == ["load", "fit"]
    big = Work(tasks=tuple(Task(key="0" * 64, item=item("a" * 1000)) for _ in range(1000)))
    begin = time.monotonic()
    child.send(big)
    assert child.hear(0.2) is None
    assert time.monotonic() - begin < 10


def test_whatever_a_stage_started_dies_with_its_child(spawn):
    child = ready(spawn())
    child.send(work(load="start-a-program"))
    while not isinstance(child.hear(20.0), Finished):
        pass
    (program,) = children_of(child.pid)
    child.close()
    end = time.monotonic() + 10
    while Path(f"/proc/{program}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    state = Path(f"/proc/{program}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_child_computes_with_as_many_threads_as_it_has_cores(spawn):
    child = ready(spawn(environment={"CUDA_VISIBLE_DEVICES": "7"}))
    variables = Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
    assert b"OMP_NUM_THREADS=1" in variables
    assert b"CUDA_VISIBLE_DEVICES=7" in variables


def test_the_kernel_prefers_a_child_when_memory_runs_out(spawn):
    child = ready(spawn())
    assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "1000"


def test_a_closed_child_leaves_no_descriptor_behind(spawn):
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(3):
        spawn().close()
    assert len(list(descriptors.iterdir())) == before


def test_a_child_over_its_memory_is_struck(spawn):
    child = ready(spawn(memory=300 << 20))
    child.send(work(fit="hog"))
    message = child.hear(20.0)
    while isinstance(message, Began):
        message = child.hear(20.0)
    assert isinstance(message, Ended)
    assert message.death.struck == "out-of-memory"
