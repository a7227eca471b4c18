import hashlib
import re
import threading

import pytest

from facescale.runtime.outcomes import (
    CorruptOutcome,
    OutcomeLedger,
    attempt_folder,
    new_attempt_id,
    new_run_id,
    outcome_path,
)
from facescale.runtime.storage import Storage
from facescale.structures.formats import NewerFormat
from facescale.structures.item import InputFile, Item
from facescale.structures.outcome import FileRecord, Outcome, Status


@pytest.fixture
def ledger(tmp_path):
    return OutcomeLedger(Storage.open(tmp_path / "out"))


def key_of(name) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def outcome(name="a", status=Status.DONE, **fields) -> Outcome:
    return Outcome(**{"key": key_of(name), "item": str(name), "subject": "s", "status": status, **fields})


def failed(name="a", run="run-1", **fields) -> Outcome:
    return outcome(name, Status.FAILED, run=run, **fields)


def test_an_outcome_comes_back_as_it_was_committed(ledger):
    record = FileRecord(path="fit.ply", size=3, sha256="ab")
    ours = outcome(attempt="items/a/1", files=(record,), row={"error_mm": 0.3}, timings={"fit": 1.0})
    assert ledger.commit(ours)
    assert ledger.get(ours.key) == ours
    assert ledger.final_keys() == {ours.key}


@pytest.mark.parametrize("second", [Status.DONE, Status.REJECTED, Status.QUARANTINED])
def test_there_is_never_a_second_outcome(ledger, second):
    assert ledger.commit(outcome(attempt="items/a/1"))
    assert not ledger.commit(outcome(status=second, attempt="items/a/2"))
    assert ledger.get(key_of("a")).attempt == "items/a/1"


def test_of_many_writers_one_commits_and_the_losers_delete_only_their_own_attempts(ledger):
    commits = []

    def attempt(number: int) -> None:
        own = OutcomeLedger(Storage.open(ledger.storage.uri))
        folder = attempt_folder("a", key_of("a"), f"try{number}")
        (own.storage.folder(folder) / "fit.ply").write_text(str(number))
        ours = outcome(attempt=folder, files=own.storage.upload_folder(own.storage.folder(folder), folder))
        won = own.commit(ours)
        commits.append(won)
        if not won:
            own.discard(ours)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert commits.count(True) == 1
    winner = ledger.get(key_of("a"))
    assert list(ledger.storage.names("items")) == [f"{winner.attempt}/fit.ply"]


def test_a_winner_can_never_discard_what_its_outcome_names(ledger):
    ours = outcome(attempt="items/a/1")
    ledger.commit(ours)
    with pytest.raises(AssertionError):
        ledger.discard(ours)


def test_only_a_final_status_is_an_outcome(ledger):
    for status in (Status.FAILED, Status.PENDING):
        with pytest.raises(AssertionError):
            ledger.commit(outcome(status=status))
    with pytest.raises(AssertionError):
        ledger.record_failure(outcome(status=Status.DONE))


def test_a_failure_is_not_final(ledger):
    ledger.record_failure(failed())
    assert ledger.final_keys() == set()
    assert ledger.get(key_of("a")) is None


def test_failures_are_counted_by_run_and_not_by_record(ledger):
    for run in ("20260101T000000-aa", "20260101T000000-aa", "20260102T000000-bb"):
        ledger.record_failure(failed(run=run, message=f"in {run}"))
    ledger.record_failure(failed("b", run="20260101T000000-aa"))
    found = ledger.failures()
    assert {key: record.runs for key, record in found.items()} == {key_of("a"): 2, key_of("b"): 1}
    last = Outcome.from_json(ledger.storage.read(found[key_of("a")].last))
    assert last.message == "in 20260102T000000-bb"


def test_the_tenth_failure_of_a_run_comes_after_the_ninth(ledger):
    for number in range(11):
        ledger.record_failure(failed(message=str(number)))
    assert Outcome.from_json(ledger.storage.read(ledger.failures()[key_of("a")].last)).message == "10"


def test_reopening_moves_all_records_aside_and_deletes_nothing(ledger):
    ledger.commit(outcome(status=Status.REJECTED, attempt="items/a/1"))
    ledger.record_failure(failed(run="r1"))
    ledger.record_failure(failed(run="r2"))
    ledger.commit(outcome("b"))
    (ledger.storage.folder("items/a/1") / "x").write_text("kept")
    assert len(ledger.retire(key_of("a"))) == 3
    assert ledger.final_keys() == {key_of("b")}
    assert ledger.failures() == {}
    assert ledger.retired_keys() == {key_of("a")}
    assert len(list(ledger.storage.names("retired"))) == 3
    assert ledger.storage.read("items/a/1/x") == b"kept"
    assert ledger.retire(key_of("a")) == ()


def test_a_reopened_item_can_be_done_and_reopened_again(ledger):
    for _ in range(3):
        assert ledger.commit(outcome(status=Status.QUARANTINED))
        ledger.retire(key_of("a"))
    assert len(list(ledger.storage.names("retired"))) == 3
    assert ledger.commit(outcome())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        outcome("another").to_json(),
        outcome("a").to_json().replace(b'"done"', b'"finished"'),
        outcome("a").to_json().replace(b'"format_version": 1', b'"format_version": 0'),
        outcome("a").to_json()[:-20],
    ],
)
def test_what_is_no_outcome_of_the_key_is_never_trusted(ledger, data):
    ledger.storage.write(outcome_path(key_of("a")), data)
    with pytest.raises(CorruptOutcome, match=key_of("a")):
        ledger.get(key_of("a"))
    assert isinstance(dict(ledger.get_many([key_of("a")]))[key_of("a")], CorruptOutcome)


def test_an_outcome_of_a_later_version_is_not_called_corrupt(ledger):
    later = outcome("a").to_json().replace(b'"format_version": 1', b'"format_version": 2')
    ledger.storage.write(outcome_path(key_of("a")), later)
    with pytest.raises(NewerFormat, match="a later facescale wrote it"):
        ledger.get(key_of("a"))


def test_many_outcomes_are_read_at_once_and_the_missing_are_left_out(ledger):
    for number in range(30):
        ledger.commit(outcome(number))
    found = dict(ledger.get_many([key_of(number) for number in range(40)]))
    assert sorted(int(one.item) for one in found.values()) == list(range(30))


def test_files_that_are_no_records_are_not_counted(ledger):
    for path in (
        "outcomes/ab/readme.txt",
        "outcomes/ab/short.json",
        "failures/x.json",
        "failures/ab/notes.txt",
    ):
        ledger.storage.write(path, b"")
    assert ledger.final_keys() == set()
    assert ledger.failures() == {}


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("012/neutral scan", "012_neutral_scan"),
        ("../../etc/passwd", "etc_passwd"),
        ("Jos\u00e9", "Jose"),
        ("\u738b\u5c0f\u660e", "item"),
        ("x" * 200, "x" * 80),
        (".hidden", "hidden"),
        ("", "item"),
    ],
)
def test_folders_are_readable_safe_and_distinct(name, folder):
    scan = InputFile(role="scan", uri="/x", path="x", size=1)
    one = Item(corpus="c", item=name, subject="s", inputs=(scan,))
    key = key_of(name)
    assert attempt_folder(one, key, "try1") == attempt_folder(name, key, "try1")
    assert attempt_folder(one, key, "try1") == f"items/{folder}-{key[:12]}/try1"


def test_names_of_runs_and_attempts_never_repeat_and_runs_sort_by_time():
    assert len({new_attempt_id() for _ in range(1000)}) == 1000
    assert len({new_run_id() for _ in range(1000)}) == 1000
    assert re.fullmatch(r"20\d{6}T\d{6}-[0-9a-f]{6}", new_run_id())


def test_committing_costs_one_operation(ledger):
    ledger.commit(outcome())
    assert ledger.storage.operations == {"create": 1}


def test_resume_on_s3_lists_one_page_a_thousand_items(s3_server):
    from tests.runtime.s3_server import moto_backend

    storage = Storage.open("s3://bucket/out")
    for number in range(3000):
        moto_backend().put_object("bucket", f"out/{outcome_path(key_of(number))}", b"")
    s3_server.requests.clear()
    assert len(OutcomeLedger(storage).final_keys()) == 3000
    assert s3_server.requests == {"LIST": 3}
