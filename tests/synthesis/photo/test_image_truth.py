from dataclasses import fields, replace

import numpy as np
import pytest

from facescale.synthesis.photo.image_truth import KEYPOINTS, ImageTruth


def truth(views: int = 2) -> ImageTruth:
    rng = np.random.default_rng(0)
    return ImageTruth(
        item="s00000", subject="s00000", head="builtin", kind="off-span", seed=1, index=0,
        views=tuple(f"p{k:02d}.jpg" for k in range(views)), groups=("camera",) * views,
        params={"identity": rng.standard_normal(5)},
        neutral=rng.standard_normal((10, 3)).astype(np.float32),
        motion=rng.standard_normal((10, 3)).astype(np.float32),
        expressions=rng.uniform(0, 1, (views, 4)).astype(np.float32), efforts=rng.uniform(0, 1, views),
        head_rotations=np.tile(np.eye(3), (views, 1, 1)), head_translations=rng.standard_normal((views, 3)),
        camera_rotations=np.tile(np.eye(3), (views, 1, 1)), camera_translations=rng.standard_normal((views, 3)),
        focals=np.full((views, 2), 700.0), principals=np.full((views, 2), 320.0),
        distortions=np.zeros((views, 5)), sizes=np.full((views, 2), 640), times=np.full(views, np.nan),
        clock_offsets=np.zeros(views),
        keypoints=rng.standard_normal((views, len(KEYPOINTS), 3)),
        keypoint_pixels=rng.standard_normal((views, len(KEYPOINTS), 2)),
        keypoint_visible=np.ones((views, len(KEYPOINTS)), bool),
        off_span_rms=0.8, off_span_face_rms=0.7, wrinkle_rms=0.05, attributes={"tone": "light"},
    )  # fmt: skip


def test_a_truth_comes_back_from_its_file():
    made = truth()
    read = ImageTruth.from_npz(made.to_npz())
    for field in fields(ImageTruth):
        one, two = getattr(made, field.name), getattr(read, field.name)
        if isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, two)
            assert one.dtype == two.dtype
        elif field.name == "params":
            np.testing.assert_array_equal(one["identity"], two["identity"])
        else:
            assert one == two
    assert read.to_npz() == made.to_npz()


def test_vertices_are_the_neutral_shape_with_what_the_face_does():
    made, basis = truth(), np.random.default_rng(1).standard_normal((10, 3, 4))
    wanted = made.neutral + np.einsum("vck,k->vc", basis, made.expressions[1]) + made.efforts[1] * made.motion
    np.testing.assert_allclose(made.vertices(1, basis), wanted, atol=1e-5)


def test_a_camera_of_a_view_is_its_rows():
    camera = truth().camera(1)
    assert camera.size == (640, 640)
    np.testing.assert_array_equal(camera.translation, truth().camera_translations[1])


def test_shapes_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match=r"expected focals of shape \(2, 2\), got \(1, 2\)"):
        replace(truth(), focals=np.ones((1, 2)))


def test_anything_else_is_no_truth_file():
    with pytest.raises(ValueError, match="expected a truth file of images"):
        ImageTruth.from_npz(b"nothing")
