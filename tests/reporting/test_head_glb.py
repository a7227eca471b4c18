import base64

import numpy as np
import pytest
import torch
import trimesh

from facescale.corpora.meshes import read_mesh
from facescale.geometry.rotations import rotation_from_vector
from facescale.heads.blendshapes import blendshapes
from facescale.heads.library import load_head
from facescale.reporting.head_glb import HeadPose, HeadTopology, head_glb, split_at_seams
from tests.heads.ict_assets import needs_ict
from tests.heads.random_head import random_head
from tests.heads.seamed_head import COLUMNS, EXPRESSIONS, ROWS, seamed_head
from tests.node_tools import needs_node_packages, run_node

PARAMS = {
    "identity": np.array([0.5, -1, 2, 0], np.float32),
    "expression": np.array([0.7, 0.3, 0, 0.2, 0, 1], np.float32),
}
POSE = HeadPose(
    rotation=rotation_from_vector(torch.tensor([0.3, -2.0, 0.7], dtype=torch.float64)).numpy(),
    translation_mm=np.array([30.0, -400.0, 812.0]),
    scale=1.04,
)


def topology_of(head):
    opaque = head.regions.get("opaque")
    return HeadTopology(
        faces=head.faces.numpy(),
        uv=None if head.uv is None else head.uv.numpy(),
        faces_uv=None if head.faces_uv is None else head.faces_uv.numpy(),
        opaque=None if opaque is None else opaque.numpy(),
    )


def glb_of(head, params, pose=None):
    return head_glb(
        blendshapes(head, params),
        topology_of(head),
        name="s1/smile",
        pose=pose,
        extras={"facescale": {"item": "s1/smile"}},
        copyright_text="seamed: MIT",
    )


def whole(head, params):
    return head.evaluate({name: torch.from_numpy(value)[None] for name, value in params.items()})[0].numpy()


@pytest.fixture
def head():
    return seamed_head()


def test_vertices_keep_their_numbers_and_only_the_seam_is_doubled(head):
    source, faces, uv = split_at_seams(head.num_vertices, topology_of(head))
    assert source[: head.num_vertices].tolist() == list(range(head.num_vertices))
    assert sorted(source[head.num_vertices :]) == [row * COLUMNS for row in range(ROWS)]
    np.testing.assert_array_equal(source[faces], head.faces.numpy())
    np.testing.assert_array_equal(uv[faces], head.uv.numpy()[head.faces_uv.numpy()])


def test_without_a_texture_nothing_is_split():
    head = random_head()
    source, faces, uv = split_at_seams(head.num_vertices, topology_of(head))
    assert len(source) == head.num_vertices
    assert uv is None
    np.testing.assert_array_equal(faces, head.faces.numpy())


def test_trimesh_finds_the_neutral_head_in_metres_on_its_scan(tmp_path, head):
    (tmp_path / "head.glb").write_bytes(glb_of(head, PARAMS, POSE))
    (found,) = trimesh.load_scene(tmp_path / "head.glb", process=False).dump()
    neutral = blendshapes(head, PARAMS).neutral
    np.testing.assert_allclose(found.vertices[: head.num_vertices] * 1000, POSE.apply(neutral), atol=1e-3)
    visible = head.regions["opaque"].numpy()[head.faces.numpy()].all(axis=1)
    source = found.vertex_attributes["_HEAD_VERTEX"].ravel().astype(int)
    np.testing.assert_array_equal(source[found.faces], head.faces.numpy()[visible])
    # trimesh turns v back to a bottom-left origin, which is ours.
    expected = head.uv.numpy()[head.faces_uv.numpy()[visible]]
    np.testing.assert_allclose(found.visual.uv[found.faces], expected, atol=1e-6)


def test_our_own_reader_finds_the_same(head):
    found = read_mesh(glb_of(head, PARAMS), ".glb")
    np.testing.assert_allclose(
        found.vertices[: head.num_vertices] * 1000, blendshapes(head, PARAMS).neutral, atol=1e-4
    )
    np.testing.assert_allclose(np.linalg.norm(found.normals, axis=1), 1, atol=1e-5)


def unpacked(text, kind, width):
    return np.frombuffer(base64.b64decode(text), kind).reshape(-1, width)


@needs_node_packages
@pytest.mark.parametrize("pose", [None, POSE], ids=["head", "scan"])
def test_three_js_blends_the_file_s_weights_to_the_fitted_head(tmp_path, head, pose):
    (tmp_path / "head.glb").write_bytes(glb_of(head, PARAMS, pose))
    told = run_node("read_glb.js", tmp_path / "head.glb")
    (mesh,) = told["meshes"]
    shape = blendshapes(head, PARAMS)
    assert sorted(mesh["dictionary"], key=mesh["dictionary"].get) == list(shape.names)
    np.testing.assert_allclose(mesh["influences"], shape.weights, atol=1e-6)
    assert mesh["relative"] is True
    assert mesh["normals"] == len(shape.names)
    assert mesh["extras"]["facescale"] == {"item": "s1/smile"}
    assert told["copyright"] == "seamed: MIT"
    blended = unpacked(mesh["blended"], "<f8", 3)[: head.num_vertices] * 1000
    fitted = whole(head, PARAMS)
    np.testing.assert_allclose(blended, fitted if pose is None else pose.apply(fitted), atol=0.01)


@needs_node_packages
def test_each_morph_target_is_one_expression_of_the_head(tmp_path, head):
    (tmp_path / "head.glb").write_bytes(glb_of(head, PARAMS))
    (mesh,) = run_node("read_glb.js", tmp_path / "head.glb")["meshes"]
    still = whole(head, {**PARAMS, "expression": np.zeros(6, np.float32)})
    for k, name in enumerate(EXPRESSIONS):
        moved = whole(head, {**PARAMS, "expression": np.eye(6, dtype=np.float32)[k]})
        target = unpacked(mesh["targets"][k], "<f4", 3)[: head.num_vertices] * 1000
        np.testing.assert_allclose(target, moved - still, atol=2e-3, err_msg=name)


@needs_node_packages
@pytest.mark.parametrize("make", [seamed_head, random_head])
def test_khronos_validator_finds_no_error_and_no_warning(tmp_path, make):
    head = make()
    (tmp_path / "head.glb").write_bytes(glb_of(head, PARAMS if make is seamed_head else {}, POSE))
    issues = run_node("validate_glb.js", tmp_path / "head.glb")["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


@needs_node_packages
@pytest.mark.slow
@pytest.mark.parametrize("name", ["builtin", pytest.param("ict", marks=needs_ict)])
def test_a_real_head_is_valid_drivable_and_far_smaller_than_with_dense_targets(tmp_path, name):
    head = load_head(name)
    sizes = {block.name: block.size for block in head.blocks}
    params = {
        "identity": np.linspace(-1, 1, sizes["identity"]).astype(np.float32),
        "expression": np.linspace(0, 0.5, sizes["expression"]).astype(np.float32),
    }
    data = glb_of(head, params, POSE)
    (tmp_path / "head.glb").write_bytes(data)
    issues = run_node("validate_glb.js", tmp_path / "head.glb")["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
    (mesh,) = run_node("read_glb.js", tmp_path / "head.glb")["meshes"]
    assert {"jawOpen", "eyeBlinkLeft", "browInnerUp", "mouthSmileRight"} <= mesh["dictionary"].keys()
    blended = unpacked(mesh["blended"], "<f8", 3)[: head.num_vertices] * 1000
    np.testing.assert_allclose(blended, POSE.apply(whole(head, params)), atol=0.03)
    dense = len(mesh["targets"]) * 2 * 12 * len(unpacked(mesh["position"], "<f4", 3))
    assert len(data) < dense / 3


def test_a_head_without_expressions_is_a_plain_mesh(head):
    from dataclasses import replace

    rigid = replace(head, blocks=head.blocks[:1], basis=head.basis[..., :4].contiguous())
    data = glb_of(rigid, {"identity": PARAMS["identity"]})
    assert b"targetNames" not in data
    assert len(read_mesh(data, ".glb").vertices) == head.num_vertices + ROWS


def test_equal_heads_are_equal_bytes(head):
    assert glb_of(head, PARAMS, POSE) == glb_of(seamed_head(), PARAMS, POSE)
