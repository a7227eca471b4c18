import json

import pyarrow as pa
import pytest

from facescale.runtime.manifest import PATH, load_manifest, to_parquet
from facescale.runtime.results import PATH as RESULTS
from facescale.runtime.results import ResultsView, load_results
from facescale.runtime.status import read_status
from facescale.structures.formats import NewerFormat
from tests.runtime.ledger_of import SmallOut


def test_a_manifest_says_its_format_and_a_later_one_is_refused(tmp_path):
    out = SmallOut(str(tmp_path / "out"))
    assert load_manifest(out.storage).num_rows == 6
    out.storage.write(PATH, to_parquet(out.manifest, 2))
    with pytest.raises(NewerFormat, match="a manifest at"):
        read_status(out.storage)


def test_results_of_a_later_version_are_refused_and_not_rebuilt(tmp_path):
    out = SmallOut(str(tmp_path / "out"))
    out.storage.write(RESULTS, to_parquet(pa.table({"key": ["x"]}), 2))
    with pytest.raises(NewerFormat, match="results at"):
        load_results(out.ledger)
    with pytest.raises(NewerFormat):
        ResultsView(out.ledger)


def test_an_outcome_of_a_later_version_is_refused_and_not_called_corrupt(tmp_path):
    out = SmallOut(str(tmp_path / "out"))
    out.end(0)
    path = next(out.storage.names("outcomes"))
    fields = json.loads(out.storage.read(path)) | {"format_version": 2, "later": "field"}
    out.storage.write(path, json.dumps(fields).encode())
    with pytest.raises(NewerFormat, match="an outcome"):
        read_status(out.storage)
