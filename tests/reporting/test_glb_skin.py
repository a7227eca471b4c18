import base64
from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.heads.asm.four_weights import four_weights_of
from facescale.heads.asm.skeleton import NAMES, PARENTS
from facescale.heads.blendshapes import blendshapes
from facescale.reporting.head_glb import HeadPose, HeadTopology, head_glb
from tests.heads.asm.small_asm_head import random_asm_params, small_asm_head
from tests.heads.seamed_head import seamed_head
from tests.node_tools import needs_node_packages, run_node

POSE = HeadPose(
    rotation=rotation_from_vector(torch.tensor([0.3, -2.0, 0.7], dtype=torch.float64)).numpy(),
    translation_mm=np.array([30.0, -400.0, 812.0]),
    scale=1.04,
)


@pytest.fixture(scope="module")
def head():
    double = small_asm_head()
    return replace(
        small_asm_head(dtype=torch.float32),
        bone_place=double.bone_place.float(),
        reach=replace(double.reach, floor=double.reach.floor.float(), soft=double.reach.soft.float()),
    )


@pytest.fixture(scope="module")
def params(head):
    """Of all blocks: poses, binding and weights."""
    drawn = random_asm_params(head, 1, scale=0.5, dtype=torch.float32)
    return {name: value[0].numpy() for name, value in drawn.items()}


@pytest.fixture(scope="module")
def skin(head, params):
    return four_weights_of(head, params)


@pytest.fixture(scope="module")
def fitted(head, params):
    return head.evaluate({name: torch.from_numpy(value)[None] for name, value in params.items()})[0].numpy()


def posed(skin, rest):
    """Skinning as a reader does it, from the parts of the file alone."""
    wide = np.concatenate([rest, np.ones((len(rest), 1))], axis=1)
    mixed = np.einsum("vk,vkab->vab", skin.weights.astype(float), skin.matrices()[skin.joints])
    return np.einsum("vab,vb->va", mixed, wide)[:, :3]


def glb_of(head, params, skin, pose=None):
    return head_glb(
        blendshapes(head, params),
        HeadTopology.of(head),
        name="s1",
        pose=pose,
        extras={"facescale": {"four_weights": skin.errors()}},
        skin=skin,
    )


def test_four_weights_miss_the_fitted_head_by_what_is_stated(skin, fitted):
    distance = np.linalg.norm(posed(skin, skin.rest) - fitted, axis=1)
    assert distance.mean() == pytest.approx(skin.error_mm, rel=1e-3)
    assert distance.max() == pytest.approx(skin.worst_mm, rel=1e-3)
    assert distance.mean() > 0.01


def test_with_the_remainder_the_bones_give_the_fitted_head(skin, fitted):
    np.testing.assert_allclose(posed(skin, skin.rest + skin.remainder), fitted, atol=1e-3)


def test_bones_are_named_by_number_and_hang_from_their_parents(skin):
    assert skin.names[14] == "14 lip_corner.L"
    assert len(set(skin.names)) == len(NAMES)
    assert skin.parents == PARENTS


def test_least_squares_beat_the_four_greatest_weights(head, params, skin, fitted):
    whole = head.weights({name: torch.from_numpy(value)[None] for name, value in params.items()})[0]
    greatest, joints = whole.topk(4, dim=1)
    plain = replace(skin, joints=joints.numpy(), weights=(greatest / greatest.sum(dim=1, keepdim=True)).numpy())
    missed = np.linalg.norm(posed(plain, skin.rest) - fitted, axis=1).mean()
    assert skin.error_mm < 0.7 * missed


@needs_node_packages
@pytest.mark.parametrize("pose", [None, POSE], ids=["head", "scan"])
def test_three_js_poses_the_skin_to_the_fitted_head(tmp_path, head, params, skin, fitted, pose):
    (tmp_path / "head.glb").write_bytes(glb_of(head, params, skin, pose))
    (mesh,) = run_node("read_glb.js", tmp_path / "head.glb")["meshes"]
    assert mesh["bones"] == list(skin.names)
    assert mesh["extras"]["facescale"]["four_weights"]["worst_mm"] == round(skin.worst_mm, 4)
    blended = np.frombuffer(base64.b64decode(mesh["blended"]), "<f8").reshape(-1, 3) * 1000
    expected = fitted if pose is None else pose.apply(fitted)
    np.testing.assert_allclose(blended, expected, atol=0.01)
    rest = np.frombuffer(base64.b64decode(mesh["position"]), "<f4").reshape(-1, 3) * 1000
    np.testing.assert_allclose(rest, head.mean_vertices(), atol=1e-3)


@needs_node_packages
def test_khronos_validator_finds_no_error_and_no_warning(tmp_path, head, params, skin):
    (tmp_path / "head.glb").write_bytes(glb_of(head, params, skin, POSE))
    issues = run_node("validate_glb.js", tmp_path / "head.glb")["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_bones_beside_expressions_are_refused(skin):
    other = seamed_head()
    with pytest.raises(ValueError, match="expected bones without expressions"):
        head_glb(blendshapes(other, {}), HeadTopology.of(other), name="s1", skin=skin)
