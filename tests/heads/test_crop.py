import pytest
import torch

from facescale.geometry.sites import Sites
from facescale.heads.crop import crop
from tests.heads.random_head import random_head, random_params


def kept(head, share: float) -> torch.Tensor:
    return torch.rand(head.num_vertices, generator=torch.Generator().manual_seed(3)) < share


def test_a_cropped_head_has_the_vertices_of_the_whole_one():
    head = random_head()
    small = crop(head, kept(head, 0.7))
    params = random_params(head, 2, names=("identity", "pose"))
    torch.testing.assert_close(small.head.evaluate(params), head.evaluate(params)[:, small.vertices])


def test_a_site_has_the_same_derivatives_on_both():
    head = random_head()
    small = crop(head, kept(head, 0.7))
    params = random_params(head, 2, names=("identity", "expression"))
    generator = torch.Generator().manual_seed(4)
    face = torch.randint(0, len(small.faces), (2, 30), generator=generator)
    barycentric = torch.rand(2, 30, 3, generator=generator)
    directions = torch.randn(2, 30, 3, generator=generator)
    torch.testing.assert_close(
        small.head.directional_jacobian(params, Sites(face=face, barycentric=barycentric), directions),
        head.directional_jacobian(params, Sites(face=small.faces[face], barycentric=barycentric), directions),
    )


def test_regions_follow_the_kept_vertices():
    head = random_head()
    small = crop(head, kept(head, 0.5))
    assert small.head.regions["face"].shape == small.vertices.shape


def test_a_crop_without_a_face_is_refused():
    head = random_head()
    with pytest.raises(ValueError, match="at least one face"):
        crop(head, torch.zeros(head.num_vertices, dtype=torch.bool))
