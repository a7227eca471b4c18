import numpy as np
import pytest

from facescale.heads.builtin.head import load_builtin
from facescale.perception import mediapipe_points as points
from facescale.pipelines.view_landmarks import mediapipe_embedding, seen_subject
from facescale.structures import Capture, CaptureRejected, FaceLandmarks, LostView, PinholeRecord, View


class Detector:
    """Stands for the landmarker: the brightness of an image says what is found in it."""

    def detect(self, image):
        level = int(image[0, 0, 0])
        if level == 0:
            raise CaptureRejected("no-face", "expected a face, found none", "")
        return FaceLandmarks(
            scheme=points.SCHEME,
            positions=np.zeros((points.COUNT, 2), np.float32),
            covariances=np.tile(np.eye(2, dtype=np.float32), (points.COUNT, 1, 1)),
            sliding=np.zeros(points.COUNT, bool),
            face_height=50.0,
            yaw=float(level) / 100,
        )


def view(name, level, **fields):
    return View(name=name, image=np.full((20, 30, 3), level, np.uint8), **fields)


def capture(*views, lost=()):
    return Capture(item="s0", subject="s0", views=views, lost_views=lost)


def camera():
    return PinholeRecord(
        rotation=np.eye(3), translation=np.zeros(3), focal=np.full(2, 30.0), principal=np.array([15.0, 10.0]),
        size=(30, 20),
    )  # fmt: skip


def test_views_without_a_face_are_lost_with_their_reason_beside_those_that_could_not_be_read():
    broken = LostView(name="c", reason="damaged: half a picture")
    seen = seen_subject(capture(view("a", 10), view("b", 0), lost=(broken,)), Detector())
    assert [each.name for each in seen.subject.views] == ["a"]
    assert [each.name for each in seen.lost] == ["c", "b"]
    assert "no-face" in seen.lost[1].reason


def test_where_nobody_is_seen_the_reason_is_that_of_the_views():
    with pytest.raises(CaptureRejected) as one:
        seen_subject(capture(view("a", 0)), Detector())
    assert one.value.reason == "no-face"
    with pytest.raises(CaptureRejected) as several:
        seen_subject(capture(view("a", 0), view("b", 0)), Detector())
    assert several.value.reason == "no-face"
    assert "a: no-face" in several.value.detail
    with pytest.raises(CaptureRejected) as mixed:
        seen_subject(capture(view("a", 0), lost=(LostView(name="b", reason="damaged"),)), Detector())
    assert mixed.value.reason == "no-usable-view"
    with pytest.raises(CaptureRejected) as bare:
        seen_subject(capture(), Detector())
    assert (bare.value.reason, bare.value.detail) == ("no-usable-view", "expected pictures, found none")


def test_calibrated_photographs_are_one_instant_and_frames_of_a_video_are_not():
    rig = seen_subject(capture(view("a", 10, camera=camera()), view("b", 20, camera=camera())), Detector())
    assert {each.instant for each in rig.subject.views} == {"rig"}
    video = seen_subject(
        capture(view("0", 10, time_s=0.0, group="video"), view("1", 20, time_s=0.04, group="video")), Detector()
    )
    assert {each.instant for each in video.subject.views} == {""}
    assert {each.group for each in video.subject.views} == {"video"}
    assert video.times_s == (0.0, 0.04)


def test_frames_of_calibrated_videos_share_the_moments_of_the_capture_s_common_clock():
    views = [
        view(f"{device}/{k}", 10, camera=camera(), time_s=start + 0.04 * k, group=device)
        for device, start in (("a", 0.0), ("b", 7.0))
        for k in range(2)
    ]
    told = Capture(item="s0", subject="s0", views=tuple(views), attributes={"offset_s:b": "-7"})
    first, second, *others = [each.instant for each in seen_subject(told, Detector()).subject.views]
    assert others == [first, second]
    assert first != second


def test_a_world_without_a_unit_is_told_to_the_fit():
    unknown = Capture(item="s0", subject="s0", views=(view("a", 10, camera=camera()),), world="arbitrary")
    assert not seen_subject(unknown, Detector()).subject.metric
    assert seen_subject(capture(view("a", 10, camera=camera())), Detector()).subject.metric


def test_photographs_have_lenses_of_their_own_unless_all_are_said_to_share_one():
    two = capture(view("a", 10), view("b", 20))
    assert [each.group for each in seen_subject(two, Detector()).subject.views] == ["", ""]
    shared = seen_subject(two, Detector(), one_lens=True)
    assert [each.group for each in shared.subject.views] == ["30 x 20", "30 x 20"]


def test_the_photographs_that_are_kept_span_the_turns_of_the_head():
    seen = seen_subject(
        capture(*(view(str(k), level) for k, level in enumerate((50, 10, 90, 20, 60)))), Detector()
    )
    assert set(seen.photographs) == {"1", "0", "2"}


def test_the_embedding_slides_the_oval_and_leaves_the_irises_out():
    embedding = mediapipe_embedding(load_builtin())
    assert set(points.OVAL) == set(embedding.points[embedding.sliding].tolist())
    assert embedding.points.max() < points.IRIS_START
    assert len(embedding.points) > 440
