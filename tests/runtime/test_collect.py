import time

import pytest

from facescale.runtime.collect import SAFE_AGE_S, collect
from facescale.runtime.lease import FolderInUse, Lease, LeaseTiming
from facescale.runtime.outcomes import CorruptOutcome, attempt_folder
from facescale.runtime.retry import retry
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut

LATER = time.time() + 2 * SAFE_AGE_S


@pytest.fixture(params=["local", "s3"])
def out(request, tmp_path):
    if request.param == "s3":
        request.getfixturevalue("s3_server")
    out = SmallOut(str(tmp_path / "out") if request.param == "local" else "s3://bucket/out")
    for number in range(3):
        attempt = folder(out, number, "good")
        out.storage.write(f"{attempt}/fit.ply", b"mesh")
        out.end(number, Status.REJECTED if number == 2 else Status.DONE, attempt=attempt, reason="odd")
        out.storage.write(f"{folder(out, number, 'lost')}/fit.ply", b"half")
    return out


def folder(out, number, attempt):
    return attempt_folder(f"{number:03d}", out.key(number), attempt)


def test_only_what_no_outcome_names_is_found_and_nothing_is_deleted_unasked(out):
    before = set(out.storage.names(""))
    found = collect(out.storage, now=LATER)
    assert set(found.folders) == {folder(out, number, "lost") for number in range(3)}
    assert found.size == 12
    assert "--delete" in str(found)
    assert set(out.storage.names("")) == before


def test_on_demand_it_is_deleted_and_all_that_is_named_stays(out):
    collect(out.storage, now=LATER, delete=True)
    left = set(out.storage.names("items"))
    assert left == {f"{folder(out, number, 'good')}/fit.ply" for number in range(3)}
    assert collect(out.storage, now=LATER).folders == ()


def test_what_is_young_may_belong_to_a_worker_that_lives(out):
    found = collect(out.storage, delete=True)
    assert (found.folders, found.young) == ((), 3)
    assert len(list(out.storage.names("items"))) == 6


def test_artefacts_of_reopened_items_stay(out):
    retry(out.storage, reasons=["odd"])
    assert folder(out, 2, "good") not in collect(out.storage, now=LATER).folders


def test_nothing_is_deleted_under_a_run(out):
    timing = LeaseTiming(period_s=0.02, patience_s=2.0)
    with Lease.acquire(out.storage, "run-1", timing=timing), pytest.raises(FolderInUse):
        collect(out.storage, now=LATER, delete=True, timing=timing)
    assert len(list(out.storage.names("items"))) == 6


def test_an_outcome_that_cannot_be_read_may_name_anything(out):
    out.storage.write(next(out.storage.names("outcomes")), b"{half")
    with pytest.raises(CorruptOutcome):
        collect(out.storage, now=LATER, delete=True)
    assert len(list(out.storage.names("items"))) == 6
