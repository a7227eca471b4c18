import json

import numpy as np
import pytest

from facescale.corpora.image_writing import write_images
from facescale.structures.capture import Capture
from facescale.structures.view import PinholeRecord, View

CAMERA = PinholeRecord(
    rotation=np.eye(3), translation=np.array([1.0, 2, 600]), focal=np.array([900.0, 901]),
    principal=np.array([32.5, 24.25]), distortion=np.array([0.1, 0, 0, 0, 0]), size=(64, 48),
)  # fmt: skip


def capture(cameras=(None, None), names=("a.jpg", "b.jpg")) -> Capture:
    image = np.zeros((48, 64, 3), np.uint8)
    views = tuple(View(name=n, image=image, camera=c) for n, c in zip(names, cameras, strict=True))
    return Capture(item="s1", subject="s1", views=views)


def test_pictures_lie_in_the_folder_of_their_subject_byte_for_byte(tmp_path):
    encoded = {"a.jpg": b"first", "b.jpg": b"second"}
    assert write_images(capture(), encoded, str(tmp_path)) == ("s1/a.jpg", "s1/b.jpg")
    found = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == {"s1/a.jpg": b"first", "s1/b.jpg": b"second"}


def test_calibrated_pictures_come_with_their_cameras(tmp_path):
    write_images(capture((CAMERA, CAMERA)), {"a.jpg": b"1", "b.jpg": b"2"}, str(tmp_path))
    record = json.loads((tmp_path / "s1" / "cameras.json").read_text())
    assert (record["format"], record["unit"], sorted(record["cameras"])) == (1, "mm", ["a.jpg", "b.jpg"])
    read = record["cameras"]["b.jpg"]
    for name in ("rotation", "translation", "focal", "principal", "distortion"):
        np.testing.assert_array_equal(read[name], getattr(CAMERA, name))
    assert read["size"] == [64, 48]


@pytest.mark.parametrize(
    ("made", "encoded", "said"),
    [
        (capture(), {"a.jpg": b"1"}, "expected the bytes of"),
        (capture(names=("a.jpg", "../b.jpg")), {"a.jpg": b"1", "../b.jpg": b"2"}, "expected plain file names"),
        (capture(names=("a.jpg", "b.txt")), {"a.jpg": b"1", "b.txt": b"2"}, "expected plain file names"),
        (capture((CAMERA, None)), {"a.jpg": b"1", "b.jpg": b"2"}, "expected a camera for all 2 views"),
    ],
)
def test_what_the_layout_cannot_hold_is_refused_and_nothing_is_written(tmp_path, made, encoded, said):
    with pytest.raises(ValueError, match=said):
        write_images(made, encoded, str(tmp_path))
    assert not list(tmp_path.iterdir())
