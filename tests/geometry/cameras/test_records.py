import numpy as np
import torch

from facescale.geometry.cameras.records import pinhole_of
from facescale.structures.view import PinholeRecord


def test_cameras_of_files_become_one_batch_that_projects_as_each_says():
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.linalg.det(turn)
    records = [
        PinholeRecord(
            rotation=turn,
            translation=np.array([10.0 * k, -5.0, 900.0]),
            focal=np.array([1200.0 + k, 1210.0]),
            principal=np.array([320.5, 240.5 - k]),
            size=(640 + k, 480),
        )
        for k in range(2)
    ]
    points = rng.normal(0, 50, (4, 3))
    cameras = pinhole_of(records)
    assert cameras.rotation.dtype == torch.float64
    assert cameras.size.tolist() == [[640, 480], [641, 480]]
    found = cameras.project(torch.from_numpy(points).expand(2, -1, -1)).pixels.numpy()
    for record, pixels in zip(records, found, strict=True):
        seen = points @ record.rotation.T + record.translation
        np.testing.assert_allclose(
            pixels, seen[:, :2] / seen[:, 2:] * record.focal + record.principal, atol=1e-9
        )
