from functools import cache

import numpy as np
import pytest
import torch

from facescale.geometry.subdivision import catmull_clark
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.assembly import PARTS
from facescale.heads.builtin.expressions import expressions
from facescale.heads.builtin.eyelids import HALF_RING, INNER_CORNER_PLACE, INNER_RING, MARGIN_RING
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology
from tests.heads.builtin.posed import posed, skin_against

UPPER = INNER_CORNER_PLACE - np.arange(HALF_RING + 1)
LOWER = (INNER_CORNER_PLACE + np.arange(HALF_RING + 1)) % (2 * HALF_RING)


@cache
def finer():
    topology = skin_topology()
    return catmull_clark(topology.quads, topology.num_vertices)


def lid_edge(places, side):
    """Subdivided vertices half way between the outer and the inner edge of a lid, where its border bulges."""
    rings = skin_topology().rings[side]
    ends = np.sort(np.stack([rings[MARGIN_RING, places], rings[INNER_RING, places]], axis=1), axis=1)
    edges = {tuple(edge): index for index, edge in enumerate(finer().edges.tolist())}
    return skin_topology().num_vertices + np.array([edges[tuple(pair)] for pair in ends.tolist()])


def lid_faces(places, side):
    """Triangles of the border of a lid and one ring around it."""
    rings = skin_topology().rings[side]
    mask = np.zeros(skin_topology().num_vertices, bool)
    mask[rings[MARGIN_RING - 1 : INNER_RING + 2, places]] = True
    quads = finer().quads.reshape(-1, 4, 4)[mask[skin_topology().quads].all(axis=1)].reshape(-1, 4)
    return quads[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)


def opening(weights, side="eye"):
    """mm from the upper lid's border to the lower lid, at each place between the corners."""
    shapes = expressions()
    cage = skin_cage() + sum(w * shapes.skin[shapes.names.index(name)] for name, w in weights.items())
    skin = torch.from_numpy(finer()(cage)).float()
    tree = SurfaceBvh(skin[None], torch.from_numpy(lid_faces(LOWER, side).astype(np.int32)))
    border = torch.from_numpy(lid_edge(UPPER[1:-1], side))
    return tree.closest(skin[border][None]).distance[0].numpy()


@pytest.mark.parametrize(("name", "side"), [("eyeBlinkLeft", "eye"), ("eyeBlinkRight", "eye.right")])
def test_a_blink_closes_the_lids_to_a_third_of_a_millimetre_along_the_whole_margin(name, side):
    assert opening({}, side).max() > 7
    assert opening({name: 1.0}, side).max() <= 0.3


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("name", ["eyeBlink", "eyeSquint", "eyeWide", *(f"eyeLook{w}" for w in ("Up", "Down"))])
def test_lids_never_cut_the_eyeballs(name, weight):
    assert "eyeballs" in PARTS
    both = {f"{name}{side}": weight for side in ("Left", "Right")}
    assert skin_against("eyeballs", posed(both)) == 0


@pytest.mark.parametrize("way", ["In", "Out"])
@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75, 1.0])
def test_lids_give_way_to_a_cornea_that_looks_aside(way, weight):
    assert skin_against("eyeballs", posed({f"eyeLook{way}Left": weight, f"eyeLook{way}Right": weight})) == 0


def test_lids_follow_the_gaze_and_squinting_narrows_what_widening_opens():
    rest = opening({}).mean()
    assert opening({"eyeLookDownLeft": 1.0}).mean() < rest - 1
    assert opening({"eyeSquintLeft": 1.0}).mean() < rest - 1.5
    assert opening({"eyeWideLeft": 1.0}).mean() > rest + 1.2
    upper = lid_edge(UPPER, "eye")
    shapes = expressions()
    for name, way in (("eyeLookUpLeft", 1), ("eyeLookDownLeft", -1)):
        raised = finer()(shapes.skin[shapes.names.index(name)])[upper, 1]
        assert way * raised[HALF_RING // 2] > 1
