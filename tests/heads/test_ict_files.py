import json
import zipfile

import numpy as np
import pytest

from facescale.heads import ict_files
from facescale.heads.ict_files import IBUG68, NUM_VERTICES, read_folder, read_packed


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return {
        "neutral": rng.normal(size=(NUM_VERTICES, 3)).astype(np.float32),
        "faces": np.array([(0, 1, 2, 3), (4, 5, 6, -1)], np.int32),
        "uv": rng.uniform(size=(8, 2)).astype(np.float32),
        "faces_uv": np.array([(0, 1, 2, 3), (4, 5, 6, -1)], np.int32),
        "identity": rng.normal(size=(2, NUM_VERTICES, 3)).astype(np.float16),
        "expression": rng.normal(size=(1, NUM_VERTICES, 3)).astype(np.float16),
        "expression_names": np.array(["jawOpen"]),
    }


def packed(tmp_path, arrays):
    path = tmp_path / "model.npz"
    np.savez(path, **arrays)
    return path


def test_a_packed_model_is_read_as_it_is(tmp_path, arrays):
    files = read_packed(packed(tmp_path, arrays))
    for name in ("neutral", "faces", "uv", "faces_uv", "identity", "expression"):
        np.testing.assert_array_equal(getattr(files, name), arrays[name])
    assert files.expression_names == ("jawOpen",)
    assert files.landmarks == IBUG68
    assert list(files.digests) == ["model.npz"]


def bad_index(arrays, name, value):
    changed = arrays[name].copy()
    changed[0, 1] = value
    return arrays | {name: changed}


def with_nan(arrays, name):
    changed = arrays[name].copy()
    changed[(0,) * changed.ndim] = np.nan
    return arrays | {name: changed}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a | {"identity": np.array([{"a": 1}], dtype=object)}, "plain arrays"),
        (lambda a: a | {"expression_names": np.array(["jawOpen"], dtype=object)}, "plain arrays"),
        (lambda a: a | {"expression_names": np.array([b"jawOpen"])}, "names as unicode"),
        (lambda a: a | {"extra": np.zeros(1)}, "expected the arrays"),
        (lambda a: {k: v for k, v in a.items() if k != "uv"}, "expected the arrays"),
        (lambda a: a | {"neutral": a["neutral"][:-1]}, r"neutral of shape \(26719, 3\).* got \(26718, 3\)"),
        (lambda a: a | {"identity": a["identity"][..., :2]}, "identity of shape"),
        (lambda a: a | {"identity": a["identity"].astype(np.int16)}, "kind 'f', got .* int16"),
        (lambda a: a | {"expression": a["expression"][:0]}, "expression of shape"),
        (lambda a: a | {"faces": a["faces"].astype(np.float32)}, "faces of shape .* kind 'i'"),
        (lambda a: a | {"faces_uv": a["faces_uv"][:1]}, "faces_uv of shape"),
        (lambda a: with_nan(a, "neutral"), "finite numbers in neutral"),
        (lambda a: with_nan(a, "identity"), "finite numbers in identity"),
        (lambda a: with_nan(a, "expression"), "finite numbers in expression"),
        (lambda a: bad_index(a, "faces", NUM_VERTICES), "indices of faces in 0..26718, got 0..26719"),
        (lambda a: bad_index(a, "faces", -1), "indices of faces"),
        (lambda a: bad_index(a, "faces_uv", 8), "indices of faces_uv in 0..7"),
    ],
)
def test_a_malformed_packed_model_is_refused_saying_why(tmp_path, arrays, change, said):
    with pytest.raises(ValueError, match=said):
        read_packed(packed(tmp_path, change(arrays)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an npz of plain arrays"),
        (b"PK\x03\x04 cut", "an npz of plain arrays"),
        (b"version https://git-lfs.github.com/spec/v1", "the pointer that git keeps"),
    ],
)
def test_what_is_no_npz_is_refused(tmp_path, content, said):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_packed(path)


def test_a_truncated_npz_is_refused(tmp_path, arrays):
    path = packed(tmp_path, arrays)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="expected an npz of plain arrays"):
        read_packed(path)


def test_a_zip_that_claims_to_unpack_to_too_much_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("neutral.npy", bytes(2_000_000))
    monkeypatch.setattr(ict_files, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(ValueError, match="at most"):
        read_packed(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"expected a file at .*vertex_indices\.json, found none"):
        read_folder(tmp_path)


def obj(vertices, faces="f 1/1 2/2 3/3 4/4\nf 5/5 6/6 7/7\n", uv="vt 0 0\n" * 7):
    lines = "".join(f"v {x:.6f} {y:.6f} {z:.6f}\n" for x, y, z in vertices)
    return f"# made up\nmtllib x.mtl\n{lines}{uv}usemtl skin\n{faces}"


@pytest.fixture(scope="module")
def texts():
    neutral = np.random.default_rng(1).normal(size=(NUM_VERTICES, 3))
    return {
        "vertex_indices.json": json.dumps({"idx_to_landmark_verts": list(range(68))}),
        "generic_neutral_mesh.obj": obj(neutral),
        "identity000.obj": obj(neutral + 1),
        "identity002.obj": obj(neutral + 3),
        "smile.obj": obj(neutral - 2).replace("\n", "\r\n"),
    }


@pytest.fixture
def folder(tmp_path, texts):
    for name, text in texts.items():
        (tmp_path / name).write_text(text, newline="")
    return tmp_path


def test_a_folder_is_read_as_displacements_from_its_neutral(folder):
    files = read_folder(folder)
    np.testing.assert_allclose(files.identity, np.ones((1, NUM_VERTICES, 3)), atol=2e-6)
    np.testing.assert_allclose(files.expression, np.full((1, NUM_VERTICES, 3), -2.0), atol=2e-6)
    assert files.expression_names == ("smile",)
    assert files.landmarks == tuple(range(68))
    np.testing.assert_array_equal(files.faces, [(0, 1, 2, 3), (4, 5, 6, -1)])
    assert set(files.digests) == {
        "vertex_indices.json",
        "generic_neutral_mesh.obj",
        "identity000.obj",
        "smile.obj",
    }


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        ("f 1/1 2/2\n", "three or four v/vt corners"),
        ("f 1/1 2/2 3/3 4/4 5/5\n", "three or four v/vt corners"),
        ("f 1 2 3\n", "three or four v/vt corners"),
        ("f 1/1 2/2 -3/3\n", "three or four v/vt corners"),
        ("f 1/1 2/2 99999/3\n", "indices of faces"),
        ("f 1/1 2/2 0/3\n", "indices of faces"),
        ("f 1/1 2/2 3/8\n", "indices of faces_uv"),
    ],
)
def test_malformed_faces_are_refused(folder, faces, said):
    text = (folder / "generic_neutral_mesh.obj").read_text()
    for name in ("generic_neutral_mesh.obj", "identity000.obj", "smile.obj"):
        (folder / name).write_text(text[: text.index("f 1/1")] + faces)
    with pytest.raises(ValueError, match=said):
        read_folder(folder)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("v 1 2\n", "3 numbers on each 'v' line of identity000.obj"),
        ("v 1 2 3 4\n", "3 numbers on each 'v' line"),
        ("v 1 2 1e\n", "3 numbers on each 'v' line"),
        ("v nan 2 3\n", "one run of 'v' lines"),
    ],
)
def test_malformed_vertices_are_refused(folder, line, said):
    path = folder / "identity000.obj"
    head, _, rest = path.read_text().partition("\nv ")
    path.write_text(f"{head}\n{line}v {rest}")
    with pytest.raises(ValueError, match=said):
        read_folder(folder)


def test_a_shape_of_another_topology_is_refused(folder):
    path = folder / "identity000.obj"
    path.write_text(path.read_text().replace("f 5/5 6/6 7/7", "f 5/5 7/7 6/6"))
    with pytest.raises(ValueError, match=r"expected the faces of generic_neutral_mesh\.obj"):
        read_folder(folder)


@pytest.mark.parametrize(
    "indices",
    ["[]", '{"other": 1}', '{"idx_to_landmark_verts": ["a"]}', '{"idx_to_landmark_verts": [1, 2]}', "{"],
)
def test_malformed_indices_are_refused(folder, indices):
    (folder / "vertex_indices.json").write_text(indices)
    with pytest.raises(ValueError, match="expected"):
        read_folder(folder)


def test_too_large_a_file_is_refused(folder, monkeypatch):
    monkeypatch.setattr(ict_files, "MAX_OBJ_BYTES", 10_000)
    with pytest.raises(ValueError, match="at most 10000 bytes"):
        read_folder(folder)
