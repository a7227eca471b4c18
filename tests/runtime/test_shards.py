import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.runtime.shards import LONGEST_S, SHARDS_A_WORKER, cut

COSTS = st.lists(st.floats(min_value=0.001, max_value=200), max_size=300)


@given(COSTS, st.integers(1, 40), st.integers(1, 16))
def test_shards_cover_every_item_once_and_in_order(costs, workers, batch_size):
    shards = cut(costs, workers=workers, batch_size=batch_size)
    assert [index for shard in shards for index in shard] == list(range(len(costs)))
    assert all(shards)


@given(COSTS, st.integers(1, 40), st.integers(1, 16))
def test_there_are_four_shards_a_worker_while_there_are_that_many_items(costs, workers, batch_size):
    shards = cut(costs, workers=workers, batch_size=batch_size)
    assert len(shards) >= min(len(costs), SHARDS_A_WORKER * workers)


@given(COSTS, st.integers(1, 40))
def test_no_shard_of_several_items_is_longer_than_thirty_seconds(costs, workers):
    for shard in cut(costs, workers=workers):
        assert len(shard) == 1 or math.fsum(costs[i] for i in shard) <= LONGEST_S


def test_short_items_are_gathered_into_shards_of_five_seconds():
    shards = cut([0.1] * 10_000, workers=2)
    assert {len(shard) for shard in shards} <= {156, 157}
    assert len(cut([0.01] * 10_000, workers=2)) == 20


def test_a_long_run_is_cut_into_shards_of_thirty_seconds():
    shards = cut([3.0] * 10_000, workers=2)
    assert {len(shard) for shard in shards} == {10}


def test_one_long_item_has_a_shard_of_its_own_and_the_others_are_still_spread():
    shards = cut([100.0] + [1.0] * 3, workers=1)
    assert [len(shard) for shard in shards] == [1, 1, 1, 1]


def test_shards_hold_whole_batches_while_every_worker_gets_four():
    shards = cut([0.5] * 320, workers=2, batch_size=16)
    assert all(len(shard) % 16 == 0 for shard in shards)
    assert len(cut([0.5] * 16, workers=2, batch_size=16)) == 8


@pytest.mark.parametrize("unknown", [0.0, -1.0, math.nan, math.inf])
def test_an_unknown_cost_counts_as_the_usual_one(unknown):
    assert cut([2.0] * 50 + [unknown] * 50, workers=1) == cut([2.0] * 100, workers=1)


def test_no_items_make_no_shards():
    assert cut([], workers=4) == []
