import numpy as np
import pytest

from facescale.heads.builtin.regions import (
    HAIRLINE,
    above,
    beard_share,
    scalp_share,
    skin_coordinates,
    skin_regions,
)
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

DISJOINT = ("scalp", "forehead", "eyelids", "nose", "cheeks", "lips", "chin", "ears", "neck")


def test_every_region_is_alike_on_both_sides():
    mirror = skin_topology().mirror
    for name, mask in skin_regions().items():
        assert mask.any(), name
        assert np.array_equal(mask, mask[mirror]), name


def test_coordinates_are_those_of_the_grid_and_alike_on_both_sides():
    topology, at = skin_topology(), skin_coordinates()
    assert at.column[topology.grid[7, 20]] == 20
    assert at.column[topology.grid[7, -20]] == 20
    assert at.row[topology.grid[40, 5]] == 40
    for field in (at.column, at.row, *at.depth.values()):
        assert np.allclose(field, field[topology.mirror], atol=1e-12)
    assert at.depth["mouth"][topology.rings["mouth"][4]].tolist() == [4] * 52
    assert at.row[topology.crown[1:-1, 1:-1]].min() > 50


def test_the_main_regions_leave_each_other_free():
    masks = skin_regions()
    count = np.sum([masks[name].astype(int) for name in DISJOINT], axis=0)
    pairs = [(a, b) for a in DISJOINT for b in DISJOINT if a < b and (masks[a] & masks[b]).any()]
    assert count.max() == 1, pairs


def test_regions_lie_where_anatomy_has_them():
    cage, masks = skin_cage(), skin_regions()
    middle = {name: cage[mask & (cage[:, 0] >= 0)].mean(axis=0) for name, mask in masks.items()}
    order = ["neck", "chin", "lips", "nose", "eyelids", "brows", "forehead", "scalp"]
    heights = [middle[name][1] for name in order]
    assert heights[:7] == sorted(heights[:7])
    assert middle["ears"][0] > 60
    assert 20 < middle["cheeks"][0] < 60
    assert middle["lips"][1] < middle["cheeks"][1] < middle["eyelids"][1]
    assert cage[masks["scalp"]][:, 1].max() == cage[:, 1].max(), "the crown is scalp"
    assert cage[masks["brows"], 1].min() > cage[masks["eyelids"] & ~masks["brows"], 1].mean()


def test_hair_and_beard_run_out_softly_and_do_not_touch_lips_eyes_or_nose():
    at, masks = skin_coordinates(), skin_regions()
    for share in (scalp_share(at), beard_share(at)):
        assert share.min() >= 0
        assert share.max() > 0.9
        assert ((share > 0.2) & (share < 0.8)).any()
        for name in ("lips", "eyelids", "nose"):
            assert share[masks[name]].max() < 0.3, name
    assert beard_share(at)[masks["forehead"]].max() == 0


def test_a_line_passes_through_its_typed_points():
    topology, at = skin_topology(), skin_coordinates()
    assert HAIRLINE[0] == (0, 45.2)
    heights = above(HAIRLINE, at)
    assert heights[topology.grid[45, 0]] == pytest.approx(-0.2)
    assert heights[topology.grid[46, 0]] == pytest.approx(0.8)
