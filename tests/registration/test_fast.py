import pytest

from facescale.fitting.levenberg_marquardt import LevenbergMarquardt
from facescale.registration.fast import FastSettings, Level


def test_a_level_takes_a_share_of_the_points():
    with pytest.raises(ValueError, match="share in"):
        Level(share=0.0, solver=LevenbergMarquardt())


def test_the_settings_are_recorded_level_by_level():
    record = FastSettings().described()
    assert record["level0_share"] < record["level1_share"] < record["level2_share"] == 1.0
    assert all(isinstance(value, str | float | int) for value in record.values())


def test_the_last_level_takes_all_points():
    assert FastSettings().levels[-1].share == 1.0
