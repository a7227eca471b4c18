import numpy as np
import pytest

from facescale.reporting.histogram import BINS, histogram

NONE = np.zeros(0)


def test_there_is_no_histogram_of_nothing():
    assert histogram(NONE, np.ones(3)) is None


@pytest.mark.parametrize("scale", [0.001, 0.3, 1.0, 7.0, 4000.0])
def test_the_axis_holds_everything_but_the_rarest_in_round_steps(scale):
    values = np.random.default_rng(0).gamma(5, scale / 5, 500)
    found = histogram(values, NONE)
    assert 4 <= len(found.ticks) - 1 <= 10
    end = float(found.ticks[-1].text.split()[0])
    assert np.quantile(values, 0.99) <= end <= 3 * values.max()
    assert found.ticks[0].place == 0
    assert found.ticks[-1].place == 100


def test_heights_are_counts_over_the_highest_of_both():
    found = histogram(np.full(10, 0.5), np.concatenate([np.full(4, 2.0), np.full(5, 1.0)]))
    assert [bar.height for bar in found.fit_bars] == [1.0]
    assert [bar.height for bar in found.mean_bars] == [0.5, 0.4]
    assert all(0 <= bar.x < BINS for bar in found.fit_bars + found.mean_bars)


def test_outliers_are_counted_at_the_end_and_named():
    values = np.concatenate([np.linspace(0.1, 1, 999), [500.0]])
    found = histogram(values, NONE)
    assert found.ticks[-1].text.endswith("and more")
    assert found.fit_bars[-1].x == BINS - 1


def test_medians_stand_where_they_belong():
    found = histogram(np.full(3, 1.0), np.full(3, 4.0))
    end = float(found.ticks[-1].text.split()[0])
    assert [mark.place for mark in found.medians] == pytest.approx([100 / end, 400 / end], abs=0.01)


def test_all_errors_zero_is_a_histogram_too():
    assert histogram(np.zeros(5), NONE).fit_bars[0].height == 1.0
