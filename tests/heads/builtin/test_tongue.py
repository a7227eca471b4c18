from functools import cache

import numpy as np
import pytest

from facescale.heads.builtin.teeth import TeethMeasures, teeth
from facescale.heads.builtin.tongue import TongueMeasures, resting_tongue
from tests.heads.builtin.surfaces import border_edges, crossings, gap, overlapping_share, signed_areas, volume

TEETH = TeethMeasures()


@cache
def tongue():
    return resting_tongue(TongueMeasures(), TEETH)


def test_the_tongue_is_closed_and_of_a_tongues_volume():
    part = tongue()
    assert len(border_edges(part.quads)) == 0
    assert len(crossings(part.vertices, part.quads)) == 0
    assert 4_000 < volume(part.vertices, part.quads) < 30_000
    assert 250 <= len(part.vertices) <= 400


def test_the_tongue_is_its_own_exact_mirror_image():
    part = tongue()
    np.testing.assert_array_equal(part.vertices[part.mirror] * [-1, 1, 1], part.vertices)
    np.testing.assert_array_equal(part.mirror[part.mirror], np.arange(len(part.mirror)))


def test_the_tongue_touches_no_teeth_and_lies_behind_the_lower_incisors():
    part = tongue()
    for arch in teeth(TEETH):
        assert len(crossings(part.vertices, part.quads, (arch.vertices, arch.quads))) == 0
        assert gap(part.vertices, arch.vertices, arch.quads) > 0.5
    lower = teeth(TEETH)[1]
    incisors = lower.vertices[lower.groups["left_central_incisor"]]
    assert part.vertices[:, 2].max() < incisors[:, 2].min()
    tip = part.vertices[part.vertices[:, 2].argmax()]
    assert incisors[:, 1].min() < tip[1] < incisors[:, 1].max()


def test_the_texture_is_injective():
    part = tongue()
    assert signed_areas(part.uv, part.quads_uv).min() > 0
    assert overlapping_share(part.uv, part.quads_uv) == 0


def test_tip_and_body_share_the_tongue_and_the_back_is_on_top():
    part = tongue()
    np.testing.assert_array_equal(part.groups["tip"], ~part.groups["body"])
    assert part.vertices[part.groups["tip"], 2].min() > part.vertices[part.groups["body"], 2].max() - 6
    assert part.vertices[part.groups["back"], 1].mean() > part.vertices[part.groups["underside"], 1].mean() + 3


def test_a_tongue_without_size_is_refused():
    with pytest.raises(ValueError, match="expected positive"):
        TongueMeasures(length=0.0)
