import numpy as np
import pytest

from facescale.heads.builtin.bones import TISSUE_DEPTHS, TissueDepth, bone_surfaces
from facescale.heads.builtin.eyeballs import EyeballMeasures, eyeball
from tests.heads.builtin.surfaces import border_edges, crossings, volume


def skull_cap():
    """An egg as large as a head, closed; the eyeball's shell gives its quads."""
    part = eyeball(EyeballMeasures(), (0.0, 0.0, 0.0))
    shell = part.groups["shell"]
    vertices = part.vertices[shell]
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    return vertices * [75, 110, 95], part.quads[shell[part.quads].all(axis=1)], part.mirror[shell]


VERTICES, QUADS, MIRROR = skull_cap()


def nearest(direction):
    unit = VERTICES / np.linalg.norm(VERTICES, axis=1, keepdims=True)
    return int((unit @ np.asarray(direction) / np.linalg.norm(direction)).argmax())


LANDMARKS = {
    "vertex": [nearest([0, 1, 0])],
    "glabella": [nearest([0, 0.3, 1])],
    "opisthocranion": [nearest([0, 0.1, -1])],
    "pogonion": [nearest([0, -0.8, 0.6])],
    "supra_second_molar": [nearest([0.5, -0.3, 0.8]), nearest([-0.5, -0.3, 0.8])],
}
REGIONS = {"cranium": VERTICES[:, 1] > 10, "mandible": VERTICES[:, 1] < -40}


def test_depths_at_landmarks_are_the_tables():
    bones = bone_surfaces(VERTICES, QUADS, landmarks=LANDMARKS, regions={"all": np.ones(len(VERTICES), bool)})[
        "all"
    ]
    for name, sites in LANDMARKS.items():
        np.testing.assert_allclose(bones.depth[sites], TISSUE_DEPTHS[name].mean, rtol=0.05)
    moved = np.linalg.norm(bones.vertices - VERTICES, axis=1)
    np.testing.assert_allclose(moved, bones.depth)
    assert bones.depth.min() >= TISSUE_DEPTHS["vertex"].mean - 1e-9
    assert bones.depth.max() <= TISSUE_DEPTHS["supra_second_molar"].mean + 1e-9


def test_bone_lies_within_the_skin_and_does_not_cross_itself():
    bones = bone_surfaces(VERTICES, QUADS, landmarks=LANDMARKS, regions={"all": np.ones(len(VERTICES), bool)})[
        "all"
    ]
    assert len(border_edges(bones.quads)) == 0
    assert 0.6 < volume(bones.vertices, bones.quads) / volume(VERTICES, QUADS) < 0.9
    assert len(crossings(bones.vertices, bones.quads, (VERTICES, QUADS))) == 0
    assert len(crossings(bones.vertices, bones.quads)) == 0


def test_equal_depths_everywhere_move_a_ball_by_just_that():
    ball = VERTICES / [75, 110, 95] * 90
    bones = bone_surfaces(
        ball,
        QUADS,
        landmarks={"vertex": [0, 50], "menton": [200]},
        regions={"all": np.ones(len(ball), bool)},
        depths={"vertex": TissueDepth(6.0, 1.0), "menton": TissueDepth(6.0, 1.0)},
    )["all"]
    np.testing.assert_allclose(bones.depth, 6.0, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(bones.vertices, axis=1), 84, atol=0.1)


def test_each_region_gives_a_sheet_that_knows_its_skin():
    surfaces = bone_surfaces(VERTICES, QUADS, landmarks=LANDMARKS, regions=REGIONS)
    assert surfaces.keys() == REGIONS.keys()
    for name, bone in surfaces.items():
        assert REGIONS[name][bone.skin].all()
        assert len(border_edges(bone.quads)) > 0
        np.testing.assert_allclose(np.linalg.norm(bone.vertices - VERTICES[bone.skin], axis=1), bone.depth)


def test_trust_is_for_thin_tissue_only():
    surfaces = bone_surfaces(
        VERTICES, QUADS, landmarks=LANDMARKS, regions={"all": np.ones(len(VERTICES), bool)}
    )
    trusted = surfaces["all"].trusted
    assert trusted[LANDMARKS["glabella"][0]]
    assert trusted[LANDMARKS["vertex"][0]]
    assert not trusted[LANDMARKS["supra_second_molar"][0]]


def test_a_symmetric_skin_has_symmetric_bones():
    bones = bone_surfaces(VERTICES, QUADS, landmarks=LANDMARKS, regions={"all": np.ones(len(VERTICES), bool)})[
        "all"
    ]
    np.testing.assert_allclose(bones.vertices[MIRROR] * [-1, 1, 1], bones.vertices, atol=1e-6)


def test_unknown_landmarks_and_empty_regions_are_refused():
    with pytest.raises(ValueError, match="got \\['elbow'\\]"):
        bone_surfaces(VERTICES, QUADS, landmarks={"elbow": [0]}, regions=REGIONS)
    with pytest.raises(ValueError, match="expected the region 'cranium' to hold quads"):
        bone_surfaces(VERTICES, QUADS, landmarks=LANDMARKS, regions={"cranium": np.zeros(len(VERTICES), bool)})
