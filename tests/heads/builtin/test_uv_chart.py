from functools import cache

import numpy as np
import pytest

from facescale.geometry.subdivision import Subdivision, catmull_clark
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.builtin.uv_chart import UvChart, back_cut, inner_surfaces, skin_uv_chart


@cache
def subdivision() -> Subdivision:
    topology = skin_topology()
    return catmull_clark(topology.quads, topology.num_vertices)


@cache
def fine_chart() -> UvChart:
    return skin_uv_chart().subdivided(subdivision())


CHARTS = pytest.mark.parametrize(
    ("chart", "quads"),
    [(skin_uv_chart, lambda: skin_topology().quads), (fine_chart, lambda: subdivision().quads)],
    ids=["cage", "subdivided"],
)


def corner_areas(chart: UvChart) -> np.ndarray:
    """Twice the signed area of the triangle at each corner of each quad."""
    at = chart.uv[chart.quads_uv]
    ahead, back = np.roll(at, -1, axis=1) - at, np.roll(at, 1, axis=1) - at
    return ahead[..., 0] * back[..., 1] - ahead[..., 1] * back[..., 0]


def border_loops(quads: np.ndarray) -> list[np.ndarray]:
    """Coordinates along each border, the surface on the left."""
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    both = {tuple(side) for side in sides.tolist()}
    after = {a: b for a, b in both if (b, a) not in both}
    loops = []
    while after:
        loop = [next(iter(after))]
        while loop[-1] in after:
            loop.append(after.pop(loop[-1]))
        loops.append(np.array(loop[:-1]))
    return loops


def cover_count(chart: UvChart, size: int) -> np.ndarray:
    """How many triangles each sample point of a grid lies in, by trying those near it."""
    count = np.zeros((size, size), dtype=int)
    quads = chart.quads_uv
    for corners in chart.uv[np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])]:
        low = np.maximum(np.ceil(corners.min(axis=0) * size - 0.5).astype(int), 0)
        high = np.floor(corners.max(axis=0) * size - 0.5).astype(int) + 1
        u, v = np.meshgrid(*((np.arange(a, b) + 0.5) / size for a, b in zip(low, high, strict=True)))
        inside = np.ones(u.shape, dtype=bool)
        for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            inside &= (b[0] - a[0]) * (v - a[1]) - (b[1] - a[1]) * (u - a[0]) > 0
        count[low[1] : high[1], low[0] : high[0]] += inside
    return count


@CHARTS
def test_every_quad_is_convex_and_counter_clockwise(chart, quads):
    assert corner_areas(chart()).min() > 0


@CHARTS
def test_the_border_of_the_outer_chart_is_convex(chart, quads):
    uv, loops = chart().uv, border_loops(chart().quads_uv[chart().outer])
    assert len(loops) == 6, "one border, holes of two eyes, mouth and two nostrils"
    border = uv[max(loops, key=len)]
    side = np.roll(border, -1, axis=0) - border
    after = np.roll(side, -1, axis=0)
    turn = side[:, 0] * after[:, 1] - side[:, 1] * after[:, 0]
    # middles of straight sides do not turn
    assert turn.min() > -1e-12
    assert np.arctan2(turn, (side * after).sum(axis=1)).sum() == pytest.approx(2 * np.pi), "once around"


def test_no_point_of_the_square_is_covered_twice():
    count = cover_count(skin_uv_chart(), 700)
    assert count.max() == 1
    areas = corner_areas(skin_uv_chart())[:, [0, 2]].sum() / 2
    assert (count > 0).mean() == pytest.approx(areas, abs=1e-3)
    assert areas > 0.7, "the square is well used"


def test_everything_lies_within_the_unit_square():
    assert skin_uv_chart().uv.min() > 0
    assert skin_uv_chart().uv.max() < 1


@CHARTS
def test_outer_skin_has_one_coordinate_a_vertex_off_the_cut(chart, quads):
    chart, line = chart(), back_cut(skin_topology())
    used = np.unique(chart.quads_uv[chart.outer])
    vertices, count = np.unique(chart.vertex[used], return_counts=True)
    assert np.array_equal(vertices, np.unique(quads()[chart.outer])), "every vertex of outer skin is covered"
    cut = set(line[1:].tolist())
    if chart is fine_chart():
        sides = np.sort(np.stack([line[:-1], line[1:]], axis=1), axis=1)
        middles = [np.flatnonzero((subdivision().edges == side).all(axis=1))[0] for side in sides]
        cut |= {skin_topology().num_vertices + int(middle) for middle in middles}
    assert set(vertices[count == 2].tolist()) == cut
    assert count.max() == 2


def test_only_the_inner_surfaces_lie_outside_the_outer_chart():
    topology, chart = skin_topology(), skin_uv_chart()
    inner = np.concatenate([vertices for _, vertices in inner_surfaces(topology).values()])
    assert np.array_equal(~chart.outer, np.isin(topology.quads, inner).any(axis=1))
    assert topology.rings["eye"][7, 0] not in inner
    assert topology.rings["eye"][8, 0] in inner
    assert topology.rings["ear"][12, 0] not in inner


@CHARTS
def test_quads_of_coordinates_are_those_of_vertices(chart, quads):
    chart = chart()
    assert np.array_equal(chart.vertex[chart.quads_uv], quads())
    count = quads().max() + 1
    assert np.array_equal(chart.vertex[:count], np.arange(count))


def test_left_and_right_mirror_to_the_last_bit():
    topology, chart = skin_topology(), skin_uv_chart()
    uv = {(int(v), float(a), float(b)) for v, (a, b) in zip(chart.vertex, chart.uv, strict=True)}
    mirrored = {(int(topology.mirror[v]), 1 - a, b) for v, a, b in uv}
    assert mirrored == uv


def test_lengths_are_distorted_little():
    """Stretches of the outer skin, each corner of a quad being mapped from space to the chart."""
    topology, chart = skin_topology(), skin_uv_chart()
    corners = np.stack([np.roll(np.arange(4), -k)[[0, 1, 3]] for k in range(4)])
    space = skin_cage()[topology.quads[chart.outer]][:, corners].reshape(-1, 3, 3)
    flat = chart.uv[chart.quads_uv[chart.outer]][:, corners].reshape(-1, 3, 2)
    sides = space[:, 1:] - space[:, :1]
    gram = np.einsum("fik,fjk->fij", sides, sides)
    images = np.swapaxes(flat[:, 1:] - flat[:, :1], 1, 2)
    at_rest = np.swapaxes(np.linalg.cholesky(gram), 1, 2)
    stretch = np.linalg.svd(images @ np.linalg.inv(at_rest), compute_uv=False)
    area, squeeze = np.sqrt(np.linalg.det(gram)), stretch[:, 0] / stretch[:, 1]
    mean, most = np.average(squeeze, weights=area), np.percentile(squeeze, 99)
    print(f"\naspect: mean {mean:.2f}, 99 % below {most:.2f}, all below {squeeze.max():.1f}")
    density = np.sqrt(stretch.prod(axis=1)) * 1024
    front = np.linalg.norm(space[:, 0] - [0, -25, 5], axis=1) < 60
    face, rest = (np.average(density[part], weights=area[part]) for part in (front, ~front))
    print(f"texels a mm at 1024: face {face:.2f}, elsewhere {rest:.2f}")
    assert mean < 1.85
    assert most < 3.2
    assert face > 1.2 * rest
