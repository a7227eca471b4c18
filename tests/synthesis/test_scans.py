from functools import cache

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from facescale.geometry.surface import SurfaceBvh
from facescale.structures.keypoints import NOW7
from facescale.structures.units import MILLIMETRES_PER
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer, SyntheticScan, scan_name
from tests.heads.ict_assets import needs_ict
from tests.heads.random_head import random_head
from tests.synthesis.ict_head import ict

NUMBERS = (0, 1, 2, 3)


@cache
def synthesizer(truth="off-span"):
    return ScanSynthesizer(ict(), ScanSynthesis(truth=truth, points=(20_000, 40_000)))


@cache
def made(index: int, truth="off-span") -> SyntheticScan:
    return synthesizer(truth).make(5, index)


def millimetres(scan: SyntheticScan) -> np.ndarray:
    return scan.capture.scan.vertices.astype(np.float64) * MILLIMETRES_PER[scan.truth.unit]


@needs_ict
@pytest.mark.parametrize("index", NUMBERS)
def test_a_scan_is_a_finite_mesh_of_the_stated_size(index):
    scan = made(index).capture.scan
    assert 20_000 <= len(scan.vertices) <= 40_000
    assert scan.vertices.dtype == np.float32
    assert np.isfinite(scan.vertices).all()
    assert scan.faces.min() == 0
    assert scan.faces.max() == len(scan.vertices) - 1


@needs_ict
@pytest.mark.parametrize("index", NUMBERS)
def test_the_record_takes_the_scan_back_to_the_true_shape(index):
    scan = made(index)
    tree = SurfaceBvh(
        torch.from_numpy(millimetres(scan)).float()[None], torch.from_numpy(scan.capture.scan.faces)
    )
    face = ict().regions["face"].numpy()
    away = tree.closest(torch.from_numpy(scan.truth.vertices[face])[None], 20.0).distance[0]
    seen = away[away.isfinite()]
    assert len(seen) > 0.6 * face.sum()
    assert float(seen.median()) < 0.4
    head = (scan.truth.vertices.astype(np.float64) - scan.truth.translation) @ scan.truth.rotation
    assert head[21451:23021, 0].mean() > 20  # the left eye lies at +x again
    np.testing.assert_allclose(head.mean(axis=0), ict().zero.mean(dim=0).numpy(), atol=15)


@needs_ict
@pytest.mark.parametrize("index", NUMBERS)
def test_no_vertex_of_a_scan_is_a_vertex_of_the_model(index):
    scan = made(index)
    nearest, _ = cKDTree(scan.truth.vertices).query(millimetres(scan))
    assert nearest.min() > 1e-4


@needs_ict
def test_the_true_shape_leaves_the_span_by_the_stated_amount_and_in_span_does_not():
    for truth, low, high in (("off-span", 0.75, 0.9), ("in-span", 0.0, 1e-3)):
        scan = made(0, truth)
        params = {name: torch.from_numpy(values)[None] for name, values in scan.truth.params.items()}
        explained = ict().evaluate(params)[0].double().numpy() @ scan.truth.rotation.T + scan.truth.translation
        skin = ict().regions["head"].numpy()
        rms = np.sqrt(np.square(explained - scan.truth.vertices)[skin].sum(axis=1).mean())
        assert low <= rms <= high
        assert scan.truth.kind == truth


@needs_ict
def test_keypoints_are_in_the_scans_own_unit_and_frame_and_a_little_off():
    errors = []
    for index in NUMBERS:
        keypoints = made(index).capture.keypoints
        if keypoints is None:
            continue
        assert keypoints.names == NOW7
        clicked = keypoints.positions * MILLIMETRES_PER[made(index).truth.unit]
        errors.append(np.linalg.norm(clicked - made(index).truth.keypoints, axis=1))
    assert 0.7 < np.sqrt(np.mean(np.square(errors))) < 2.5


@needs_ict
def test_a_scan_depends_on_seed_and_number_only():
    again = ScanSynthesizer(ict(), ScanSynthesis(points=(20_000, 40_000)))
    again.make(5, 9)
    assert again.make(5, 1).truth.to_npz() == made(1).truth.to_npz()
    np.testing.assert_array_equal(again.make(5, 1).capture.scan.vertices, made(1).capture.scan.vertices)
    assert not np.array_equal(again.make(6, 1).truth.params["identity"], made(1).truth.params["identity"])


@needs_ict
def test_names_and_attributes_tell_the_scan():
    scan = made(3)
    assert scan.capture.item == scan.truth.item == scan_name(3) == "s00003/s00003_scan"
    assert scan.capture.subject == "s00003"
    assert scan.capture.attributes["points"] == str(len(scan.capture.scan.vertices))
    assert 3 <= int(scan.capture.attributes["cameras"]) <= 8
    assert {"hair", "shoulders", "noise_mm"} <= set(scan.capture.attributes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cameras": (2, 8)},
        {"cameras": (5, 4)},
        {"points": (10, 100)},
        {"keypoint_share": 1.1},
        {"off_span_rms": -0.1},
        {"wavelengths": (80.0, 15.0)},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        ScanSynthesis(**wrong)


def test_a_head_that_is_not_linear_is_refused():
    class Other(type(random_head()).__mro__[1]):
        num_vertices = 0
        evaluate = directional_jacobian = mean_vertices = to = None

    with pytest.raises(TypeError, match="expected a linear head"):
        ScanSynthesizer(Other(), ScanSynthesis())


@needs_ict
def test_takes_of_a_person_differ_in_expression_and_sensor_but_not_in_identity():
    first, again, other = made(0), synthesizer().make(5, 0, take=0), synthesizer().make(5, 0, take=2)
    np.testing.assert_array_equal(first.capture.scan.vertices, again.capture.scan.vertices)
    np.testing.assert_array_equal(first.truth.params["identity"], other.truth.params["identity"])
    assert first.truth.off_span_rms == other.truth.off_span_rms
    assert other.truth.params["expression"].max() > 0.3
    assert not np.allclose(first.truth.rotation, other.truth.rotation)


@needs_ict
def test_a_stated_unit_changes_the_unit_and_nothing_else():
    metres = ScanSynthesizer(ict(), ScanSynthesis(points=(20_000, 40_000), unit="m")).make(5, 1)
    assert metres.truth.unit == metres.capture.unit == "m"
    np.testing.assert_allclose(millimetres(metres), millimetres(made(1)), atol=1e-3)
