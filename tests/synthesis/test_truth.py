import io
from dataclasses import fields, replace

import numpy as np
import pytest

from facescale.synthesis.truth import ScanTruth


@pytest.fixture
def truth():
    rng = np.random.default_rng(0)
    return ScanTruth(
        item="s1/s1_scan",
        subject="s1",
        head="ict",
        kind="off-span",
        seed=3,
        index=1,
        unit="cm",
        rotation=np.eye(3),
        translation=np.array([1.0, 2.0, 3.0]),
        vertices=rng.normal(size=(10, 3)).astype(np.float32),
        keypoints=rng.normal(size=(7, 3)),
        params={"identity": np.ones(4, np.float32), "expression": np.zeros(2, np.float32)},
        off_span_rms=0.8,
        off_span_face_rms=0.7,
        wrinkle_rms=0.1,
        attributes={"hair": "true"},
    )


def test_a_truth_comes_back_from_its_file(truth):
    back = ScanTruth.from_npz(truth.to_npz())
    for field in fields(ScanTruth):
        np.testing.assert_equal(getattr(back, field.name), getattr(truth, field.name))


def test_the_same_truth_is_the_same_bytes(truth):
    assert truth.to_npz() == replace(truth).to_npz()


def test_what_is_no_truth_file_is_refused(truth):
    buffer = io.BytesIO()
    np.savez(buffer, record=np.array('{"format": 99}'))
    for data in (b"", b"junk", truth.to_npz()[:200], buffer.getvalue()):
        with pytest.raises(ValueError, match="expected a truth file of format 1"):
            ScanTruth.from_npz(data)


def test_wrong_shapes_are_refused(truth):
    with pytest.raises(ValueError, match=r"expected keypoints of shape \(7, 3\)"):
        replace(truth, keypoints=np.zeros((6, 3)))


def test_an_unknown_unit_in_a_file_is_refused(truth):
    with np.load(io.BytesIO(truth.to_npz())) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["record"] = np.array(str(arrays["record"]).replace('"cm"', '"feet"'))
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with pytest.raises(ValueError, match="expected a truth file"):
        ScanTruth.from_npz(buffer.getvalue())
