import numpy as np
import pytest

from facescale.registration.folds import folds_of, laid_flat

SIDE = 21


def sheet(height):
    """A flat square of 20 mm, 1 mm a cell, facing up."""
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.full(SIDE * SIDE, height)], axis=1).astype(float)


def cells(start=0):
    a = (np.arange(SIDE - 1)[:, None] * SIDE + np.arange(SIDE - 1)).ravel() + start
    return np.concatenate([np.stack([a, a + SIDE, a + SIDE + 1], 1), np.stack([a, a + SIDE + 1, a + 1], 1)])


@pytest.fixture
def lips():
    """Two sheets without an edge between them, half a millimetre apart."""
    return np.concatenate([sheet(0.0), sheet(0.5)]), np.concatenate([cells(), cells(SIDE * SIDE)])


def bump(rest, *, at=10.0, wide=4.0):
    return np.exp(-np.square(rest[:, :2] - at).sum(axis=1) / (2 * wide**2))


def pushed_through(rest, height=0.9):
    displaced = np.zeros_like(rest)
    lower = np.arange(len(rest)) < SIDE * SIDE
    displaced[lower, 2] = height * bump(rest)[lower]
    return displaced


def test_one_sheet_pushed_through_another_crosses_it(lips):
    rest, faces = lips
    found = folds_of(rest, pushed_through(rest), faces)
    assert len(found.crossings) > 20
    assert len(found.flipped) == 0


def test_a_crossing_is_undone_and_what_is_far_from_it_stays_bit_for_bit(lips):
    rest, faces = lips
    displaced = pushed_through(rest)
    rim = np.linalg.norm(rest[:, :2] - 10.0, axis=1) > 13.0
    displaced[rim, 0] = 0.125
    flat = laid_flat(rest, displaced, faces)
    assert flat.folds_before > 20
    assert flat.folds == 0
    assert folds_of(rest, flat.displaced, faces).count == 0
    corner = np.linalg.norm(rest[:, :2] - np.array([0.0, 0.0]), axis=1) < 0.5
    assert np.array_equal(flat.displaced[corner], displaced[corner])
    # both sheets share the push instead of none having it
    assert 0.2 < flat.displaced[:, 2].max() < 0.9


def test_a_sheet_folded_over_on_itself_is_laid_flat():
    rest, faces = sheet(0.0), cells()
    displaced = np.zeros_like(rest)
    displaced[10 * SIDE + 10, 0] = 1.6
    assert len(folds_of(rest, displaced, faces).flipped) > 0
    flat = laid_flat(rest, displaced, faces)
    assert flat.folds_before > 0
    assert flat.folds == 0


def test_what_the_shape_at_rest_has_itself_is_neither_counted_nor_changed(lips):
    rest, faces = lips
    crossed = rest + pushed_through(rest)
    shift = np.tile([0.3, -0.2, 0.4], (len(rest), 1))
    assert folds_of(crossed, shift, faces).count > 20
    flat = laid_flat(crossed, shift, faces)
    assert flat.folds_before == 0
    assert np.array_equal(flat.displaced, shift)


def test_a_smooth_displacement_comes_back_as_it_was(lips):
    rest, faces = lips
    displaced = bump(rest)[:, None] * np.array([0.5, 0.2, 1.0])
    flat = laid_flat(rest, displaced, faces)
    assert (flat.folds_before, flat.folds) == (0, 0)
    assert np.array_equal(flat.displaced, displaced)
