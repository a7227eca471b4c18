import json

import numpy as np
import pytest
import torch

from facescale.corpora.layouts import find_layout
from facescale.corpora.now.layout import NowOptions
from facescale.geometry.sites import points_at
from facescale.heads.library import load_head
from facescale.pipelines.rehearsals.now import REHEARSALS
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth


def config(out, **changes):
    settings = {"out": str(out), "layout": "now", "subjects": 2, "photos": 2, "workers": 1, "size": "96x96"}
    return RehearseConfig(**(settings | {"quirks": True} | changes))


def test_images_go_round_the_challenges(tmp_path):
    items = REHEARSALS["now"].items(config(tmp_path, photos=5), 3)
    assert items[0] == "FaMoS_180003_03003_TA/multiview_neutral/IMG_0000"
    assert items[4].split("/")[1:] == ["multiview_neutral", "IMG_0004"]


@pytest.mark.slow
def test_a_rehearsed_benchmark_has_boxes_about_faces_and_scans_of_their_subjects(tmp_path):
    out = tmp_path / "corpus"
    assert rehearse(config(out)) == 0
    layout, options = find_layout("now"), NowOptions(scan="read")
    found = list(layout.index(str(out), options))
    assert tuple(item.item for item in found) == REHEARSALS["now"].items(config(out), 0)
    hidden = list(layout.index(str(out), NowOptions(split="test", scan="read")))
    assert len(hidden) == 2
    assert all(file.role != "scan" for item in hidden for file in item.inputs)
    head = load_head("builtin")
    for item in found:
        truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
        capture = layout.load(item, options)
        assert capture.views[0].name == truth.views[0]
        if "box" in capture.attributes:
            left, top, right, bottom = map(float, capture.attributes["box"].split())
            inside = (truth.keypoint_pixels[0] > [left, top]) & (truth.keypoint_pixels[0] < [right, bottom])
            assert inside.all()
        # The scan is the neutral head up to a rigid motion: distances of its seven points are the truth's.
        rest = torch.from_numpy(truth.neutral.astype(np.float64))[None]
        seven = points_at(rest, head.faces, head.landmarks["now7"])[0].numpy()
        apart = [np.linalg.norm(p[:, None] - p, axis=2) for p in (capture.keypoints.positions, seven)]
        np.testing.assert_allclose(*apart, atol=1e-6)
        nearest = [np.linalg.norm(capture.scan.vertices - p, axis=1).min() for p in capture.keypoints.positions]
        assert max(nearest) < 2
    told = {finding.reason: finding.message for finding in layout.survey(str(out), options)}
    assert set(told) == {"missing-box"}
    planted = json.loads((tmp_path / "corpus-truth" / "FaMoS_180000_03000_TA.quirks.json").read_text())
    assert len(planted) == 2
