import numpy as np
import pytest

from facescale.heads.builtin.parts import (
    Capsule,
    Part,
    grid_quads,
    merge,
    meridians,
    mirrored,
    pair,
    patch_border,
    reflect,
    rounded,
    square_grid,
)
from tests.heads.builtin.surfaces import border_edges, overlapping_share, signed_areas, volume

CAPSULE = Capsule(n=4, rings=5)


def ball(centre=0.0):
    """A unit sphere as a capsule."""
    square = rounded(square_grid(4), 0.5)
    circle = meridians(16)
    angles = np.linspace(0.2, 0.8, 5) * np.pi
    near = 0.3 * square.reshape(-1, 2)
    cap = np.concatenate([near, np.sqrt(1 - (near**2).sum(axis=1, keepdims=True))], axis=1)
    rings = [np.concatenate([np.sin(a) * circle, np.full((16, 1), np.cos(a))], axis=1) for a in angles]
    vertices = np.concatenate([cap, *rings, cap * [1, 1, -1]])
    plane = np.array([0.5, 0.75, 1.0, 0.75, 0.5])[:, None, None] * circle
    uv, quads_uv = CAPSULE.texture(
        (0.3 * square, 0.3 * square), plane, seam=2, cells=((0, 0, 0.5, 1), (0.5, 0, 0.5, 1))
    )
    mirror = CAPSULE.mirror()
    return Part(
        name="ball",
        vertices=reflect(vertices, mirror) + np.array([centre, 0, 0]),
        quads=CAPSULE.quads(),
        uv=uv,
        quads_uv=quads_uv,
        mirror=mirror,
        groups={"front": vertices[:, 2] > 0},
    )


def test_a_capsule_is_closed_and_every_vertex_is_used():
    quads = CAPSULE.quads()
    assert len(border_edges(quads)) == 0
    np.testing.assert_array_equal(np.unique(quads), np.arange(CAPSULE.num_vertices))
    edges = len(np.unique(np.sort(np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2), axis=1), axis=0))
    assert CAPSULE.num_vertices - edges + len(quads) == 2


def test_a_capsule_without_back_ends_with_its_last_ring():
    open_one = Capsule(n=4, rings=5, back=False)
    border = border_edges(open_one.quads())
    np.testing.assert_array_equal(np.unique(border), open_one.ring_ids()[-1])


def test_a_ball_turns_its_outer_side_out_and_is_its_own_mirror_image():
    part = ball()
    assert 0.85 * 4 / 3 * np.pi < volume(part.vertices, part.quads) < 4 / 3 * np.pi
    np.testing.assert_array_equal(part.vertices[part.mirror] * [-1, 1, 1], part.vertices)
    np.testing.assert_array_equal(part.mirror[part.mirror], np.arange(len(part.mirror)))


def test_a_capsules_texture_is_injective_and_seen_from_outside():
    part = ball()
    assert signed_areas(part.uv, part.quads_uv).min() > 0
    assert overlapping_share(part.uv, part.quads_uv) == 0


def test_the_border_of_a_patch_mirrors_step_k_to_step_minus_k():
    ids = np.arange(25).reshape(5, 5)
    border = patch_border(ids)
    assert sorted(border) == sorted(set(ids[[0, -1]].ravel()) | set(ids[:, [0, -1]].ravel()))
    steps = np.arange(16)
    np.testing.assert_array_equal(ids[:, ::-1].reshape(-1)[border], border[-steps])


def test_rounding_leads_from_the_square_to_the_unit_circle():
    border = square_grid(6).reshape(-1, 2)[patch_border(np.arange(49).reshape(7, 7))]
    np.testing.assert_allclose(np.linalg.norm(rounded(border, 1.0), axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(rounded(border, 0.0), border)


def test_the_other_side_is_the_reflection_with_its_outer_side_out():
    left = ball(centre=3.0)
    right = mirrored(left, "right")
    np.testing.assert_array_equal(right.vertices, left.vertices * [-1, 1, 1])
    assert volume(right.vertices, right.quads) == pytest.approx(volume(left.vertices, left.quads))
    assert signed_areas(right.uv, right.quads_uv).min() > 0


def test_a_pair_maps_each_vertex_to_the_other_sides():
    both = pair("balls", ball(centre=3.0), ((0, 0, 0.5, 0.5), (0.5, 0, 0.5, 0.5)))
    np.testing.assert_array_equal(both.vertices[both.mirror] * [-1, 1, 1], both.vertices)
    assert (both.groups["left"] == (both.vertices[:, 0] > 0)).all()
    assert both.groups["front"].sum() == 2 * ball().groups["front"].sum()
    assert overlapping_share(both.uv, both.quads_uv) == 0


def test_merging_keeps_parts_apart_and_joins_groups_of_one_name():
    one, two = ball(), ball()
    whole = merge("two", [one, two], [(0, 0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)])
    assert len(border_edges(whole.quads)) == 0
    np.testing.assert_array_equal(whole.quads[len(one.quads) :], two.quads + len(one.vertices))
    assert whole.groups["ball"].all()
    assert whole.groups["front"].sum() == 2 * one.groups["front"].sum()
    with pytest.raises(ValueError, match="one cell for each of 2 parts, got 1"):
        merge("two", [one, two], [(0, 0, 1, 1)])


def test_a_grid_of_rows_up_and_columns_to_the_right_winds_counter_clockwise():
    points = square_grid(2).reshape(-1, 2)
    assert signed_areas(points, grid_quads(np.arange(9).reshape(3, 3))).min() > 0


def test_reflection_keeps_the_left_side_and_straightens_the_middle():
    points = np.array([[2.0, 1, 1], [-1.5, 0, 0], [0.1, 5, 5]])
    mirror = np.array([1, 0, 2])
    np.testing.assert_array_equal(reflect(points, mirror), [[2, 1, 1], [-2, 1, 1], [0, 5, 5]])
