import numpy as np
import pytest

from facescale.geometry.subdivision import catmull_clark
from facescale.heads.builtin.bones import TISSUE_DEPTHS
from facescale.heads.builtin.masks import outer_skin, subdivided_mask
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.skull import skull
from facescale.heads.builtin.topology import skin_topology
from tests.heads.builtin.surfaces import border_edges, crossings

STEP = catmull_clark(skin_topology().quads, skin_topology().num_vertices)
SKIN = STEP(skin_cage())
BONES = skull(SKIN)


def test_there_are_a_cranium_and_a_mandible_under_outer_skin_only():
    assert BONES.keys() == {"cranium", "mandible"}
    outer = subdivided_mask(outer_skin(skin_topology()), STEP, skin_topology().quads)
    for bone in BONES.values():
        assert outer[bone.skin].all()
        assert len(border_edges(bone.quads)) > 0
    assert BONES["mandible"].vertices[:, 1].max() < BONES["cranium"].vertices[:, 1].mean()


@pytest.mark.parametrize("name", ["cranium", "mandible"])
def test_bone_lies_at_tissue_depth_under_its_skin_and_is_alike_on_both_sides(name):
    bone = BONES[name]
    depths = [depth.mean for depth in TISSUE_DEPTHS.values()]
    np.testing.assert_allclose(np.linalg.norm(bone.vertices - SKIN[bone.skin], axis=1), bone.depth, atol=1e-9)
    assert min(depths) - 0.5 < bone.depth.min() < bone.depth.max() < max(depths) + 0.5
    x = bone.vertices[:, 0]
    assert x.min() == pytest.approx(-x.max(), abs=0.01)


def test_the_whole_cranium_is_trusted_and_of_the_mandible_what_lies_under_thin_skin():
    assert BONES["cranium"].trusted.all()
    mandible = BONES["mandible"]
    assert 0.1 < mandible.trusted.mean() < 0.9
    assert mandible.depth[mandible.trusted].max() < mandible.depth[~mandible.trusted].mean()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cranium", "mandible"])
def test_bone_does_not_cross_the_skin_above_it(name):
    bone = BONES[name]
    above = np.zeros(len(SKIN), bool)
    above[bone.skin] = True
    skin = STEP.quads[above[STEP.quads].all(axis=1)]
    used, quads = np.unique(skin, return_inverse=True)
    assert len(crossings(bone.vertices, bone.quads, (SKIN[used], quads.reshape(-1, 4)))) == 0


def test_another_mesh_is_refused():
    with pytest.raises(ValueError, match="vertices of the skin, got 7"):
        skull(SKIN[:7])
