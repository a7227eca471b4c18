"""What is decided from the scores of a search and the verdict of the second judge; the search is scripted."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from facescale.registration.landmark_judge import Verdict
from facescale.registration.orientation import Orientation
from facescale.registration.surface_pose import Found, by_surface
from facescale.structures.errors import CaptureRejected

AHEAD = np.eye(3)
BEHIND = Rotation.from_rotvec([0, np.pi, 0]).as_matrix()
SLIGHTLY = Rotation.from_rotvec([0, 0.1, 0]).as_matrix()


def orientation(rotation: np.ndarray, score: float, runner_up: float) -> Orientation:
    return Orientation(rotation=rotation, translation=np.zeros(3), score=score, runner_up=runner_up)


def confirmed(rotation: np.ndarray) -> Verdict:
    return Verdict(rotation=rotation, agreed=6, detail="6 of 8 views see the same face in it")


def decide(free, *, verdict=None, near=None, axes=None):
    """Decide with a free search's answer, a verdict, and the answer of a search near the verdict."""
    asked = []

    def run(rotation: np.ndarray | None, _within: float) -> list[Found]:
        answer = free if rotation is None or rotation is axes else near
        return [Found(orientation=answer, millimetres=1.0, unit="mm")]

    def ask() -> Verdict:
        asked.append(True)
        return verdict

    return by_surface(run, axes, ["odd"], ask), asked


def test_where_the_surface_is_clear_nobody_else_is_asked():
    settled, asked = decide(orientation(AHEAD, 1.0, 1.6))
    assert (settled.oriented_by, asked, settled.notes) == ("automatic", [], ("odd",))


def test_where_axes_are_stated_nobody_else_is_asked():
    settled, asked = decide(orientation(AHEAD, 1.0, 1.1), axes=AHEAD)
    assert (settled.oriented_by, asked) == ("axes", [])
    with pytest.raises(CaptureRejected, match=r"5\.50 mm"):
        decide(orientation(AHEAD, 5.5, 30.0), axes=AHEAD)


def test_where_two_ways_fit_alike_the_landmarks_decide():
    settled, _ = decide(
        orientation(BEHIND, 1.0, 1.1), verdict=confirmed(AHEAD), near=orientation(SLIGHTLY, 1.2, 30.0)
    )
    assert settled.oriented_by == "landmarks"
    np.testing.assert_array_equal(settled.best.orientation.rotation, SLIGHTLY)
    assert settled.ratio == pytest.approx(
        1.0 / 1.2
    )  # against the first judge's own, which is clearly different
    assert any("6 of 8 views" in note for note in settled.notes)


def test_where_both_judges_agree_the_ratio_is_that_over_the_runner_up():
    settled, _ = decide(
        orientation(AHEAD, 1.0, 1.4), verdict=confirmed(AHEAD), near=orientation(SLIGHTLY, 1.0, 30.0)
    )
    assert settled.ratio == pytest.approx(1.4)


def test_where_nothing_is_confirmed_the_scan_stays_rejected_and_the_advice_is_passed_on():
    nothing = Verdict(rotation=None, agreed=1, detail="none confirmed", advice="fetch a detector")
    with pytest.raises(CaptureRejected) as caught:
        decide(orientation(BEHIND, 1.0, 1.1), verdict=nothing)
    assert caught.value.reason == "no-orientation"
    assert "none confirmed" in caught.value.detail
    assert "fetch a detector" in caught.value.hint
    assert "keypoints" in caught.value.hint


@pytest.mark.parametrize(
    "near",
    [orientation(AHEAD, 1.6, 30.0), orientation(BEHIND, 1.0, 30.0)],
    ids=["fits-much-worse", "drifts-away"],
)
def test_a_verdict_that_the_surface_contradicts_is_not_followed(near):
    with pytest.raises(CaptureRejected, match="where they see it"):
        decide(orientation(BEHIND, 1.0, 1.1), verdict=confirmed(AHEAD), near=near)


def test_no_face_is_as_far_from_its_scan_as_that_whoever_confirms_it():
    with pytest.raises(CaptureRejected):
        decide(orientation(AHEAD, 5.2, 30.0), verdict=confirmed(AHEAD), near=orientation(AHEAD, 5.1, 30.0))
