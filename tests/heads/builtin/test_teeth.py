from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from facescale.heads.builtin.teeth import LOWER_ARCH, UPPER_ARCH, TeethMeasures, both_arches, dental_arch, teeth
from tests.heads.builtin.surfaces import border_edges, crossings, gap, overlapping_share, signed_areas, volume

MEASURES = TeethMeasures()
FLAT = replace(MEASURES, tilt=0.0, edge=(0.0, 0.0, 0.0))


@cache
def arches():
    return teeth(MEASURES)


@cache
def flat_arches():
    return teeth(FLAT)


def tooth_of(part, name):
    return part.vertices[part.groups[name]]


def middle_of_tip(part, name, side):
    """Of a tooth of a flat arch: the middle of what is nearest its tip; side is -1 for tips that point down."""
    points = tooth_of(part, name)
    height = side * points[:, 1]
    return points[height > height.max() - 0.3].mean(axis=0)


@pytest.mark.parametrize("which", [0, 1])
def test_an_arch_is_closed_turns_its_outer_side_out_and_never_crosses_itself(which):
    part = arches()[which]
    assert len(border_edges(part.quads)) == 0
    assert volume(part.vertices, part.quads) > 10_000
    np.testing.assert_array_equal(np.unique(part.quads), np.arange(len(part.vertices)))
    assert len(crossings(part.vertices, part.quads)) == 0


@pytest.mark.parametrize("which", [0, 1])
def test_an_arch_is_its_own_exact_mirror_image(which):
    part = arches()[which]
    np.testing.assert_array_equal(part.vertices[part.mirror] * [-1, 1, 1], part.vertices)
    np.testing.assert_array_equal(part.mirror[part.mirror], np.arange(len(part.mirror)))
    mirrored_quads = np.sort(part.mirror[part.quads], axis=1)
    assert {tuple(q) for q in mirrored_quads} == {tuple(q) for q in np.sort(part.quads, axis=1)}


@pytest.mark.parametrize("which", [0, 1])
def test_an_arch_has_an_injective_texture(which):
    part = arches()[which]
    assert part.uv.min() >= 0
    assert part.uv.max() <= 1
    assert signed_areas(part.uv, part.quads_uv).min() > 0
    assert overlapping_share(part.uv, part.quads_uv, samples=120) == 0


def test_an_arch_stays_small():
    assert all(1500 <= len(part.vertices) <= 2500 for part in arches())


def test_upper_and_lower_teeth_keep_apart_at_rest():
    upper, lower = arches()
    assert len(crossings(upper.vertices, upper.quads, (lower.vertices, lower.quads))) == 0
    assert gap(upper.vertices, lower.vertices, lower.quads) > 0.3
    assert gap(lower.vertices, upper.vertices, upper.quads) > 0.3


@pytest.mark.parametrize(("which", "measures"), [(0, UPPER_ARCH), (1, LOWER_ARCH)])
def test_each_tooth_has_its_width_and_height(which, measures):
    part = flat_arches()[which]
    for tooth in measures.teeth:
        points = tooth_of(part, f"left_{tooth.name}")
        far = np.linalg.norm(points[:, None, ::2] - points[None, :, ::2], axis=-1).max()
        assert max(0.9 * tooth.width, 0.8 * tooth.depth) < far < np.hypot(tooth.width, tooth.depth)
        assert 0.95 * tooth.height < np.ptp(points[:, 1]) < 1.15 * tooth.height


def test_the_front_teeth_are_as_wide_as_typed():
    for part, measures in zip(flat_arches(), (UPPER_ARCH, LOWER_ARCH), strict=True):
        central = tooth_of(part, "left_central_incisor")
        assert np.ptp(central[:, 0]) == pytest.approx(measures.teeth[0].width, rel=0.06)


def test_arch_breadths_overbite_and_overjet_are_as_typed():
    upper, lower = flat_arches()
    for part, measures, side in ((upper, UPPER_ARCH, -1), (lower, LOWER_ARCH, 1)):
        canine = middle_of_tip(part, "left_canine", side)
        assert 2 * canine[0] == pytest.approx(measures.canine_breadth, abs=2.0)
    edges = [middle_of_tip(part, "left_central_incisor", side) for part, side in ((upper, -1), (lower, 1))]
    tips = (
        upper.vertices[upper.groups["left_central_incisor"], 1].min(),
        lower.vertices[lower.groups["left_central_incisor"], 1].max(),
    )
    assert tips[1] - tips[0] == pytest.approx(FLAT.overbite, abs=0.05)
    assert edges[0][2] - edges[1][2] == pytest.approx(FLAT.overjet, abs=0.3)


def test_the_upper_edge_stands_where_it_was_put_and_the_back_of_the_plane_is_higher():
    upper = arches()[0]
    central = tooth_of(upper, "left_central_incisor")
    lowest = central[central[:, 1].argmin()]
    assert lowest[1] == pytest.approx(MEASURES.edge[1], abs=0.2)
    assert lowest[2] == pytest.approx(MEASURES.edge[2], abs=1.0)
    molar = tooth_of(upper, "left_second_molar")
    assert molar[:, 1].min() > central[:, 1].min() + 3


def test_the_gum_is_scalloped_between_the_teeth():
    part = flat_arches()[0]
    gum = part.vertices[part.groups["gums"] & ~part.groups["palate"]]
    front = gum[(np.abs(gum[:, 0]) < 9) & (gum[:, 2] > -3)]
    at_middle = front[np.abs(front[:, 0] - 4.25) < 0.6][:, 1].min()
    between = front[np.abs(front[:, 0]) < 0.3][:, 1].min()
    assert at_middle - between > 2


def test_both_arches_as_one_part_keep_their_names_and_textures_apart():
    part = both_arches(MEASURES)
    assert part.groups["upper_teeth"].sum() + part.groups["lower_teeth"].sum() == len(part.vertices)
    np.testing.assert_array_equal(part.vertices[part.mirror] * [-1, 1, 1], part.vertices)
    assert overlapping_share(part.uv, part.quads_uv, samples=120) == 0


@pytest.mark.parametrize("seed", range(6))
def test_other_peoples_arches_cross_themselves_no_more(seed):
    rng = np.random.default_rng(seed)
    mean = (UPPER_ARCH, LOWER_ARCH)[seed % 2]
    size = rng.uniform(0.9, 1.1)
    grown = []
    for tooth in mean.teeth:
        wider = size * rng.uniform(0.95, 1.05)
        taller = rng.uniform(0.9, 1.1)
        grown.append(
            replace(tooth, width=wider * tooth.width, neck=wider * tooth.neck, height=taller * tooth.height)
        )
    arch = dental_arch(
        "other",
        replace(
            mean,
            teeth=tuple(grown),
            canine_breadth=size * rng.uniform(0.98, 1.02) * mean.canine_breadth,
            molar_breadth=size * rng.uniform(0.98, 1.02) * mean.molar_breadth,
        ),
    )
    assert len(crossings(arch.vertices, arch.quads)) == 0


def test_an_arch_needs_all_its_teeth_and_a_rim_beyond_the_gum():
    with pytest.raises(ValueError, match="expected 7 teeth and tips, got 6 and 7"):
        replace(UPPER_ARCH, teeth=UPPER_ARCH.teeth[:6])
    with pytest.raises(ValueError, match="expected a rim at least 4 mm behind"):
        replace(UPPER_ARCH, rim=12.0)
