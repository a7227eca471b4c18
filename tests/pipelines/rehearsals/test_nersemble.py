# pyright: reportOptionalMemberAccess=false
import json
from pathlib import Path

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.pipelines.rehearse import rehearse, truth_path
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project


def rehearsed(out, layout, **changes):
    config = {"subjects": 1, "frames": 2, "cameras": 2, "sequences": 1, "size": "66x96", "workers": 1} | changes
    assert rehearse(RehearseConfig(out=str(out), layout=layout, seed=3, offsets=True, **config)) == 0
    return find_layout(layout), str(out)


def truth_of(out, item) -> ImageTruth:
    return ImageTruth.from_npz(Path(f"{out}-truth/{truth_path(item)}").read_bytes())


def agrees(capture, truth, within=0.1):
    """Loaded cameras put the true keypoints where they are in the pictures."""
    for view in capture.views:
        serial, number = view.name.split("/")
        place = truth.views.index(f"{serial}/{int(number):06d}")
        world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
        scale = view.image.shape[1] / truth.sizes[place][0]
        errors = project(view.camera, world) - scale * truth.keypoint_pixels[place]
        assert np.linalg.norm(errors, axis=1).max() < within


@pytest.fixture(scope="module")
def raw_v2(tmp_path_factory):
    out = tmp_path_factory.mktemp("rehearsal") / "v2"
    return rehearsed(out, "nersemble-v2", subjects=3, frames=2, sequences=2, quirks=True)


@pytest.mark.slow
def test_raw_v2_comes_back_as_it_was_made(raw_v2):
    layout, out = raw_v2
    items = list(layout.index(out, layout.options()))
    assert [item.item for item in items] == [
        "017/EXP-1-head",
        "017/SEN-02-same_phrase_thirty_times",
        "019/EXP-1-head",
        "019/SEN-02-same_phrase_thirty_times",
        "18/EXP-1-head",
    ]
    for item in items:
        capture = layout.load(item, layout.options(frames=2))
        agrees(capture, truth_of(out, item.item))
        assert float(capture.views[0].image.std()) > 10
    assert capture.views[1].time_s == pytest.approx(1 / 73, abs=1e-4)


@pytest.mark.slow
def test_quirks_are_planted_found_and_written_down(raw_v2):
    layout, out = raw_v2
    found = {finding.reason: finding.message for finding in layout.survey(out, layout.options())}
    assert set(found) == {"missing-cameras", "odd-case", "unpadded-id"}
    planted = json.loads(Path(f"{out}-truth/18/EXP-1-head.quirks.json").read_text())
    assert any("is missing" in line for line in planted)
    items = {item.item: item for item in layout.index(out, layout.options())}
    assert len(layout.load(items["18/EXP-1-head"], layout.options()).lost_views) == 1
    broken = layout.load(items["019/EXP-1-head"], layout.options(frames=2))
    assert {lost.name.partition("/")[0] for lost in broken.lost_views} == {"222200042"}
    assert {view.group for view in broken.views} >= {"222200037"}


@pytest.mark.slow
def test_the_first_releases_videos_come_back(tmp_path):
    layout, out = rehearsed(tmp_path / "v1", "nersemble-v1")
    (item,) = layout.index(out, layout.options())
    assert item.item == "017/EXP-1-head"
    raw = layout.load(item, layout.options(frames=2))
    agrees(raw, truth_of(out, item.item))
    corrected = layout.load(item, layout.options(frames=2, colour="corrected"))
    assert len(raw.views) == 4
    for before, after in zip(raw.views, corrected.views, strict=True):
        np.testing.assert_array_equal(before.image, after.image)


@pytest.mark.slow
def test_preprocessed_pictures_alpha_and_depth_come_back(tmp_path):
    layout, out = rehearsed(tmp_path / "paper", "nersemble-paper")
    (item,) = layout.index(out, layout.options())
    capture, truth = layout.load(item, layout.options(frames=2)), truth_of(out, item.item)
    # 96 rows stand for 96.24 of full-size pictures
    agrees(capture, truth, within=0.25)
    assert [view.time_s for view in capture.views[:2]] == [0.0, 1 / 73]
    assert len(capture.depth_maps) == 4
    for view, depth in zip(capture.views, capture.depth_maps, strict=True):
        assert depth.name == view.name
        place = truth.views.index(view.name)
        nose = truth.keypoints[place][30]
        at = truth.head_rotations[place] @ nose + truth.head_translations[place]
        far = view.camera.rotation[2] @ at + view.camera.translation[2]
        column, row = truth.keypoint_pixels[place][30].astype(int)
        if truth.keypoint_visible[place][30]:
            assert abs(depth.depth[row, column] - far) < 12
        assert view.mask.min() == 0
        assert view.mask.max() == 255
    assert not layout.load(item, layout.options(depth=False)).depth_maps


@pytest.mark.slow
def test_the_benchmarks_views_alpha_and_points_come_back(tmp_path):
    layout, out = rehearsed(tmp_path / "benchmark", "nersemble-benchmark")
    (item,) = layout.index(out, layout.options())
    assert item.item == "nvs/017/EXP-1-head"
    capture, truth = layout.load(item, layout.options(frames=2)), truth_of(out, item.item)
    agrees(capture, truth)
    assert all(view.mask is not None and np.median(view.mask[0]) < 20 for view in capture.views)
    assert capture.unit == "m"
    # the clock of no camera is the points'
    middle = 1000 * capture.scan.vertices.mean(axis=0)
    assert np.linalg.norm(middle - truth.head_translations[0] - truth.neutral.mean(axis=0)) < 40


def test_a_rehearsal_of_the_paper_keeps_the_shape_of_its_pictures(tmp_path):
    config = RehearseConfig(out=str(tmp_path / "c"), layout="nersemble-paper", size="640x640")
    from facescale.pipelines.rehearsals.registry import find_rehearsal

    with pytest.raises(ValueError, match="550x802"):
        find_rehearsal("nersemble-paper").maker(config)
