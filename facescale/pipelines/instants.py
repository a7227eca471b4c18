"""Which of a capture's calibrated views show the same moment: by names, times and cameras, never by pixels."""

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from facescale.structures import Capture, View

OFFSET, RATE = "offset_s:", "rate:"
"""Attributes of a capture, with the device behind: what is added to its clock, and its frames a second."""
LONGEST_FRAME_S = 0.05
"""No camera is taken to be slower than 20 frames a second: frames that were picked seconds apart are not held
for one moment where its rate is unknown."""
_ROUNDING = 1e-6


def instants_of(capture: Capture, views: Sequence[View]) -> list[str]:
    """Name the moment of each view; empty for one without a camera, which has none in common with others.

    Views with times belong together where these, on the common clock, are within half a frame of the slowest
    device; an instant has one view of a device at the most. Photographs are one moment, unless a device took
    several from one place: then those of one file name are.

    Args:
        capture: whose attributes tell offsets and rates.
        views: some of its views.
    """
    known = [place for place, view in enumerate(views) if view.camera is not None]
    timed = [place for place in known if views[place].time_s is not None]
    still = [place for place in known if views[place].time_s is None]
    names = [""] * len(views)
    for place, name in zip(still, _photographs([views[place] for place in still]), strict=True):
        names[place] = name
    for place, number in zip(timed, _moments(capture, [views[place] for place in timed]), strict=True):
        names[place] = f"moment {number}"
    return names


def _photographs(views: Sequence[View]) -> list[str]:
    places = {(view.group, _placed(view)) for view in views if view.group}
    if len(places) == sum(bool(view.group) for view in views):
        return ["rig"] * len(views)
    return [posixpath.splitext(view.name.removeprefix(f"{view.group}/"))[0] for view in views]


def _placed(view: View) -> bytes:
    assert view.camera is not None
    return view.camera.rotation.tobytes() + view.camera.translation.tobytes()


def _moments(capture: Capture, views: Sequence[View]) -> list[int]:
    """Number of each view's moment: views join the nearest one of the device that has most, again and again."""
    devices = [view.group for view in views]
    times = np.array([_common(view, capture.attributes) for view in views])
    reach = (0.5 + _ROUNDING) * _slowest(devices, times, capture.attributes)
    found, count, left = np.full(len(views), -1), 0, list(range(len(views)))
    while left:
        chief = Counter(devices[place] for place in left).most_common(1)[0][0]
        anchors = sorted((place for place in left if devices[place] == chief), key=lambda place: times[place])
        found[anchors] = count + np.arange(len(anchors))
        nearest: dict[tuple[str, int], tuple[float, int]] = {}
        for place in left:
            away = np.abs(times[anchors] - times[place])
            anchor, distance = int(away.argmin()), float(away.min())
            if devices[place] != chief and distance <= reach:
                key = devices[place], anchor
                nearest[key] = min(nearest.get(key, (np.inf, -1)), (distance, place))
        for (_, anchor), (_, place) in nearest.items():
            found[place] = count + anchor
        count += len(anchors)
        left = [place for place in left if found[place] < 0]
    return found.tolist()


def _common(view: View, attributes: Mapping[str, str]) -> float:
    assert view.time_s is not None
    return view.time_s + float(attributes.get(OFFSET + view.group, 0.0))


def _slowest(devices: Sequence[str], times: np.ndarray, attributes: Mapping[str, str]) -> float:
    """Seconds from frame to frame of the slowest device: of its rate, or at most those between its views."""
    longest = 0.0
    for device in set(devices):
        rate = float(attributes.get(RATE + device, 0.0))
        own = np.diff(np.sort(times[[other == device for other in devices]]))
        gap = own[own > 0].min(initial=LONGEST_FRAME_S)
        longest = max(longest, min(1 / rate if rate > 0 else gap, LONGEST_FRAME_S))
    return longest
