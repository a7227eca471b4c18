import json

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.corpora.rig.layout import RigOptions
from facescale.pipelines.rehearsals.rig import REHEARSALS, TOOLS, _calibration
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.structures import PinholeRecord
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.rigs import rotation


def config(out, **changes):
    settings = {
        "out": str(out), "layout": "rig", "subjects": 1, "sequences": 1, "frames": 2, "workers": 1,
        "cameras": 2, "size": "64x80", "quirks": True, "offsets": True,
    }  # fmt: skip
    return RehearseConfig(**(settings | changes))


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_says_the_same_of_a_camera(tmp_path, tool):
    truth = {
        f"phone{k}": PinholeRecord(
            rotation=rotation(0.4 * k),
            translation=np.array([5.0, -6.0, 700.0 + k]),
            focal=np.array([200.0, 203.0]),
            principal=np.array([81.0, 58.5]),
            distortion=np.array([0.05, -0.01, 0.001, -0.002, 0.0]),
            size=(160, 120),
        )
        for k in range(2)
    }
    for path, data in _calibration(tool, truth).items():
        (tmp_path / "take" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "take" / path).write_bytes(data)
    for device in truth:
        (tmp_path / "take" / device).mkdir()
        (tmp_path / "take" / device / "1.png").write_bytes(encoded(astronaut(160, 120), "PNG"))
    layout, options = find_layout("rig"), RigOptions(millimetres=1.0)
    (item,) = layout.index(str(tmp_path), options)
    capture = layout.load(item, options)
    points = np.random.default_rng(3).normal(0, 60, (20, 3))
    assert capture.world == "metric"
    for view in capture.views:
        np.testing.assert_allclose(project(view.camera, points), project(truth[view.group], points), atol=1e-6)


@pytest.mark.slow
def test_a_rehearsed_take_has_the_true_cameras_times_and_offsets(tmp_path):
    out = tmp_path / "corpus"
    assert rehearse(config(out)) == 0
    layout, options = find_layout("rig"), RigOptions(millimetres=1.0)
    (item,) = layout.index(str(out), options)
    assert (item.item,) == REHEARSALS["rig"].items(config(out), 0)
    capture = layout.load(item, options)
    truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
    assert [view.name for view in capture.views] == ["phone0/000000", "phone0/000001"]
    assert [lost.name for lost in capture.lost_views] == ["phone1"]
    assert json.loads((tmp_path / "corpus-truth" / f"{item.item}.quirks.json").read_text()) == [
        "the video of phone1 breaks off"
    ]
    for view in capture.views:
        place = truth.views.index(view.name)
        world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
        np.testing.assert_allclose(project(view.camera, world), truth.keypoint_pixels[place], atol=0.01)
        assert abs(view.time_s - truth.times[place]) < 1e-3
        offset = float(capture.attributes[f"offset_s:{view.group}"])
        assert offset == pytest.approx(truth.clock_offsets[place])
    assert any(truth.clock_offsets != 0)
