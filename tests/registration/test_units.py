import numpy as np
import pytest

from facescale.registration.units import check_size, median_radius, unit_by_keypoints, units_by_size
from facescale.structures.errors import CaptureRejected


def test_a_heads_size_allows_one_unit_and_at_most_cm_and_inch_together():
    assert units_by_size(100.0) == ("mm",)
    assert units_by_size(0.1) == ("m",)
    assert units_by_size(5.0) == ("cm", "inch")
    assert units_by_size(2.5) == ("inch",)


def test_a_size_that_no_head_has_is_rejected_with_what_was_measured():
    with pytest.raises(CaptureRejected, match=r"0\.001") as caught:
        units_by_size(0.001)
    assert caught.value.reason == "impossible-size"
    assert "1 mm if m" in caught.value.detail


def test_a_stated_unit_is_checked_and_not_doubted_for_a_body():
    check_size(450.0, "mm")
    with pytest.raises(CaptureRejected, match="as stated"):
        check_size(100.0, "m")


@pytest.mark.parametrize(("scale", "unit"), [(1.1, "mm"), (0.09, "cm"), (0.00105, "m"), (0.037, "inch")])
def test_keypoints_settle_the_unit(scale, unit):
    assert unit_by_keypoints(scale) == unit


def test_keypoints_of_no_heads_size_settle_nothing():
    assert unit_by_keypoints(1.8) is None


def test_the_median_radius_of_a_sphere_is_its_radius_wherever_it_is():
    points = np.random.default_rng(0).normal(size=(20_000, 3))
    points = 80 * points / np.linalg.norm(points, axis=1, keepdims=True) + 1e4
    assert median_radius(points) == pytest.approx(80, rel=0.01)
