import json

import pytest

from facescale.runtime.reviews import CorruptReview, Review, ReviewLedger, decision_of, latest, timestamp
from facescale.runtime.storage import Storage

A, B = "a" * 64, "b" * 64


def review(key=A, decision="accept", at="2026-01-01T00:00:00.000Z", **fields):
    return Review(key=key, decision=decision, at=at, **fields)


@pytest.fixture
def storage(tmp_path):
    return Storage.open(tmp_path)


def test_the_decision_made_last_counts_in_whatever_order_they_are_handed_in(storage):
    ledger = ReviewLedger(storage)
    assert ledger.submit([review(decision="reject", at="2026-01-02T00:00:00.000Z", reason="ear")])
    assert ledger.submit([review(), review(key=B)])
    found = ReviewLedger(storage).current()
    assert (found[A].decision, found[A].reason, found[B].decision) == ("reject", "ear", "accept")


def test_handing_in_the_same_twice_is_handing_it_in_once(storage):
    ledger = ReviewLedger(storage)
    both = [review(), review(key=B)]
    assert ledger.submit(both)
    assert ledger.submit([review(decision="clear", at="2026-01-02T00:00:00.000Z")])
    assert not ledger.submit(both[::-1])
    assert ReviewLedger(storage).current().keys() == {B}
    assert len(list(storage.names("review"))) == 2


def test_a_cleared_decision_is_gone_but_stays_on_record(storage):
    ledger = ReviewLedger(storage)
    ledger.submit([review(reason="fine", author="Ada")])
    ledger.submit([review(decision="clear", at="2026-01-03T00:00:00.000Z")])
    assert ledger.current() == {}
    assert any(b"Ada" in storage.read(path) for path in storage.names("review"))


def test_of_two_in_one_millisecond_the_cautious_one_counts():
    for order in ([review(), review(decision="reject")], [review(decision="reject"), review()]):
        assert latest(order)[A].decision == "reject"


def test_what_was_read_is_not_read_again(storage):
    ledger = ReviewLedger(storage)
    ledger.submit([review()])
    ledger.current()
    storage.operations.clear()
    assert ledger.current()[A].decision == "accept"
    assert storage.operations["get"] == 0


@pytest.mark.parametrize(
    "data",
    [b"{half", b"[]", b'{"format_version": 9, "reviews": []}', b'{"format_version": 1, "reviews": [{}]}'],
)
def test_a_record_that_cannot_be_read_is_named(storage, data):
    ReviewLedger(storage).submit([review()])
    storage.write("review/spoilt.json", data)
    with pytest.raises(CorruptReview, match=r"review/spoilt\.json"):
        ReviewLedger(storage).current()
    assert ReviewLedger(storage).current(strict=False).keys() == {A}


def test_decisions_on_s3_are_the_same(s3_server):
    storage = Storage.open("s3://bucket/out")
    ReviewLedger(storage).submit([review(reason="ear")])
    assert ReviewLedger(Storage.open("s3://bucket/out")).current()[A].reason == "ear"


def test_times_are_brought_to_utc_so_that_text_sorts_as_time():
    assert timestamp("2026-01-01T02:00:00+02:00") == "2026-01-01T00:00:00.000Z"
    assert timestamp("2026-01-01T00:00:00.1234567Z") == "2026-01-01T00:00:00.123Z"
    assert timestamp() == timestamp(timestamp())
    with pytest.raises(ValueError, match="zone"):
        timestamp("2026-01-01T00:00:00")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"key": "abc"}, "64 digits"),
        ({"at": "2026-01-01T00:00:00+01:00"}, "2025-12-31T23"),
        ({"at": "yesterday"}, "yesterday"),
    ],
)
def test_a_decision_that_is_none_is_refused(fields, words):
    with pytest.raises(ValueError, match=words):
        review(**fields)


def test_another_word_is_no_decision():
    assert decision_of("clear") == "clear"
    with pytest.raises(ValueError, match="accept, reject, clear, got 'maybe'"):
        decision_of("maybe")


def test_a_record_is_plain_json(storage):
    ReviewLedger(storage).submit([review(author="Ada")])
    (path,) = storage.names("review")
    fields = json.loads(storage.read(path))
    assert fields["reviews"][0] == {
        "key": A, "decision": "accept", "reason": "", "author": "Ada", "at": "2026-01-01T00:00:00.000Z",
    }  # fmt: skip
