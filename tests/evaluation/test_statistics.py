import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.evaluation.statistics import share, summarise


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
