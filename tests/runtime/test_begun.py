import pytest

from facescale.runtime.begun import Begun, Earlier, bound
from facescale.runtime.storage import Storage

NEVER = Earlier(losses=0, ended=False)


@pytest.fixture
def storage(tmp_path):
    return Storage.open(tmp_path)


@pytest.fixture
def begun(storage):
    return Begun(storage, "this-run")


def test_every_beginning_of_a_shard_without_an_end_is_a_loss(begun):
    found = [begun.begin_group(["a", "b"], "w") for _ in range(3)]
    assert found == [NEVER, Earlier(losses=1, ended=False), Earlier(losses=2, ended=False)]


def test_a_shard_that_ended_and_is_asked_for_again_is_no_loss(begun):
    begun.begin_group(["a", "b"], "w")
    begun.end_group(["a", "b"])
    assert begun.begin_group(["a", "b"], "w") == Earlier(losses=0, ended=True)


def test_shards_of_other_items_and_of_other_runs_are_counted_apart(begun, storage):
    begun.begin_group(["a", "b"], "w")
    assert begun.begin_group(["b", "a"], "w") == NEVER
    assert Begun(storage, "another-run").begin_group(["a", "b"], "w") == NEVER


def test_an_item_alone_counts_its_losses_over_all_runs_until_it_ends(begun, storage):
    assert [begun.begin_alone("a", "w") for _ in range(3)] == [0, 1, 2]
    assert Begun(storage, "another-run").begin_alone("a", "w") == 3
    assert begun.alone() == {"a"}
    begun.end_alone("a")
    assert begun.begin_alone("a", "w") == 0


def test_a_later_run_learns_which_shards_were_lost(begun, storage):
    begun.begin_group(["a", "b"], "w")
    begun.begin_group(["c", "d"], "w")
    begun.end_group(["c", "d"])
    begun.begin_alone("e", "w")
    later = Begun(storage, "later-run")
    assert later.lost_groups() == [("a", "b")]
    later.forget_groups()
    assert later.lost_groups() == []
    assert later.alone() == {"e"}


def test_ending_what_was_never_begun_is_fine(begun):
    begun.end_alone("a")


def test_what_is_redone_is_bounded_by_what_a_child_holds():
    assert bound(50, batch_size=1) == 6
    assert bound(50, batch_size=4) == 24
    assert bound(3, batch_size=4) == 3
