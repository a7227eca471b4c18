from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.heads import conversion
from facescale.heads.conversion import (
    HeadConversion,
    head_digest,
    linear_part,
    neighbours,
    overlap_mask,
    read_conversion,
    write_conversion,
)
from tests.heads.seamed_head import seamed_head


def half_map(head):
    """From a head to itself, as if its upper half had no counterpart."""
    overlap = np.arange(head.num_vertices // 2)
    filled = np.arange(head.num_vertices // 2, head.num_vertices)
    basis, std, low, high = linear_part(head)
    near, weight = neighbours(head.mean_vertices().double().numpy(), overlap, filled)
    return HeadConversion(
        source=head_digest(head),
        target=head_digest(head),
        source_vertices=head.num_vertices,
        overlap=overlap,
        corners=np.stack([overlap, overlap, overlap], axis=1),
        barycentric=np.tile([1.0, 0, 0], (len(overlap), 1)),
        zero=head.zero.double().numpy(),
        basis=basis,
        std=std,
        lowest=low,
        highest=high,
        neighbour=near,
        neighbour_weight=weight,
    )


@pytest.fixture(scope="module")
def head():
    return seamed_head()


@pytest.fixture(scope="module")
def half(head):
    return half_map(head)


def test_the_overlap_is_the_mesh_itself_and_the_rest_is_the_models(head, half):
    wanted = torch.randn(1, 10, generator=torch.Generator().manual_seed(0)) * 0.5
    shape = head.evaluate({"identity": wanted[:, :4], "expression": wanted[:, 4:]})[0].double().numpy()
    found, coefficients = half(shape)
    np.testing.assert_allclose(found[half.overlap], shape[half.overlap], atol=1e-9)
    np.testing.assert_allclose(coefficients[:4], wanted[0, :4], atol=0.1)
    apart = np.linalg.norm(found - shape, axis=1)[half.filled]
    away = np.linalg.norm(head.zero.double().numpy() - shape, axis=1)[half.filled]
    assert np.sqrt(np.square(apart).mean()) < 0.2 * np.sqrt(np.square(away).mean())


def test_a_turned_mesh_is_converted_to_a_turned_one(head, half):
    shape = head.evaluate({"identity": torch.tensor([[0.5, -0.5, 1, 0]])})[0].double().numpy()
    turn = rotation_from_vector(torch.tensor([0.5, 1.0, -0.3], dtype=torch.float64)).numpy()
    plain, turned = half(shape)[0], half(shape @ turn.T + [5, 6, 7])[0]
    np.testing.assert_allclose(turned, plain @ turn.T + [5, 6, 7], atol=1e-2)


def test_the_closed_form_of_coefficients_is_the_fit_of_a_shape_that_lies_as_the_mean(head, half):
    plain = replace(half, lowest=np.full(10, -9.0), highest=np.full(10, 9.0))
    gain, offset = plain.coefficient_map(head)
    np.testing.assert_allclose(offset, 0, atol=1e-9)
    wanted = 0.1 * np.random.default_rng(0).normal(size=10)
    np.testing.assert_allclose(gain @ wanted, wanted, atol=0.02)


def test_a_map_is_found_again_only_between_its_own_heads(half, tmp_path):
    path = tmp_path / "map.npz"
    write_conversion(half, path)
    again = read_conversion(path, half.source, half.target)
    assert again is not None
    assert again.source_vertices == half.source_vertices
    np.testing.assert_array_equal(again.overlap, half.overlap)
    assert read_conversion(path, half.source, "other") is None
    assert read_conversion(tmp_path / "none.npz", half.source, half.target) is None


def test_the_digest_is_of_mean_and_triangles(head):
    assert head_digest(head) == head_digest(seamed_head())
    assert head_digest(replace(head, faces=head.faces.flip(1))) != head_digest(head)
    assert head_digest(replace(head, zero=head.zero + 1)) != head_digest(head)


def test_a_mesh_of_another_topology_is_refused(half):
    with pytest.raises(ValueError, match="expected 72 vertices of the source, got 3"):
        half(np.eye(3))


def test_vertices_are_on_the_overlap_or_filled(half):
    mask = overlap_mask(half)
    np.testing.assert_array_equal(np.flatnonzero(~mask), half.filled)
    assert conversion.FORMAT in "facescale-conversion 1"
