import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.corpora.multiface.layout import index, load
from facescale.corpora.multiface.listing import MultifaceOptions
from facescale.corpora.multiface.survey import survey
from facescale.structures import CaptureRejected
from tests.corpora.facescape.test_params import project
from tests.corpora.photographs import astronaut, encoded

KRT = b"""400002
7695.2 0.0 819.1
0.0 7693.0 962.6
0.0 0.0 1.0
0.0 0.0 0.0 0.0 0.0
1.0 0.0 0.0 12.5
0.0 0.8 -0.6 -30.25
0.0 0.6 0.8 1100.0

400003
7600.0 0.0 600.0
0.0 7600.0 1000.0
0.0 0.0 1.0
0.0 0.0 0.0 0.0 0.0
0.0 0.0 1.0 5.0
0.0 1.0 0.0 6.0
-1.0 0.0 0.0 1200.0

"""
POSE = b"0.0 -1.0 0.0 10\n1.0 0.0 0.0 20.5\n0.0 0.0 1.0 -30\n"
OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\nf 7306/1 2/2 3/3\n"
"""As reported, with fewer vertices than the mesh."""
FOLDER = "m--20180227--0000--6795937--GHS"
SEGMENT = "E057_Cheeks_Puffed"
ROWS = np.random.default_rng(5).normal(0, 60, (7306, 3)).astype("<f4")


def put(root, path, data=None):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(encoded(astronaut(667, 1024), "PNG") if data is None else data)


def capture(root, *, folder=FOLDER, segment=SEGMENT, frames=("000102", "000105"), picture=None):
    for frame in frames:
        for camera in ("400002", "400003"):
            put(root, f"{folder}/images/{segment}/{camera}/{frame}.png", picture)
        put(root, f"{folder}/tracked_mesh/{segment}/{frame}.bin", ROWS.tobytes())
        put(root, f"{folder}/tracked_mesh/{segment}/{frame}_transform.txt", POSE)
    put(root, f"{folder}/tracked_mesh/{segment}/{frames[0]}.obj", OBJ)
    put(root, f"{folder}/KRT", KRT)


def ids(root, **options):
    return [item.item for item in index(str(root), MultifaceOptions(**options))]


def told(root, **options):
    return {f.reason: f.message for f in survey(str(root), MultifaceOptions(**options))}


def test_pixels_and_meshes_are_those_of_the_references_formula(tmp_path):
    """Projection: K [R_C R_f | R_C t_f + t_C] v, rows of .bin one vertex each; the picture is half as large."""
    capture(tmp_path)
    put(tmp_path, f"{FOLDER}/unwrapped_uv_1024/{SEGMENT}/average/000102.png", b"x")
    first, second = index(str(tmp_path), MultifaceOptions())
    assert (first.item, first.subject, first.sequence) == (f"6795937/{SEGMENT}/000102", "6795937", SEGMENT)
    found = load(first, MultifaceOptions())
    assert [view.name for view in found.views] == ["400002/000102", "400003/000102"]
    (mesh,) = found.registrations
    assert (mesh.topology, mesh.time_s, found.world) == ("multiface-7306", 0.0, "metric")
    assert load(second, MultifaceOptions()).views[0].time_s == pytest.approx(1 / 30)
    np.testing.assert_array_equal(mesh.mesh.faces, [[0, 1, 2], [7305, 1, 2]])
    v = ROWS[4321].astype(float)
    world = np.array([-v[1] + 10, v[0] + 20.5, v[2] - 30])
    np.testing.assert_allclose(mesh.mesh.vertices[4321], world, atol=1e-9)
    x = world[0] + 12.5
    y = 0.8 * world[1] - 0.6 * world[2] - 30.25
    z = 0.6 * world[1] + 0.8 * world[2] + 1100
    pixel = np.array([7695.2 * x / z + 819.1 + 0.5, 7693.0 * y / z + 962.6 + 0.5]) / 2
    np.testing.assert_allclose(project(found.views[0].camera, world[None])[0], pixel, atol=1e-6)
    assert found.attributes["textures"].endswith("average/000102.png")
    assert found.attributes["script"] == "v1"
    assert find_layout("multiface").holds == "views"


def test_gaps_are_lost_views_and_told(tmp_path):
    capture(tmp_path, frames=("000102", "000105", "000111"))
    (tmp_path / FOLDER / "images" / SEGMENT / "400003" / "000105.png").unlink()
    (tmp_path / FOLDER / "tracked_mesh" / SEGMENT / "000105_transform.txt").unlink()
    put(tmp_path, f"{FOLDER}/images/{SEGMENT}/400009/000102.png")
    put(tmp_path, f"{FOLDER}/frame_list.txt", f"{SEGMENT} 000102\n{SEGMENT} 000108\nE061_Lips 1\n".encode())
    first, second, third = (load(item, MultifaceOptions()) for item in index(str(tmp_path), MultifaceOptions()))
    assert first.attributes["uncalibrated"] == "400009"
    assert [lost.name for lost in second.lost_views] == ["400003/000105", "400009/000105"]
    assert second.registrations == ()
    assert "000105: no-transform" in second.attributes["lost_meshes"]
    assert third.views[0].time_s == pytest.approx(3 / 30)
    found = told(tmp_path)
    assert found["missing-frame"].endswith(": 000108")
    assert found["missing-segment"].endswith(": E061_Lips")
    assert found["no-transform"].endswith(": 000105")
    assert found["uncalibrated-camera"].endswith(": 400009")
    assert "400003/000105" in found["missing-image"]


def test_segments_cameras_and_frames_are_chosen(tmp_path):
    tiny = encoded(astronaut(40, 61), "PNG")
    for segment in ("E001_Neutral", "EXP_ROM07_x", "EXP_free_face"):
        capture(tmp_path, segment=segment, frames=("000102", "000105", "000108"), picture=tiny)
    capture(tmp_path, folder="m--20190529--1004--005067077--GHS", segment="EXP_jaw001", picture=tiny)
    assert len(ids(tmp_path)) == 11
    assert ids(tmp_path, item="segment") == [
        "6795937/E001_Neutral", "6795937/EXP_ROM07_x", "6795937/EXP_free_face", "005067077/EXP_jaw001",
    ]  # fmt: skip
    assert ids(tmp_path, segments=("E001",), frames=1) == ["6795937/E001_Neutral/000105"]
    with pytest.raises(ValueError, match=r"expected test_segment\.json"):
        ids(tmp_path, split="test")
    put(tmp_path, "test_segment.json", b'{"segment": ["EXP_ROM", "EXP_free_face"]}')
    put(tmp_path, "camera-split-config_6795937.json", b'{"full": {"train": ["400002"], "test": ["400003"]}}')
    assert ids(tmp_path, item="segment", split="test") == ["6795937/EXP_ROM07_x", "6795937/EXP_free_face"]
    assert "6795937/E001_Neutral" in ids(tmp_path, item="segment", split="train")
    (tmp_path / "m--20190529--1004--005067077--GHS").rename(tmp_path / "elsewhere")
    first = next(index(str(tmp_path), MultifaceOptions(camera_split="test")))
    assert [f.path.split("/")[-2] for f in first.inputs if f.role == "image"] == ["400003"]
    assert "v2" not in {item.attributes["script"] for item in index(str(tmp_path), MultifaceOptions())}


def test_damage_is_told_in_words(tmp_path):
    capture(tmp_path, frames=("000102",))
    put(tmp_path, f"{FOLDER}/tracked_mesh/{SEGMENT}/000102.bin", ROWS.tobytes()[:-4])
    put(tmp_path, f"{FOLDER}/images/{SEGMENT}/400002/000102.png", b"")
    (item,) = index(str(tmp_path), MultifaceOptions())
    found = load(item, MultifaceOptions())
    assert "bad-mesh" in found.attributes["lost_meshes"]
    assert found.lost_views[0].reason.startswith("empty-file")
    assert load(item, MultifaceOptions(longest_side=100)).views[0].image.shape[0] == 100
    put(tmp_path, f"{FOLDER}/KRT", KRT[:200])
    (item,) = index(str(tmp_path), MultifaceOptions())
    with pytest.raises(CaptureRejected, match="bad-cameras"):
        load(item, MultifaceOptions())
    assert {"bad-cameras", "no-calibration"} <= set(told(tmp_path))
    put(tmp_path, f"{FOLDER}/KRT", KRT)
    put(tmp_path, f"{FOLDER}/images/{SEGMENT}/400003/000102.png", b"")
    (item,) = index(str(tmp_path), MultifaceOptions())
    with pytest.raises(CaptureRejected, match="empty-file"):
        load(item, MultifaceOptions())


def test_a_capture_on_s3_is_the_same(tmp_path, s3_server):
    import s3fs

    from facescale.corpora import files

    s3fs.S3FileSystem.clear_instance_cache()
    capture(tmp_path, frames=("000102",), picture=encoded(astronaut(40, 61), "PNG"))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            files.write_bytes(f"s3://bucket/mf/{path.relative_to(tmp_path)}", path.read_bytes())
    here, there = (list(index(root, MultifaceOptions())) for root in (str(tmp_path), "s3://bucket/mf"))
    assert [i.item for i in here] == [i.item for i in there]
    one, other = (load(items[0], MultifaceOptions()) for items in (here, there))
    np.testing.assert_array_equal(one.registrations[0].mesh.vertices, other.registrations[0].mesh.vertices)
    np.testing.assert_array_equal(one.views[1].image, other.views[1].image)
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("bad", [{"frames": -1}, {"longest_side": -1}])
def test_bad_options_say_what_was_expected(bad):
    with pytest.raises(ValueError, match="expected"):
        MultifaceOptions(**bad)


def test_a_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(ValueError, match="found none"):
        ids(tmp_path)
