import json

import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.heads.library import load_head
from facescale.pipelines.rehearsals.multiface import REHEARSALS, entity
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.lens import project
from facescale.synthesis.stand_in_sheet import stand_in_sheet


def config(out, **changes):
    settings = {"out": str(out), "layout": "multiface", "subjects": 1, "sequences": 1, "frames": 2,
                "workers": 1, "cameras": 2, "size": "64x74", "quirks": True}  # fmt: skip
    return RehearseConfig(**(settings | changes))


def test_frames_are_global_and_entities_have_seven_or_nine_digits(tmp_path):
    items = REHEARSALS["multiface"].items(config(tmp_path, sequences=2), 1)
    assert items[:2] == ("002643815/E001_Neutral_Eyes_Open/000102", "002643815/E001_Neutral_Eyes_Open/000105")
    assert items[2].endswith("E057_Cheeks_Puffed/000405")
    with pytest.raises(ValueError, match="at most 4 sequences"):
        REHEARSALS["multiface"].items(config(tmp_path, sequences=5), 0)


@pytest.mark.slow
def test_rehearsed_cameras_and_meshes_are_the_true_ones(tmp_path):
    out = tmp_path / "corpus"
    assert rehearse(config(out)) == 0
    layout = find_layout("multiface")
    options = layout.options()
    found = list(layout.index(str(out), options))
    assert tuple(item.item for item in found) == REHEARSALS["multiface"].items(config(out), 0)
    sheet = stand_in_sheet(7306)
    basis = load_head("builtin").basis[..., -52:].numpy()
    for item in found:
        capture = layout.load(item, options)
        truth = ImageTruth.from_npz((tmp_path / "corpus-truth" / f"{item.item}.npz").read_bytes())
        for view in capture.views:
            place = truth.views.index(view.name)
            world = truth.keypoints[place] @ truth.head_rotations[place].T + truth.head_translations[place]
            np.testing.assert_allclose(project(view.camera, world), truth.keypoint_pixels[place], atol=0.05)
        for mesh in capture.registrations:
            shape = truth.vertices(0, basis) @ truth.head_rotations[0].T + truth.head_translations[0]
            np.testing.assert_allclose(mesh.mesh.vertices, sheet.follow(shape), atol=0.01)
            np.testing.assert_array_equal(mesh.mesh.faces, sheet.faces)
    first, second = (layout.load(item, options) for item in found)
    assert (len(first.views), len(first.registrations), len(second.views)) == (2, 1, 1)
    assert "no-transform" in second.attributes["lost_meshes"]
    where = tmp_path / "corpus-truth" / entity(0) / "E001_Neutral_Eyes_Open.quirks.json"
    record = json.loads(where.read_text())
    assert record["stand_in_topology"] == 7306
    assert len(record["quirks"]) == 2
