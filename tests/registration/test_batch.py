import numpy as np
import torch

from facescale.registration.batch import Precisions, batched
from facescale.registration.sample import Initialisation, Sample, ScanPoints

START = Initialisation(oriented_by="keypoints", score_mm=1.0, ratio=float("nan"), keypoint_rms_mm=1.0, notes=())
SITES = {"nose_base": (3, np.array([0.2, 0.3, 0.5])), "mouth_left": (4, np.array([1.0, 0.0, 0.0]))}


def sample(count: int, *, names: tuple[str, ...] = (), seed: int = 0, area: float = 20.0) -> Sample:
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    translation = rng.normal(size=3) * 1e5
    local = rng.normal(size=(count, 3)) * 50
    points = ScanPoints(
        positions=local @ rotation.T + translation,
        normals=(np.tile([0.0, 0, 1], (count, 1)) @ rotation.T).astype(np.float32),
        weights=np.ones(count, dtype=np.float32),
        area_mm2=area,
    )
    return Sample(
        item="x",
        millimetres_per_unit=1.0,
        unit="mm",
        unit_from="config",
        fit=points,
        held_out=points,
        rotation=rotation,
        translation=translation,
        scale=1.0,
        keypoint_names=names,
        keypoint_positions=np.zeros((len(names), 3)) + translation,
        initialisation=START,
    )


def of(*samples: Sample):
    return batched(samples, SITES, precisions=Precisions(), device="cpu")


def test_points_come_into_the_head_frame_without_loss_however_far_the_scan_lies():
    one = sample(50)
    data = of(one)
    local = (one.fit.positions - one.translation) @ one.rotation
    np.testing.assert_allclose(data.points[0], local, atol=1e-4)
    np.testing.assert_allclose(data.normals[0], np.tile([0, 0, 1], (50, 1)), atol=1e-6)


def test_short_lanes_are_padded_with_what_matches_nothing_and_weighs_nothing():
    data = of(sample(50), sample(30, seed=1))
    assert data.points[1, 30:].isnan().all()
    assert not data.precision[1, 30:].any()
    assert not data.points[1, :30].isnan().any()


def test_the_weight_of_a_scan_is_that_of_its_area_and_not_of_its_points():
    coarse, fine = of(sample(100, area=40.0)), of(sample(400, area=10.0))
    torch.testing.assert_close(coarse.precision.sum(), fine.precision.sum())


def test_keypoints_keep_their_sites_and_absent_ones_weigh_nothing():
    data = of(sample(30, names=("mouth_left", "nose_base")), sample(30, names=("nose_base",)))
    assert data.keypoint_sites.face.tolist() == [[4, 3], [3, 0]]
    assert (data.keypoint_precision > 0).tolist() == [[True, True], [True, False]]


def test_keypoints_that_the_head_does_not_have_are_left_out():
    data = of(sample(30, names=("ibug_12", "nose_base")))
    assert data.keypoint_sites.face.tolist() == [[3]]


def test_the_first_points_carry_the_weight_of_all():
    data = of(sample(100))
    few = data.first(20)
    assert few.points.shape[1] == 20
    torch.testing.assert_close(few.precision.sum(), data.precision.sum())
