import json

import numpy as np
import pytest
import trimesh

from facescale.corpora.glb import read_glb
from facescale.structures import CaptureRejected
from tests.corpora.shapes import bumpy_sheet

LIMIT = 1_000_000


def as_glb(tree, binary=b""):
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    body = np.uint32(len(text)).tobytes() + b"JSON" + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        body += np.uint32(len(binary)).tobytes() + b"BIN\0" + binary
    return b"glTF" + np.array([2, 12 + len(body)], "<u4").tobytes() + body


def tree_of(**changes):
    binary = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes() + np.array([0, 1, 2], "<u2").tobytes()
    tree = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 6},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
    }
    return tree | changes, binary


def test_a_scene_of_placed_meshes_agrees_with_another_library():
    sheet = bumpy_sheet()
    mesh = trimesh.Trimesh(sheet.vertices, sheet.faces, process=False)
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(0.7, [1, 2, 3], [4, 5, 6])
    scene.add_geometry(mesh, transform=turn)
    scene.add_geometry(mesh, transform=np.diag([2.0, 3.0, 4.0, 1.0]))
    data = scene.export(file_type="glb")
    found = read_glb(data, max_vertices=LIMIT)
    other = trimesh.load_scene(trimesh.util.wrap_as_stream(data), file_type="glb", process=False).to_mesh()
    # The other library puts the instances in another order.
    half = len(sheet.vertices)
    swapped = np.concatenate([other.vertices[half:], other.vertices[:half]])
    np.testing.assert_allclose(found.vertices, swapped, atol=1e-5)
    np.testing.assert_array_equal(found.faces, other.faces)


def test_rotation_scale_and_translation_of_nested_nodes_apply_in_order():
    half = float(np.sqrt(0.5))
    nodes = [
        {"children": [1], "translation": [10, 0, 0]},
        {"mesh": 0, "rotation": [0, 0, half, half], "scale": [2, 2, 2]},
    ]
    found = read_glb(as_glb(*tree_of(nodes=nodes)), max_vertices=LIMIT)
    np.testing.assert_allclose(found.vertices, [[10, 0, 0], [10, 2, 0], [8, 0, 0]], atol=1e-6)


def test_a_mirrored_node_keeps_its_outside():
    nodes = [{"mesh": 0, "scale": [1, 1, -1]}]
    assert read_glb(as_glb(*tree_of(nodes=nodes)), max_vertices=LIMIT).faces.tolist() == [[2, 1, 0]]


@pytest.mark.parametrize("mode", [0, 1, 4, 5, 6])
def test_points_strips_and_fans_are_read_and_lines_are_left_out(mode):
    meshes = [{"primitives": [{"attributes": {"POSITION": 0}, "mode": mode}]}]
    found = read_glb(as_glb(*tree_of(meshes=meshes)), max_vertices=LIMIT)
    assert len(found.vertices) == (0 if mode == 1 else 3)
    assert len(found.faces) == (1 if mode in {4, 5, 6} else 0)


def test_linear_vertex_colours_come_back_as_srgb():
    mesh = trimesh.Trimesh(np.eye(3), [[0, 1, 2]], process=False)
    mesh.visual.vertex_colors = np.array([[0, 128, 255, 255]] * 3, np.uint8)
    found = read_glb(mesh.export(file_type="glb"), max_vertices=LIMIT)
    linear = np.array([0, 128, 255]) / 255
    expected = np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    np.testing.assert_array_equal(found.colours[0], np.rint(expected))


def test_instances_beyond_the_bound_are_refused_before_they_are_made():
    nodes = [{"mesh": 0} for _ in range(1000)]
    changes = {"nodes": nodes, "scenes": [{"nodes": list(range(1000))}]}
    with pytest.raises(CaptureRejected, match="too-large"):
        read_glb(as_glb(*tree_of(**changes)), max_vertices=2999)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nodes": [{"mesh": 0, "children": [0]}]}, "not-a-mesh"),
        ({"nodes": [{"children": [1, 1]}, {"mesh": 0}]}, "not-a-mesh"),
        ({"nodes": [{"mesh": 7}]}, "not-a-mesh"),
        ({"nodes": [{"mesh": 0, "matrix": [1, 2]}]}, "not-a-mesh"),
        (
            {"accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}] * 2},
            "truncated",
        ),
        ({"accessors": [{"componentType": 5126, "count": 3, "type": "VEC3"}] * 2}, "not-a-mesh"),
        ({"accessors": [{"bufferView": 0, "componentType": 1, "count": 3, "type": "VEC3"}] * 2}, "not-a-mesh"),
        ({"extensionsRequired": ["KHR_draco_mesh_compression"]}, "unsupported"),
        ({"buffers": [{"uri": "a.bin", "byteLength": 42}]}, "unsupported"),
        ({"meshes": []}, "not-a-mesh"),
    ],
)
def test_a_scene_that_breaks_the_rules_is_refused(changes, reason):
    with pytest.raises(CaptureRejected) as caught:
        read_glb(as_glb(*tree_of(**changes)), max_vertices=LIMIT)
    assert caught.value.reason == reason


def test_an_index_beyond_its_own_piece_is_refused_although_the_next_piece_has_it():
    tree, binary = tree_of(nodes=[{"mesh": 0}, {"mesh": 0}], scenes=[{"nodes": [0, 1]}])
    binary = binary[:36] + np.array([0, 1, 3], "<u2").tobytes()
    with pytest.raises(CaptureRejected, match="bad-face-index"):
        read_glb(as_glb(tree, binary), max_vertices=LIMIT)


def test_deeply_nested_json_is_refused():
    text = b"[" * 100_000
    data = b"glTF" + np.array([2, 20 + len(text), len(text)], "<u4").tobytes() + b"JSON" + text
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_glb(data, max_vertices=LIMIT)
