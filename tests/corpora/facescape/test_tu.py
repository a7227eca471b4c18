import io

import numpy as np
import pytest

from facescale.corpora.facescape.lists import EXPRESSIONS, expression_name
from facescale.corpora.facescape.tu import TuOptions, index, load, survey
from facescale.corpora.facescape.writing import write_lists, write_model
from facescale.corpora.files import write_bytes
from facescale.structures import CaptureRejected, Mesh
from tests.corpora.shapes import bumpy_sheet, obj_text

OBJ = (
    b"mtllib 1_neutral.obj.mtl\nv 1.5 2 3\nv -4 5.25 6\nv 7 8 -9\nv 0 1 2\n"
    b"vt 0 0\nvt 1 0\nvt 1 1\nusemtl material_0\nf 1/1 2/2 3/3\nf 1/3 3/2 4/1\n"
)
"""Typed by hand: four vertices of which three share places in the texture."""


def put(root, path, data=b"x"):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def person(root, number, expressions=(1, 2), data=OBJ, above=""):
    for k in expressions:
        stem = f"{above}{number}/models_reg/{expression_name(k)}"
        for suffix, content in ((".obj", data), (".obj.mtl", b"newmtl a"), (".jpg", b"x")):
            put(root, stem + suffix, content)
        put(root, f"{above}{number}/dpmap/{expression_name(k)}.png")


def items(root, **options):
    return list(index(str(root), TuOptions(**options)))


def told(root):
    return {finding.reason: finding.message for finding in survey(str(root), TuOptions())}


def sheet(count):
    """A strip of triangles with so many vertices."""
    rng = np.random.default_rng(count)
    corner = np.arange(count - 2)
    faces = np.stack([corner, corner + 1, corner + 2], axis=1).astype(np.int32)
    return Mesh(vertices=rng.normal(0, 60, (count, 3)).round(4), faces=faces)


def test_the_tree_of_the_reference(tmp_path):
    person(tmp_path, 12, (1, 12, 2))
    person(tmp_path, 9, above="facescape_trainset_001_100/")
    put(tmp_path, "info_list_v2.txt", b"9 f 33 10010\n12 m - 10000\n")
    put(tmp_path, "publishable_list_v1.txt", b"12, 340\n")
    found = items(tmp_path)
    assert [(item.item, item.subject) for item in found] == [
        ("12/1_neutral", "12"), ("12/2_smile", "12"), ("12/12_lip_puckerer", "12"), ("9/1_neutral", "9"),
        ("9/2_smile", "9"),
    ]  # fmt: skip
    assert dict(found[0].attributes) == {
        "expression": "neutral", "scale": "normalised", "valid": "true", "gender": "m", "publishable": "yes",
        "material": "12/models_reg/1_neutral.obj.mtl", "texture": "12/models_reg/1_neutral.jpg",
        "displacement": "12/dpmap/1_neutral.png",
    }  # fmt: skip
    assert found[3].attributes["publishable"] == "no"
    assert found[3].attributes["listed_missing"] == "jpg"
    capture = load(found[0], TuOptions())
    np.testing.assert_array_equal(capture.scan.vertices, [[1.5, 2, 3], [-4, 5.25, 6], [7, 8, -9], [0, 1, 2]])
    np.testing.assert_array_equal(capture.scan.faces, [[0, 1, 2], [0, 2, 3]])
    assert (capture.unit, capture.keypoints) == ("mm", None)
    assert capture.registrations[0].mesh is capture.scan
    assert capture.registrations[0].topology == "facescape-4"
    assert capture.attributes["topology"] == "unknown, of 4 vertices"


def test_people_and_expressions_are_chosen_by_name(tmp_path):
    person(tmp_path, 12)
    person(tmp_path, 340)
    with pytest.raises(ValueError, match=r"publishable_list_v1\.txt .* found none"):
        items(tmp_path, publishable=True)
    put(tmp_path, "publishable_list_v1.txt", b"340\n")
    assert [i.item for i in items(tmp_path, publishable=True)] == ["340/1_neutral", "340/2_smile"]
    assert [i.item for i in items(tmp_path, expressions=("smile",))] == ["12/2_smile", "340/2_smile"]
    assert [i.item for i in items(tmp_path, expressions=("1",))] == ["12/1_neutral", "340/1_neutral"]
    put(tmp_path, "publishable_list_v1.txt", b"??")
    with pytest.raises(ValueError, match="ids parted by commas"):
        items(tmp_path, publishable=True)
    assert len(items(tmp_path)) == 4


@pytest.mark.parametrize(("count", "key"), [(26317, "v10"), (26278, "v16")])
def test_landmarks_stand_where_the_topology_has_them(tmp_path, count, key):
    mesh, places = sheet(count), np.arange(68) * 300
    buffer = io.BytesIO()
    np.savez(buffer, **{key: places, ("v16" if key == "v10" else "v10"): places + 1})
    put(tmp_path, "landmark_indices.npz", buffer.getvalue())
    put(tmp_path, "1/models_reg/1_neutral.obj", obj_text(mesh))
    (item,) = items(tmp_path)
    assert [file.role for file in item.inputs] == ["scan", "landmarks"]
    capture = load(item, TuOptions())
    assert capture.keypoints.names[36] == "ibug_36"
    np.testing.assert_array_equal(capture.keypoints.positions, mesh.vertices[places])
    assert "topology" not in capture.attributes


def test_landmarks_of_another_topology_are_not_taken(tmp_path):
    write_lists({"1": ("f", 30)}, ["1"], np.arange(68), str(tmp_path), missing={})
    person(tmp_path, 1, (1,), obj_text(bumpy_sheet()))
    (item,) = items(tmp_path)
    assert load(item, TuOptions()).keypoints is None
    elsewhere = tmp_path / "elsewhere.npz"
    elsewhere.write_bytes(b"no npz")
    (item,) = items(tmp_path, landmarks=str(elsewhere))
    with pytest.raises(CaptureRejected, match="bad-array"):
        load(item, TuOptions())
    with pytest.raises(ValueError, match="expected landmarks to be a file"):
        items(tmp_path, landmarks=str(tmp_path / "absent.npz"))


def test_what_is_not_there_is_told(tmp_path):
    person(tmp_path, 66, range(1, 21))
    (tmp_path / "66/models_reg/3_mouth_stretch.jpg").unlink()
    (tmp_path / "66/dpmap/4_anger.png").unlink()
    person(tmp_path, 7)
    put(tmp_path, "7/models_reg/5_Jaw_left.OBJ", OBJ)
    put(tmp_path, "7/notes.txt")
    put(tmp_path, "info_list_v2.txt", b"66 f 33 10010\n67 m - 10000\n")
    found = told(tmp_path)
    assert found["missing-person"] == "1 people of info_list_v2.txt are not there: 67"
    assert found["unlisted-person"].endswith(": 7")
    assert found["missing-expression"] == "1 people lack expressions: 7 (3 of 20)"
    assert found["odd-file-name"].endswith(": 7/5_Jaw_left")
    named = [f.message for f in survey(str(tmp_path), TuOptions()) if f.reason == "missing-file"]
    assert any("66/3_mouth_stretch" in text and "jpg" in text for text in named)
    assert any("66/4_anger" in text and "png" in text for text in named)
    assert "7/5_Jaw_left" in [item.item for item in items(tmp_path)]
    put(tmp_path, "info_list_v2.txt", b"broken")
    put(tmp_path, "info_list_v2.txt", b"66 f x 10010\n")
    assert "an age" in told(tmp_path)["bad-list"]
    assert len(items(tmp_path)) == 23


def test_a_damaged_model_is_a_row(tmp_path):
    for number, data in ((1, b""), (2, OBJ + b"f 1 2 9\n"), (3, b"v 1 2\n")):
        person(tmp_path, number, (1,), data)
    found = []
    for item in items(tmp_path):
        with pytest.raises(CaptureRejected) as refused:
            load(item, TuOptions())
        found.append(refused.value.reason)
    assert found == ["empty-file", "bad-face-index", "not-a-mesh"]


def test_a_written_person_is_read_back(tmp_path, s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    mesh = sheet(40)
    for root in (str(tmp_path), "s3://bucket/fs"):
        uv = np.random.default_rng(1).uniform(size=(40, 2))
        names = {"person": "3", "expression": expression_name(2)}
        write_model(mesh, root, **names, uv=uv, texture=b"jpg", displacement=b"png")
        write_lists({"3": ("m", 41)}, ["3"], np.arange(68), root, missing={"3": ["dpmap"]})
        (item,) = index(root, TuOptions())
        assert item.attributes["age"] == "41"
        assert item.attributes["listed_missing"] == "dpmap"
        found = load(item, TuOptions())
        np.testing.assert_allclose(found.scan.vertices, mesh.vertices, atol=1e-6)
        np.testing.assert_array_equal(found.scan.faces, mesh.faces)
        assert not [f for f in survey(root, TuOptions()) if f.reason == "missing-file"]
    write_bytes(str(tmp_path / "3/models_reg/2_smile.jpg"), b"")
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("bad", [{"expressions": ("grinning",)}, {"expressions": ("21",)}])
def test_bad_options_say_what_was_expected(bad):
    with pytest.raises(ValueError, match="expected expressions"):
        TuOptions(**bad)
    assert len(EXPRESSIONS) == 20
