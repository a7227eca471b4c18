import numpy as np
import pytest

from facescale.corpora.nphm.tracking import LAYOUT, MononphmOptions
from facescale.pipelines.rehearsals.registry import find_rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth

OPTIONS = MononphmOptions(depth=True, frames=0)


@pytest.mark.slow
def test_cameras_landmarks_and_depths_of_a_rehearsal_agree_with_its_truth(tmp_path):
    config = RehearseConfig(
        out=str(tmp_path), layout="mononphm", subjects=3, frames=3, size="96x96", quirks=True
    )
    make = find_rehearsal("mononphm").maker(config)
    truths = {item: ImageTruth.from_npz(data) for person in (0, 2) for item, data in make(person).items()}
    items = {item.item: item for item in LAYOUT.index(str(tmp_path), OPTIONS)}
    assert items.keys() == truths.keys() == {"s000", "s002"}
    whole, truth = LAYOUT.load(items["s000"], OPTIONS), truths["s000"]
    for number in (1, 2):
        view = whole.views[number]
        points = truth.keypoints[number, :68]
        seen = points @ view.camera.rotation.T + view.camera.translation
        pixels = view.camera.focal * seen[:, :2] / seen[:, 2:] + view.camera.principal
        assert np.abs(pixels - truth.keypoint_pixels[number, :68]).max() < 0.5
        np.testing.assert_allclose(view.landmarks.positions, truth.keypoint_pixels[number, :68], atol=1e-6)
        # where a landmark is seen, the depth map has it, but for the size of a pixel
        shown = truth.keypoint_visible[number, :68]
        column, row = np.floor(pixels[shown]).astype(int).T
        measured = whole.depth_maps[number].depth[row, column]
        assert np.median(np.abs(measured - seen[shown, 2])) < 2
        assert view.mask[row, column].mean() > 200
    lost = LAYOUT.load(items["s002"], OPTIONS)
    assert lost.views[-1].camera is None
    assert truths["s002"].attributes["quirk"] == "missing-camera"
    assert "missing-tracked" in {f.reason for f in LAYOUT.survey(str(tmp_path), OPTIONS)}
