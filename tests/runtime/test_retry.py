import pytest

from facescale.runtime.lease import FolderInUse, Lease, LeaseTiming
from facescale.runtime.plan import MAX_RUNS, make_plan
from facescale.runtime.results import load_results, statuses
from facescale.runtime.retry import retry
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut


@pytest.fixture
def out(tmp_path):
    out = SmallOut(str(tmp_path / "out"))
    out.end(0)
    out.end(1, Status.REJECTED, reason="no-face")
    out.end(2, Status.REJECTED, reason="empty-mesh")
    out.end(3, Status.QUARANTINED, reason="SIGSEGV")
    for run in range(MAX_RUNS):
        out.end(4, Status.FAILED, run=f"r{run}", reason="timeout")
    return out


def pending(out: SmallOut) -> list[str]:
    failed = {key: record.runs for key, record in out.ledger.failures().items()}
    plan = make_plan(out.manifest, final=out.ledger.final_keys(), failed_runs=failed)
    return plan.pending["item"].to_pylist()


def test_before_a_retry_nothing_that_ended_is_done_again(out):
    assert pending(out) == ["005"]


@pytest.mark.parametrize(
    ("reason", "item"), [("no-face", "001"), ("empty-mesh", "002"), ("SIGSEGV", "003"), ("timeout", "004")]
)
def test_a_reason_reopens_its_items_and_no_others(out, reason, item):
    report = retry(out.storage, reasons=[reason])
    assert [one.item for one in report.items] == [item]
    assert pending(out) == [item, "005"]


def test_a_status_reopens_all_of_its_items(out):
    report = retry(out.storage, statuses=[Status.REJECTED])
    assert [(one.item, one.reason) for one in report.items] == [("001", "no-face"), ("002", "empty-mesh")]


def test_reason_and_status_narrow_each_other(out):
    assert retry(out.storage, reasons=["no-face"], statuses=[Status.FAILED]).items == ()
    assert str(retry(out.storage, reasons=["no-face"], statuses=[Status.FAILED])) == "nothing to reopen"


def test_an_exhausted_item_gets_all_its_runs_back(out):
    retry(out.storage, reasons=["timeout"])
    assert out.ledger.failures() == {}
    out.end(4, Status.FAILED, run="r9", reason="timeout")
    assert pending(out) == ["004", "005"]


def test_nothing_is_deleted_and_the_table_shows_the_items_as_pending(out):
    before = len(list(out.storage.names("outcomes"))) + len(list(out.storage.names("failures")))
    retry(out.storage, statuses=[Status.REJECTED, Status.QUARANTINED, Status.FAILED])
    assert statuses(load_results(out.ledger)) == ["done", *["pending"] * 5]
    kept = [name for name in out.storage.names("") if name.startswith(("outcomes/", "failures/", "retired/"))]
    assert len(kept) == before


def test_what_was_reopened_is_printed(out):
    text = str(retry(out.storage, statuses=[Status.REJECTED]))
    assert text.startswith("reopened 2 items; the next run does them again\n  1 rejected: no-face\n")
    assert "001 (rejected: no-face)" in text


def test_a_reason_that_no_item_has_is_answered_with_those_that_exist(out):
    with pytest.raises(ValueError, match=r"nonsense.*no-face \(1\)"):
        retry(out.storage, reasons=["nonsense"])


def test_a_retry_of_everything_by_accident_is_refused(out):
    with pytest.raises(ValueError, match="got neither"):
        retry(out.storage)


def test_done_items_cannot_be_reopened(out):
    with pytest.raises(ValueError, match=r"failed.*rejected.*quarantined.*done"):
        retry(out.storage, statuses=[Status.DONE])


def test_a_corrupt_outcome_can_be_set_aside(out):
    path = next(out.storage.names("outcomes"))
    out.storage.write(path, b"{half")
    assert len(retry(out.storage, reasons=["corrupt-outcome"]).items) == 1
    assert len(pending(out)) == 2


def test_a_live_run_keeps_its_folder(out):
    timing = LeaseTiming(period_s=0.02, patience_s=2.0)
    with Lease.acquire(out.storage, "run-1", timing=timing), pytest.raises(FolderInUse, match="run-1"):
        retry(out.storage, reasons=["no-face"], timing=timing)
    assert pending(out) == ["005"]


def test_a_folder_without_a_manifest_is_no_output(tmp_path):
    with pytest.raises(ValueError, match="found no manifest"):
        retry(str(tmp_path), reasons=["x"])
