import math

import pytest

from facescale.reporting import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.28345, "0.283"),
        (2.5749, "2.57"),
        (14.08, "14.1"),
        (None, "\u2013"),
        (math.nan, "\u2013"),
        ("x", "\u2013"),
    ],
)
def test_millimetres_have_the_digits_that_a_scan_can_tell(value, text):
    assert numbers.millimetres(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.50 s"), (42.3, "42 s"), (150, "2.5 min"), (9000, "2.5 h")]
)
def test_time_is_short(value, text):
    assert numbers.seconds(value) == text


def test_booleans_are_no_numbers():
    assert numbers.number(True) is None
    assert numbers.finite([True, None, "3", 2, math.inf, 1.5]).tolist() == [2.0, 1.5]


def test_long_lists_are_counted():
    assert numbers.listed(["a", "b", "c"], limit=2) == "a, b and 1 more"
    assert numbers.counted(1, "item") == "1 item"
    assert numbers.counted(1200, "item") == "1,200 items"


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (12345, "12,345"), (0.12345, "0.1235"), ("x", "x"), (None, "\u2013")]
)
def test_anything_else_is_plain(value, text):
    assert numbers.plain(value) == text
