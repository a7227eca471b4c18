import numpy as np
import pytest

from facescale.pipelines.instants import instants_of
from facescale.structures import Capture, PinholeRecord, View


def view(device, name, *, time=None, place=0.0, known=True):
    camera = PinholeRecord(
        rotation=np.eye(3), translation=np.array([place, 0.0, 0.0]), focal=np.full(2, 9.0),
        principal=np.array([2.0, 2.0]), size=(4, 4),
    )  # fmt: skip
    return View(
        name=f"{device}/{name}" if device else name,
        image=np.zeros((4, 4, 3), np.uint8),
        camera=camera if known else None,
        time_s=time,
        group=device,
    )


def together(*views, **attributes):
    """The names of the views of each moment, as sets; those of no moment apart."""
    capture = Capture(item="a", subject="a", views=views, attributes=attributes)
    named = instants_of(capture, views)
    moments = {}
    for one, instant in zip(views, named, strict=True):
        moments.setdefault(instant, set()).add(one.name)
    alone = moments.pop("", set())
    return sorted(map(sorted, moments.values())), alone


def frames(device, *times, **more):
    return [view(device, str(number), time=time, **more) for number, time in enumerate(times)]


def test_frames_of_several_cameras_belong_together_within_half_a_frame():
    step = 1 / 30
    found, _ = together(
        *frames("a", 0, step, 2 * step),
        *frames("b", 0.4 * step, 1.4 * step, 2.4 * step),
        *frames("c", -0.4 * step, 0.6 * step, 1.6 * step),
    )
    assert found == [["a/0", "b/0", "c/0"], ["a/1", "b/1", "c/1"], ["a/2", "b/2", "c/2"]]


def test_clocks_of_a_known_offset_are_brought_together_first():
    views = [*frames("a", 1.0, 1.04), *frames("b", 6.0, 6.04)]
    assert together(*views)[0] == [["a/0"], ["a/1"], ["b/0"], ["b/1"]]
    assert together(*views, **{"offset_s:b": "-5"})[0] == [["a/0", "b/0"], ["a/1", "b/1"]]


def test_frames_that_were_picked_seconds_apart_are_no_more_alike_for_that():
    assert together(*frames("a", 0.0, 3.0), *frames("b", 0.3, 3.3))[0] == [["a/0"], ["a/1"], ["b/0"], ["b/1"]]


def test_a_rate_that_is_told_decides_what_half_a_frame_is():
    views = [*frames("a", 0.0, 1.0), *frames("b", 0.012, 1.004)]
    assert together(*views)[0] == [["a/0", "b/0"], ["a/1", "b/1"]]
    fast = together(*views, **{"rate:a": "60", "rate:b": "60"})[0]
    assert fast == [["a/0"], ["a/1", "b/1"], ["b/0"]]


def test_a_faster_camera_gives_its_nearest_frame_and_its_others_stand_alone():
    found, _ = together(*frames("slow", 0.0, 0.04), *frames("fast", -0.01, 0.001, 0.015, 0.0395))
    assert found == [["fast/0"], ["fast/1", "slow/0"], ["fast/2"], ["fast/3", "slow/1"]]


def test_photographs_of_one_rig_are_one_moment_and_so_are_those_of_a_camera_that_moves_round():
    rig = [view("", f"{k}.jpg", place=k) for k in range(3)]
    assert together(*rig)[0] == [["0.jpg", "1.jpg", "2.jpg"]]
    walk = [view("phone", f"{k}.jpg", place=k) for k in range(3)]
    assert len(together(*walk)[0]) == 1


def test_several_photographs_from_one_place_are_moments_by_their_names():
    views = [view(device, name) for device in "ab" for name in ("1.jpg", "2.png")]
    assert together(*views)[0] == [["a/1.jpg", "b/1.jpg"], ["a/2.png", "b/2.png"]]


@pytest.mark.parametrize("time", [None, 0.0])
def test_a_view_without_a_camera_has_no_moment_in_common(time):
    found, alone = together(view("a", "0", time=time), view("b", "0", time=time, known=False))
    assert (found, alone) == ([["a/0"]], {"b/0"})
