import numpy as np
import pytest

from facescale.corpora.files import write_bytes
from facescale.corpora.layouts import find_layout
from facescale.corpora.lfw.layout import index, load
from facescale.corpora.lfw.listing import LfwOptions
from facescale.corpora.lfw.survey import survey
from facescale.corpora.lfw.writing import protocol_files, write_person
from facescale.structures import CaptureRejected
from tests.corpora.lfw.test_protocol import PAIRS, PEOPLE
from tests.corpora.photographs import astronaut, encoded

LAYOUT = find_layout("lfw")


def put(root, path, data=None):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(encoded(astronaut(250, 250)) if data is None else data)


def ids(root, **options):
    return [item.item for item in index(str(root), LfwOptions(**options))]


def reasons(root, **options):
    return {finding.reason: finding.message for finding in survey(str(root), LfwOptions(**options))}


def test_the_tree_of_the_reference(tmp_path):
    """lfw.tgz unpacks to lfw/<First_Last>/<First_Last>_<4 digits>.jpg; numbers count from 1."""
    for path in ("Aaron_Eckhart/Aaron_Eckhart_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0001.jpg",
                 "Abel_Pacheco/Abel_Pacheco_0004.jpg"):  # fmt: skip
        put(tmp_path, f"lfw/{path}")
    put(tmp_path, "lfw/.DS_Store", b"x")
    put(tmp_path, "lfw/readme.txt", b"x")
    put(tmp_path, "people.txt", PEOPLE)
    assert ids(tmp_path) == [
        "Aaron_Eckhart/Aaron_Eckhart_0001", "Abel_Pacheco/Abel_Pacheco_0001", "Abel_Pacheco/Abel_Pacheco_0004",
    ]  # fmt: skip
    first, second = index(str(tmp_path), LfwOptions(item="person"))
    assert (second.item, second.subject, len(second.inputs)) == ("Abel_Pacheco", "Abel_Pacheco", 2)
    assert dict(second.attributes) == {"variant": "lfw", "fold": "1"}
    assert dict(first.attributes) == {"variant": "lfw"}
    found = load(second, LfwOptions(item="person"))
    assert [view.name for view in found.views] == ["Abel_Pacheco_0001.jpg", "Abel_Pacheco_0004.jpg"]
    assert found.views[0].image.shape == (250, 250, 3)
    assert "odd_size" not in found.attributes
    assert LAYOUT.holds == "views"


@pytest.mark.parametrize("variant", ["lfw", "lfw_funneled", "lfw-deepfunneled", ""])
def test_each_archive_and_a_root_that_is_one_are_known(tmp_path, variant):
    put(tmp_path, f"{variant}/A_B/A_B_0001.jpg".lstrip("/"))
    (item,) = index(str(tmp_path), LfwOptions())
    assert item.attributes.get("variant", "") == variant
    assert len(load(item, LfwOptions()).views) == 1


def test_of_several_archives_one_must_be_chosen(tmp_path):
    put(tmp_path, "lfw/A_B/A_B_0001.jpg", b"")
    put(tmp_path, "lfw_funneled/C_D/C_D_0001.jpg", b"")
    with pytest.raises(ValueError, match="got lfw and lfw_funneled: choose"):
        ids(tmp_path)
    assert ids(tmp_path, variant="lfw_funneled") == ["C_D/C_D_0001"]


def test_odd_names_are_read_and_told(tmp_path):
    put(tmp_path, "lfw/A_B/A_B_0001.JPG", b"")
    put(tmp_path, "lfw/A_B/A_B_1.jpg", b"")
    put(tmp_path, "lfw/A_B/A_B_2.jpg", b"")
    put(tmp_path, "lfw/A_B/C_D_0003.jpg", b"")
    put(tmp_path, "lfw/A_B/A_B_0000.jpg", b"")
    assert ids(tmp_path) == ["A_B/A_B_0001", "A_B/A_B_0002", "A_B/A_B_0003"]
    told = [finding.message for finding in survey(str(tmp_path), LfwOptions())]
    assert any("the number of another: lfw/A_B/A_B_1.jpg" in text for text in told)
    assert any("3 pictures with a number without four digits" in text for text in told)
    assert any("another name than its folder: lfw/A_B/C_D_0003.jpg" in text for text in told)


def test_what_lists_promise_and_folders_lack_is_told(tmp_path):
    for number in (1, 3):
        put(tmp_path, f"lfw/Abel_Pacheco/Abel_Pacheco_{number:04d}.jpg", b"")
    put(tmp_path, "lfw/Dean_Barker/Dean_Barker_0002.jpg", b"")
    assert "no-protocol" in reasons(tmp_path)
    assert "2 people have gaps" in reasons(tmp_path)["missing-image"]
    put(tmp_path, "people.txt", PEOPLE)
    put(tmp_path, "lfw/pairs.txt", PAIRS)
    told = list(survey(str(tmp_path), LfwOptions()))
    assert {f.reason: f.message for f in told if f.reason != "missing-image"} == {
        "missing-person": "1 people of the lists have no picture: Bob_Dole",
        "surplus-image": "1 people have pictures beyond their list's number: Dean_Barker",
    }
    missing = [f.message for f in told if f.reason == "missing-image"]
    assert "Abel_Pacheco (2 of 4), Dean_Barker (0 of 1)" in missing[0]
    assert missing[1].startswith("11 pictures of 8 pairs are not there: Abdel_Madi_Shabneh/")
    put(tmp_path, "people.txt", b"9\n")
    assert "people.txt" in reasons(tmp_path)["bad-protocol"]
    assert len(ids(tmp_path)) == 3


def test_a_broken_picture_is_a_row_and_an_odd_size_is_told(tmp_path):
    write_person("A_B", [encoded(astronaut(250, 250))[:900], encoded(astronaut(200, 250)), b""], str(tmp_path))
    broken, odd, empty = index(str(tmp_path), LfwOptions())
    with pytest.raises(CaptureRejected, match="truncated"):
        load(broken, LfwOptions())
    with pytest.raises(CaptureRejected, match="empty-file"):
        load(empty, LfwOptions())
    assert load(odd, LfwOptions()).attributes["odd_size"] == "A_B_0002.jpg"
    assert "odd_size" not in load(odd, LfwOptions(longest_side=100)).attributes
    (person,) = index(str(tmp_path), LfwOptions(item="person"))
    found = load(person, LfwOptions(item="person"))
    assert [lost.name for lost in found.lost_views] == ["A_B_0001.jpg", "A_B_0003.jpg"]


def test_written_lists_fit_the_people_and_need_ten_folds_for_view_2(tmp_path):
    from facescale.corpora.lfw.listing import protocol_of

    counts = {f"P_{k:03d}": 1 + k % 3 for k in range(45)}
    for name, data in protocol_files(counts, seed=3).items():
        write_bytes(str(tmp_path / name), data)
    protocol = protocol_of(str(tmp_path))
    assert {p.name: p.count for p in protocol.names} == counts
    assert sorted(p.name for fold in protocol.people for p in fold) == sorted(counts)
    assert len(protocol.view2) == 10
    folds = [{one.name for pair in fold for one in (pair.first, pair.second)} for fold in protocol.view2]
    assert sum(map(len, folds)) == len(set().union(*folds))
    assert all(sum(pair.same for pair in fold) * 2 == len(fold) > 0 for fold in protocol.view2)
    assert all(one.number <= counts[one.name] for p in protocol.pairs() for one in (p.first, p.second))
    train, test = ({p.name for p in part} for part in protocol.development)
    assert train | test == set(counts)
    assert not train & test
    assert protocol.view1.train
    assert "pairs.txt" not in protocol_files({"A_B": 3, "C_D": 2, "E_F": 2, "G_H": 1}, seed=0)


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "two words"])
def test_a_name_that_is_none_is_not_written(tmp_path, name):
    with pytest.raises(ValueError, match="expected a name"):
        write_person(name, [b"x"], str(tmp_path))


def test_lfw_on_s3_is_the_same(tmp_path, s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    for root in (str(tmp_path), "s3://bucket/faces"):
        write_person("A_B", [encoded(astronaut(250, 250))], root, variant="lfw_funneled")
        write_bytes(f"{root}/people.txt", b"1\nA_B\t1\n")
    here, there = (list(index(root, LfwOptions())) for root in (str(tmp_path), "s3://bucket/faces"))
    assert [(i.item, dict(i.attributes)) for i in here] == [(i.item, dict(i.attributes)) for i in there]
    one, other = (load(items[0], LfwOptions()) for items in (here, there))
    np.testing.assert_array_equal(one.views[0].image, other.views[0].image)
    s3fs.S3FileSystem.clear_instance_cache()
