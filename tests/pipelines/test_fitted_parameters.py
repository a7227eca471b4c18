import io

import numpy as np
import pytest

from facescale.pipelines.fitted_parameters import read_parameters
from tests.heads.random_head import random_head
from tests.heads.seamed_head import seamed_head

POSE = {
    "rotation": np.eye(3),
    "translation_mm": np.arange(3.0),
    "scale": 1.5,
    "millimetres_per_unit": 25.4,
    "metric": np.asarray(False),
}


def archive(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_what_was_written_comes_back():
    found = read_parameters(archive(**{"params/identity": np.ones(4, np.float32)}, **POSE), seamed_head())
    assert found.params.keys() == {"identity"}
    assert (found.scale, found.millimetres_per_unit, found.metric) == (1.5, 25.4, False)
    np.testing.assert_array_equal(found.translation_mm, [0, 1, 2])


def test_parameters_of_another_head_are_refused():
    data = archive(**{"params/identity": np.ones(4, np.float32)}, **POSE)
    with pytest.raises(ValueError, match="expected parameters of random"):
        read_parameters(data, random_head())


@pytest.mark.parametrize("gone", sorted(POSE))
def test_a_pose_that_is_not_whole_is_refused(gone):
    pose = {name: value for name, value in POSE.items() if name != gone}
    with pytest.raises(ValueError, match="pose"):
        read_parameters(archive(**pose), seamed_head())


@pytest.mark.parametrize("data", [b"", b"no archive", archive(bad=np.array([{}], dtype=object))])
def test_what_is_no_archive_of_plain_arrays_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words for pickles
        read_parameters(data, seamed_head())


def test_a_pose_is_read_without_the_head_and_undone_to_rounding():
    rng = np.random.default_rng(0)
    rotation, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    pose = read_parameters(archive(**{**POSE, "rotation": rotation}), None).pose
    points = rng.standard_normal((5, 3))
    np.testing.assert_allclose(pose.to_head(pose.apply(points)), points, atol=1e-12)
