"""Results of a run as `facescale register` leaves them, made in a moment with a small head."""

import numpy as np
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.rendering.encode import encode
from facescale.reporting import exports
from facescale.reporting.head_glb import HeadPose
from facescale.runtime.manifest import claim_config
from facescale.runtime.outcomes import attempt_folder
from facescale.structures import Mesh
from facescale.structures.outcome import Status
from tests.heads.seamed_head import EXPRESSIONS, seamed_head
from tests.runtime.ledger_of import SmallOut

PICTURE = encode(np.full((6, 6, 4), 200, np.uint8))
METRIC = "face_scan_to_mesh_mean_mm"


class SmallResults(SmallOut):
    """OUT with items "000", "001", ...: done ones with artefacts, the last one rejected."""

    def __init__(self, uri, count=5, *, errors=None, config=None):
        super().__init__(uri, count=count)
        self.head = seamed_head()
        claim_config(self.storage, config or {"run": {"head": "seamed", "points": 5000}, "method_version": 1})
        for number in range(count - 1):
            self.fit(number, (errors or {}).get(number, 0.2 + 0.1 * number))
        self.end(count - 1, Status.REJECTED, reason="not-a-head")

    def fit(self, number, error):
        """Commit a done item whose face lies so far from its scan."""
        attempt = attempt_folder(f"{number:03d}", self.key(number), f"{number:016x}")
        folder = self.storage.folder(attempt)
        arrays = self.parameters(number)
        exports.write_parameters(folder / "parameters.npz", arrays)
        errors = np.linspace(0, error, self.head.num_vertices)
        errors[3] = np.nan
        mesh = Mesh(vertices=self.vertices(number).astype(np.float32), faces=self.head.faces.numpy())
        exports.write_ply(folder / "fit.ply", mesh, {"error_mm": errors})
        (folder / "preview.webp").write_bytes(PICTURE)
        files = self.storage.upload_folder(folder, attempt)
        self.end(
            number,
            row={METRIC: error, "coverage": 0.9},
            attempt=attempt,
            files=files,
            licences={"seamed": "MIT"},
        )

    def parameters(self, number):
        """What parameters.npz of an item holds."""
        rng = np.random.default_rng(number)
        turn = torch.from_numpy(rng.normal(size=3))
        return {
            "params/identity": rng.normal(size=4).astype(np.float32),
            "params/expression": rng.uniform(size=len(EXPRESSIONS)).astype(np.float32),
            "rotation": rotation_from_vector(turn).numpy(),
            "translation_mm": rng.normal(size=3) * 300,
            "scale": 1.0,
            "millimetres_per_unit": 10.0,
            "metric": np.asarray(True),
        }

    def canonical(self, number):
        """Vertices of an item in the head frame."""
        arrays = self.parameters(number)
        blocks = {name: torch.from_numpy(arrays[f"params/{name}"])[None] for name in ("identity", "expression")}
        return self.head.evaluate(blocks)[0].numpy()

    def vertices(self, number):
        """Vertices of an item as it lies on its scan."""
        arrays = self.parameters(number)
        pose = HeadPose(rotation=arrays["rotation"], translation_mm=arrays["translation_mm"])
        return pose.apply(self.canonical(number))


def know_the_small_head(monkeypatch):
    """Let `load_head` find it by its name."""
    from facescale.heads import library

    monkeypatch.setitem(library.LOADERS, "seamed", ((), lambda _: seamed_head()))
    monkeypatch.setattr(library, "find_head", lambda _name: None)
