import numpy as np
import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads.builtin.head import load_builtin
from facescale.perception import mediapipe_points as ids
from facescale.pipelines.head_portraits import Look, PaintedHead, Portrait, camera_at, soft_light
from facescale.pipelines.lifted_points import LiftedPoints
from tests.perception.landmarker_asset import model_path, needs_landmarker

ANGLES = [(np.radians(yaw), np.radians(pitch)) for yaw in (-35, -20, 0, 0, 20, 35) for pitch in (-5, 5)]
INNER_LIPS = (*ids.UPPER_INNER_LIP, *ids.LOWER_INNER_LIP)
SKIN = np.setdiff1d(np.arange(ids.IRIS_START), [*ids.OVAL, *INNER_LIPS])
"""What a closed mouth does not hide and what does not slide."""


@pytest.fixture(scope="module")
def head():
    return load_builtin()


@pytest.fixture(scope="module")
def truth(head):
    return head.landmarks["mediapipe478"]


def numbered_pictures():
    """Pictures that show nothing but their own number, for a detector that knows all answers."""
    return [
        Portrait(image=np.full((2, 2, 3), number, np.uint8), camera=camera_at(yaw, pitch, size=800, span=300.0))
        for number, (yaw, pitch) in enumerate(ANGLES)
    ]


def oracle(head, sites: Sites, *, noise=0.0, lost=()):
    """Where sites appear in numbered pictures, with errors in pixels."""
    points = points_at(head.mean_vertices()[None], head.faces, sites)[0]
    rng = np.random.default_rng(0)
    pictures = numbered_pictures()

    def detect(image):
        number = int(image[0, 0, 0])
        if number in lost:
            return None
        seen = pictures[number].camera.project(points).pixels.double().numpy()
        return seen + rng.normal(0, noise, seen.shape)

    return detect


def positions(head, sites):
    return points_at(head.mean_vertices()[None], head.faces, sites)[0].numpy()


@pytest.mark.parametrize(("noise", "worst", "usual"), [(0.0, 3.0, 0.05), (2.0, 6.0, 0.7)])
def test_sites_are_found_again_from_their_pictures(head, truth, noise, worst, usual):
    lifted = LiftedPoints(head, head.mean_vertices(), numbered_pictures(), oracle(head, truth, noise=noise))
    away = np.linalg.norm(positions(head, lifted.settled(lifted.middle())) - positions(head, truth), axis=1)
    assert np.median(away[SKIN]) < usual
    assert np.percentile(away[SKIN], 95) < worst
    assert np.median(away[ids.IRIS_START :]) < max(usual, 0.1)


def test_single_pictures_far_off_do_not_move_the_middle(head, truth):
    exact = oracle(head, truth)

    def detect(image):
        return exact(image) + (25.0 if image[0, 0, 0] in {3, 6} else 0.0)

    lifted = LiftedPoints(head, head.mean_vertices(), numbered_pictures(), detect)
    away = np.linalg.norm(lifted.middle() - positions(head, truth), axis=1)
    assert np.median(away[SKIN]) < 0.3
    assert np.median(lifted.spread()[SKIN]) > 2


def test_irises_settle_on_eyeballs_and_all_else_on_skin(head, truth):
    lifted = LiftedPoints(head, head.mean_vertices(), numbered_pictures(), oracle(head, truth, noise=1.0))
    face = lifted.settled(lifted.middle()).face.long()
    on_skin = head.regions["head"][head.faces[face].long()].all(dim=1).numpy()
    assert on_skin[: ids.IRIS_START][face[: ids.IRIS_START] >= 0].all()
    assert not on_skin[ids.IRIS_START :].any()
    assert (face[ids.IRIS_START :] >= 0).all()


def test_points_that_pictures_do_not_show_have_no_site(head, truth):
    exact = oracle(head, truth)
    hidden = [50, 473]

    def detect(image):
        points = exact(image)
        if image[0, 0, 0] > 1:
            points[hidden] = 1e4
        return points

    lifted = LiftedPoints(head, head.mean_vertices(), numbered_pictures(), detect)
    assert np.isnan(lifted.middle()[hidden]).all()
    assert lifted.settled(lifted.middle()).face[hidden].tolist() == [-1, -1]


def test_a_detector_that_finds_little_is_refused(head, truth):
    blind = oracle(head, truth, lost=range(7))
    with pytest.raises(ValueError, match="expected faces in most of 12 pictures, found 5"):
        LiftedPoints(head, head.mean_vertices(), numbered_pictures(), blind)


@needs_landmarker
def test_the_detector_sees_a_painted_head_where_its_camera_has_it(head, truth):
    from facescale.perception.mediapipe_library import close_landmarker, faces_in, open_landmarker
    from facescale.perception.pose import face_height, fit_pose

    bare = open_landmarker(model_path(), faces=2, detection=0.5, presence=0.5)
    light = soft_light(np.random.default_rng(0))
    angles = [(0.0, 0.0), (np.radians(30), 0.0)]
    pictures = PaintedHead(head, Look()).portraits(
        head.mean_vertices(), angles, size=400, span=280.0, light=light
    )
    for picture, (yaw, _) in zip(pictures, angles, strict=True):
        (face,) = faces_in(bare, picture.image)
        seen = picture.camera.project(torch.from_numpy(positions(head, truth))).pixels.numpy()
        error = np.linalg.norm(face.points - seen, axis=1)[SKIN] / face_height(seen)
        assert np.median(error) < 0.012
        # a camera on the subject's left sees the head turned to its right
        assert np.degrees(fit_pose(face.points).yaw) == pytest.approx(-np.degrees(yaw), abs=5)
    close_landmarker(bare)
