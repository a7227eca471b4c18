from dataclasses import replace

import numpy as np
import pytest
import trimesh

from facescale.fitting.status import SolveStatus
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh
from tests.heads.ict_assets import needs_ict
from tests.registration.ict_scans import (
    exact_capture,
    head,
    honest_scan,
    registrar,
    skin_error,
)

pytestmark = needs_ict


def fitted(capture: Capture, *, seed: int = 0, **settings) -> RegistrationResult:
    tool = registrar(**settings)
    (result,) = tool.register([tool.prepare(capture, seed)])
    assert isinstance(result, RegistrationResult), result
    return result


def turned(capture: Capture, rotation: np.ndarray, shift: np.ndarray, factor: float) -> Capture:
    keypoints = capture.keypoints
    assert keypoints is not None
    return replace(
        capture,
        unit=None,
        scan=Mesh(vertices=factor * (capture.scan.vertices @ rotation.T + shift), faces=capture.scan.faces),
        keypoints=Keypoints(
            names=keypoints.names, positions=factor * (keypoints.positions @ rotation.T + shift)
        ),
    )


def some_rotation(seed: int) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return q * np.sign(np.linalg.det(q))


@pytest.mark.parametrize("seed", [0, 2])
def test_a_head_of_the_model_is_found_again(seed):
    capture, params = exact_capture(seed)
    result = fitted(capture, prior_weight=0.1)
    error = skin_error(result.vertices, capture_truth(params))
    assert error.mean() < 0.05
    assert np.sqrt(np.mean((result.params["identity"] - params["identity"][0].numpy()) ** 2)) < 0.03
    assert np.abs(result.params["expression"] - params["expression"][0].numpy()).mean() < 0.02
    assert result.status.usable
    assert result.plausibility.face_to_scan_mm < 0.15


def capture_truth(params) -> np.ndarray:
    return head().evaluate(params)[0].double().numpy()


def test_the_result_describes_its_own_vertices():
    capture, _ = exact_capture(0)
    moved = turned(capture, some_rotation(3), np.array([40.0, -900.0, 10.0]), 0.001)
    result = fitted(moved)
    shape = head().evaluate({k: tensor(v) for k, v in result.params.items()})[0].double().numpy()
    rebuilt = result.scale * shape @ result.rotation.T + result.translation
    np.testing.assert_allclose(result.vertices, rebuilt, atol=1e-3)
    assert result.unit == "m"
    assert result.millimetres_per_unit == 1000.0


def tensor(values: np.ndarray):
    import torch

    return torch.from_numpy(values)[None]


@pytest.mark.parametrize(("unit", "factor"), [("cm", 0.1), ("m", 0.001), ("inch", 1 / 25.4)])
def test_turning_moving_and_another_unit_turn_and_move_the_result(unit, factor):
    capture = replace(honest_scan(0).capture, unit=None)
    native = capture.scan.vertices.astype(np.float64)
    truth = honest_scan(0).truth
    in_mm = replace(
        capture,
        scan=Mesh(vertices=native * mm(truth.unit), faces=capture.scan.faces),
        keypoints=Keypoints(names=NOW7, positions=capture.keypoints.positions * mm(truth.unit)),
    )
    rotation, shift = some_rotation(5), np.array([3e4, -2e5, 1e3])
    there = fitted(turned(in_mm, rotation, shift, factor))
    here = fitted(in_mm)
    assert there.unit == unit
    back = (there.vertices - shift) @ rotation
    assert skin_error(back, here.vertices).max() < 0.3
    assert skin_error(back, here.vertices).mean() < 0.03


def mm(unit: str) -> float:
    return {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}[unit]


def test_an_honest_scan_is_fitted_to_its_off_span_truth():
    scan = honest_scan(1)
    result = fitted(replace(scan.capture, unit=None))
    truth = scan.truth.vertices.astype(np.float64)
    error = skin_error(result.vertices, truth, "face")
    mean = skin_error(result.mean_vertices, truth, "face")
    assert error.mean() < 1.4
    assert error.mean() < 0.4 * mean.mean()
    assert result.plausibility.coverage > 0.75


def test_the_fewest_points_that_a_configuration_may_ask_for_still_fit_a_scan():
    scan = honest_scan(1)
    result = fitted(replace(scan.capture, unit=None), points=400)
    truth = scan.truth.vertices.astype(np.float64)
    mean = skin_error(result.mean_vertices, truth, "face")
    assert skin_error(result.vertices, truth, "face").mean() < 0.6 * mean.mean()


@pytest.mark.parametrize("clutter", [{"hair": 1.0}, {"shoulders": 1.0}])
def test_hair_and_shoulders_leave_the_face_where_it_is(clutter):
    scan = honest_scan(2, **clutter)
    result = fitted(replace(scan.capture, unit=None))
    assert skin_error(result.vertices, scan.truth.vertices.astype(np.float64), "face").mean() < 1.5


def test_a_fifth_of_clutter_all_over_leaves_the_fit_where_it_is():
    capture, params = exact_capture(0)
    rng = np.random.default_rng(0)
    corners = capture.scan.vertices[capture.scan.faces]
    middle = corners.mean(axis=1)
    chosen = rng.choice(len(corners), len(corners) // 5, replace=False)
    lift = (
        rng.uniform(4, 25, size=(len(chosen), 1, 1))
        * (middle[chosen] / np.linalg.norm(middle[chosen], axis=1, keepdims=True))[:, None]
    )
    junk = (corners[chosen] + lift).reshape(-1, 3)
    start = len(capture.scan.vertices)
    scan = Mesh(
        vertices=np.concatenate([capture.scan.vertices, junk]),
        faces=np.concatenate(
            [capture.scan.faces, (start + np.arange(len(junk)).reshape(-1, 3)).astype(np.int32)]
        ),
    )
    clean, messy = fitted(capture), fitted(replace(capture, scan=scan))
    truth = capture_truth(params)
    assert (
        skin_error(messy.vertices, truth, "face").mean()
        < skin_error(clean.vertices, truth, "face").mean() + 0.1
    )


def test_a_lane_is_the_same_in_any_company():
    tool = registrar()
    captures = [replace(honest_scan(k).capture, unit=None) for k in range(3)]
    samples = [tool.prepare(capture, k) for k, capture in enumerate(captures)]
    alone = [tool.register([sample])[0] for sample in samples]
    together = tool.register(samples)
    reversed_order = tool.register(samples[::-1])[::-1]
    side_by_side = Registrar(head(), tool.config, lanes=3).register(samples)
    for one, two, three, four in zip(alone, together, reversed_order, side_by_side, strict=True):
        assert np.array_equal(one.vertices, two.vertices)
        assert np.array_equal(one.vertices, three.vertices)
        # a GPU solves lanes side by side: other products, same fits
        assert skin_error(one.vertices, four.vertices).mean() < 1e-3
        assert skin_error(one.vertices, four.vertices).max() < 2e-2


def test_a_bad_lane_leaves_its_neighbours_alone():
    tool = registrar()
    good = tool.prepare(replace(honest_scan(0).capture, unit=None), 0)
    positions = good.fit.positions.copy()
    positions[:] = np.nan
    bad = replace(good, item="bad", fit=replace(good.fit, positions=positions))
    side_by_side = Registrar(head(), tool.config, lanes=2)
    broken, whole = side_by_side.register([bad, good])
    assert isinstance(broken, CaptureRejected)
    assert broken.reason == "no-fit"
    (alone,) = tool.register([good])
    assert skin_error(whole.vertices, alone.vertices).mean() < 1e-3


def test_without_expression_the_head_stays_neutral():
    capture, _ = exact_capture(0)
    result = fitted(capture, expression=False)
    assert set(result.params) == {"identity"}


def test_a_free_scale_is_recovered_and_flagged():
    capture, params = exact_capture(2)
    truth = capture_truth(params)
    larger = turned(capture, np.eye(3), np.zeros(3), 1.1 * 3.7)
    result = fitted(larger, scale="free")
    assert not result.metric
    assert result.unit is None
    native = result.vertices / result.millimetres_per_unit
    size = np.linalg.norm(native - native.mean(0)) / np.linalg.norm(truth - truth.mean(0))
    assert size == pytest.approx(1.1 * 3.7, rel=0.01)


def test_a_point_cloud_is_as_good_as_a_mesh():
    scan = honest_scan(1)
    cloud = replace(
        scan.capture,
        unit=None,
        scan=Mesh(vertices=scan.capture.scan.vertices, faces=np.zeros((0, 3), dtype=np.int32)),
    )
    truth = scan.truth.vertices.astype(np.float64)
    mesh = fitted(replace(scan.capture, unit=None))
    result = fitted(cloud)
    assert (
        skin_error(result.vertices, truth, "face").mean()
        < skin_error(mesh.vertices, truth, "face").mean() + 0.15
    )


def test_the_papers_setting_is_recorded_with_its_units_and_moves_no_further_than_adam_can():
    capture, _ = exact_capture(0)
    result = fitted(capture, preset="paper-asm")
    assert result.preset["rate"] == 1e-3
    assert result.preset["translation_unit_mm"] == 100.0
    assert np.abs(result.params["identity"]).max() < 0.5
    assert result.status is SolveStatus.STEP_LIMIT
    assert result.iterations == 300


def junk_capture(name: str, *, keypoints: bool) -> Capture:
    make = {
        "cube": lambda: trimesh.creation.box((200, 200, 200)),
        "sphere": lambda: trimesh.creation.icosphere(subdivisions=5, radius=100),
        "capsule": lambda: trimesh.creation.capsule(120, 80),
        "plane": lambda: trimesh.creation.box((250, 250, 0.01)),
    }
    mesh = make[name]()
    while len(mesh.faces) < 15_000:
        mesh = mesh.subdivide()
    vertices = np.asarray(mesh.vertices) @ some_rotation(1).T
    places = np.stack([registrar().template.keypoints[n] for n in NOW7])
    front = vertices[vertices[:, 2].argmax()]
    return Capture(
        item=name,
        subject=name,
        scan=Mesh(vertices=vertices, faces=np.asarray(mesh.faces, dtype=np.int32)),
        keypoints=Keypoints(names=NOW7, positions=places - places.mean(0) + front) if keypoints else None,
    )


@pytest.mark.parametrize("keypoints", [False, True], ids=["bare", "with-keypoints"])
@pytest.mark.parametrize("name", ["cube", "sphere", "capsule", "plane"])
def test_what_is_no_head_is_never_silently_done(name, keypoints):
    tool = registrar()
    try:
        (result,) = tool.register([tool.prepare(junk_capture(name, keypoints=keypoints), 0)])
    except CaptureRejected as rejected:
        result = rejected
    assert isinstance(result, CaptureRejected)
    assert result.reason in {"no-orientation", "not-a-head", "no-fit"}
    assert result.detail


def test_a_scan_without_keypoints_is_fitted_as_well_as_with_them():
    scan = honest_scan(3)
    result = fitted(replace(scan.capture, unit=None, keypoints=None))
    assert result.initialisation.oriented_by == "automatic"
    assert result.initialisation.ratio >= 1.5
    assert skin_error(result.vertices, scan.truth.vertices.astype(np.float64), "face").mean() < 1.5


def test_faces_that_wind_inwards_are_noticed():
    capture, params = exact_capture(0)
    inside_out = replace(
        capture,
        scan=Mesh(vertices=capture.scan.vertices, faces=np.ascontiguousarray(capture.scan.faces[:, ::-1])),
    )
    result = fitted(inside_out)
    assert any("inwards" in note for note in result.initialisation.notes)
    assert skin_error(result.vertices, capture_truth(params)).mean() < 0.3


@pytest.mark.gpu
def test_a_gpu_gives_the_same_fits_whatever_the_batch():
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    tool = registrar()
    captures = [replace(honest_scan(k).capture, unit=None) for k in range(3)]
    samples = [tool.prepare(capture, k) for k, capture in enumerate(captures)]
    on_gpu = Registrar(head(), tool.config, device="cuda")
    alone = [on_gpu.register([sample])[0] for sample in samples]
    for one, two, cpu in zip(alone, on_gpu.register(samples), tool.register(samples), strict=True):
        assert skin_error(one.vertices, two.vertices).mean() < 1e-3
        assert skin_error(one.vertices, cpu.vertices).mean() < 1e-2
