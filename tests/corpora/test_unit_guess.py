import numpy as np
import pytest

from facescale.corpora.unit_guess import plausible_units, robust_extent
from facescale.structures import MILLIMETRES_PER, UNITS


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("longest", [160.0, 280.0, 600.0])
def test_a_head_s_own_unit_is_always_plausible(unit, longest):
    assert unit in plausible_units(np.array([0.5, 0.7, 1.0]) * longest / MILLIMETRES_PER[unit])


def test_metres_and_millimetres_are_never_confused():
    assert plausible_units(np.array([0.2, 0.2, 0.3])) == ("m",)
    assert plausible_units(np.array([200.0, 200.0, 300.0])) == ("mm",)


def test_centimetres_and_inches_overlap_and_eyes_tell_them_apart():
    assert plausible_units(np.array([20.0, 20.0, 30.0])) == ("cm", "inch")
    assert plausible_units(np.array([20.0, 20.0, 30.0]), eyes=9.2) == ("cm",)
    assert plausible_units(np.array([20.0, 20.0, 30.0]), eyes=3.6) == ("inch",)


def test_nothing_is_plausible_for_what_is_no_head():
    assert plausible_units(np.ones(3)) == ()


def test_stray_points_do_not_change_the_size():
    cloud = np.concatenate([np.random.default_rng(0).uniform(-1, 1, (10_000, 3)), [[1e6, 0, 0]]])
    np.testing.assert_allclose(robust_extent(cloud), 2, atol=0.05)
