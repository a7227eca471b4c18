"""Whatever bytes come, a reader answers with cameras that are cameras or with a reason."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.cameras.formats import (
    colmap_binary,
    colmap_text,
    multiface,
    nerf,
    opencv,
    realitycapture,
)
from facescale.geometry.cameras.formats.metashape import read_xml
from facescale.geometry.cameras.formats.reading import MAX_BYTES
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens
from tests.geometry.cameras.formats.test_colmap import golden_binary

CAMERAS, IMAGES = golden_binary()
READERS = {
    "opencv": (opencv.read_yaml, goldens.OPENCV_YAML),
    "opencv text": (
        lambda data: opencv.read_text(b"5 0 3 0 5 2 0 0 1", data, (6, 4)),
        b"1 0 0 1 0 1 0 2 0 0 1 3",
    ),
    "colmap cameras": (lambda data: colmap_text.read_text(data, goldens.COLMAP_IMAGES), goldens.COLMAP_CAMERAS),
    "colmap images": (lambda data: colmap_text.read_text(goldens.COLMAP_CAMERAS, data), goldens.COLMAP_IMAGES),
    "colmap binary cameras": (lambda data: colmap_binary.read_binary(data, IMAGES), CAMERAS),
    "colmap binary images": (lambda data: colmap_binary.read_binary(CAMERAS, data), IMAGES),
    "nerf": (nerf.read_json, goldens.NERF),
    "multiface": (multiface.read_krt, goldens.KRT),
    "metashape": (read_xml, goldens.METASHAPE),
    "realitycapture": (lambda data: realitycapture.read_csv(data, (6000, 4000)), goldens.REALITYCAPTURE),
}
LISTING_FEATURES = {"colmap images", "colmap binary cameras", "colmap binary images"}
"""Their limit is a gigabyte: too much to build in a test."""
every_reader = pytest.mark.parametrize("name", READERS)
TOKENS = st.sampled_from(
    [
        b"nan",
        b"-inf",
        b"1e999",
        b"1e-320",
        b"-1",
        b"0",
        b"9" * 400,
        b"",
        b"\xff",
        b"\0",
        b"[",
        b"{",
        b"<",
        b'"',
        b"\n",
    ]
)


def answer(name, data):
    read, _ = READERS[name]
    rejected = views = None
    try:
        views = read(data)
    except CaptureRejected as error:
        rejected = error
    if rejected is not None:
        assert rejected.detail
        assert len(str(rejected)) < 600
        return
    cameras = views.cameras
    assert len(views.names) == len(cameras.focal) > 0
    for field in ("rotation", "translation", "focal", "principal", "distortion"):
        assert getattr(cameras, field).isfinite().all()
    assert torch.allclose(cameras.rotation @ cameras.rotation.mT, torch.eye(3).double(), atol=1e-9)
    assert (torch.linalg.det(cameras.rotation) > 0).all()
    assert (cameras.focal > 0).all()
    assert (cameras.size > 0).all()


@every_reader
@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=300))
def test_random_bytes(name, data):
    answer(name, data)


@every_reader
@settings(deadline=None, max_examples=60)
@given(data=st.text(max_size=300))
def test_random_text(name, data):
    answer(name, data.encode("utf-8", "surrogatepass"))


@every_reader
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_good_file_cut_doubled_or_with_something_put_in(name, data):
    _, good = READERS[name]
    start = data.draw(st.integers(0, len(good)), "start")
    end = data.draw(st.integers(start, min(len(good), start + 40)), "end")
    put = data.draw(st.one_of(TOKENS, st.binary(max_size=12), st.just(good[:start])), "put")
    answer(name, good[:start] + put + good[end:])


@every_reader
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_good_file_with_another_number(name, data):
    _, good = READERS[name]
    words = good.split(b" ")
    place = data.draw(st.integers(0, len(words) - 1), "place")
    words[place] = data.draw(TOKENS, "word")
    answer(name, b" ".join(words))


@pytest.mark.parametrize("name", [name for name in READERS if name not in LISTING_FEATURES])
def test_too_long_a_file_is_refused_before_it_is_parsed(name):
    with pytest.raises(CaptureRejected, match="at most"):
        READERS[name][0](b" " * (MAX_BYTES + 1))
