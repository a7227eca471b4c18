import numpy as np
import pytest

from facescale.heads import loose_numbers
from facescale.heads.loose_numbers import indices, numbers, triangles


@pytest.mark.parametrize("value", [[[1, 2], [3, 4]], [(1, 2), (3, 4)], np.array([[1, 2], [3, 4]])])
def test_rows_are_read_however_they_are_held(value):
    np.testing.assert_array_equal(numbers(value, "x"), [[1, 2], [3, 4]])


def test_whole_numbers_may_be_stored_as_floating_ones():
    assert indices(np.array([1.0, 2.0]), "x").dtype == np.int64
    with pytest.raises(ValueError, match="whole numbers in x"):
        indices(np.array([1.5]), "x")
    with pytest.raises(ValueError, match="whole numbers in x"):
        indices(np.array([np.nan]), "x")


@pytest.mark.parametrize("value", ["text", None, {1: 2}, [1, "a"], [[1, 2], [3]], np.array(["a"])])
def test_what_is_no_array_of_numbers_is_refused(value):
    with pytest.raises(ValueError, match="expected"):
        numbers(value, "x")


def test_one_row_named_again_and_again_makes_no_huge_array(monkeypatch):
    monkeypatch.setattr(loose_numbers, "MOST", 100)
    row = [1.0] * 30
    assert numbers([row] * 3, "x").shape == (3, 30)
    with pytest.raises(ValueError, match="100 numbers at most"):
        numbers([row] * 4, "x")


def test_a_list_within_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(ValueError, match="an array of numbers in x"):
        numbers(endless, "x")


def test_faces_have_three_corners():
    assert triangles([[1, 2, 3]], "x").tolist() == [[1, 2, 3]]
    with pytest.raises(ValueError, match=r"three corners a face in x, got the shape \(1, 4\)"):
        triangles([[1, 2, 3, 4]], "x")
