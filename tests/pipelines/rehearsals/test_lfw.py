import json

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.corpora.lfw.listing import LfwOptions, protocol_of
from facescale.pipelines.rehearsals.lfw import REHEARSALS, person, pictures
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.structures import CaptureRejected
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project


def config(out, **changes):
    return RehearseConfig(
        **{"out": str(out), "layout": "lfw", "subjects": 3, "photos": 2, "workers": 1} | changes
    )


def test_everyone_has_a_name_of_their_own():
    names = [person(index) for index in range(5000)]
    assert len(set(names)) == 5000
    assert all(name.isascii() and name.count("_") in {1, 2} for name in names)


def test_items_do_not_depend_on_how_many_there_are(tmp_path):
    few, many = config(tmp_path, subjects=1), config(tmp_path, subjects=9)
    assert REHEARSALS["lfw"].items(few, 0) == REHEARSALS["lfw"].items(many, 0)
    assert pictures(few, 0) == 2
    spoilt = REHEARSALS["lfw"].items(config(tmp_path, quirks=True), 0)
    assert spoilt == (f"{person(0)}/{person(0)}_0001", person(0))


@pytest.mark.slow
def test_a_rehearsal_is_an_lfw_whose_truth_is_that_of_its_cut_outs(tmp_path):
    out = tmp_path / "corpus"
    assert rehearse(config(out, quirks=True)) == 0
    layout, options = find_layout("lfw"), LfwOptions()
    found = list(layout.index(str(out), options))
    expected = {i for k in range(3) for i in REHEARSALS["lfw"].items(config(out, quirks=True), k) if "/" in i}
    assert {item.item for item in found} == expected
    rejected = 0
    for item in found:
        truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
        try:
            capture = layout.load(item, options)
        except CaptureRejected as bad:
            rejected += bad.reason == "truncated"
            continue
        assert capture.views[0].name == truth.views[0]
        assert capture.views[0].image.shape == (250, 250, 3)
        assert "odd_size" not in capture.attributes
        world = truth.keypoints[0] @ truth.head_rotations[0].T + truth.head_translations[0]
        np.testing.assert_allclose(project(truth.camera(0), world), truth.keypoint_pixels[0], atol=0.01)
        eyes = truth.keypoint_pixels[0, 36:48].mean(axis=0)
        assert (np.abs(eyes - 125) < 40).all()
    assert rejected == 1
    told = {finding.reason for finding in layout.survey(str(out), options)}
    assert {"missing-image", "odd-file-name"} <= told
    assert [p.count for p in protocol_of(str(out)).names] == [
        pictures(config(out), k) for k in sorted(range(3), key=person)
    ]
    planted = json.loads((tmp_path / "corpus-truth" / f"{person(0)}.quirks.json").read_text())
    assert planted == ["picture 2 is missing, the lists name it"]
