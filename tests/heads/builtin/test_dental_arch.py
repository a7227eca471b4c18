import numpy as np
import pytest

from facescale.heads.builtin.dental_arch import arch_curve

WIDTHS = (8.5, 6.5, 7.5, 7.0, 7.0, 10.0, 9.5)


def test_the_arch_has_the_breadths_that_were_asked_for():
    curve = arch_curve(WIDTHS, canine_half=17.0, molar_half=25.5)
    assert curve.at(18.75)[0][0] == pytest.approx(17.0, abs=0.05)
    assert curve.at(41.5)[0][0] == pytest.approx(25.5, abs=0.05)


def test_the_arch_is_as_deep_as_an_adults():
    curve = arch_curve(WIDTHS, canine_half=17.0, molar_half=25.5)
    assert 40 < -curve.at(sum(WIDTHS))[0][1] < 50


def test_the_curve_is_measured_by_its_own_length_and_turns_one_way():
    curve = arch_curve(WIDTHS, canine_half=17.0, molar_half=25.5)
    steps = np.linalg.norm(np.diff(curve.point, axis=0), axis=1)
    np.testing.assert_allclose(steps, np.diff(curve.length), rtol=1e-4)
    assert (np.diff(curve.angle) > -1e-12).all()
    point, tangent, normal = curve.at(20.0)
    assert tangent @ normal == pytest.approx(0)
    assert normal @ (point - [0, -30]) > 0


def test_breadths_that_no_arch_has_are_refused():
    with pytest.raises(ValueError, match="got halves of 30 mm"):
        arch_curve(WIDTHS, canine_half=30, molar_half=20)
