import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.runtime.shards import LONGEST_S, SHARDS_A_WORKER, SHORTEST_S, cut

COSTS = st.lists(st.floats(min_value=0.001, max_value=200), max_size=300)


def seconds_of(shards, costs):
    return [math.fsum(costs[index] for index in shard) for shard in shards]


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
    shards = cut(costs, workers=workers)
    for shard, seconds in zip(shards, seconds_of(shards, costs), strict=True):
        assert len(shard) == 1 or seconds <= LONGEST_S * (1 + 1e-6)


@pytest.mark.parametrize("workers", [1, 2, 16])
@pytest.mark.parametrize("each", [0.01, 0.1, 1.0])
def test_short_items_are_gathered_into_shards_of_five_to_thirty_seconds(workers, each):
    costs = [each] * round(100 * workers / each)
    *all_but_last, _ = seconds_of(cut(costs, workers=workers), costs)
    assert min(all_but_last) > SHORTEST_S - each - 1e-6
    assert max(all_but_last) <= LONGEST_S * (1 + 1e-6)


def test_shards_shrink_towards_the_end_so_that_no_worker_waits_long():
    costs = [0.5] * 7200
    seconds = seconds_of(cut(costs, workers=4), costs)
    assert seconds == sorted(seconds, reverse=True)
    assert seconds[0] == LONGEST_S
    assert seconds[-1] <= SHORTEST_S


def test_a_long_run_needs_few_dispatches_more_than_its_longest_shards_would():
    costs = [0.5] * 72_000
    shards = cut(costs, workers=10)
    assert math.fsum(costs) / LONGEST_S <= len(shards) <= 1.2 * math.fsum(costs) / LONGEST_S


def test_one_long_item_has_a_shard_of_its_own_and_the_others_are_still_spread():
    assert [len(shard) for shard in cut([100.0] + [1.0] * 3, workers=1)] == [1, 1, 1, 1]


def test_shards_hold_whole_batches_while_every_worker_gets_four():
    assert all(len(shard) % 16 == 0 for shard in cut([0.5] * 320, workers=2, batch_size=16))
    assert len(cut([0.5] * 16, workers=2, batch_size=16)) >= 8


@pytest.mark.parametrize("unknown", [0.0, -1.0, math.nan, math.inf])
def test_an_unknown_cost_counts_as_the_usual_one(unknown):
    assert cut([2.0] * 50 + [unknown] * 50, workers=1) == cut([2.0] * 100, workers=1)


def test_no_items_make_no_shards():
    assert cut([], workers=4) == []
