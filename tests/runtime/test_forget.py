import io
import json

import pyarrow.parquet as pq
import pytest

from facescale.runtime.forget import forget
from facescale.runtime.lease import FolderInUse, Lease
from facescale.runtime.manifest import load_manifest
from facescale.runtime.outcomes import attempt_folder
from facescale.runtime.results import ResultsView
from facescale.runtime.reviews import Review, ReviewLedger
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut


def full_out(uri):
    """Items of which the second has left every kind of trace."""
    out = SmallOut(uri, count=4)
    for number in (0, 1, 2):
        attempt = attempt_folder(f"{number:03d}", out.key(number), f"{number:016x}")
        folder = out.storage.folder(attempt)
        (folder / "fit.ply").write_bytes(b"ply")
        out.end(number, attempt=attempt, files=out.storage.upload_folder(folder, attempt))
    out.ledger.retire(out.key(1))
    out.end(1, Status.FAILED, reason="slow")
    out.end(1, Status.REJECTED, reason="not-a-head")
    reviews = [
        Review(key=out.key(n), decision="accept", author="a", at="2026-01-01T00:00:00.000Z") for n in (0, 1)
    ]
    ReviewLedger(out.storage).submit(reviews)
    view = ResultsView(out.ledger)
    view.refresh(out.manifest)
    view.save()
    out.storage.write("report.html", f"<p>{out.key(1)}".encode())
    out.storage.write("run/artefacts/a/artifacts/table.parquet", out.storage.read("results/table.parquet"))
    return out


def everything(storage):
    return {path: storage.read(path) for path in storage.names("") if not path.startswith("run/lease")}


@pytest.fixture
def out(tmp_path):
    return full_out(str(tmp_path / "out"))


def test_looking_changes_nothing_and_names_every_file(out):
    before = everything(out.storage)
    found = forget(out.storage, "s1")
    assert everything(out.storage) == before
    assert not found.deleted
    assert found.items == ("001",)
    kinds = {path.split("/")[0] for path in found.files}
    assert kinds == {"items", "outcomes", "failures", "retired", "run", "report.html"}
    assert "would delete 1 items" in str(found)


def test_what_is_forgotten_leaves_no_trace_and_others_stay(out):
    key = out.key(1)
    others = [out.ledger.get(out.key(n)) for n in (0, 2)]
    found = forget(out.storage, "s1", delete=True)
    assert found.left == ()
    assert found.searched >= 6
    assert "none names any of them" in str(found)
    for path, data in everything(out.storage).items():
        assert key[:12] not in path
        assert path.endswith(".parquet") or key.encode() not in data
    for table in (
        load_manifest(out.storage),
        pq.read_table(io.BytesIO(out.storage.read("results/table.parquet"))),
    ):
        assert table["item"].to_pylist() == ["000", "002", "003"]
    assert [out.ledger.get(out.key(n)) for n in (0, 2)] == others
    assert set(ReviewLedger(out.storage).current()) == {out.key(0)}
    assert not any("001" in path.name for path in (out.storage.folder("x").parent / "items").iterdir())


def test_a_second_time_there_is_no_such_subject(out):
    forget(out.storage, "s1", delete=True)
    with pytest.raises(ValueError, match=r"expected a subject of .*s0, s2, s3, got 's1'"):
        forget(out.storage, "s1", delete=True)


def test_an_interruption_is_finished_by_the_next_call(out, monkeypatch):
    deleted = []
    delete = out.storage.delete

    def dying(path):
        if len(deleted) == 3:
            raise KeyboardInterrupt
        deleted.append(path)
        delete(path)

    monkeypatch.setattr(out.storage, "delete", dying)
    with pytest.raises(KeyboardInterrupt):
        forget(out.storage, "s1", delete=True)
    monkeypatch.setattr(out.storage, "delete", delete)
    assert forget(out.storage, "s1", delete=True).left == ()


def test_a_file_of_somebody_else_that_names_an_item_is_told(out):
    out.storage.write("notes.txt", json.dumps({"look at": out.key(1)}).encode())
    found = forget(out.storage, "s1", delete=True)
    assert found.left == ("notes.txt (in its content)",)
    assert "still named in" in str(found)


def test_a_folder_in_use_is_left_alone(out):
    with Lease.acquire(out.storage, "run-1"):
        before = everything(out.storage)
        with pytest.raises(FolderInUse):
            forget(out.storage, "s1", delete=True)
        assert everything(out.storage) == before


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="found no manifest"):
        forget(str(tmp_path), "s1")


@pytest.mark.slow
def test_on_s3_it_leaves_no_trace_either(s3_server):
    out = full_out("s3://bucket/out")
    found = forget(out.storage, "s1", delete=True)
    assert found.left == ()
    assert not any(out.key(1)[:12] in path for path in out.storage.names("outcomes"))
    assert load_manifest(out.storage)["item"].to_pylist() == ["000", "002", "003"]
