import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.bosphorus.labels import read_lm2, read_lm3
from facescale.structures import NOW7, CaptureRejected
from tests.corpora.faces import NEUTRAL
from tests.corpora.scan_corpora import damaged

SEVEN = dict(zip(NOW7, NEUTRAL, strict=True))
NOSE_TIP = (0.5, 4.0, 112.25)


def lm3(*, header="\n", mirrored=False, left_out=(), ending="\n"):
    """Typed as the authors' reader expects it; `mirrored` calls left what is the subject's right."""
    words = ("left", "right") if mirrored else ("right", "left")
    points = {"Nose tip": NOSE_TIP}
    for word, side in zip(words, ("right", "left"), strict=True):
        points[f"Outer {word} eye corner"] = SEVEN[f"{side}_eye_outer"]
        points[f"Inner {word} eye corner"] = SEVEN[f"{side}_eye_inner"]
        points[f"{word.capitalize()} mouth corner"] = SEVEN[f"mouth_{side}"]
    points = {label: p for label, p in points.items() if label not in left_out}
    body = "".join(f"{label}\n{float(x)} {float(y)} {float(z)}\n" for label, (x, y, z) in points.items())
    return f"# a comment\n{header}{len(points)} landmarks:\n{body}".replace("\n", ending).encode()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("header", ["\n", "*\n3 lines of text\nmore\n\n"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_six_labels_are_points_of_now_whatever_left_means(mirrored, header, ending):
    found = read_lm3(lm3(mirrored=mirrored, header=header, ending=ending))
    at = dict(zip(found.names, found.positions, strict=True))
    for name in (*NOW7[:4], *NOW7[5:]):
        np.testing.assert_array_equal(at[name], SEVEN[name])
    np.testing.assert_array_equal(at["nose_tip"], NOSE_TIP)
    assert "nose_base" not in at


def test_without_a_nose_sides_stay_unnamed_and_labels_remain():
    found = read_lm3(lm3(left_out=("Nose tip",)))
    assert not set(found.names) & set(NOW7)
    assert "outer_left_eye_corner" in found.names


def test_a_profile_with_few_points_is_read():
    found = read_lm3(b"#\n\n1 landmarks:\nNose tip\n1 2 3\n")
    assert found.names == ("nose_tip",)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"#\n\n0 landmarks:\n",
        b"#\n\n2 landmarks:\nNose tip\n1 2 3\n",
        b"#\n\n999999999999 landmarks:\nNose tip\n1 2 3\n",
        b"#\n\n1 landmarks:\nNose tip\n1 2\n",
        b"#\n\n2 landmarks:\nNose tip\n1 2 3\nnose  TIP\n1 2 3\n",
        b"#\n*\nno end of the header 1 landmarks:\nNose tip\n1 2 3\n",
    ],
)
def test_anything_else_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_lm3(bad)


LM2 = b"""# a comment

2 landmarks:

Labels:
Nose tip
Chin middle

2D Image coordinates:
400.5 612
398 900.25
"""


def test_labels_and_pixels_of_the_photograph_are_read():
    names, pixels = read_lm2(LM2)
    assert names == ("nose_tip", "chin_middle")
    np.testing.assert_array_equal(pixels, [[400.5, 612], [398, 900.25]])


@pytest.mark.parametrize("bad", [b"", LM2[:40], LM2[:-12], LM2.replace(b"Labels:", b"Labels")])
def test_a_cut_off_file_of_pixels_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_lm2(bad)


@settings(deadline=None)
@given(damaged(lm3(header="*\nx\n\n")) | damaged(LM2) | st.binary(max_size=99))
def test_damage_is_refused_or_finite_points(data):
    for read in (lambda d: read_lm3(d).positions, lambda d: read_lm2(d)[1]):
        try:
            assert np.isfinite(read(data)).all()
        except CaptureRejected:
            continue
