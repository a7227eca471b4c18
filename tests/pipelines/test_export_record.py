import csv
import io

import pytest

from facescale.pipelines.export_record import ExportRecord, Receipt, index_csv, licences_text, names_of
from facescale.runtime.storage import Storage

A, B, C = "a" * 64, "b" * 64, "c" * 64


def receipt(key=A, item="s1/neutral", licences=None):
    return Receipt(
        key=key,
        item=item,
        subject="s1",
        recipe="attempt glb scan 1",
        sha256="0" * 64,
        size=3,
        licences={"ict": "MIT"} if licences is None else licences,
    )


def test_flat_names_are_the_items_made_readable():
    items = [(A, "s1/neutral"), (B, "s 2/\u00e9t\u00e9")]
    assert names_of(items, flat=True) == {A: "s1_neutral", B: "s_2_ete"}
    assert names_of(items, flat=False) == {A: f"s1_neutral-{A[:12]}", B: f"s_2_ete-{B[:12]}"}


def test_items_that_become_alike_all_carry_their_keys_also_where_capitals_are_small_letters():
    found = names_of([(A, "s1/x"), (B, "S1_X"), (C, "s2")], flat=True)
    assert found == {A: f"s1_x-{A[:12]}", B: f"S1_X-{B[:12]}", C: "s2"}


def test_receipts_are_read_back(tmp_path):
    storage = Storage.open(tmp_path)
    record = ExportRecord(storage)
    record.receipts["a.glb"] = receipt()
    record.save()
    assert ExportRecord(storage).receipts == {"a.glb": receipt()}


@pytest.mark.parametrize("data", [b"{", b'{"format_version": 2, "files": {}}', b'{"format_version": 1}'])
def test_receipts_that_cannot_be_read_are_not_taken_for_none(tmp_path, data):
    (tmp_path / "export.json").write_bytes(data)
    with pytest.raises(ValueError, match=r"export\.json"):
        ExportRecord(Storage.open(tmp_path))


def test_the_export_of_other_results_is_not_written_over(tmp_path):
    record = ExportRecord(Storage.open(tmp_path))
    record.receipts["a.glb"] = receipt()
    record.check_owner({"a.glb": A, "b.glb": B}, [A, B])
    with pytest.raises(ValueError, match=r"a\.glb of other results"):
        record.check_owner({"a.glb": B}, [B])


def test_the_index_has_a_line_an_item_that_any_spreadsheet_reads():
    receipts = {"x.glb": receipt(), "x.obj": receipt(), "y.glb": receipt(B, 'a "b",\nc')}
    rows = {A: {"error": 0.5, "review": None}, B: {"error": None, "review": "accept"}}
    found = list(csv.DictReader(io.StringIO(index_csv(receipts, rows).decode(), newline="")))
    assert [row["item"] for row in found] == ['a "b",\nc', "s1/neutral"]
    assert (found[1]["error"], found[1]["review"], found[1]["files"]) == ("0.5", "", "x.glb x.obj")
    assert found[0]["licences"] == "ict: MIT"


def test_licences_are_counted_and_silence_is_named():
    text = licences_text({"x.glb": receipt(), "x.obj": receipt(), "y.glb": receipt(B, "s2", licences={})})
    assert "ict: MIT (1 items)" in text
    assert "No licence is on record for 1 items:\n  s2" in text
