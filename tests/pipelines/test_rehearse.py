import json

import numpy as np
import pytest

from facescale.corpora.files import list_files
from facescale.corpora.scans import index, load
from facescale.pipelines.rehearse import RehearseConfig, rehearse, truth_path, truth_root
from facescale.structures.units import MILLIMETRES_PER
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.truth import ScanTruth
from tests.heads.ict_assets import needs_ict

SUBJECTS = 3


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    out = tmp_path_factory.mktemp("rehearsal") / "corpus"
    assert rehearse(config(out, workers=2)) == 0
    return out


def config(out, **changes):
    return RehearseConfig(
        out=str(out), **({"head": "ict", "subjects": SUBJECTS, "seed": 11, "workers": 1} | changes)
    )


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def truth_of(out, item) -> ScanTruth:
    path = out.with_name(out.name + "-truth") / truth_path(item)
    return ScanTruth.from_npz(path.read_bytes())


@needs_ict
@pytest.mark.slow
def test_a_rehearsal_is_a_tree_of_scans_that_the_corpus_finds_and_reads(corpus):
    items = list(index(str(corpus)))
    assert [item.item for item in items] == [f"s{n:05d}/s{n:05d}_scan" for n in range(SUBJECTS)]
    assert [item.subject for item in items] == [f"s{n:05d}" for n in range(SUBJECTS)]
    for item in items:
        capture, truth = load(item), truth_of(corpus, item.item)
        scale = MILLIMETRES_PER[truth.unit]
        spans = [np.ptp(points, axis=0) for points in (capture.scan.vertices * scale, truth.vertices)]
        assert (spans[0] > 0.3 * spans[1]).all()
        middle = np.median(capture.scan.vertices, axis=0) * scale
        assert np.linalg.norm(middle - np.median(truth.vertices, axis=0)) < 150
        if capture.keypoints is not None:
            errors = np.linalg.norm(capture.keypoints.positions * scale - truth.keypoints, axis=1)
            assert errors.max() < 8


@needs_ict
@pytest.mark.slow
def test_the_truth_lies_apart_and_names_what_it_belongs_to(corpus):
    assert truth_root(str(corpus)) == f"{corpus}-truth"
    assert not [path for path in contents(corpus) if not path.endswith((".ply", ".pp", ".txt", ".npy"))]
    apart = contents(corpus.with_name("corpus-truth"))
    assert sorted(apart) == ["rehearsal.json", *(f"s{n:05d}/s{n:05d}_scan.npz" for n in range(SUBJECTS))]
    record = {"head": "ict", "layout": "scans", "seed": 11, "truth": "off-span"}
    assert json.loads(apart["rehearsal.json"]) == record


@needs_ict
@pytest.mark.slow
def test_the_files_are_the_same_whatever_the_workers_and_a_rerun_makes_only_what_is_missing(
    corpus, tmp_path, capsys
):
    other = tmp_path / "corpus"
    assert rehearse(config(other, subjects=2)) == 0
    capsys.readouterr()
    lost = other / "s00001" / "s00001_scan.ply"
    kept = other / "s00000" / "s00000_scan.ply"
    stamp = kept.stat().st_mtime_ns
    lost.unlink()
    (tmp_path / "corpus-truth" / "s00001" / "s00001_scan.npz").unlink()
    assert rehearse(config(other)) == 0
    assert "1 of 3 subjects are there already" in capsys.readouterr().out
    assert kept.stat().st_mtime_ns == stamp
    assert contents(other) == contents(corpus)
    assert contents(tmp_path / "corpus-truth") == contents(corpus.with_name("corpus-truth"))


@needs_ict
@pytest.mark.slow
def test_a_complete_rehearsal_starts_nothing(corpus, capsys, monkeypatch):
    monkeypatch.setattr("concurrent.futures.process._process_worker", None)
    assert rehearse(config(corpus)) == 0
    assert f"3 of 3 subjects are there already\nscans of 3 subjects in {corpus}" in capsys.readouterr().out


@needs_ict
@pytest.mark.slow
@pytest.mark.parametrize("other", [{"seed": 12}, {"truth": "in-span"}])
def test_a_folder_belongs_to_one_rehearsal(corpus, other):
    with pytest.raises(
        ValueError, match=r"expected .* to be empty or a rehearsal of .* got one of .*'seed': 11"
    ):
        rehearse(config(corpus, **other))


@needs_ict
@pytest.mark.slow
def test_a_rehearsal_goes_to_s3(s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    assert rehearse(config("s3://bucket/corpus/", subjects=1)) == 0
    (item,) = index("s3://bucket/corpus")
    assert len(load(item).scan.vertices) >= 20_000
    there = [entry.path for entry in list_files("s3://bucket/corpus-truth")]
    assert there == ["rehearsal.json", "s00000/s00000_scan.npz"]
    s3fs.S3FileSystem.clear_instance_cache()


def test_without_the_head_model_it_says_what_is_needed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACESCALE_ASSETS", raising=False)
    assert rehearse(config(tmp_path / "corpus")) == 2
    assert "facescale assets fetch ict" in capsys.readouterr().err
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("wrong", [{"subjects": 0}, {"seed": -1}, {"workers": -1}, {"out": ""}, {"out": "/"}])
def test_impossible_configurations_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        RehearseConfig(**({"out": "corpus"} | wrong))


def pictures(out, **changes):
    small = {
        "head": "builtin",
        "subjects": 1,
        "seed": 3,
        "workers": 1,
        "size": "96x96",
        **({"photos": 2} if changes["layout"] == "images" else {"frames": 3}),
    }
    return RehearseConfig(out=str(out), **(small | changes))


@pytest.mark.slow
@pytest.mark.parametrize("calibrated", [False, True])
def test_photographs_lie_in_folders_with_their_truth_apart_and_more_people_may_be_added(tmp_path, calibrated):
    out = tmp_path / "corpus"
    assert rehearse(pictures(out, layout="images", calibrated=calibrated)) == 0
    names = ["cam00.jpg", "cam01.jpg", "cameras.json"] if calibrated else ["p00.jpg", "p01.jpg"]
    before = contents(out)
    assert sorted(before) == [f"s00000/{name}" for name in names]
    assert rehearse(pictures(out, layout="images", calibrated=calibrated, subjects=2)) == 0
    after = contents(out)
    assert {path: after[path] for path in before} == before
    assert sorted(after) == [f"{subject}/{name}" for subject in ("s00000", "s00001") for name in names]
    apart = contents(tmp_path / "corpus-truth")
    assert sorted(apart) == ["rehearsal.json", "s00000.npz", "s00001.npz"]
    truth = ImageTruth.from_npz(apart["s00001.npz"])
    assert (truth.item, truth.kind, len(truth.views)) == ("s00001", "off-span", 2)
    assert truth.off_span_rms > 0.5
    assert json.loads(apart["rehearsal.json"])["photos"] == 2
    with pytest.raises(ValueError, match="a rehearsal of"):
        rehearse(pictures(out, layout="images", calibrated=calibrated, photos=3))


@pytest.mark.slow
def test_a_rehearsed_video_has_its_frames_and_its_truth_their_times(tmp_path):
    import av

    assert rehearse(pictures(tmp_path / "corpus", layout="videos")) == 0
    assert sorted(contents(tmp_path / "corpus")) == ["s00000/clip.mp4"]
    with av.open(str(tmp_path / "corpus" / "s00000" / "clip.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / "s00000" / "clip.npz").read_bytes())
    np.testing.assert_allclose(truth.times, times, atol=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"layout": "images", "size": "640"},
        {"photos": 0},
        {"frames": 0},
        {"cameras": 0},
        {"sequences": 0},
    ],
)
def test_impossible_pictures_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        RehearseConfig(**({"out": "corpus"} | wrong))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"layout": "videos", "size": "641x480"}, "expected even sides for a video"),
        (
            {"layout": "scans", "calibrated": True},
            "expected calibrated only with the layouts images, got it with",
        ),
        ({"layout": "images", "frames": 9}, "expected frames only with the layouts .*videos"),
        ({"layout": "nersemble"}, "expected a layout out of .*scans.*, got 'nersemble'"),
    ],
)
def test_settings_that_the_layout_has_no_use_for_are_refused_and_nothing_is_written(wrong, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        rehearse(RehearseConfig(out=str(tmp_path / "corpus"), **wrong))
    assert contents(tmp_path) == {}
