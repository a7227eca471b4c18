import pytest
import torch

from facescale.heads.regions import region_faces
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
