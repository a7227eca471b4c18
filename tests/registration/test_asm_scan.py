import numpy as np
import pytest

from facescale.evaluation.registration import FittedHead, ScanEvidence, score_registration
from facescale.heads.library import load_head
from facescale.registration.config import RegistrationConfig
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer


@pytest.mark.slow
def test_a_scan_of_another_model_s_off_span_head_is_fitted_far_closer_than_the_rigid_mean():
    config = ScanSynthesis(
        points=(20_000, 30_000), hair_share=0.0, shoulder_share=0.0, cameras=(5, 5), keypoint_share=1.0
    )
    scan = ScanSynthesizer(load_head("builtin"), config).make(7, 0)
    registrar = Registrar(load_head("asm-builtin"), RegistrationConfig(points=2000))
    (result,) = registrar.register([registrar.prepare(scan.capture, 0)])
    assert isinstance(result, RegistrationResult), result
    native = scan.capture.surface
    # what is measured never drove the fit
    scores = score_registration(
        FittedHead(
            vertices=result.vertices,
            mean_vertices=result.mean_vertices,
            faces=registrar.head.faces.numpy(),
            regions={name: mask.numpy() for name, mask in registrar.head.regions.items()},
        ),
        ScanEvidence(
            vertices=native.vertices * result.millimetres_per_unit,
            faces=native.faces,
            held_out=result.held_out.positions,
            nose=result.mean_vertices[
                np.argmax((result.mean_vertices - result.translation) @ result.rotation[:, 2])
            ],
        ),
        truth=None,
    ).scalars
    for side in ("face_scan_to_mesh_mean_mm", "face_mesh_to_scan_mean_mm"):
        fitted, mean = scores[side], scores[f"mean_head_{side}"]
        assert isinstance(fitted, float), side
        assert isinstance(mean, float), side
        assert mean > 0.6
        assert fitted < 0.5 * mean
