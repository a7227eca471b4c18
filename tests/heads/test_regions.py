import pytest
import torch

from facescale.heads.regions import distance_to_polygon, inside_polygon, region_faces
from tests.heads.random_head import random_head


def test_region_faces_are_those_with_all_corners_inside():
    head = random_head()
    head.regions["face"][100:] = False
    chosen = region_faces(head, "face").long()
    inside = (head.faces < 100).all(dim=1)
    assert torch.equal(chosen, inside.nonzero()[:, 0])


def test_an_unknown_region_is_refused():
    with pytest.raises(ValueError, match=r"expected one of the regions .*scannable.* got 'nose'"):
        region_faces(random_head(), "nose")


def test_a_squares_inside_and_the_distance_to_its_border():
    square = torch.tensor([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    points = torch.tensor([[2.0, 2.0], [3.5, 1.0], [5.0, 5.0], [-1.0, 2.0]])
    assert inside_polygon(points, square).tolist() == [True, True, False, False]
    torch.testing.assert_close(distance_to_polygon(points, square), torch.tensor([2.0, 0.5, 2.0**0.5, 1.0]))
