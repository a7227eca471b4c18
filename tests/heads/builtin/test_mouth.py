import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.mouth import CONTACT_RING, LOWER_PLACES, UPPER_PLACES, mouth_rings
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.teeth import TeethMeasures, teeth
from facescale.heads.builtin.topology import BLOCKS, skin_topology

HALVES = {
    (ring, "upper" if places is UPPER_PLACES else "lower"): (places, points)
    for ring, places, points, _ in mouth_rings()
}


def test_every_ring_from_the_lips_to_the_throat_is_typed_for_both_lips():
    rings = {ring for ring, _ in HALVES}
    assert max(rings) == BLOCKS["mouth"].rings
    assert HALVES.keys() == {(ring, lip) for ring in rings for lip in ("upper", "lower")}
    assert set(range(CONTACT_RING, BLOCKS["mouth"].rings + 1)) <= rings


def test_places_run_from_the_midline_to_one_corner_which_both_lips_share():
    mirror, ring = skin_topology().mirror, skin_topology().rings["mouth"][CONTACT_RING]
    assert mirror[ring[UPPER_PLACES[0]]] == ring[UPPER_PLACES[0]]
    assert mirror[ring[LOWER_PLACES[0]]] == ring[LOWER_PLACES[0]]
    assert UPPER_PLACES[-1] == LOWER_PLACES[-1]
    for places, points in HALVES.values():
        assert points.shape == (len(places), 3)
        assert abs(points[0, 0]) < 1e-9
        assert (np.diff(points[:, 0]) > 0).all()


@pytest.mark.parametrize("ring", sorted({ring for ring, _ in HALVES}))
def test_the_upper_lip_lies_above_the_lower_one_on_every_ring(ring):
    apart = HALVES[ring, "upper"][1][:-1, 1] - HALVES[ring, "lower"][1][:-1, 1]
    assert apart.min() > 0.1
    if ring == CONTACT_RING:
        assert apart.max() < 0.5, "lips touch at rest"


def test_rings_lead_into_the_mouth():
    rings = sorted({ring for ring, _ in HALVES if ring >= CONTACT_RING - 2})
    depth = [HALVES[ring, "upper"][1][0, 2] for ring in rings]
    assert max(np.diff(depth)) <= 1e-9
    assert depth[0] - depth[-1] > 60


def test_the_cavity_has_room_for_the_teeth():
    topology, cage = skin_topology(), skin_cage()
    inside = cage[topology.rings["mouth"][12:]].reshape(-1, 3)
    for arch in teeth(TeethMeasures(edge=controls.INCISAL_EDGE, overbite=controls.OVERBITE)):
        assert inside[:, 0].max() > arch.vertices[:, 0].max()
        assert inside[:, 2].min() < arch.vertices[:, 2].min()
        assert inside[:, 1].max() > arch.vertices[:, 1].max()
        assert inside[:, 1].min() < arch.vertices[:, 1].min()
