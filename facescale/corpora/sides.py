"""Which of two marked eyes is the subject's right one, from the shape of a face. Pure; knows no corpus.

Corpora call left what lies left in the picture or what is the subject's left, and some do not say which. A face
itself tells: nose in front, mouth below, there is one right.
"""

import numpy as np

_FLAT = 0.05
"""Sine of an angle below which eyes, mouth and nose lie in one plane."""


def first_is_right(
    first: np.ndarray, second: np.ndarray, *, mouth: np.ndarray, nose: np.ndarray
) -> bool | None:
    """Tell whether the first of two eyes is the subject's right one.

    Args:
        first: (3,) anywhere in one eye.
        second: (3,) the same place of the other.
        mouth: (3,) about its middle.
        nose: (3,) a point in front of the plane through eyes and mouth.

    Returns:
        None where the points do not tell, for instance when they lie in one plane.
    """
    middle = (first + second) / 2
    across, up, out = second - first, middle - mouth, nose - (2 * middle + mouth) / 3
    lengths = float(np.linalg.norm(across) * np.linalg.norm(up) * np.linalg.norm(out))
    if not (np.isfinite(lengths) and lengths > 0):
        return None
    # From right to left, up and out of the face are the axes of a right-handed frame.
    turn = float(np.dot(np.cross(across, up), out)) / lengths
    return None if abs(turn) < _FLAT else turn > 0
