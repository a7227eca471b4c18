"""`facescale reconstruct` end to end on the one real photograph that tests may use: whole, damaged, moving."""

import io
import json
from fractions import Fraction

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from facescale.pipelines.reconstruct import ReconstructConfig, reconstruct
from tests.perception.landmarker_asset import needs_landmarker

pytestmark = needs_landmarker
FRAMES = 6
STEP = 6
"""Pixels that the panning window moves a frame."""


def photograph() -> np.ndarray:
    from skimage.data import astronaut

    return astronaut()


def jpeg(image: np.ndarray, mode: str = "RGB", **settings) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).convert(mode).save(buffer, "JPEG", quality=92, **settings)
    return buffer.getvalue()


def sideways(image: np.ndarray) -> bytes:
    """The picture lying on its side, with the tag that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(np.rot90(image), exif=exif)


def deep(image: np.ndarray) -> bytes:
    """A grey picture of 16 bits."""
    buffer = io.BytesIO()
    grey = np.asarray(Image.fromarray(image).convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    root = tmp_path_factory.mktemp("photographs")
    whole = photograph()
    nobody = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    files = {
        "astronaut/a.jpg": jpeg(whole[:360, 40:420]),
        "astronaut/b.jpg": jpeg(whole[20:400, 60:440]),
        "astronaut/cmyk.jpg": jpeg(whole[:380, 50:430], "CMYK"),
        "astronaut/deep.png": deep(whole[:380, 30:410]),
        "astronaut/sideways.jpg": sideways(whole[:370, 40:420]),
        "astronaut/truncated.jpg": jpeg(whole)[:9000],
        "astronaut/nobody.jpg": jpeg(nobody),
        "nobody/one.jpg": jpeg(nobody),
        "tiny/one.png": png(np.zeros((1, 1, 3), np.uint8)),
        "broken/one.jpg": b"\xff\xd8\xff\xe0 not a picture",
    }
    for name, data in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    return root


def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def reconstructed(photographs, tmp_path_factory):
    out = tmp_path_factory.mktemp("reconstructed") / "out"
    assert reconstruct(config_of(photographs, out, max_failed=1.0)) == 0
    return out


def config_of(root, out, **settings) -> ReconstructConfig:
    return ReconstructConfig(
        root=str(root), out=str(out), engine="local", workers=1, tracking="off", **settings
    )


def rows(out):
    return {row["item"]: row for row in pq.read_table(out / "results" / "table.parquet").to_pylist()}


def files_of(out, item):
    return out / rows(out)[item]["attempt"]


@pytest.mark.slow
def test_every_item_is_a_row_with_its_reason(reconstructed):
    found = rows(reconstructed)
    assert {item: row["status"] for item, row in found.items()} == {
        "astronaut": "done", "broken": "rejected", "nobody": "rejected", "tiny": "rejected",
    }  # fmt: skip
    assert found["nobody"]["reason"] == "no-face"
    assert all(found[item]["message"] for item in ("broken", "nobody", "tiny"))
    assert len({found[item]["reason"] for item in ("broken", "nobody", "tiny")}) == 3


@pytest.mark.slow
def test_bad_photographs_are_lost_and_the_others_serve(reconstructed):
    frames = pq.read_table(files_of(reconstructed, "astronaut") / "frames.parquet").to_pylist()
    used = {row["view"]: row["used"] for row in frames}
    assert used == {
        "a.jpg": True, "b.jpg": True, "cmyk.jpg": True, "deep.png": True, "sideways.jpg": True,
        "truncated.jpg": False, "nobody.jpg": False,
    }  # fmt: skip
    lost = {row["view"]: row["reason"] for row in frames if not row["used"]}
    assert "no-face" in lost["nobody.jpg"]
    assert lost["truncated.jpg"]
    row = rows(reconstructed)["astronaut"]
    assert (row["views"], row["views_used"], row["views_lost"]) == (7, 5, 2)


@pytest.mark.slow
def test_the_fit_explains_the_landmarks_better_than_the_mean_head(reconstructed):
    row = rows(reconstructed)["astronaut"]
    assert 0 < row["landmark_error_percent"] < row["mean_head_landmark_error_percent"] < 5
    assert row["metric"] is False, "photographs without a camera say nothing of size"


@pytest.mark.slow
def test_the_same_face_gets_the_same_pose_in_every_crop(reconstructed):
    with np.load(files_of(reconstructed, "astronaut") / "frames.npz") as frames:
        turns = frames["rotation"]
        assert frames["landmarks"].shape == (5, 478, 2)
        assert frames["expression"].min() >= 0
    angles = np.degrees(np.arccos(np.clip((np.einsum("nij,ij->n", turns, turns[0]) - 1) / 2, -1, 1)))
    assert angles.max() < 4
    upright = turns[0] @ [0, 1, 0]
    assert upright[1] < -0.9, "the top of the head is up in the picture"
    towards = turns[0] @ [0, 0, 1]
    assert towards[2] < -0.8, "and the face looks at the camera"


@pytest.mark.slow
def test_the_glb_moves_by_the_fitted_weights(reconstructed):
    import pygltflib

    folder = files_of(reconstructed, "astronaut")
    glb = pygltflib.GLTF2.load(str(folder / "head.glb"))
    names = glb.meshes[0].extras["targetNames"]
    paths = {channel.target.path for channel in glb.animations[0].channels}
    assert paths == {"weights", "rotation", "translation"}
    channel = next(c for c in glb.animations[0].channels if c.target.path == "weights")
    accessor = glb.accessors[glb.animations[0].samplers[channel.sampler].output]
    view = glb.bufferViews[accessor.bufferView]
    data = glb.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
    written = np.frombuffer(data, np.float32).reshape(5, len(names))
    with np.load(folder / "frames.npz") as frames:
        np.testing.assert_allclose(written, frames["expression"], atol=1e-6)


@pytest.mark.slow
def test_the_report_shows_photographs_and_errors_by_view(reconstructed):
    page = (reconstructed / "report.html").read_text()
    assert "Reconstruction with builtin" in page
    assert "photograph, landmarks, head" in page
    assert "landmark error by view" in page
    assert 'svg class="frames"' in page


@pytest.mark.slow
def test_a_rerun_does_nothing_twice(photographs, reconstructed):
    before = (reconstructed / "summary.json").read_bytes()
    assert reconstruct(config_of(photographs, reconstructed, max_failed=1.0)) == 0
    this_run = json.loads((reconstructed / "summary.json").read_text())["this_run"]
    assert (this_run["committed"], this_run["skipped"]) == (0, 4)
    assert json.loads(before)["done"] == 1


def panning(path, *, frames: int = FRAMES) -> None:
    """A video made by moving a window over the photograph."""
    import av

    whole = photograph()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 360, 340, "yuv420p", 4_000_000
        for place in range(frames):
            window = np.ascontiguousarray(whole[:340, STEP * place : STEP * place + 360])
            for packet in stream.encode(av.VideoFrame.from_ndarray(window, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


@pytest.mark.slow
def test_a_panning_video_is_one_item_with_a_pose_a_frame(tmp_path):
    root, out = tmp_path / "videos", tmp_path / "out"
    root.mkdir()
    panning(root / "pan.mp4")
    (root / "cut.mp4").write_bytes((root / "pan.mp4").read_bytes()[:700])
    config = config_of(root, out, corpus="videos", frames=FRAMES, max_failed=1.0)
    assert reconstruct(config) == 0
    found = rows(out)
    assert {item: row["status"] for item, row in found.items()} == {"pan.mp4": "done", "cut.mp4": "rejected"}
    with np.load(files_of(out, "pan.mp4") / "frames.npz") as frames:
        assert len(frames["rotation"]) == FRAMES
        np.testing.assert_allclose(np.diff(frames["times_s"]), 0.04, atol=1e-6)
        # the window moves right, so the head moves left, at a depth that the focal length scales
        moved = np.diff(frames["translation_mm"][:, 0]) / frames["translation_mm"][1:, 2]
        np.testing.assert_allclose(moved * frames["focal_px"][1:, 0], -STEP, atol=2.0)


def test_a_corpus_without_pictures_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected images in .*, found none"):
        reconstruct(config_of(tmp_path, tmp_path / "out"))


def test_a_gpu_is_refused_where_nothing_would_use_it(tmp_path):
    with pytest.raises(ValueError, match="expected device auto or cpu"):
        config_of(tmp_path, tmp_path / "out", device="cuda")
