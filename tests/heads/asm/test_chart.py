import numpy as np
import pytest
import torch

from facescale.geometry.topology import boundary_loops
from facescale.heads.asm.assemble import chart_path
from facescale.heads.asm.chart import read_chart, write_chart
from facescale.heads.asm.chart_build import FlatSkin, crosses_itself, flatten
from facescale.heads.builtin.head import load_builtin
from facescale.heads.embeddings import topology_digest
from facescale.heads.regions import region_faces
from tests.heads.ict_assets import PACKED, needs_ict


def dome(rings=10, around=24):
    """Half a sphere and a collar below it, open at the foot, with one hole in front."""
    lat = np.linspace(np.pi / 2, -0.5, rings + 1)[1:]
    lon = 2 * np.pi * np.arange(around) / around
    body = np.stack(
        [
            np.cos(lat)[:, None] * np.sin(lon),
            np.repeat(np.sin(lat)[:, None], around, axis=1),
            np.cos(lat)[:, None] * np.cos(lon),
        ],
        axis=-1,
    ).reshape(-1, 3)
    points = 80 * np.concatenate([[[0, 1, 0]], body])
    index = 1 + np.arange(rings * around).reshape(rings, around)
    after = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], index[1:], after[1:], after[:-1]], axis=-1)
    quads[5, 0] = -1
    quads = quads.reshape(-1, 4)[(quads.reshape(-1, 4) >= 0).all(axis=1)]
    cap = np.stack([np.zeros(around, int), index[0], after[0]], axis=1)
    return points, np.concatenate([cap, quads[:, :3], quads[:, [0, 2, 3]]])


def signed_areas(uv, faces):
    one, two = uv[faces[:, 1]] - uv[faces[:, 0]], uv[faces[:, 2]] - uv[faces[:, 0]]
    return 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])


def test_a_dome_with_a_hole_is_flattened_without_a_fold_and_cut_once_at_the_back():
    points, faces = dome()
    skin = flatten(points, faces)
    assert np.array_equal(skin.vertex[skin.faces], faces)
    assert signed_areas(skin.uv, skin.faces).min() > 0
    assert 0 < skin.uv.min() < skin.uv.max() < 1
    twice = np.flatnonzero(np.bincount(skin.vertex, minlength=len(points)) == 2)
    assert len(twice) == 10
    assert np.abs(points[twice, 0]).max() < 1e-9
    assert points[twice, 2].max() < 0
    loops = boundary_loops(torch.from_numpy(skin.faces))
    assert sorted(len(loop) for loop in loops) == [4, 24 + 2 * 10]
    assert not any(crosses_itself(skin.uv[loop.numpy()]) for loop in loops)


def test_a_polygon_that_crosses_itself_is_seen():
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    assert not crosses_itself(square)
    assert crosses_itself(square[[0, 1, 3, 2]])


def expect_injective(head):
    """No triangle turned over, no border that crosses itself: such a chart is injective."""
    chart = read_chart(chart_path(head.card.name), topology_digest(head.faces))
    outer = head.faces[region_faces(head, "head").long()].long()
    assert torch.equal(chart.vertex[chart.faces], outer)
    assert float(chart.areas().min()) > 0
    loops = boundary_loops(chart.faces)
    assert not any(crosses_itself(chart.uv[loop].numpy()) for loop in loops)
    assert 0 < float(chart.uv.min()) < float(chart.uv.max()) < 1
    copies = torch.bincount(chart.vertex, minlength=head.num_vertices)
    assert int(copies.max()) == 2
    cut = head.mean_vertices()[copies == 2]
    assert float(cut[:, 0].abs().max()) < 5
    assert float(cut[:, 2].max()) < 0


def test_the_shipped_chart_of_the_built_in_head_is_injective_and_cut_at_the_back():
    expect_injective(load_builtin())


@needs_ict
def test_the_shipped_chart_of_ict_is_injective_and_cut_at_the_back():
    from facescale.heads.ict import load_ict

    expect_injective(load_ict(PACKED))


def test_a_chart_of_other_triangles_is_refused_and_an_absent_one_named(tmp_path):
    skin = FlatSkin(uv=np.eye(3)[:, :2], vertex=np.arange(3), faces=np.arange(3)[None])
    write_chart(tmp_path / "chart.npz", skin, "these")
    assert read_chart(tmp_path / "chart.npz", "these").uv.shape == (3, 2)
    with pytest.raises(ValueError, match="got others"):
        read_chart(tmp_path / "chart.npz", "those")
    with pytest.raises(ValueError, match="found none"):
        read_chart(tmp_path / "other.npz", "these")
