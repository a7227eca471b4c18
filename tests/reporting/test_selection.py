import pytest

from facescale.reporting.selection import worst_median_best


def choose(values, count=3):
    rows = [{"item": f"i{k}", "e": value} for k, value in enumerate(values)]
    return {
        group.name: [row["e"] for row in group.rows] for group in worst_median_best(rows, by="e", count=count)
    }


def test_both_ends_and_the_middle_are_chosen_without_repeats():
    assert choose(range(11), count=3) == {"Worst": [10, 9, 8], "Median": [4, 5, 6], "Best": [0, 1, 2]}


@pytest.mark.parametrize("number", range(1, 15))
def test_no_item_is_shown_twice_and_few_items_are_all_shown(number):
    groups = choose(range(number))
    shown = [value for members in groups.values() for value in members]
    assert len(set(shown)) == len(shown)
    assert len(shown) == min(number, 9)


def test_items_without_a_figure_are_passed_over():
    assert choose([None, float("nan"), 2.0, True]) == {"All, worst first": [2.0]}


def test_nothing_is_chosen_from_nothing_or_for_nobody():
    assert choose([]) == {}
    assert choose(range(5), count=0) == {}
