import json
import shutil

import numpy as np
import pytest
import torch

from facescale.cli import main
from facescale.heads.builtin.head import load_builtin
from facescale.heads.converted import read_head
from facescale.pipelines.rig_items import mesh_items, result_items
from facescale.pipelines.rig_stage import make_stage
from facescale.reporting.exports import write_ply
from facescale.structures import CaptureRejected, Mesh
from tests.pipelines.small_results import SmallResults

SETTINGS = {"rounds": 3, "shape_prior": [0.2, 0.03], "weight_prior": 0.2, "kappa": 0.1}


@pytest.fixture(scope="module")
def meshes(tmp_path_factory):
    """A person whose smile is half as wide again as the model's, at rest and smiling, lying askew."""
    root = tmp_path_factory.mktemp("meshes")
    head = load_builtin()
    identity = torch.randn(1, head.blocks[0].size, generator=torch.Generator().manual_seed(3))
    neutral = head.evaluate({"identity": identity})[0].numpy()
    smile = head.blocks[1].names.index("mouthSmileLeft")
    moved = 1.5 * head.basis[..., head.blocks[0].size + smile].numpy()
    angle = np.array([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]], np.float32)
    for name, shape in (("neutral", neutral), ("mouthSmileLeft", neutral + moved)):
        folder = root / "anna"
        folder.mkdir(exist_ok=True)
        mesh = Mesh(vertices=shape @ angle.T + np.float32(50), faces=head.faces.numpy())
        write_ply(folder / f"{name}.ply", mesh, {})
    return root, neutral, moved


@pytest.fixture(scope="module")
def stage():
    made = make_stage(head="builtin", examples=True, settings=SETTINGS)
    made.setup()
    return made


def test_a_subject_becomes_a_head_whose_smile_is_its_own(meshes, stage, tmp_path):
    root, neutral, moved = meshes
    (item,) = mesh_items(str(root))
    (result,) = stage.fit([stage.load(item)])
    saved = stage.save(result, tmp_path)
    head = read_head(tmp_path / "head.npz")
    assert [block.name for block in head.blocks] == ["expression"]
    smile = head.blocks[0].names.index("mouthSmileLeft")
    found = head.basis[..., smile].numpy()
    before = np.linalg.norm(moved / 1.5 - moved, axis=1).max()
    assert np.linalg.norm(found - moved, axis=1).max() < 0.5 * before
    # the head lies upright again, as large as it was
    apart = head.zero.numpy() - neutral
    assert np.abs(apart - apart.mean(axis=0)).max() < 3
    record = json.loads((tmp_path / "record.json").read_text())
    assert record["licences"] == saved.licences == {"builtin": "Apache-2.0"}
    assert record["example_after_rms_mm"] < 0.5 * record["example_before_rms_mm"]
    assert (tmp_path / "head.glb").read_bytes()[:4] == b"glTF"
    assert (tmp_path / "preview.webp").stat().st_size > 2000


def test_meshes_of_another_topology_are_refused_with_what_to_do(stage, tmp_path):
    (tmp_path / "ben").mkdir()
    small = Mesh(vertices=np.eye(3, dtype=np.float32), faces=np.array([[0, 1, 2]], np.int32))
    write_ply(tmp_path / "ben/neutral.ply", small, {})
    (item,) = mesh_items(str(tmp_path))
    with pytest.raises(CaptureRejected, match="expected 33117 vertices of builtin, found 3"):
        stage.load(item)


def test_results_give_an_item_a_subject_the_quietest_of_its_scans_first(tmp_path):
    results = SmallResults(str(tmp_path), count=4)
    items = list(result_items(str(tmp_path)))
    assert sum(sum(file.role in {"neutral", "example"} for file in item.inputs) for item in items) == 3
    for item in items:
        assert [file.role for file in item.inputs][:2] == ["neutral", "neutral.parameters"]
        assert item.attributes == {"licence/seamed": "MIT"}
    assert results.head.card.name == "seamed"


def test_meshes_without_a_head_are_a_bad_configuration(meshes, tmp_path, capsys):
    flags = ["--root", str(meshes[0]), "--out", str(tmp_path / "out"), "--tracking", "off"]
    assert main(["rig", *flags]) == 2
    assert "expected --head beside meshes" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_rigs_a_folder_and_does_nothing_the_second_time(meshes, tmp_path, capsys):
    out = tmp_path / "out"
    flags = ["--root", str(meshes[0]), "--head", "builtin", "--out", str(out), "--tracking", "off"]
    assert main(["rig", *flags, "--engine", "local", "--workers", "1"]) == 0
    assert len(list(out.glob("items/anna-*/*/head.glb"))) == 1
    assert "blink and smile" in (out / "report.html").read_text()
    capsys.readouterr()
    assert main(["rig", *flags, "--engine", "local", "--workers", "1"]) == 0
    assert "skipped 1" in capsys.readouterr().out
    shutil.rmtree(out)
