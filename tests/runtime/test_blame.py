import signal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.runtime.blame import (
    DEATHS_IN_A_ROW,
    KILLS,
    Alone,
    Convict,
    Death,
    Docket,
    GiveBack,
    Rehearse,
    Standing,
    Together,
    describe,
    is_evidence,
    reason,
)


class Worker:
    """A worker on which some items kill their child; a broken one kills every child."""

    def __init__(self, poison=(), *, broken=False, flaky=()):
        self.poison = set(poison)
        self.broken = broken
        self.flaky = set(flaky)
        """Items that kill one child, once."""
        self.children = 0
        self.done, self.convicted, self.returned = [], [], []
        self.standing = Standing()

    def kills(self, key):
        if key in self.flaky:
            self.flaky.discard(key)
            return True
        return self.broken or key in self.poison

    def run(self, keys, **options):
        docket = Docket(keys, self.standing, **options)
        for _ in range(1000):
            step = docket.next_step()
            match step:
                case None:
                    return
                case Together(together):
                    self.together(docket, together)
                case Alone(key):
                    if self.kills(key):
                        self.children += 1
                        docket.killed(key)
                    else:
                        self.done.append(key)
                        docket.finished(key)
                case Rehearse():
                    docket.rehearsed(survived=not self.broken)
                case Convict(key):
                    self.convicted.append(key)
                    docket.settled(key)
                case GiveBack(given):
                    self.returned += given
        pytest.fail("the docket never ends")

    def together(self, docket, keys):
        for key in keys:
            if self.kills(key):
                self.children += 1
                docket.died()
                return
            self.done.append(key)
            docket.finished(key)


def test_a_healthy_shard_runs_in_one_child():
    worker = Worker()
    worker.run("abcd")
    assert (worker.done, worker.children) == (list("abcd"), 0)


def test_after_a_death_the_items_without_outcome_run_one_by_one():
    docket = Docket("abcd", Standing())
    assert docket.next_step() == Together(tuple("abcd"))
    docket.finished("a")
    docket.died()
    assert docket.next_step() == Alone("b")


def test_only_the_poison_is_quarantined_and_every_neighbour_is_done():
    worker = Worker("c")
    worker.run("abcdef")
    assert worker.convicted == ["c"]
    assert sorted(worker.done) == list("abdef")


def test_an_item_is_quarantined_after_killing_two_children_alone():
    worker = Worker("c")
    worker.run("abcdef")
    assert worker.children == 1 + KILLS


def test_an_item_that_kills_one_child_alone_is_done_in_the_next():
    worker = Worker(flaky="b")
    worker.run("b", witness=True)
    assert (worker.done, worker.convicted) == (["b"], [])


def test_dying_among_others_is_no_evidence():
    worker = Worker(flaky="b")
    worker.run("abc")
    assert (sorted(worker.done), worker.convicted) == (list("abc"), [])


def test_a_single_item_is_convicted_only_after_a_rehearsal_cleared_the_worker():
    docket = Docket("a", Standing(), witness=True)
    for _ in range(KILLS):
        assert docket.next_step() == Alone("a")
        docket.killed("a")
    assert docket.next_step() == Rehearse()
    docket.rehearsed(survived=True)
    assert docket.next_step() == Convict("a")


def test_a_broken_worker_convicts_nobody_and_gets_no_more_work():
    worker = Worker(broken=True)
    worker.run("abcd", witness=True)
    assert worker.convicted == []
    assert sorted(worker.returned) == list("abcd")
    assert worker.standing.out
    assert worker.children <= DEATHS_IN_A_ROW
    worker.run("efgh", witness=True)
    assert sorted(worker.returned) == list("abcdefgh")
    assert worker.children <= DEATHS_IN_A_ROW


def test_a_worker_that_never_finished_anything_is_out_after_three_shards_in_a_row():
    worker = Worker(broken=True)
    for shard in ("abc", "d", "ef", "gh"):
        assert not worker.standing.out or shard == "gh"
        worker.run(shard)
    assert worker.standing.out
    assert (worker.done, worker.convicted) == ([], [])
    assert sorted(worker.returned) == list("abcdefgh")


def test_a_shard_full_of_poison_does_not_put_out_a_worker_that_is_sound():
    worker = Worker("abcde")
    worker.run("xyz")
    worker.run("abcde", witness=True)
    assert sorted(worker.convicted) == list("abcde")
    assert not worker.standing.out


def test_neighbours_that_are_all_poison_do_not_hide_the_sound_item_at_the_far_end():
    worker = Worker("abcdefgh")
    worker.run("abcdefghij")
    assert sorted(worker.convicted) == list("abcdefgh")
    assert sorted(worker.done) == list("ij")


def test_poison_without_any_witness_is_left_to_the_last_instance():
    worker = Worker("a")
    worker.run("a")
    assert (worker.convicted, worker.returned) == ([], ["a"])
    other = Worker("a")
    other.run("a", last_instance=True)
    assert other.convicted == ["a"]


def test_the_last_instance_quarantines_two_items_unheard_but_not_a_corpus():
    worker = Worker(broken=True)
    worker.run("abcdef", last_instance=True)
    assert len(worker.convicted) == 2
    assert len(worker.returned) == 4


def test_a_shard_that_was_lost_with_its_worker_runs_one_by_one_from_the_start():
    assert isinstance(Docket("abc", Standing(), apart=True).next_step(), Alone)


def test_three_children_that_never_became_ready_put_a_worker_out():
    docket = Docket("ab", Standing())
    for _ in range(DEATHS_IN_A_ROW):
        assert docket.next_step() == Together(("a", "b"))
        docket.failed_to_start()
    assert docket.next_step() == GiveBack(("a", "b"), out=True)


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=6),
    st.booleans(),
)
def test_on_a_sound_worker_with_a_witness_exactly_the_poison_is_quarantined(shards, apart):
    worker = Worker()
    expected = set()
    for number, shard in enumerate(shards):
        keys = [f"{number}-{index}" for index in range(len(shard))]
        poison = {key for key, bad in zip(keys, shard, strict=True) if bad}
        worker.poison |= poison
        expected |= poison
        worker.run(keys, witness=True, apart=apart)
    assert set(worker.convicted) == expected
    assert len(worker.done) + len(worker.convicted) == sum(map(len, shards))
    assert worker.returned == []


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_no_healthy_item_is_ever_quarantined_and_none_is_lost(shards, witness, broken):
    worker = Worker(broken=broken)
    healthy, everything = set(), []
    for number, shard in enumerate(shards):
        keys = [f"{number}-{index}" for index in range(len(shard))]
        worker.poison |= {key for key, bad in zip(keys, shard, strict=True) if bad}
        healthy |= set(keys) - worker.poison
        everything += keys
        worker.run(keys, witness=witness)
    assert not healthy & set(worker.convicted)
    assert sorted(worker.done + worker.convicted + worker.returned) == sorted(everything)


def test_a_kill_from_outside_is_no_evidence():
    assert not is_evidence(Death(returncode=-signal.SIGKILL, machine_out_of_memory=False))


@pytest.mark.parametrize(
    "death",
    [
        Death(returncode=1),
        Death(returncode=0),
        Death(returncode=-signal.SIGSEGV),
        Death(returncode=-signal.SIGKILL, struck="hang", machine_out_of_memory=False),
        Death(returncode=-signal.SIGKILL, machine_out_of_memory=True),
        Death(returncode=-signal.SIGKILL, machine_out_of_memory=None),
    ],
)
def test_every_other_death_is_evidence(death):
    assert is_evidence(death)


@pytest.mark.parametrize(
    ("death", "slug"),
    [
        (Death(returncode=3), "crash-exit-3"),
        (Death(returncode=-signal.SIGSEGV), "crash-sigsegv"),
        (Death(returncode=-signal.SIGKILL, struck="hang"), "hang"),
        (Death(returncode=-signal.SIGKILL, machine_out_of_memory=True), "out-of-memory"),
        (Death(returncode=-signal.SIGKILL), "crash-sigkill"),
        (Death(returncode=-99), "crash-signal-99"),
    ],
)
def test_crashes_are_counted_under_their_signal_or_status(death, slug):
    assert reason(death) == slug


def test_a_death_is_described_with_its_signal():
    assert describe(Death(returncode=-11)) == "killed by signal SIGSEGV (11)"
    assert describe(Death(returncode=3)) == "exited with status 3"


def test_a_rejected_neighbour_does_not_prove_the_worker_sound():
    docket = Docket("ab", Standing(), apart=True)
    for _ in range(KILLS):
        assert docket.next_step() == Alone("a")
        docket.killed("a")
        if "b" in docket.open:
            docket.settled("b")
    assert docket.next_step() == GiveBack(("a",), out=False)
