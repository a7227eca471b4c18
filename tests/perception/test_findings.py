from dataclasses import replace

import numpy as np
import pytest

from facescale.perception.findings import Finding, settled, turned, turned_back, undisputed
from facescale.perception.mean_face import mean_face

SIDE = 400


def finding(turn, *, lean=0.0, shift=(0.0, 0.0)):
    """The mean face in a square image of 400 pixels, as the image's quarter turn shows it.

    Leaning clockwise in the turned picture by some degrees.
    """
    face = mean_face().points[:, :2] * [1, -1] - (mean_face().points[:, :2] * [1, -1]).mean(axis=0)
    angle = np.radians(lean)
    seen = face @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + SIDE / 2
    points = turned_back(seen, turn, width=SIDE, height=SIDE) + shift
    return Finding(
        points=points.astype(np.float32),
        blendshapes=np.zeros(52, np.float32),
        turn=turn,
        upright=seen.astype(np.float32),
    )


@pytest.mark.parametrize("turn", range(4))
def test_positions_turn_with_their_pixels(turn):
    image = np.zeros((5, 7, 3), np.uint8)
    image[1, 4] = 255
    row, column = np.argwhere(turned(image, turn)[..., 0])[0]
    back = turned_back(np.array([[column + 0.5, row + 0.5]]), turn, width=7, height=5)
    assert back.tolist() == [[4.5, 1.5]]


@pytest.mark.parametrize("lean", [-100, -45, 0, 30, 90])
def test_the_lean_of_a_finding_is_read_off_its_points(lean):
    assert np.degrees(finding(0, lean=lean).pose.roll) == pytest.approx(lean, abs=0.5)


def test_of_turns_that_agree_the_one_with_the_least_lean_is_kept():
    # a head that leans by 70 degrees in the picture leans by -20 once that is turned by a quarter
    pair = [finding(0, lean=70), finding(1, lean=-20)]
    assert np.abs(pair[0].points - pair[1].points).max() < 0.01
    assert [one.turn for one in settled(pair)] == [1]


def test_a_made_up_face_on_an_inverted_head_is_outvoted():
    made_up = finding(0, lean=5, shift=(0, -20))
    true = [finding(2, lean=10), finding(1, lean=100)]
    assert not undisputed([made_up], true[:1])
    assert [one.turn for one in settled([made_up, *true])] == [2]


def strange(one, *, amount=0.03):
    """The same face with its points off their places."""
    rng = np.random.default_rng(0)
    off = rng.normal(0, amount * one.height, one.upright.shape).astype(np.float32)
    return replace(one, upright=one.upright + off)


def test_where_two_turns_agree_on_each_the_face_that_is_more_like_one_is_kept():
    upright = [finding(0, lean=9), finding(1, lean=-81)]
    inverted = [finding(2, lean=5, shift=(0, -20)), finding(3, lean=-85, shift=(0, -20))]
    assert [one.turn for one in settled([*upright, *map(strange, inverted)])] == [0]
    assert [one.turn for one in settled([*map(strange, upright), *inverted])] == [2]


def test_of_faces_as_plausible_the_upright_one_is_kept_since_pictures_are_rarely_inverted():
    upright = [finding(0, lean=9), finding(1, lean=-81)]
    inverted = [finding(2, lean=5, shift=(0, -20)), finding(3, lean=-85, shift=(0, -20))]
    alike = [strange(one) for one in (*upright, *inverted)]
    assert [one.turn for one in settled(alike)] == [0]


def test_a_turned_face_that_no_other_turn_confirms_is_not_kept():
    assert settled([finding(2)]) == []
    assert settled([finding(1), finding(2, shift=(40, 0))]) == []


def test_an_upright_face_needs_no_confirmation():
    upright = [finding(0, lean=20)]
    assert undisputed(upright, [])
    assert settled(upright) == upright
    assert not undisputed([finding(0, lean=80)], [])
    assert settled([finding(0, lean=80)]) == []


def test_heads_apart_are_settled_each_by_itself():
    left = [finding(0, lean=5, shift=(-250, 0))]
    right = [finding(2, lean=10, shift=(250, 0)), finding(1, lean=100, shift=(250, 0))]
    assert undisputed(left, right[:1])
    assert sorted(one.turn for one in settled(left + right)) == [0, 2]
    assert settled([]) == []
