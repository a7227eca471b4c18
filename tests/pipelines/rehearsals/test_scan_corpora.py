import numpy as np
import pytest
from scipy.spatial import cKDTree

from facescale.corpora.layouts import find_layout
from facescale.pipelines.rehearsals import takes
from facescale.pipelines.rehearsals.registry import find_rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.structures import NOW7
from facescale.synthesis.truth import ScanTruth

PEOPLE = {
    "bosphorus": (1, 2),
    "bu3dfe": (2, 3),
    "headspace": (1, 2, 3),
    "nphm": (1, 2),
    "realy": (1,),
    "stirling": (1, 2, 3),
}
"""Those of a rehearsal with quirks who have one."""
QUIRKS = {
    "bosphorus": {"no-keypoints", "header"},
    "bu3dfe": {"no-keypoints", "missing-sequence"},
    "headspace": {"unpadded-id", "no-keypoints", "no-notes"},
    "nphm": {"unpadded-id", "no-registration"},
    "realy": {"no-keypoints"},
    "stirling": {"odd-case", "no-keypoints"},
}
SLOW = [pytest.param(layout, marks=pytest.mark.slow) for layout in ("micc", *PEOPLE) if layout != "stirling"]
SETTINGS = {"realy": {"scales": "metrical_scale.txt"}}
"""Options with which scans come in mm."""


def rehearsed(layout, root, people, *, quirks, monkeypatch):
    """Captures and truths by item."""
    monkeypatch.setattr(takes, "POINTS", (2_000, 3_000))
    sequences = {"sequences": 2} if "sequences" in find_rehearsal(layout).settings else {}
    config = RehearseConfig(
        out=str(root), layout=layout, subjects=max(people) + 1, seed=3, quirks=quirks, **sequences
    )
    rehearsal, reader = find_rehearsal(layout), find_layout(layout)
    make = rehearsal.maker(config)
    truths = {item: ScanTruth.from_npz(data) for person in people for item, data in make(person).items()}
    rehearsal.lists(config)
    expected = {item for person in people for item in rehearsal.items(config, person)}
    options = reader.options(**SETTINGS.get(layout, {}))
    found = {item.item: item for item in reader.index(str(root), options)}
    assert found.keys() == expected == truths.keys()
    assert all(found[name].subject == truth.subject for name, truth in truths.items())
    return {name: (reader.load(item, options), truths[name]) for name, item in found.items()}


@pytest.mark.parametrize("layout", ["stirling", *SLOW])
def test_a_rehearsal_is_read_back_in_the_frame_and_unit_of_its_truth(layout, tmp_path, monkeypatch):
    for capture, truth in rehearsed(layout, tmp_path, (0,), quirks=False, monkeypatch=monkeypatch).values():
        assert capture.unit == "mm"
        # a scan's points lie on the person, whose vertices are some 2 mm apart; hair and clothes are not theirs
        apart, _ = cKDTree(truth.vertices).query(capture.scan.vertices)
        assert np.quantile(apart, 0.25) < 2
        if capture.keypoints is not None:
            at = dict(zip(capture.keypoints.names, capture.keypoints.positions, strict=True))
            errors = [np.linalg.norm(at[n] - p) for n, p in zip(NOW7, truth.keypoints, strict=True) if n in at]
            assert len(errors) >= (0 if layout == "headspace" else 6)
            assert max(errors, default=0) < 6
            if "ibug_33" in at:
                # the nearest vertices of a scan of so few points
                assert np.linalg.norm(at["ibug_33"] - truth.keypoints[4]) < 12
        assert "quirk" not in truth.attributes


@pytest.mark.slow
def test_registrations_of_nphm_are_the_truth_to_a_hundredth_of_a_millimetre(tmp_path, monkeypatch):
    made = rehearsed("nphm", tmp_path, (0,), quirks=False, monkeypatch=monkeypatch)
    assert len(made) == 2
    for capture, truth in made.values():
        up, flame = capture.registrations
        assert (len(up.mesh.vertices), len(flame.mesh.vertices)) == (33_506, 5_023)
        ours = len(truth.vertices)
        assert np.abs(up.mesh.vertices[:ours] - truth.vertices).max() < 0.01
        apart, _ = cKDTree(truth.vertices).query(flame.mesh.vertices)
        assert apart.max() < 0.01
        assert truth.attributes["stand_in_topology"] == "nphm-33506 flame-5023"
    (_, neutral), (_, posed) = made.values()
    # one person, two expressions
    np.testing.assert_array_equal(neutral.params["identity"], posed.params["identity"])
    assert (neutral.params["expression"] != posed.params["expression"]).any()


@pytest.mark.slow
@pytest.mark.parametrize("layout", PEOPLE)
def test_quirks_are_written_read_and_told_by_the_truth_and_the_survey(layout, tmp_path, monkeypatch):
    made = rehearsed(layout, tmp_path, PEOPLE[layout], quirks=True, monkeypatch=monkeypatch)
    assert {truth.attributes.get("quirk", "") for _, truth in made.values()} - {""} == QUIRKS[layout]
    reader = find_layout(layout)
    told = {finding.reason for finding in reader.survey(str(tmp_path), reader.options())}
    expected = {
        "bosphorus": {"missing-file"},
        "bu3dfe": {"no-keypoints", "missing-scan"},
        "headspace": {"unpadded-id", "no-keypoints"},
        "nphm": {"unpadded-id", "missing-file"},
        "realy": {"no-keypoints", "missing-scan"},
        "stirling": {"odd-case", "no-keypoints"},
    }
    assert told >= expected[layout]
    for capture, truth in made.values():
        if truth.attributes.get("quirk") == "no-keypoints":
            assert capture.keypoints is None


@pytest.mark.parametrize(
    ("layout", "settings"),
    [("nphm", {"subjects": 441}), ("bu3dfe", {"sequences": 26}), ("bosphorus", {"sequences": 11})],
)
def test_more_than_a_layout_has_names_for_is_refused(layout, settings):
    config = RehearseConfig(out="x", layout=layout, **settings)
    with pytest.raises(ValueError, match="expected at most"):
        find_rehearsal(layout).items(config, 0)
