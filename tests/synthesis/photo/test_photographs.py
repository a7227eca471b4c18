from functools import cache

import numpy as np
import pytest

from facescale.synthesis.photo.camera_response import decoded
from facescale.synthesis.photo.image_truth import KEYPOINTS
from facescale.synthesis.photo.lens import project
from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer, SyntheticImages
from tests.synthesis.photo.people import builtin

SIZE = (96, 96)


@cache
def made(index: int, kind="photographs", views: int = 2, truth="off-span") -> SyntheticImages:
    return synthesizer(kind, views, truth).make(5, index)


def synthesizer(kind="photographs", views: int = 2, truth="off-span") -> PhotoSynthesizer:
    return PhotoSynthesizer(
        builtin(), PhotoSynthesis(kind=kind, views=views, size=SIZE, truth=truth, texels=96)
    )


def expression_basis() -> np.ndarray:
    return builtin().basis[..., builtin().blocks[0].size :].numpy()


@pytest.mark.slow
def test_pictures_depend_on_seed_and_number_only_and_more_of_them_change_none():
    other = synthesizer(views=3)
    elsewhere = other.make(6, 0)
    again = other.make(5, 0)
    for name, data in made(0).encoded.items():
        assert again.encoded[name] == data
        assert elsewhere.encoded[name] != data
    assert len(again.encoded) == 3
    np.testing.assert_array_equal(again.truth.neutral, made(0).truth.neutral)
    np.testing.assert_array_equal(again.truth.keypoint_pixels[:2], made(0).truth.keypoint_pixels)


def test_a_view_holds_the_pixels_of_its_jpeg():
    for view in made(0).capture.views:
        np.testing.assert_array_equal(view.image, decoded(made(0).encoded[view.name]))
        assert view.image.shape == (96, 96, 3)
        assert view.camera is None
        assert view.image.std() > 10


def test_the_truth_is_consistent_in_itself():
    truth = made(0).truth
    for place in range(len(truth.views)):
        vertices = truth.vertices(place, expression_basis())
        sites = builtin().landmarks["ibug68"]
        corners = vertices[builtin().faces[sites.face].numpy()]
        marks = (corners * sites.barycentric.numpy()[..., None]).sum(axis=1)
        np.testing.assert_allclose(truth.keypoints[place][:68], marks, atol=1e-3)
        world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
        np.testing.assert_allclose(project(truth.camera(place), world), truth.keypoint_pixels[place], atol=1e-6)
        assert truth.keypoint_visible[place][30]
        assert truth.keypoint_pixels.shape[1] == len(KEYPOINTS)


def test_the_true_shape_leaves_the_span_by_the_stated_amount_and_in_span_does_not():
    import torch

    for kind, low, high in (("off-span", 0.7, 0.95), ("in-span", 0.0, 1e-3)):
        truth = made(0, "photographs", 2, kind).truth
        explained = builtin().evaluate(
            {"identity": torch.from_numpy(truth.params["identity"])[None], "expression": torch.zeros(1, 52)}
        )[0]
        skin = builtin().regions["head"].numpy()
        rms = np.sqrt(np.square(explained.numpy() - truth.neutral)[skin].sum(axis=1).mean())
        assert low <= rms <= high
        assert truth.kind == kind
        assert (truth.off_span_rms > 0.7) == (kind == "off-span")


def test_a_rig_sees_one_instant_with_known_cameras():
    taken = made(1, "rig", 3)
    truth = taken.truth
    assert [view.name for view in taken.capture.views] == ["cam00.jpg", "cam01.jpg", "cam02.jpg"]
    np.testing.assert_array_equal(truth.expressions[0], truth.expressions[2])
    np.testing.assert_array_equal(truth.head_rotations[0], truth.head_rotations[2])
    for place, view in enumerate(taken.capture.views):
        np.testing.assert_array_equal(view.camera.rotation, truth.camera_rotations[place])
    ahead = truth.camera_rotations[:, 2]
    assert ahead[0, 0] > 0.5
    assert ahead[2, 0] < -0.5


def test_frames_of_a_video_have_times_and_one_camera_that_stands_still():
    taken = made(2, "video", 3)
    assert [view.time_s for view in taken.capture.views] == [0.0, 0.04, 0.08]
    np.testing.assert_array_equal(taken.truth.camera_rotations[0], taken.truth.camera_rotations[2])
    assert not np.array_equal(taken.truth.head_rotations[0], taken.truth.head_rotations[2])
    assert taken.encoded == {}
    assert taken.capture.item == "s00002/clip"


def test_one_camera_for_all_photographs_has_one_focal_length():
    config = PhotoSynthesis(views=2, size=SIZE, texels=96, same_camera_share=1.0)
    taken = PhotoSynthesizer(builtin(), config).make(5, 7)
    assert taken.truth.groups == ("camera", "camera")
    np.testing.assert_array_equal(taken.truth.focals[0], taken.truth.focals[1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"views": 0},
        {"size": (8, 640)},
        {"yaw": 120.0},
        {"rate": 0.0},
        {"neutral_share": 2.0},
        {"off_span_rms": -1.0},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        PhotoSynthesis(**wrong)
