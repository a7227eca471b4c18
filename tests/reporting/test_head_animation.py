import numpy as np
import pygltflib
import pytest
from jaxtyping import TypeCheckError
from scipy.spatial.transform import Rotation

from facescale.heads.blendshapes import Blendshapes
from facescale.reporting.head_animation import HeadAnimation
from facescale.reporting.head_glb import HeadTopology, head_glb

FRAMES = 4


def made(**changes) -> HeadAnimation:
    angles = np.linspace(0, 3.0, FRAMES)
    fields = {
        "times_s": np.arange(FRAMES) * 0.5,
        "weights": np.linspace(0, 1, FRAMES * 2).reshape(FRAMES, 2),
        "rotations": np.stack([Rotation.from_euler("y", angle).as_matrix() for angle in angles])
        @ np.diag([1.0, -1.0, -1.0]),
        "translations_mm": np.stack([[10.0 * k, -20.0, 600.0] for k in range(FRAMES)]),
    }
    return HeadAnimation(**{**fields, **changes})


def tracks(animation):
    """Path -> values, read back from a file by another library's eyes."""
    shape = Blendshapes(
        names=("jawOpen", "mouthSmileLeft"),
        neutral=np.eye(4, 3, dtype=np.float32) * 10,
        offsets=np.ones((2, 4, 3), np.float32),
        weights=np.zeros(2),
        sums={},
        residual_mm=0.0,
    )
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    glb = pygltflib.GLTF2.load_from_bytes(
        head_glb(shape, HeadTopology(faces=faces), name="head", animation=animation)
    )
    found = {}
    for channel in glb.animations[0].channels:
        sampler = glb.animations[0].samplers[channel.sampler]
        for name, number in (("time", sampler.input), (channel.target.path, sampler.output)):
            accessor = glb.accessors[number]
            view = glb.bufferViews[accessor.bufferView]
            data = glb.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
            found[name] = np.frombuffer(data, np.float32)
            if name == "time":
                assert (accessor.min, accessor.max) == ([0.0], [1.5])
    return found


def test_times_and_weights_are_kept_as_they_are():
    found = tracks(made())
    np.testing.assert_allclose(found["time"], [0, 0.5, 1, 1.5])
    np.testing.assert_allclose(found["weights"].reshape(FRAMES, 2), made().weights, atol=1e-7)


def test_a_head_before_the_camera_lies_on_the_far_side_of_gltfs_origin_and_upright():
    found = tracks(made())
    place = found["translation"].reshape(FRAMES, 3)
    np.testing.assert_allclose(place[:, 2], -0.6, atol=1e-6)
    np.testing.assert_allclose(place[:, 1], 0.02, atol=1e-6)
    first = Rotation.from_quat(found["rotation"].reshape(FRAMES, 4)[0]).as_matrix()
    np.testing.assert_allclose(first, np.eye(3), atol=1e-6)


def test_neighbouring_rotations_take_the_shorter_way():
    turns = tracks(made())["rotation"].reshape(FRAMES, 4)
    assert ((turns[1:] * turns[:-1]).sum(axis=1) > 0).all()


@pytest.mark.parametrize("times", [[0, 1, 1, 2], [3, 2, 1, 0], [-1, 0, 1, 2]])
def test_times_that_do_not_ascend_are_refused(times):
    with pytest.raises(ValueError, match="ascending times"):
        made(times_s=np.array(times, float))


def test_too_few_rotations_are_refused():
    # the shapes of the fields are checked in tests before the class checks them itself
    with pytest.raises((ValueError, TypeCheckError)):
        made(rotations=np.stack([np.eye(3)] * 2))
