import numpy as np
import pytest

from facescale.rendering.encode import decode
from facescale.rendering.item_preview import PREVIEW_SIZE, item_preview
from facescale.structures import Mesh
from tests.rendering.solids import ball, lumpy

S = PREVIEW_SIZE


def parts(data):
    found = decode(data)
    assert found.shape == (3 * S, 3 * S, 4)
    return found.reshape(3, S, 3, S, 4).swapaxes(1, 2)


def head(rows=48, columns=96):
    mesh = lumpy(ball(rows=rows, columns=columns))
    return Mesh(vertices=mesh.vertices * 100, faces=mesh.faces)


def test_columns_are_scan_fit_and_error_and_rows_are_views():
    fit = head()
    top = fit.vertices[fit.vertices[:, 1] > 0]
    scan = Mesh(vertices=top, faces=np.zeros((0, 3), np.int32))
    grid = parts(item_preview(scan, fit, np.full(len(fit.vertices), 9.0)))
    assert not grid[0, 0][int(0.6 * S) :, :, 3].any()
    scan_rgb, fit_rgb, error_rgb = (
        grid[0, column][int(0.4 * S), S // 2, :3].astype(int) for column in range(3)
    )
    assert scan_rgb[2] > scan_rgb[0]
    assert fit_rgb[0] > fit_rgb[2]
    assert error_rgb.mean() < 0.7 * fit_rgb.mean()
    assert np.abs(grid[0, 1].astype(int) - grid[2, 1].astype(int)).mean() > 1


def test_a_scan_of_many_points_and_clutter_far_away_is_shown_small():
    rng = np.random.default_rng(0)
    fit = head()
    base = head(rows=250, columns=400)
    clutter = rng.normal(size=(20_000, 3)) * 3000
    vertices = np.concatenate([base.vertices + rng.normal(size=base.vertices.shape) * 0.2, clutter])
    data = item_preview(Mesh(vertices=vertices, faces=base.faces), fit, np.zeros(len(fit.vertices)))
    grid = parts(data)
    shown, expected = grid[0, 0][..., 3] > 127, grid[0, 1][..., 3] > 127
    assert (shown & expected).sum() / (shown | expected).sum() > 0.97
    assert len(data) < 40_000


def test_errors_are_one_a_vertex():
    fit = head()
    with pytest.raises(ValueError, match="errors"):
        item_preview(fit, fit, np.zeros(3))
