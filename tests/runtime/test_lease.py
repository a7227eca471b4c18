import json
import threading

import pytest

from facescale.runtime.lease import PATH, FolderInUse, Lease, LeaseTiming, read_lease
from facescale.runtime.storage import Storage


class Watch:
    """A clock that only sleeping moves, and that lets the world act while somebody sleeps."""

    def __init__(self, meanwhile=lambda: None) -> None:
        self.now = 0.0
        self.meanwhile = meanwhile

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()

    @property
    def timing(self) -> LeaseTiming:
        # The beating thread waits on the real clock: an hour keeps it out of these tests.
        return LeaseTiming(period_s=3600.0, patience_s=6 * 3600.0, clock=self.clock, sleep=self.sleep)


@pytest.fixture
def storage(tmp_path):
    return Storage.open(tmp_path)


def die(lease: Lease) -> None:
    """Let the holder end without releasing, as a killed driver does."""
    lease._stopped.set()
    lease._thread.join()


def test_a_free_folder_is_taken_at_once(storage):
    with Lease.acquire(storage, "run-1"):
        assert read_lease(storage).run == "run-1"


def test_a_second_run_refuses_as_soon_as_the_holder_beats(storage):
    with Lease.acquire(storage, "run-1", timing=Watch().timing) as holder:
        watch = Watch(meanwhile=holder.beat)
        with pytest.raises(FolderInUse, match=r"run-1.*--takeover"):
            Lease.acquire(storage, "run-2", timing=watch.timing)
        assert watch.now <= watch.timing.period_s
        assert read_lease(storage).run == "run-1"


def test_a_counter_that_stood_still_for_the_patience_is_succeeded(storage):
    die(Lease.acquire(storage, "run-1", timing=Watch().timing))
    watch = Watch()
    with Lease.acquire(storage, "run-2", timing=watch.timing):
        assert watch.now >= watch.timing.patience_s
        assert read_lease(storage).run == "run-2"


def test_a_holder_that_beats_at_the_last_moment_keeps_the_folder(storage):
    holder = Lease.acquire(storage, "run-1", timing=Watch().timing)
    watch = Watch()
    watch.meanwhile = lambda: holder.beat() if watch.now > watch.timing.patience_s * 0.99 else None
    with pytest.raises(FolderInUse):
        Lease.acquire(storage, "run-2", timing=watch.timing)
    holder.release()


def test_a_released_folder_needs_no_watching(storage):
    Lease.acquire(storage, "run-1", timing=Watch().timing).release()
    watch = Watch()
    with Lease.acquire(storage, "run-2", timing=watch.timing):
        assert watch.now == 0.0


def test_a_folder_that_is_released_while_it_is_watched_is_free(storage):
    holder = Lease.acquire(storage, "run-1", timing=Watch().timing)
    watch = Watch(meanwhile=holder.release)
    with Lease.acquire(storage, "run-2", timing=watch.timing):
        assert watch.now <= watch.timing.period_s


def test_takeover_does_not_watch_and_the_old_owner_notices(storage):
    old = Lease.acquire(storage, "run-1", timing=Watch().timing)
    watch = Watch()
    with Lease.acquire(storage, "run-2", takeover=True, timing=watch.timing) as new:
        assert watch.now == 0.0
        old.beat()
        assert "taken over by run run-2" in old.taken_by
        old.release()
        assert read_lease(storage).run == "run-2"
        assert not read_lease(storage).released
        new.beat()
        assert not new.taken_by


def test_the_old_owner_that_overwrites_the_new_one_loses_within_a_beat(storage):
    old = Lease.acquire(storage, "run-1", timing=Watch().timing)
    before = storage.read(PATH)
    with Lease.acquire(storage, "run-2", takeover=True, timing=Watch().timing) as new:
        storage.write(PATH, before)  # the old owner's write was under way when it was taken over
        new.beat()
        assert not new.taken_by
        old.beat()
        assert old.taken_by
    die(old)


def test_exactly_one_of_many_starters_gets_a_free_folder(storage):
    assert race(storage, starters=8) == 1


def test_exactly_one_of_many_starters_succeeds_a_dead_holder(storage):
    die(Lease.acquire(storage, "dead", timing=Watch().timing))
    assert race(storage, starters=8) == 1


def test_exactly_one_of_many_starters_succeeds_a_released_holder(storage):
    Lease.acquire(storage, "gone", timing=Watch().timing).release()
    assert race(storage, starters=8) == 1


def race(storage, *, starters: int) -> int:
    timing = LeaseTiming(period_s=0.05, patience_s=2.0)
    barrier = threading.Barrier(starters)
    held, errors = [], []

    def start(number: int) -> None:
        own = Storage.open(storage.uri)
        barrier.wait()
        try:
            held.append(Lease.acquire(own, f"run-{number}", timing=timing))
        except FolderInUse as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(starters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lease in held:
        lease.beat()
        assert not lease.taken_by
        lease.release()
    assert len(held) + len(errors) == starters
    return len(held)


def test_a_claimant_that_died_before_writing_its_lease_is_succeeded_too(storage):
    die(Lease.acquire(storage, "run-1", timing=Watch().timing))
    owner = read_lease(storage).owner
    storage.create(f"run/takeovers/{owner}/0.json", b"{}")
    with Lease.acquire(storage, "run-3", timing=Watch().timing):
        assert read_lease(storage).run == "run-3"


def test_the_live_table_reaches_storage_with_the_next_beat_and_outlives_the_run(storage):
    with Lease.acquire(storage, "run-1", timing=Watch().timing) as lease:
        lease.stage = {"fit": {"done": 3}}
        assert read_lease(storage).stage == {}
        lease.beat()
        assert read_lease(storage).stage == {"fit": {"done": 3}}
        assert read_lease(storage).counter == 1
    left = read_lease(storage)
    assert left.released
    assert left.stage == {"fit": {"done": 3}}


def test_a_visitor_keeps_out_closed_and_leaves_the_last_run_to_be_read(storage):
    with Lease.acquire(storage, "run-1", timing=Watch().timing) as lease:
        lease.stage = {"fit": {"done": 3}}
    before = read_lease(storage)
    with Lease.acquire(storage, "retry-1", visiting=True, timing=Watch().timing) as visitor:
        assert not read_lease(storage).released
        with pytest.raises(FolderInUse):
            Lease.acquire(storage, "run-2", timing=Watch(meanwhile=visitor.beat).timing)
    after = read_lease(storage)
    assert after.released
    kept = ("run", "started", "beat", "stage")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_table_that_is_not_json_is_refused_where_it_is_given(storage):
    with Lease.acquire(storage, "run-1") as lease, pytest.raises(TypeError, match="serializable"):
        lease.stage = {"fit": {1, 2}}


def test_the_thread_beats_by_itself(storage):
    with Lease.acquire(storage, "run-1", timing=LeaseTiming(period_s=0.01, patience_s=1.0)):
        done = threading.Event()
        for _ in range(500):
            if read_lease(storage).counter >= 3:
                break
            done.wait(0.01)
        assert read_lease(storage).counter >= 3


def test_a_store_that_goes_away_for_a_while_is_noted_and_survived(storage, monkeypatch):
    lease = Lease.acquire(storage, "run-1", timing=LeaseTiming(period_s=0.01, patience_s=1.0))
    wait = threading.Event()
    with monkeypatch.context() as broken:
        broken.setattr(storage, "write", raise_disconnected)
        for _ in range(500):
            if lease.trouble:
                break
            wait.wait(0.01)
        assert "not connected" in lease.trouble
    counter = read_lease(storage).counter
    for _ in range(500):
        if read_lease(storage).counter > counter and not lease.trouble:
            break
        wait.wait(0.01)
    assert read_lease(storage).counter > counter
    lease.release()


def test_an_end_without_storage_does_not_hide_what_ended_the_run(storage, monkeypatch):
    lease = Lease.acquire(storage, "run-1")
    monkeypatch.setattr(storage, "write", raise_disconnected)
    with pytest.raises(KeyboardInterrupt), lease:
        raise KeyboardInterrupt
    assert "not connected" in lease.trouble


def raise_disconnected(*_):
    raise OSError(107, "not connected")


def test_a_file_that_is_no_lease_is_a_clear_error(storage):
    storage.write(PATH, json.dumps([1, 2]).encode())
    with pytest.raises(ValueError, match=r"expected a lease in run/lease\.json"):
        read_lease(storage)


def test_a_patience_shorter_than_the_period_is_refused():
    with pytest.raises(ValueError, match=r"got 60\.0 and 10\.0"):
        LeaseTiming(period_s=60.0, patience_s=10.0)
