import json

import pytest

from facescale.pipelines.operate import (
    ForgetConfig,
    GcConfig,
    ReportConfig,
    RetryConfig,
    StatusConfig,
    forget,
    gc,
    report,
    retry,
    status,
)
from facescale.runtime.lease import Lease
from facescale.runtime.manifest import claim_config
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut


@pytest.fixture
def out(tmp_path):
    made = SmallOut(str(tmp_path), count=4)
    claim_config(made.storage, {"run": {"head": "ict"}})
    made.end(0, row={"face_scan_to_mesh_mean_mm": 0.4, "mean_head_face_scan_to_mesh_mean_mm": 2.0})
    made.end(1, Status.REJECTED, reason="not-a-head", message="expected a head, found a <cube>")
    made.end(2, Status.FAILED, reason="input-unavailable")
    view = ResultsView(made.ledger)
    view.refresh(made.manifest)
    view.save()
    return tmp_path


def test_status_counts_every_item_once(out, capsys):
    assert status(StatusConfig(out=str(out), json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["total"] == 4
    counts = {name: told["summary"][name] for name in ("done", "rejected", "failed", "quarantined", "pending")}
    assert counts == {"done": 1, "rejected": 1, "failed": 1, "quarantined": 0, "pending": 1}


def test_status_for_people_names_the_reasons(out, capsys):
    assert status(StatusConfig(out=str(out))) == 0
    printed = capsys.readouterr().out
    assert "not-a-head" in printed
    assert "1 pending" in printed


def test_status_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected"):
        status(StatusConfig(out=str(tmp_path / "none")))


def test_retry_reopens_one_class_and_prints_which(out, capsys):
    assert retry(RetryConfig(out=str(out), reason=("not-a-head",))) == 0
    assert "001" in capsys.readouterr().out
    assert status(StatusConfig(out=str(out), json=True)) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["pending"] == 2


def test_retry_of_an_unknown_class_says_which_there_are(out):
    with pytest.raises(ValueError, match="not-a-head"):
        retry(RetryConfig(out=str(out), reason=("cuda_oom",)))


def test_retry_keeps_away_from_a_running_job(out, capsys):
    small = SmallOut(str(out), count=4)
    with Lease.acquire(small.storage, "run-2"):
        assert retry(RetryConfig(out=str(out), reason=("not-a-head",))) == 4
    assert "run-2" in capsys.readouterr().err
    assert small.ledger.get(small.key(1)) is not None


def test_a_report_can_be_written_anew_and_escapes_what_comes_from_files(out):
    assert report(ReportConfig(out=str(out))) == 0
    page = (out / "report.html").read_text()
    assert "not-a-head" in page
    assert "<cube>" not in page
    assert "&lt;cube&gt;" in page


def test_gc_says_what_it_would_delete_and_deletes_it_when_told(tmp_path, capsys):
    out = SmallOut(str(tmp_path / "out"))
    out.storage.write("items/000-abc/lost/fit.ply", b"half")
    look = GcConfig(out=out.storage.uri, older_than_days=0.0)
    assert gc(look) == 0
    assert "items/000-abc/lost\nwould delete 1 attempt folders" in capsys.readouterr().out
    assert len(list(out.storage.names("items"))) == 1
    assert gc(GcConfig(out=out.storage.uri, older_than_days=0.0, delete=True)) == 0
    assert list(out.storage.names("items")) == []


def test_gc_refuses_a_negative_age():
    with pytest.raises(ValueError, match="older_than_days"):
        GcConfig(out="x", older_than_days=-1.0)


def test_forgetting_looks_first_and_deletes_on_demand(out, capsys):
    assert forget(ForgetConfig(out=str(out), subject="s0")) == 0
    printed = capsys.readouterr().out
    assert "outcomes/" in printed
    assert "--delete does it" in printed
    assert forget(ForgetConfig(out=str(out), subject="s0", delete=True)) == 0
    printed = capsys.readouterr().out
    assert "none names any of them" in printed
    assert "take the subject out of the corpus too" in printed
    assert status(StatusConfig(out=str(out), json=True)) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["total"] == 3


def test_forgetting_in_a_folder_in_use_is_refused(out, capsys):
    with Lease.acquire(Storage.open(str(out)), "run-1"):
        assert forget(ForgetConfig(out=str(out), subject="s0", delete=True)) == 4
    assert "run-1" in capsys.readouterr().err
