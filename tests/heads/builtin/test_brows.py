import numpy as np

from facescale.heads.builtin.brows import brow_cover, brow_line
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology


def grid_cover(**options):
    """Cover over a sheet of points around the left brow: [along, across]."""
    line = brow_line()
    sheet = line.points[::2, None] + np.arange(-8, 8.01, 0.25)[:, None] * line.up[::2, None]
    settings = {"blur": 0.1, "density": 1.0, "seed": 0} | options
    return brow_cover(sheet.reshape(-1, 3), **settings)[:, 0].reshape(sheet.shape[:2])


def test_the_line_runs_along_the_brow_ridge_from_the_inner_end():
    line, cage, grid = brow_line(), skin_cage(), skin_topology().grid
    assert (np.diff(line.points[:, 0]) > 0).all()
    assert 11 < line.points[0, 0] < 18
    assert 48 < line.points[-1, 0] < 60
    assert 45 < line.along[-1] < 60
    # between the fold of the lid and the forehead
    assert (line.points[:, 1] > cage[grid[37, 5:15], 1].min() - 2).all()
    peak = line.points[line.points[:, 1].argmax(), 0]
    assert 25 < peak < 48, "the arch lies in the outer half"


def test_brows_are_thin_at_their_tails_and_bare_beyond():
    cover = grid_cover()
    width = (cover > 0.25).sum(axis=1) * 0.25
    n = len(width)
    body, tail = width[n // 6 : n // 2].mean(), width[-n // 12 :].mean()
    assert 3.5 < body < 9
    assert tail < 0.5 * body
    assert cover[:, [0, -1]].max() < 0.1


def test_a_brow_is_hairs_and_not_a_bar():
    body = grid_cover()[30:60, 26:40]
    assert body.std() > 0.12
    assert body.min() < 0.25
    assert body.max() > 0.6


def test_left_and_right_brows_differ_but_weigh_the_same():
    line = brow_line()
    left = brow_cover(line.points, blur=0.1, density=1.0, seed=0)[:, 1]
    right = brow_cover(line.points * [-1, 1, 1], blur=0.1, density=1.0, seed=0)[:, 1]
    assert not np.allclose(left, right)
    assert abs(left.mean() - right.mean()) < 0.1 * left.mean()


def test_more_hairs_cover_more_and_none_cover_nothing_much():
    thin, full = grid_cover(density=0.5).mean(), grid_cover(density=1.5).mean()
    assert full > 1.5 * thin
    assert grid_cover(density=0.0).mean() < 0.01
