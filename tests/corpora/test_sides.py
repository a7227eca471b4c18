import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from facescale.corpora.sides import first_is_right

FACE = np.array([[-30.0, 35.0, 85.0], [30.0, 35.0, 85.0], [0.0, -32.0, 89.0], [0.0, 0.0, 110.0]])
"""Right eye, left eye, mouth, nose in the head frame."""


@settings(deadline=None)
@given(turn=st.tuples(*[st.floats(-3, 3)] * 3), size=st.floats(0.001, 100))
def test_the_answer_does_not_depend_on_how_a_face_is_turned_moved_or_measured(turn, size):
    right, left, mouth, nose = size * (FACE @ Rotation.from_rotvec(turn).as_matrix().T) + 17.0
    assert first_is_right(right, left, mouth=mouth, nose=nose) is True
    assert first_is_right(left, right, mouth=mouth, nose=nose) is False


def test_a_flat_face_or_a_missing_point_tells_nothing():
    flat = FACE * (1, 1, 0)
    assert first_is_right(flat[0], flat[1], mouth=flat[2], nose=flat[3]) is None
    assert first_is_right(FACE[0], FACE[0], mouth=FACE[2], nose=FACE[3]) is None
    assert first_is_right(FACE[0], FACE[1] * np.nan, mouth=FACE[2], nose=FACE[3]) is None
