"""What looks odd about the cameras of a capture: do they stand around a head, and see it? Changes nothing.

Judges by numbers alone: where cameras stand and look, registered meshes, marked points, and pixels that repeat.
"""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from facescale.corpora.cameras_conventions import convention_by_axes, convention_by_points, meeting_point
from facescale.corpora.finding import Finding, Level
from facescale.structures.capture import Capture
from facescale.structures.units import MILLIMETRES_PER
from facescale.structures.view import PinholeRecord, View

FIELD_MM = (60.0, 4000.0)
"""Width of what a picture of a head shows at the head."""
USUAL_MM = 500.0
NEAR_MM, FAR_MM = 100.0, 12_000.0
"""Of cameras from the head that they look at."""
OFF_CENTRE = 0.25
"""Distance of a principal point from the picture's middle, of its side, that no camera for faces has."""
FACTORS = (0.125, 0.25, 0.5, 2.0, 4.0, 8.0)
"""Of resolutions that pictures are delivered in."""
SHORT = 0.02
"""Share of its frames by which a video may be shorter than its neighbours: cameras stop one by one."""
_NAMED = 4


def camera_findings(capture: Capture) -> Iterator[Finding]:
    """Judge the cameras of a capture; nothing where it has none."""
    rig = _rig(capture)
    if rig:
        yield from _resolution(rig)
        middle = head_centre(capture)
        wrong = convention_by_points(capture.views) or convention_by_axes(list(rig.values()))
        if wrong:
            yield _warning("wrong-axes", wrong, "see the convention of the calibration")
        elif middle is not None:
            yield from _units(capture, rig, middle)
            yield from _blind(capture, middle)
    yield from _frozen(capture.views)
    yield from _uneven(capture)


def head_centre(capture: Capture) -> Float[np.ndarray, "3"] | None:
    """Where the head is: the middle of a registered mesh, else where cameras' axes meet; None: nobody knows."""
    if capture.registrations:
        corners = [one.mesh.vertices for one in capture.registrations]
        middles = np.stack([(v.min(axis=0) + v.max(axis=0)) / 2 for v in corners]).astype(np.float64)
        return middles.sum(axis=0) / len(middles)
    cameras = list(_rig(capture).values())
    return meeting_point(cameras)[0] if len(cameras) > 1 else None


def _rig(capture: Capture) -> dict[str, PinholeRecord]:
    """Name -> one record a camera."""
    return {view.group or view.name: view.camera for view in capture.views if view.camera is not None}


def _resolution(rig: dict[str, PinholeRecord]) -> Iterator[Finding]:
    wrong = []
    for name, camera in rig.items():
        share = camera.principal / camera.size
        if np.abs(share - 0.5).max() <= OFF_CENTRE:
            continue
        fitting = [f for f in FACTORS if np.abs(share / f - 0.5).max() <= OFF_CENTRE / 2]
        width, height = camera.size
        column, row = camera.principal
        told = f"{name}: principal point ({column:.0f}, {row:.0f}) of {width} x {height}"
        if fitting:
            nearest = min(fitting, key=lambda f: np.abs(share / f - 0.5).max())
            told += f" pixels is that of pictures {nearest:g} times as large"
        wrong.append(told)
    if wrong:
        count = f"{len(wrong):,} of {len(rig):,} cameras"
        message = f"the intrinsics of {count} belong to another size: {_listed(wrong)}"
        yield _warning("wrong-resolution", message, "scale focal lengths and principal point with the pictures")


def _units(
    capture: Capture, rig: dict[str, PinholeRecord], middle: Float[np.ndarray, "3"]
) -> Iterator[Finding]:
    """Of a world that claims to be in mm."""
    if capture.world != "metric":
        return
    away = np.array([np.linalg.norm(camera.rotation @ middle + camera.translation) for camera in rig.values()])
    across = [distance * c.size[0] / c.focal[0] for distance, c in zip(away, rig.values(), strict=True)]
    distance, field = float(np.median(away)), float(np.median(across))
    if FIELD_MM[0] <= field <= FIELD_MM[1] and NEAR_MM <= distance <= FAR_MM:
        return
    scales = {
        f"in {unit} and not in {other}": MILLIMETRES_PER[unit] / MILLIMETRES_PER[other]
        for unit in MILLIMETRES_PER
        for other in MILLIMETRES_PER
        if unit != other
    }
    fitting = {
        name: scale
        for name, scale in scales.items()
        if FIELD_MM[0] <= field * scale <= FIELD_MM[1] and NEAR_MM <= distance * scale <= FAR_MM
    }
    message = f"cameras stand {distance:,.3g} mm from the head and show {field:,.3g} mm there: no head rig"
    if fitting:
        name = min(fitting, key=lambda name: abs(np.log(field * fitting[name] / USUAL_MM)))
        message += f"; if the calibration is {name}, it is {distance * fitting[name]:,.0f} mm"
    yield _warning("wrong-unit", message, "set the layout's option unit")


def _blind(capture: Capture, middle: Float[np.ndarray, "3"]) -> Iterator[Finding]:
    meshes = {mesh.time_s: mesh.mesh.vertices for mesh in capture.registrations if mesh.time_s is not None}
    blind = []
    for view in capture.views:
        camera = view.camera
        if camera is None:
            continue
        aim = middle
        if meshes and view.time_s is not None:
            nearest = meshes[min(meshes, key=lambda time: abs(time - (view.time_s or 0.0)))]
            aim = (nearest.min(axis=0) + nearest.max(axis=0)) / 2
        at = camera.rotation @ aim + camera.translation
        pixel = at[:2] / at[2] * camera.focal + camera.principal if at[2] > 0 else np.full(2, np.nan)
        if not ((pixel >= 0) & (pixel <= camera.size)).all():
            blind.append(view.group or view.name)
    if blind:
        cameras = list(dict.fromkeys(blind))
        where = f"in {len(blind):,} views"
        message = f"{len(cameras):,} cameras do not see the head's middle {where}: {_listed(cameras)}"
        yield _warning("blind-cameras", message, "leave them out with the layout's option cameras")


def _frozen(views: Sequence[View]) -> Iterator[Finding]:
    """Frames of one camera that repeat the one before."""
    before: dict[str, tuple[str, str]] = {}
    frozen = []
    for view in views:
        digest = hashlib.blake2b(view.image.tobytes(), digest_size=16).hexdigest()
        name, last = before.get(view.group, ("", ""))
        if view.group and digest == last:
            frozen.append(f"{view.name} is {name}")
        before[view.group] = (view.name, digest)
    if frozen:
        message = f"{len(frozen):,} frames repeat the one before them: {_listed(frozen)}"
        yield _warning("frozen-frames", message, "the recording stalled or was copied badly")


def _uneven(capture: Capture) -> Iterator[Finding]:
    """Videos that are shorter than the others of the rig."""
    counts = {
        name.removeprefix("frames:"): int(value)
        for name, value in capture.attributes.items()
        if name.startswith("frames:") and value.isdigit()
    }
    longest = max(counts.values(), default=0)
    short = [f"{name} has {n:,} frames" for name, n in counts.items() if n < (1 - SHORT) * longest - 1]
    if short:
        message = f"{len(short):,} videos are shorter than the longest of {longest:,} frames: {_listed(short)}"
        yield _warning("short-videos", message, "they were cut: copy them again")


def _listed(texts: list[str]) -> str:
    more = f", and {len(texts) - _NAMED:,} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more


def _warning(reason: str, message: str, hint: str) -> Finding:
    return Finding(level=Level.WARNING, reason=reason, message=message, hint=hint)
