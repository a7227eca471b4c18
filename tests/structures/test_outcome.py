import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.structures.outcome import FileRecord, Outcome, Status

OUTCOME = Outcome(
    key="ab" * 32,
    item="s1/a",
    subject="s1",
    status=Status.DONE,
    attempt="items/s1_a-abababababab/0",
    files=(FileRecord(path="fit.ply", size=3, sha256="00"),),
    row={"error_mm": 0.5, "name": "x", "ok": True, "missing": None},
)


def test_an_outcome_survives_its_json():
    assert Outcome.from_json(OUTCOME.to_json()) == OUTCOME


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text()))
def test_every_row_of_scalars_becomes_valid_json_and_only_what_is_not_finite_is_lost(row):
    text = Outcome(key="k", item="i", subject="s", status=Status.DONE, row=row).to_json()
    read = json.loads(text, parse_constant=lambda word: pytest.fail(f"not JSON: {word}"))["row"]
    expected = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }
    assert read == expected


@pytest.mark.parametrize("data", [b"{}", b"[]", b"", b'{"format_version": 1}', b"\x00\x01"])
def test_what_is_no_outcome_is_refused(data):
    with pytest.raises(ValueError, match=r"expected an outcome object|Expecting value|decode"):
        Outcome.from_json(data)


def test_an_outcome_of_another_format_is_refused():
    fields = json.loads(OUTCOME.to_json()) | {"format_version": 99}
    with pytest.raises(ValueError, match="expected an outcome of format 1 or older, got 99"):
        Outcome.from_json(json.dumps(fields).encode())
