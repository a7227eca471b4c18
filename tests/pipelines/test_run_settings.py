import hashlib

import pytest

from facescale.pipelines.run_settings import RunSettings, with_digests, with_truth
from facescale.structures.item import InputFile, Item


def item(name, *files):
    return Item(corpus="images", item=name, subject=name, inputs=files)


@pytest.fixture
def truths(tmp_path):
    (tmp_path / "s1").mkdir()
    for name in ("s0.npz", "s1/clip.npz", "notes.txt"):
        (tmp_path / name).write_bytes(b"truth of " + name.encode())
    return tmp_path


def test_items_gain_the_truth_of_their_name_with_or_without_their_ending(truths):
    found = list(with_truth([item("s0"), item("s1/clip.mp4"), item("s2")], str(truths)))
    assert [[file.role for file in one.inputs] for one in found] == [["truth"], ["truth"], []]
    assert found[1].inputs[0].path == "truth/s1/clip.npz"


def test_without_a_folder_of_truths_items_stay_as_they_are():
    assert list(with_truth([item("s0")], "")) == [item("s0")]


def test_contents_are_hashed_only_where_they_tell_versions_apart(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"picture")
    file = InputFile(role="image", uri=str(path), path="a.jpg", size=7)
    (plain,) = with_digests([item("a", file)], "size")
    (hashed,) = with_digests([item("a", file)], "content")
    assert plain.inputs[0].digest == ""
    assert hashed.inputs[0].digest == hashlib.sha256(b"picture").hexdigest()


def test_an_etag_is_not_hashed_again():
    file = InputFile(role="image", uri="s3://nowhere/a.jpg", path="a.jpg", size=7, digest="etag")
    (kept,) = with_digests([item("a", file)], "content")
    assert kept.inputs[0].digest == "etag"


def test_a_negative_batch_is_refused():
    with pytest.raises(ValueError, match="expected batch_size >= 0, got -1"):
        RunSettings(root="x", out="y", batch_size=-1)


def test_what_is_recorded_leaves_out_where_results_go_and_whether_it_was_a_dry_run():
    recorded = RunSettings(root="x", out="y", plan=True).recorded()
    assert recorded["root"] == "x"
    assert not {"out", "plan"} & recorded.keys()
