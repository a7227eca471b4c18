import numpy as np
import pytest

from facescale.structures import CaptureRejected, Keypoints, Mesh


def test_a_mesh_of_flat_vertices_is_refused():
    with pytest.raises(ValueError, match=r"expected vertices of shape \(n, 3\), got \(4, 2\)"):
        Mesh(vertices=np.zeros((4, 2)), faces=np.zeros((0, 3), np.int32))


def test_keypoints_need_a_position_a_name():
    with pytest.raises(ValueError, match=r"expected positions of shape \(2, 3\), got \(1, 3\)"):
        Keypoints(names=("a", "b"), positions=np.zeros((1, 3)))


def test_keypoints_need_distinct_names():
    with pytest.raises(ValueError, match="expected distinct names"):
        Keypoints(names=("a", "a"), positions=np.zeros((2, 3)))


def test_a_rejection_reads_as_reason_detail_and_hint_and_survives_copying():
    import copy

    rejected = CaptureRejected("empty-mesh", "expected vertices, found none", "export it again")
    assert str(rejected) == "empty-mesh: expected vertices, found none (export it again)"
    twin = copy.copy(rejected)
    assert (twin.reason, twin.detail, twin.hint) == (rejected.reason, rejected.detail, rejected.hint)
