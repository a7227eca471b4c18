# pyright: reportOptionalMemberAccess=false, reportArgumentType=false
from dataclasses import replace

import numpy as np
import pytest

from facescale.corpora.cameras_check import camera_findings
from facescale.corpora.views_check import inspect_capture
from facescale.structures import Capture, ImagePoints, Item, Mesh, PinholeRecord, RegisteredMesh, View
from facescale.structures.item import InputFile
from facescale.synthesis.photo.lens import project

SIZE = (96, 140)
HEAD = np.array([20.0, 1500.0, -30.0])
"""Middle of the head in a world whose origin is on the floor."""
POINTS = HEAD + np.random.default_rng(0).uniform(-70, 70, (12, 3))
NAMES = tuple(f"ibug_{k:02d}" for k in range(len(POINTS)))


def camera(yaw, rise=0.1, distance=1000.0):
    way = np.array([np.sin(yaw) * np.cos(rise), np.sin(rise), np.cos(yaw) * np.cos(rise)])
    right = np.cross(-way, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(-way, right), -way])
    return PinholeRecord(
        rotation=rotation,
        translation=np.array([5.0, -8.0, distance]) - rotation @ HEAD,
        focal=np.array([290.0, 291.0]),
        principal=np.array([47.0, 71.0]),
        size=SIZE,
    )


def capture(*, frames=2, marked=True, change=lambda record: record, pixels=lambda found: found, **more):
    """A rig of four cameras; `change` is the mistake of its calibration."""
    views = []
    for place, yaw in enumerate((-0.9, -0.3, 0.4, 1.0)):
        true = camera(yaw, rise=0.1 * place)
        for frame in range(frames):
            image = np.random.default_rng([place, frame]).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
            marks = ImagePoints(names=NAMES, positions=pixels(project(true, POINTS)))
            views.append(
                View(
                    name=f"c{place}/{frame:06d}",
                    image=image,
                    camera=change(true),
                    time_s=frame / 25,
                    group=f"c{place}",
                    landmarks=marks if marked else None,
                )
            )
    return Capture(item="i", subject="s", views=tuple(views), **more)


def found(capture):
    return {finding.reason: finding.message for finding in camera_findings(capture)}


def scaled(factor):
    return lambda record: replace(record, translation=record.translation * factor)


def gl(record):
    signs = np.array([1.0, -1, -1])
    return replace(record, rotation=signs[:, None] * record.rotation, translation=signs * record.translation)


def inverted(record):
    return replace(record, rotation=record.rotation.T, translation=-record.rotation.T @ record.translation)


def test_a_sound_rig_has_no_findings_with_or_without_marked_points():
    assert found(capture()) == {}
    assert found(capture(marked=False)) == {}
    assert found(Capture(item="i", subject="s")) == {}


@pytest.mark.parametrize(("factor", "unit"), [(1e-3, "in m and not in mm"), (1000.0, "in mm and not in m")])
def test_a_wrong_unit_is_named_with_the_one_that_fits(factor, unit):
    message = found(capture(marked=False, change=scaled(factor)))["wrong-unit"]
    assert unit in message
    assert "1,0" in message
    assert "wrong-unit" not in found(capture(marked=False, change=scaled(factor), world="arbitrary"))


def test_a_camera_that_looks_elsewhere_is_named():
    views = list(capture(frames=1).views)
    turned, aside = views[2].camera, np.array([400.0, 0, 0])
    views[2] = replace(views[2], camera=replace(turned, translation=turned.translation + aside))
    cut = replace(capture(frames=1), views=tuple(replace(view, landmarks=None) for view in views))
    mesh = RegisteredMesh(
        name="0", mesh=Mesh(vertices=POINTS, faces=np.zeros((0, 3), np.int32)), topology="x", time_s=0.0
    )
    message = found(replace(cut, registrations=(mesh,)))["blind-cameras"]
    assert message.endswith(": c2")


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (gl, "OpenGL"),
        (inverted, "camera-to-world instead"),
        (lambda record: inverted(gl(record)), "camera-to-world with OpenGL"),
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_another_convention_is_named(mistake, words, marked):
    message = found(capture(change=mistake, marked=marked))["wrong-axes"]
    assert words in message


def test_transposed_rotations_are_told_by_points():
    spoiled = capture(change=lambda record: replace(record, rotation=record.rotation.T))
    assert "transposed" in found(spoiled)["wrong-axes"]


def test_mirrored_pictures_are_told_by_their_points():
    message = found(capture(pixels=lambda at: at * [-1, 1] + [SIZE[0], 0]))["wrong-axes"]
    assert "mirrored left to right" in message


@pytest.mark.parametrize(("factor", "words"), [(2.0, "2 times"), (0.5, "0.5 times"), (4.0, "4 times")])
def test_intrinsics_of_another_size_are_told_with_the_factor(factor, words):
    def change(record):
        return replace(record, focal=record.focal * factor, principal=record.principal * factor)

    assert words in found(capture(change=change, marked=False))["wrong-resolution"]


def test_frames_that_repeat_are_told():
    whole = capture(frames=3)
    views = list(whole.views)
    views[1] = replace(views[1], image=views[0].image)
    message = found(replace(whole, views=tuple(views)))["frozen-frames"]
    assert message == "1 frames repeat the one before them: c0/000001 is c0/000000"


def test_a_video_shorter_than_the_others_is_told():
    lengths = {f"frames:c{k}": "500" for k in range(3)} | {"frames:c3": "320"}
    assert found(capture(attributes=lengths))["short-videos"].endswith("c3 has 320 frames")
    assert "short-videos" not in found(capture(attributes=lengths | {"frames:c3": "498"}))


def test_a_check_of_any_layout_has_the_findings():
    item = Item(
        corpus="c", item="i", subject="s", inputs=(InputFile(role="video", uri="v", path="v.mp4", size=1),)
    )
    checked, _ = inspect_capture(item, lambda _: capture(change=scaled(1e-3), marked=False))
    assert "wrong-unit" in [finding.reason for finding in checked.findings]
