import numpy as np
import pygltflib
import pytest

from facescale.reporting.glb_body import GlbBody


def opened(body):
    tree = pygltflib.GLTF2.load_from_bytes(body.file(asset=pygltflib.Asset(version="2.0")))
    return tree, tree.binary_blob()


def bytes_of(tree, blob, view):
    found = tree.bufferViews[view]
    return blob[found.byteOffset : found.byteOffset + found.byteLength]


def test_every_view_begins_at_a_multiple_of_four():
    body = GlbBody()
    body.attribute(np.arange(3, dtype=np.uint16))
    body.attribute(np.ones((2, 2), np.float32))
    tree, blob = opened(body)
    assert [view.byteOffset for view in tree.bufferViews] == [0, 8]
    assert tree.buffers[0].byteLength == 24 == len(blob)


def test_indices_are_flat_and_unsigned():
    body = GlbBody()
    faces = np.array([[0, 1, 2], [2, 1, 3]], np.int32)
    body.indices(faces)
    tree, blob = opened(body)
    np.testing.assert_array_equal(np.frombuffer(bytes_of(tree, blob, 0), "<u4"), faces.reshape(-1))
    assert tree.accessors[0].count == 6


def read_sparse(tree, blob, number):
    accessor = tree.accessors[number]
    kind = {pygltflib.UNSIGNED_SHORT: "<u2", pygltflib.UNSIGNED_INT: "<u4"}[
        accessor.sparse.indices.componentType
    ]
    places = np.frombuffer(bytes_of(tree, blob, accessor.sparse.indices.bufferView), kind)
    values = np.frombuffer(bytes_of(tree, blob, accessor.sparse.values.bufferView), "<f4").reshape(-1, 3)
    whole = np.zeros((accessor.count, 3), np.float32)
    whole[places] = values
    return accessor, places, whole


@pytest.mark.parametrize("count", [100, 70_000])
def test_a_sparse_accessor_keeps_what_is_beyond_the_least(count):
    values = np.zeros((count, 3))
    values[[3, 17, count - 1]] = [[1, 0, 0], [0, -2, 0], [1e-9, 0, 0]]
    body = GlbBody()
    tree, blob = opened_with(body, body.sparse(values, least=1e-6, bounds=True))
    accessor, places, whole = read_sparse(tree, blob, 0)
    assert places.tolist() == [3, 17]
    np.testing.assert_array_equal(whole[:20], values[:20].astype(np.float32))
    assert (accessor.min, accessor.max) == ([0, -2, 0], [1, 0, 0])


def opened_with(body, number):
    assert number == 0
    return opened(body)


def test_bounds_of_a_sparse_accessor_that_is_full_do_not_pretend_a_zero():
    body = GlbBody()
    tree, _ = opened_with(body, body.sparse(np.full((4, 3), 2.0), least=0.1, bounds=True))
    assert tree.accessors[0].min == [2, 2, 2]


def test_a_sparse_accessor_of_nothing_has_the_one_entry_that_the_standard_asks_for():
    body = GlbBody()
    tree, blob = opened_with(body, body.sparse(np.full((5, 3), 1e-9), least=1e-6, bounds=True))
    _, places, whole = read_sparse(tree, blob, 0)
    assert places.tolist() == [0]
    assert not whole.any()
