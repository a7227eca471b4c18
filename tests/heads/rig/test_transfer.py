import numpy as np
import pytest
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.heads.builtin.head import load_builtin
from facescale.heads.rig.transfer import RigTransfer


@pytest.fixture(scope="module")
def rig():
    return RigTransfer(load_builtin())


@pytest.fixture(scope="module")
def person(rig):
    draw = torch.randn(1, rig.head.blocks[0].size, generator=torch.Generator().manual_seed(2))
    return rig.head.evaluate({"identity": draw})[0].double().numpy()


@pytest.fixture(scope="module")
def shapes(rig, person):
    return rig(person)


def test_the_template_gets_its_own_expressions_back(rig):
    assert np.abs(rig(rig.rest) - rig.moved).max() < 1e-4


def test_a_turned_and_larger_neutral_gets_turned_and_larger_expressions(rig, person, shapes):
    turn = rotation_from_vector(torch.tensor([0.4, -1.0, 0.3], dtype=torch.float64)).numpy()
    found = rig(1.3 * person @ turn.T + [10, 20, -40])
    np.testing.assert_allclose(found, 1.3 * shapes @ turn.T, atol=1e-6)


def test_another_person_gets_nearly_the_models_own_expressions(rig, shapes):
    face = rig.head.regions["face"].numpy()
    apart = np.linalg.norm(shapes - rig.moved, axis=-1)[:, face]
    moved = np.linalg.norm(rig.moved, axis=-1)[:, face]
    assert 0.02 < np.sqrt(np.square(apart).mean()) < 0.1 * np.sqrt(np.square(moved).mean())


def test_what_no_expression_moves_stays(rig, shapes):
    still = np.linalg.norm(rig.moved, axis=-1).max(axis=0) < 1e-6
    assert still.sum() > 5000
    assert np.abs(shapes[:, still]).max() < 1e-6


def test_teeth_and_eyeballs_stay_rigid_where_added_displacements_bend_them(rig, person, shapes):
    def bend(part, moved):
        own = person[part] - person[part].mean(axis=0)
        after = person[part] + moved - (person[part] + moved).mean(axis=0)
        left, _, right = np.linalg.svd(after.T @ own)
        left[:, 2] *= np.sign(np.linalg.det(left @ right))
        return np.abs(own @ (left @ right).T - after).max()

    jaw, gaze = rig.names.index("jawOpen"), rig.names.index("eyeLookUpLeft")
    for k, name in ((jaw, "lower_teeth"), (gaze, "eyeballs.left")):
        part = rig.head.regions[name].numpy()
        assert bend(part, shapes[k][part]) < 1e-5
    part = rig.head.regions["lower_teeth"].numpy()
    assert bend(part, rig.moved[jaw][part]) > 0.02


def test_an_eyeball_turns_about_its_own_centre(rig, person, shapes):
    ball = (rig.head.regions["eyeballs.left"] & rig.head.regions["eyeballs.sclera"]).numpy()

    def centre(points):
        rows = np.column_stack([2 * points, np.ones(len(points))])
        return np.linalg.lstsq(rows, np.square(points).sum(axis=1), rcond=None)[0][:3]

    k = rig.names.index("eyeLookUpLeft")
    assert np.linalg.norm(shapes[k][ball], axis=1).max() > 2
    assert np.linalg.norm(centre(person[ball] + shapes[k][ball]) - centre(person[ball])) < 0.1


def test_lids_of_larger_eyes_close_as_far_as_the_sources_do(rig):
    person = rig.rest * [1, 1.3, 1]
    shapes = rig(person)
    one, other = rig.contacts.ties.ends[: rig.contacts.lids].T
    k = rig.names.index("eyeBlinkLeft")
    meets = np.linalg.norm(rig.moved[k][one] - rig.moved[k][other], axis=1) > 2

    def gap(rest, moved):
        return np.linalg.norm((rest + moved)[one] - (rest + moved)[other], axis=1)[meets]

    closed = gap(rig.rest, rig.moved[k]).mean()
    assert meets.sum() > 20
    assert abs(gap(person, shapes[k]).mean() - closed) < 0.3
    assert abs(gap(person, rig.moved[k]).mean() - closed) > 1


def test_a_neutral_of_another_topology_is_refused(rig):
    with pytest.raises(ValueError, match="expected 33117 vertices of builtin"):
        rig(np.zeros((5, 3)))
