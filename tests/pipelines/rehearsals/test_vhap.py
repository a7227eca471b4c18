# pyright: reportOptionalMemberAccess=false, reportArgumentType=false
import json
from pathlib import Path

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.pipelines.rehearse import rehearse, truth_path
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project

ENDING = "v16_DS4_whiteBg_staticOffset_maskBelowLine"


@pytest.mark.slow
def test_exports_come_back_as_they_were_made_and_quirks_are_found(tmp_path):
    out = str(tmp_path / "vhap")
    asked = {"subjects": 3, "frames": 2, "cameras": 2, "sequences": 1, "size": "66x96", "workers": 1}
    assert rehearse(RehearseConfig(out=out, layout="vhap", seed=3, quirks=True, **asked)) == 0
    layout = find_layout("vhap")
    options = layout.options(frames=2)
    items = list(layout.index(out, options))
    assert [item.item for item in items] == [f"{number:03d}_EXP-1_{ENDING}" for number in (17, 18, 19)]
    for place, item in enumerate(items):
        capture = layout.load(item, options)
        truth = ImageTruth.from_npz(Path(f"{out}-truth/{truth_path(item.item)}").read_bytes())
        assert truth.item == item.item
        assert (len(capture.views), len(capture.lost_views)) == ((3, 1) if place == 1 else (4, 0))
        assert sum(view.mask is None for view in capture.views) == (place == 1)
        for view in capture.views:
            at = truth.views.index(view.name)
            world = truth.keypoints[at] @ truth.head_rotations[at].T + truth.head_translations[at]
            errors = project(view.camera, world) - truth.keypoint_pixels[at]
            assert np.linalg.norm(errors, axis=1).max() < 0.5
            if view.mask is not None:
                assert (view.image[view.mask == 0] == 255).all()
                assert 0.1 < (view.mask > 128).mean() < 0.9
    found = {finding.reason: finding.message for finding in layout.survey(out, layout.options())}
    assert set(found) == {"missing-image", "missing-mask"}
    told = json.loads(Path(f"{out}-truth/{items[1].item}.quirks.json").read_text())
    assert len(told) == 2
    assert not (Path(out) / items[2].item / "transforms.json").exists()
