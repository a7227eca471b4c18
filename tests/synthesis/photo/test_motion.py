import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from facescale.synthesis.photo.motion import HIGHEST_HZ, Performance, Track, draw_moment, head_rotation
from tests.synthesis.photo.people import acting


def performance(seed: int = 0) -> Performance:
    return Performance(acting(), np.random.default_rng(seed), pose=(0.1, 0, 0), length=20.0)


def test_a_face_at_a_time_is_the_same_whoever_asks_and_in_whatever_order():
    one, two = performance(), performance()
    forwards = [one.at(t) for t in (0.0, 0.5, 1.23)]
    backwards = [two.at(t) for t in (1.23, 0.5, 0.0)][::-1]
    for a, b in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(a.expression, b.expression)
        np.testing.assert_array_equal(a.rotation, b.rotation)


def test_tracks_hold_no_frequency_above_their_highest():
    track = Track(np.random.default_rng(2), highest=HIGHEST_HZ, size=3)
    times = np.arange(4000) * 0.05
    values = np.stack([track(float(t)) for t in times]) * np.hanning(len(times))[:, None]
    power = np.abs(np.fft.rfft(values, axis=0)) ** 2
    fast = np.fft.rfftfreq(len(times), 0.05) > HIGHEST_HZ + 0.1
    assert power[fast].sum() < 1e-6 * power.sum()


def test_between_frames_nothing_jumps_and_coefficients_keep_their_bounds():
    someone = performance(3)
    rows = np.stack([someone.at(k / 100).expression for k in range(1000)])
    assert np.abs(np.diff(rows, axis=0)).max() < 0.25
    assert np.ptp(rows, axis=0).max() > 0.3
    assert (rows >= acting().block.lower.numpy()).all()
    assert (rows <= acting().block.upper.numpy()).all()


def test_eyes_blink():
    someone = Performance(acting(), np.random.default_rng(1), pose=(0, 0, 0), length=30.0)
    column = acting().block.names.index("eyeBlinkLeft")
    closed = np.array([someone.at(k / 50).expression[column] for k in range(1500)])
    assert closed.max() > 0.95
    assert (closed > 0.5).mean() < 0.15


def test_turns_are_about_the_axes_that_their_names_say():
    ahead = np.array([0.0, 0, 1])
    assert (head_rotation(0.3, 0, 0) @ ahead)[0] == pytest.approx(np.sin(0.3))
    assert (head_rotation(0, 0.3, 0) @ ahead)[1] == pytest.approx(-np.sin(0.3))
    assert (head_rotation(0, 0, 0.3) @ np.array([0.0, 1, 0]))[0] == pytest.approx(-np.sin(0.3))
    turn = Rotation.from_matrix(head_rotation(0.2, -0.1, 0.4))
    np.testing.assert_allclose(turn.as_matrix() @ turn.as_matrix().T, np.eye(3), atol=1e-12)


def test_a_photograph_may_be_neutral_and_then_hardly_moves():
    neutral = draw_moment(acting(), np.random.default_rng(4), pose=(0, 0, 0), neutral_share=1.0)
    moved = [
        draw_moment(acting(), np.random.default_rng(seed), pose=(0, 0, 0), neutral_share=0.0)
        for seed in range(10)
    ]
    mouth = [acting().block.names.index(name) for name in ("jawOpen", "mouthSmileLeft", "mouthPucker")]
    assert neutral.expression[mouth].max() < 0.15
    assert sum(m.expression.max() > 0.2 for m in moved) >= 8
