import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.lfw.protocol import (
    Pair,
    Person,
    Portrait,
    missing_portraits,
    read_names,
    read_pairs,
    read_people,
    read_protocol,
)
from facescale.structures import CaptureRejected

PAIRS = (
    b"2\t2\n"
    b"Abel_Pacheco\t1\t4\nAkhmed_Zakayev\t1\t3\n"
    b"Abdel_Madi_Shabneh\t1\tDean_Barker\t1\nAbdul_Rahman\t1\tPortia_de_Rossi\t1\n"
    b"Bob_Dole\t3\t1\nAbel_Pacheco\t2\t3\n"
    b"Bob_Dole\t1\tDean_Barker\t1\nAbel_Pacheco\t1\tBob_Dole\t2\n"
)
PEOPLE = b"2\n2\nAbel_Pacheco\t4\nDean_Barker\t1\n1\nBob_Dole\t3\n"


def test_pairs_of_two_folds_as_the_reference_writes_them():
    first, second = read_pairs(PAIRS)
    assert [pair.same for pair in first] == [True, True, False, False]
    assert first[0] == Pair(first=Portrait("Abel_Pacheco", 1), second=Portrait("Abel_Pacheco", 4), same=True)
    assert first[3].second.item == "Portia_de_Rossi/Portia_de_Rossi_0001"
    assert second[0] == Pair(first=Portrait("Bob_Dole", 3), second=Portrait("Bob_Dole", 1), same=True)


def test_each_fold_is_tested_once_with_the_others_to_train_on():
    protocol = read_protocol({"pairs.txt": PAIRS})
    folds = protocol.view2
    splits = list(protocol.splits())
    assert [split.test for split in splits] == list(folds)
    assert [split.train for split in splits] == [folds[1], folds[0]]


def test_view_1_has_no_folds():
    dev = b"1\nBob_Dole\t3\t1\nBob_Dole\t1\tDean_Barker\t1\n"
    protocol = read_protocol({"pairsDevTrain.txt": dev, "pairsDevTest.txt": dev})
    assert protocol.view1.train == protocol.view1.test
    assert [pair.same for pair in protocol.view1.train] == [True, False]
    with pytest.raises(CaptureRejected, match=r"pairsDevTest\.txt.*one fold"):
        read_protocol({"pairsDevTest.txt": PAIRS})


def test_people_come_in_folds_or_alone():
    assert read_people(PEOPLE) == (
        (Person(name="Abel_Pacheco", count=4), Person(name="Dean_Barker", count=1)),
        (Person(name="Bob_Dole", count=3),),
    )
    assert read_people(b"1\nBob_Dole\t3\n") == ((Person(name="Bob_Dole", count=3),),)
    assert read_names(b"AJ_Cook 1\nAJ_Lamas 1\n")[1] == Person(name="AJ_Lamas", count=1)


def test_people_carry_their_fold_and_their_part_of_view_1():
    protocol = read_protocol({"people.txt": PEOPLE, "peopleDevTest.txt": b"1\nBob_Dole\t3\n"})
    assert protocol.attributes() == {
        "Abel_Pacheco": {"fold": "1"}, "Dean_Barker": {"fold": "1"}, "Bob_Dole": {"fold": "2", "view1": "test"},
    }  # fmt: skip


def test_a_missing_picture_is_named_and_nothing_takes_its_place():
    pairs = [pair for fold in read_pairs(PAIRS) for pair in fold]
    there = {"Abel_Pacheco": [1, 2, 3], "Bob_Dole": [1, 2, 3], "Dean_Barker": [1], "Akhmed_Zakayev": [1, 3]}
    assert missing_portraits(pairs, there) == {
        Portrait("Abdel_Madi_Shabneh", 1): 1,
        Portrait("Abdul_Rahman", 1): 1,
        Portrait("Abel_Pacheco", 4): 1,
        Portrait("Portia_de_Rossi", 1): 1,
    }


@pytest.mark.parametrize(
    ("read", "bad", "expected"),
    [
        (read_pairs, PAIRS.replace(b"2\t2", b"2\t3", 1), "12 pairs"),
        (read_pairs, PAIRS + b"Bob_Dole\t1\t2\n", "8 pairs"),
        (read_pairs, PAIRS.replace(b"\t1\t4", b"\t0\t4", 1), "a whole number from 1"),
        (read_pairs, PAIRS.replace(b"\t1\t4", b"\t1\t1", 1), "two pictures of one"),
        (read_pairs, PAIRS.replace(b"Dean_Barker", b"Bob_Dole"), "two people"),
        (read_pairs, PAIRS.replace(b"Abel_Pacheco", b"../../etc/x"), "a person's name"),
        (read_pairs, PAIRS.replace(b"Akhmed_Zakayev\t1\t3", b"Akhmed_Zakayev\t1\tX\t3", 1), "line 3"),
        (read_pairs, b"9999999999\n", "a whole number"),
        (read_pairs, b"", "a list, found nothing"),
        (read_pairs, b"\xff\xfe", "UTF-8"),
        (read_people, PEOPLE + b"1\nBob_Dole\t3\n", "the end"),
        (read_people, PEOPLE[:-12], "1 people"),
        (read_people, b"2\n1\nBob_Dole\t3\n", "number of people alone"),
        (read_names, b"Bob_Dole 1 2\n", "a name and its number"),
    ],
)
def test_a_list_that_does_not_add_up_says_where(read, bad, expected):
    with pytest.raises(CaptureRejected, match=expected) as refused:
        read(bad)
    assert refused.value.reason == "bad-protocol"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_rejection(data):
    read, whole = data.draw(st.sampled_from([(read_pairs, PAIRS), (read_people, PEOPLE), (read_names, PEOPLE)]))
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=12) | st.sampled_from([b"\t", b"\n9", b"\0", "\u0663".encode()]))
    try:
        found = read(whole[:at] + junk + whole[data.draw(st.integers(at, len(whole))) :])
    except CaptureRejected:
        return
    assert found
