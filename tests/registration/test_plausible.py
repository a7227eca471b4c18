import pytest

from facescale.registration.plausible import check
from facescale.registration.result import Plausibility


def figures(**changes) -> Plausibility:
    good = {
        "coverage": 0.9,
        "face_to_scan_mm": 0.4,
        "scan_to_head_mm": 0.3,
        "matched": 0.95,
        "coefficient_norm": {"identity": 1.0, "expression": 0.3},
    }
    return Plausibility(**good | changes)


def test_a_head_passes():
    assert check(figures()) is None


def test_half_a_face_passes():
    assert check(figures(coverage=0.5)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"coverage": 0.3},
        {"face_to_scan_mm": 3.0},
        {"coefficient_norm": {"identity": 2.4}},
        {"coefficient_norm": {"identity": 1.76}, "face_to_scan_mm": 0.71},
        {"coverage": float("nan")},
        {"coefficient_norm": {"identity": float("nan")}},
    ],
)
def test_what_no_head_measures_is_refused_with_the_figures(changes):
    refused = check(figures(**changes))
    assert refused is not None
    assert refused.reason == "not-a-head"
    assert "expected" in refused.detail
    assert "0.30 mm from the head" in refused.detail


def test_an_odd_identity_that_fits_well_and_a_plain_one_that_fits_badly_both_pass():
    assert check(figures(coefficient_norm={"identity": 1.7})) is None
    assert check(figures(face_to_scan_mm=1.5)) is None
