import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.evaluation.statistics import paired_change, share, summarise


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=50))
def test_mean_and_maximum_are_numpys_and_quantiles_lie_between(values):
    values = np.array(values)
    found = summarise(values)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["max"] == values.max()
    assert values.min() <= found["median"] <= found["p90"] <= found["max"]


def test_quantiles_of_many_values_are_numpys():
    values = np.random.default_rng(0).gamma(2.0, size=10_001)
    found = summarise(values)
    assert found["median"] == pytest.approx(np.median(values), rel=1e-3)
    assert found["p90"] == pytest.approx(np.quantile(values, 0.9), rel=1e-3)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 4)), min_size=1, max_size=30))
def test_a_weight_of_k_counts_like_k_copies(pairs):
    values, weights = (np.array(x, dtype=float) for x in zip(*pairs, strict=True))
    copies = np.repeat(values, weights.astype(int))
    found, repeated = summarise(values, weights), summarise(copies)
    for name in ("mean", "max"):
        assert found[name] == (None if not len(copies) else pytest.approx(repeated[name]))


def test_nothing_has_no_summary():
    assert summarise(np.zeros(0)) == {"mean": None, "median": None, "p90": None, "max": None}
    assert summarise(np.ones(3), np.zeros(3))["mean"] is None
    assert share(np.zeros(0, dtype=bool)) is None


def test_values_without_weight_count_in_nothing():
    assert summarise(np.array([1.0, np.inf]), np.array([1.0, 0.0])) == dict.fromkeys(
        ("mean", "median", "p90", "max"), 1.0
    )


def test_shares_are_weighted():
    mask = np.array([True, False, True])
    assert share(mask) == pytest.approx(2 / 3)
    assert share(mask, np.array([1.0, 2.0, 1.0])) == pytest.approx(0.5)


def test_a_paired_change_is_the_median_of_differences_and_not_the_difference_of_medians():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([2.5, 2.1, 3.1])
    found = paired_change(a, b)
    assert found.change == pytest.approx(0.1)
    assert found.median_b - found.median_a == pytest.approx(0.5)
    assert (found.pairs, found.rose, found.fell) == (3, 3, 0)


def test_pairs_that_are_not_finite_count_in_nothing():
    found = paired_change(np.array([1.0, np.nan, 3.0, 4.0]), np.array([1.0, 2.0, np.inf, 3.0]))
    assert (found.pairs, found.rose, found.fell) == (2, 0, 1)
    assert paired_change(np.array([np.nan]), np.array([1.0])) is None
    assert paired_change(np.array([]), np.array([])) is None


def test_swapping_a_and_b_turns_every_sign():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=51), rng.normal(size=51)
    there, back = paired_change(a, b), paired_change(b, a)
    assert back.change == pytest.approx(-there.change)
    assert (back.rose, back.fell, back.p) == (there.fell, there.rose, there.p)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


def test_the_interval_covers_the_true_median_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = 0
    for trial in range(200):
        change = rng.exponential(size=40)  # median log 2, far from symmetric
        found = paired_change(np.zeros(40), change, resamples=400, seed=trial)
        covered += found.low <= np.log(2) <= found.high
    assert 0.89 < covered / 200 < 0.99


def test_the_sign_test_is_the_binomial_and_leaves_ties_out():
    a, b = np.zeros(14), np.array([1.0] * 9 + [-1.0] + [0.0] * 4)
    assert paired_change(a, b).p == pytest.approx(2 * (1 + 10) / 2**10)
    assert paired_change(a, a).p == 1.0


def test_an_interval_is_the_same_every_time():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=30), rng.normal(size=30)
    assert paired_change(a, b) == paired_change(a, b)
