import numpy as np

from facescale.rendering.encode import decode
from facescale.rendering.face_overlay import OBSERVED, PICTURE_SIZE, FittedFace, overlay_sheet


def face(**changes) -> FittedFace:
    """A tetrahedron with a corner towards the camera, 100 pixels about (200, 150)."""
    corners = np.array([[0, 0, 450.0], [-50, 40, 520], [50, 40, 520], [0, -60, 520]])
    pixels = np.array([[200.0, 150.0], [150, 190], [250, 190], [200, 90]])
    fields = {
        "vertices": corners,
        "pixels": pixels,
        "faces": np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2]]),
        "observed": pixels + 12.0,
        "modelled": pixels,
        "height": 100.0,
    }
    return FittedFace(**{**fields, **changes})


def drawn(image, one):
    picture = decode(overlay_sheet([(image, one)]))
    assert picture.shape == (PICTURE_SIZE, 3 * PICTURE_SIZE, 4)
    return np.split(picture, 3, axis=1)


def near(picture, colour):
    return (np.abs(picture[..., :3].astype(int) - colour).max(axis=-1) < 90).sum()


def test_a_row_is_photograph_landmarks_and_head():
    grey = np.full((300, 400, 3), 90, np.uint8)
    plain, marked, headed = drawn(grey, face())
    assert np.abs(plain[..., :3].astype(int) - 90).max() < 6
    assert near(plain, OBSERVED) == 0
    assert near(marked, OBSERVED) >= 4
    redder = marked[..., 0].astype(int) - marked[..., 1] > 40
    assert redder.sum() >= 3, "the model's landmarks"
    changed = np.abs(headed[..., :3].astype(int) - 90).max(axis=-1) > 15
    assert 0.1 < changed.mean() < 0.4, "the head covers its own part and no more"


def test_a_face_at_the_border_is_shown_whole_with_nothing_beyond():
    grey = np.full((180, 230, 3), 90, np.uint8)
    plain, _, headed = drawn(grey, face())
    assert (plain[:, -20:, 3] == 0).all()
    assert (headed[..., 3] > 0).sum() > (plain[..., 3] > 0).sum(), "the head reaches over the border"
