import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facescale.pipelines.corpus_output import print_table, readable_size, row_file

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string())])


@pytest.mark.parametrize("count", [0, 1, 4500])
def test_rows_keep_their_order_and_types(tmp_path, count):
    rows = [{"n": n, "text": None} for n in range(count)]
    for form in ("parquet", "jsonl"):
        with row_file(str(tmp_path / f"t.{form}"), SCHEMA) as add:
            for one in rows:
                add(one)
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == rows
    assert pq.read_schema(tmp_path / "t.parquet").types == SCHEMA.types
    assert [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()] == rows


def test_nothing_is_written_where_the_work_broke_off(tmp_path):
    def broken():
        with row_file(str(tmp_path / "t.parquet"), SCHEMA) as add:
            add({"n": 1, "text": "a"})
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        broken()
    assert not list(tmp_path.iterdir())


def test_without_an_address_rows_go_nowhere():
    with row_file("", SCHEMA) as add:
        add({"n": 1})


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e15, "2500.0 TB")]
)
def test_sizes_are_read_at_a_glance(count, text):
    assert readable_size(int(count)) == text


def test_cells_are_text_and_never_markup(capsys):
    print_table(["a"], [("[bold]x[/bold]",)])
    assert "[bold]x[/bold]" in capsys.readouterr().out
