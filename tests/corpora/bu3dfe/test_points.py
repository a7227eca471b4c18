import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.bu3dfe.points import read_bnd, read_pse
from facescale.structures import NOW7, CaptureRejected
from tests.corpora.faces import NEUTRAL
from tests.corpora.scan_corpora import SHIFT, SPIN, damaged

SEVEN = dict(zip(NOW7, NEUTRAL @ SPIN.T + SHIFT, strict=True))


def lines(rows, numbers):
    return "".join(
        f"{n}\t{x!r} {y!r} {z!r}\n" for n, (x, y, z) in zip(numbers, np.asarray(rows).tolist(), strict=True)
    )


def bnd(*, right_first=True, outer_first=True):
    """83 points, typed in as the groups of the set: eyes 1-8 and 9-16, nose 37-48, outer lips 49-60."""
    rows = np.zeros((83, 3)) + SEVEN["nose_base"]
    sides = ("right", "left") if right_first else ("left", "right")
    for first, side in zip((1, 9), sides, strict=True):
        corners = [SEVEN[f"{side}_eye_outer"], SEVEN[f"{side}_eye_inner"]]
        rows[first - 1], rows[first + 3] = corners if outer_first else corners[::-1]
    rows[48], rows[54] = SEVEN[f"mouth_{sides[0]}"], SEVEN[f"mouth_{sides[1]}"]
    return lines(rows, range(1, 84)).encode()


@pytest.mark.parametrize("right_first", [True, False])
@pytest.mark.parametrize("outer_first", [True, False])
def test_corners_have_names_of_now_whichever_eye_comes_first(right_first, outer_first):
    found = read_bnd(bnd(right_first=right_first, outer_first=outer_first))
    at = dict(zip(found.names, found.positions, strict=True))
    for name in (*NOW7[:4], *NOW7[5:]):
        np.testing.assert_array_equal(at[name], SEVEN[name])
    assert "nose_base" not in at
    assert len([name for name in found.names if name.startswith("bu3dfe_")]) == 83
    np.testing.assert_array_equal(at["bu3dfe_40"], SEVEN["nose_base"])


def test_a_flat_set_keeps_its_numbers_and_gets_no_names():
    rows = np.random.default_rng(0).normal(size=(83, 3)) * (1, 1, 0)
    assert read_bnd(lines(rows, range(1, 84)).encode()).names[0] == "bu3dfe_01"


def pse(normal="n 0 0 1\n"):
    rows = [*NEUTRAL[:4], [-8, 0, 100], [8, 0, 100], [-30, -20, 90], [30, -20, 90]]
    return (lines(rows, range(1, 9)) + normal).encode()


def test_eight_points_of_a_raw_scan_get_names_with_the_faces_normal():
    found = read_pse(pse())
    at = dict(zip(found.names, found.positions, strict=True))
    for name, position in zip(NOW7[:4], NEUTRAL, strict=False):
        np.testing.assert_array_equal(at[name], position)
    assert [name for name in found.names if name.startswith("bu3dfe")] == [
        f"bu3dfe_{n:02d}" for n in (1, 5, 9, 13, 40, 45, 84, 85)
    ]
    assert read_pse(pse(normal="")).names[0] == "bu3dfe_01"


@pytest.mark.parametrize("bad", [b"", bnd()[:-40], bnd() + b"84 0 0 0\n", pse()])
def test_anything_but_83_rows_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_bnd(bad)


@pytest.mark.parametrize("bad", [b"", pse()[:40], bnd(), pse(normal="n 0 0\n"), pse(normal="n 0 0 x\n")])
def test_anything_but_eight_rows_and_a_normal_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_pse(bad)


@settings(deadline=None)
@given(damaged(bnd()) | damaged(pse()) | st.binary(max_size=99))
def test_damage_is_refused_or_finite_points(data):
    for read in (read_bnd, read_pse):
        try:
            assert np.isfinite(read(data).positions).all()
        except CaptureRejected:
            continue
