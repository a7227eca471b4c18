import json

import numpy as np
import pytest

from facescale.corpora.facescape.lists import EXPRESSIONS
from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import find_layout
from facescale.heads.library import load_head
from facescale.pipelines.rehearsals.facescape import ACTED, REHEARSALS
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.acted_scans import EYES, PUPILS
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project
from facescale.synthesis.stand_in_sheet import stand_in_sheet
from facescale.synthesis.truth import ScanTruth


def config(out, layout, **changes):
    settings = {"out": str(out), "layout": layout, "subjects": 2, "sequences": 2, "workers": 1, "quirks": True}
    return RehearseConfig(**(settings | changes))


def test_every_expression_of_the_corpus_is_acted(tmp_path):
    assert list(ACTED) == list(EXPRESSIONS.values())
    items = REHEARSALS["facescape-tu"].items
    assert items(config(tmp_path, "facescape-tu"), 0) == ("1/1_neutral", "1/2_smile")
    assert items(config(tmp_path, "facescape-tu"), 1) == ("2/1_neutral",)
    with pytest.raises(ValueError, match="at most 20 sequences"):
        items(config(tmp_path, "facescape-tu", sequences=21), 0)


@pytest.mark.slow
def test_rehearsed_models_lie_on_the_true_shapes(tmp_path):
    out = tmp_path / "corpus"
    assert rehearse(config(out, "facescape-tu")) == 0
    layout = find_layout("facescape-tu")
    options = layout.options()
    found = list(layout.index(str(out), options))
    assert [item.item for item in found] == ["1/1_neutral", "1/2_smile", "2/1_neutral"]
    sheet = stand_in_sheet(26317)
    for item in found:
        truth = ScanTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
        capture = layout.load(item, options)
        np.testing.assert_allclose(capture.scan.vertices, sheet.follow(truth.vertices), atol=0.01)
        assert capture.registrations[0].topology == "facescape-26317"
        marks = capture.keypoints.positions
        assert marks[30, 2] > marks[27, 2]  # the face looks to +z
        assert marks[27, 1] > marks[8, 1]  # its top to +y
        if item.sequence == "1_neutral":
            right, left = (marks[rim].mean(axis=0) for rim in EYES)
            assert abs(np.linalg.norm(left - right) - PUPILS) < 1.5
            assert left[0] > right[0]
    told = {finding.reason: finding.message for finding in layout.survey(str(out), options)}
    assert "1/2_smile" in told["missing-file"]
    planted = [json.loads(p.read_text()) for p in sorted((tmp_path / "corpus-truth").rglob("*.quirks.json"))]
    assert all(record["stand_in_topology"] == 26317 for record in planted)
    assert [record.get("quirks") for record in planted] == [
        None, ["the texture of 2_smile is missing"], ["the expression 2_smile is missing"],
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("space", ["sfm", "tu"])
def test_rehearsed_views_see_the_truth(tmp_path, space):
    out = tmp_path / "corpus"
    settings = {"subjects": 1, "sequences": 1, "cameras": 2, "size": "64x80"}
    assert rehearse(config(out, "facescape-mv", **settings)) == 0
    layout = find_layout("facescape-mv")
    options = options_of(layout.options, [f"space={space}"])
    (item,) = layout.index(str(out), options)
    capture = layout.load(item, options)
    truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
    assert [view.name for view in capture.views] == list(truth.views) == ["0.jpg", "1.jpg"]
    assert capture.world == {"sfm": "arbitrary", "tu": "metric"}[space]
    head = load_head("builtin")
    for place, view in enumerate(capture.views):
        world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
        if space == "tu":
            seen = project(view.camera, world)
            np.testing.assert_allclose(seen, truth.keypoint_pixels[place], atol=0.01)
        shape = truth.vertices(place, head.basis[..., -52:].numpy())
        mine = project(view.camera, capture.scan.vertices[::500])
        posed = shape @ truth.head_rotations[place].T + truth.head_translations[place]
        np.testing.assert_allclose(mine, project(truth.camera(place), posed[::500]), atol=0.05)


@pytest.mark.slow
def test_rehearsed_single_pictures_have_the_true_face_normalised(tmp_path):
    out = tmp_path / "corpus"
    settings = {"subjects": 2, "sequences": 2, "size": "64x80"}
    assert rehearse(config(out, "facescape-svfr", **settings)) == 0
    layout = find_layout("facescape-svfr")
    options = options_of(layout.options, ["truth=read"])
    first, second = (layout.load(item, options) for item in layout.index(str(out), options))
    truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / "wild/000.npz").read_bytes())
    told = json.loads((tmp_path / "corpus-truth" / "wild/000.quirks.json").read_text())
    shape = truth.vertices(0, load_head("builtin").basis[..., -52:].numpy())
    expected = told["scaled_by"] * stand_in_sheet(26317).follow(shape)
    np.testing.assert_allclose(first.scan.vertices, expected, atol=0.01)
    assert (first.views[0].name, second.scan) == (truth.views[0], None)
