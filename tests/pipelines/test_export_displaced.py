import base64

import numpy as np
import pytest
import torch

from facescale.corpora.meshes import read_mesh
from facescale.pipelines.export import ExportConfig, export
from facescale.pipelines.fitted_parameters import read_parameters
from facescale.reporting.exports import write_parameters
from tests.heads.seamed_head import EXPRESSIONS, seamed_head
from tests.node_tools import needs_node_packages, run_node
from tests.pipelines.small_results import SmallResults, know_the_small_head


class DisplacedResults(SmallResults):
    """Results of a method that went beyond the head model."""

    def displacement(self, number):
        return np.random.default_rng(100 + number).normal(size=(self.head.num_vertices, 3)).astype(np.float32)

    def parameters(self, number):
        return super().parameters(number) | {"displacement_mm": self.displacement(number)}

    def canonical(self, number):
        return super().canonical(number) + self.displacement(number)


@pytest.fixture
def exported(tmp_path, monkeypatch):
    know_the_small_head(monkeypatch)
    results = DisplacedResults(str(tmp_path / "out"))
    config = ExportConfig(out=str(tmp_path / "out"), to=str(tmp_path / "to"), format="glb,ply,npz", flat=True)
    assert export(config) == 0
    return results, tmp_path / "to"


def test_exports_are_the_displaced_head_and_its_neutral_is_displaced_alike(exported):
    results, folder = exported
    for number in range(4):
        stored = read_mesh((folder / f"00{number}.ply").read_bytes(), ".ply").vertices
        np.testing.assert_allclose(stored, results.vertices(number), atol=1e-3)
        identity = torch.from_numpy(results.parameters(number)["params/identity"])[None]
        resting = {"identity": identity, "expression": torch.zeros(1, len(EXPRESSIONS))}
        plain = results.head.evaluate(resting)[0].numpy()
        with np.load(folder / f"00{number}.npz", allow_pickle=False) as arrays:
            np.testing.assert_allclose(arrays["vertices_mm"], results.vertices(number), atol=1e-3)
            np.testing.assert_allclose(arrays["neutral_mm"], plain + results.displacement(number), atol=1e-3)


@needs_node_packages
def test_the_blended_glb_is_the_displaced_mesh(exported):
    results, folder = exported
    (mesh,) = run_node("read_glb.js", folder / "001.glb")["meshes"]
    blended = np.frombuffer(base64.b64decode(mesh["blended"]), "<f8").reshape(-1, 3)
    np.testing.assert_allclose(blended[: results.head.num_vertices] * 1000, results.vertices(1), atol=0.01)


@pytest.mark.parametrize("wrong", [np.zeros((4, 3)), np.full((seamed_head().num_vertices, 3), np.nan)])
def test_displacements_of_another_topology_or_that_are_no_numbers_are_refused(tmp_path, wrong):
    arrays = DisplacedResults(str(tmp_path / "out")).parameters(0) | {"displacement_mm": wrong}
    write_parameters(tmp_path / "parameters.npz", arrays)
    with pytest.raises(ValueError, match="expected finite displacements of shape"):
        read_parameters((tmp_path / "parameters.npz").read_bytes(), seamed_head())
