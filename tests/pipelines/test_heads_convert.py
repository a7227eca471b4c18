import json

import numpy as np
import pytest
import torch

from facescale.cli import main
from facescale.corpora.meshes import read_mesh
from facescale.heads.conversion import HeadConversion, head_digest, linear_part, neighbours
from facescale.pipelines import heads_convert
from facescale.reporting.exports import write_ply
from facescale.structures import Mesh
from tests.heads.seamed_head import seamed_head
from tests.pipelines.small_results import know_the_small_head


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A head that `heads convert` knows, one mesh of it, and a count of maps that were found."""
    know_the_small_head(monkeypatch)
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    head = seamed_head()
    found = []

    def find_map(source, target):
        found.append((source.card.name, target.card.name))
        count = target.num_vertices
        overlap, filled = np.arange(count // 2), np.arange(count // 2, count)
        near, weight = neighbours(target.zero.double().numpy(), overlap, filled)
        basis, std, low, high = linear_part(target)
        return HeadConversion(
            source=head_digest(source), target=head_digest(target), source_vertices=count, overlap=overlap,
            corners=np.stack([overlap] * 3, axis=1), barycentric=np.tile([1.0, 0, 0], (len(overlap), 1)),
            zero=target.zero.double().numpy(), basis=basis, std=std, lowest=low, highest=high,
            neighbour=near, neighbour_weight=weight,
        )  # fmt: skip

    monkeypatch.setattr("facescale.registration.head_map.find_map", find_map)
    shape = head.evaluate({"identity": torch.tensor([[0.4, -0.2, 0.3, 0]])})[0].numpy() + np.float32(30)
    write_ply(tmp_path / "anna.ply", Mesh(vertices=shape, faces=head.faces.numpy()), {})
    return tmp_path, shape, found


@pytest.mark.parametrize("form", ["ply", "obj", "npz"])
def test_meshes_are_converted_and_the_record_says_what_was_filled(small, form):
    folder, shape, found = small
    flags = ["--from", "seamed", "--to", "seamed", str(folder / "anna.ply"), "--format", form]
    assert main(["heads", "convert", *flags, "--out", str(folder / "out")]) == 0
    assert main(["heads", "convert", *flags, "--out", str(folder / "again")]) == 0
    assert found == [("seamed", "seamed")]
    data = (folder / f"out/anna.{form}").read_bytes()
    if form == "npz":
        with np.load(folder / "out/anna.npz", allow_pickle=False) as arrays:
            vertices, filled = arrays["vertices_mm"], arrays["filled"]
        assert filled.sum() == 36
    else:
        vertices = read_mesh(data, f".{form}").vertices
    np.testing.assert_allclose(vertices[:36], shape[:36], atol=1e-4)
    record = json.loads((folder / "out/record.json").read_text())
    assert record["filled_vertices"] == 36
    assert record["licences"] == {"seamed": "MIT"}
    assert record["skin_on_source"] == pytest.approx(0.5)
    (mesh,) = record["meshes"]
    assert mesh["from"] == "anna.ply"
    assert mesh["to_original_max_mm"] < 0.01


def test_what_was_converted_can_be_converted_again(small):
    folder, _, _ = small
    flags = ["--from", "seamed", "--to", "seamed", "--format", "npz", "--out"]
    assert main(["heads", "convert", str(folder / "anna.ply"), *flags, str(folder / "a")]) == 0
    assert main(["heads", "convert", str(folder / "a/anna.npz"), *flags, str(folder / "b")]) == 0
    with np.load(folder / "a/anna.npz") as a, np.load(folder / "b/anna.npz") as b:
        np.testing.assert_allclose(a["vertices_mm"], b["vertices_mm"], atol=0.5)


def test_a_mesh_of_another_head_is_refused(small, capsys):
    folder, _, _ = small
    write_ply(folder / "ben.ply", Mesh(vertices=np.eye(3, dtype=np.float32), faces=np.array([[0, 1, 2]])), {})
    flags = ["--from", "seamed", "--to", "seamed", "--out", str(folder / "out")]
    assert main(["heads", "convert", str(folder / "ben.ply"), *flags]) == 2
    assert "expected 72 vertices of seamed" in capsys.readouterr().err


def test_two_meshes_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="files of different names"):
        heads_convert.ConvertConfig(
            meshes=(tmp_path / "a/x.ply", tmp_path / "b/x.obj"), source="a", target="b", out=tmp_path
        )
