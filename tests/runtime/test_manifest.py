import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.runtime.manifest import (
    PATH,
    SCHEMA,
    build_manifest,
    claim_config,
    items_of,
    load_manifest,
    merge_manifest,
    save_manifest,
)
from facescale.runtime.storage import Storage
from facescale.structures.item import InputFile, Item, item_key

METHOD = {"steps": 15, "robust": "geman-mcclure"}


def item(name: str, *, size: int = 10, uri: str = "/in", **fields) -> Item:
    scan = InputFile(role="scan", uri=f"{uri}/{name}.ply", path=f"{name}.ply", size=size)
    return Item(**{"corpus": "scans", "item": name, "subject": name, "inputs": (scan,), **fields})


def build(items, **changes) -> pa.Table:
    return build_manifest(items, **{"method": METHOD, "assets": {}, "method_version": 1, **changes})


texts = st.text(max_size=12)


@given(
    st.lists(
        st.builds(
            Item,
            corpus=texts,
            item=texts,
            subject=texts,
            sequence=texts,
            inputs=st.lists(
                st.builds(
                    InputFile,
                    role=texts,
                    uri=texts,
                    path=texts,
                    size=st.integers(0, 2**50),
                    digest=texts,
                ),
                max_size=3,
            ).map(tuple),
            attributes=st.dictionaries(texts, texts, max_size=3),
        ),
        max_size=4,
        unique_by=lambda it: (it.corpus, it.item),
    )
)
def test_items_survive_the_table(items):
    assert [back for _, back in items_of(build(items))] == items


def test_a_row_is_named_by_the_items_key():
    items = [item("a"), item("b")]
    keys = [key for key, _ in items_of(build(items, assets={"head": "ff"}, method_version=3))]
    assert keys == [item_key(it, method=METHOD, assets={"head": "ff"}, method_version=3) for it in items]


def test_keys_change_with_the_config_and_not_with_the_address():
    base = build([item("a")])["key"]
    assert build([item("a", uri="/moved")])["key"] == base
    assert build([item("a", subject="another")])["key"] == base
    for other in (
        build([item("a")], method={**METHOD, "steps": 16}),
        build([item("a")], assets={"head": "ff"}),
        build([item("a")], method_version=2),
        build([item("a", size=11)]),
    ):
        assert other["key"] != base


def test_two_items_of_one_id_are_refused_by_name():
    with pytest.raises(ValueError, match=r"'a' names both 'a\.ply' and 'a\.ply'"):
        build([item("a"), item("b"), item("a", size=11)])


def test_two_corpora_may_use_the_same_id():
    assert build([item("a"), item("a", corpus="others")]).num_rows == 2


@pytest.mark.parametrize("cost", [math.nan, math.inf, -1.0])
def test_a_cost_that_cannot_be_divided_by_is_refused(cost):
    with pytest.raises(ValueError, match="expected a finite cost"):
        build([item("a")], cost=lambda _: cost)


def test_cost_is_the_pipelines_to_say_and_bytes_otherwise():
    assert build([item("a", size=7)])["cost"].to_pylist() == [7.0]
    assert build([item("a", size=7)], cost=lambda it: it.size * 2.0)["cost"].to_pylist() == [14.0]


def test_an_empty_corpus_is_an_empty_manifest():
    table = build([])
    assert table.num_rows == 0
    assert table.schema == SCHEMA


def test_a_saved_manifest_comes_back_equal(tmp_path):
    storage = Storage.open(tmp_path)
    assert load_manifest(storage) is None
    table = build([item("a", attributes={"k": "v"}), item("b")])
    save_manifest(storage, table)
    assert load_manifest(storage).equals(table)


@pytest.mark.parametrize("data", [b"", b"not parquet"])
def test_a_file_that_is_no_manifest_is_a_clear_error(tmp_path, data):
    storage = Storage.open(tmp_path)
    storage.write(PATH, data)
    with pytest.raises(ValueError, match=r"manifest\.parquet"):
        load_manifest(storage)


def test_a_rerun_adds_rows_behind_the_old_ones():
    old = build([item("b"), item("a")])
    merged, report = merge_manifest(old, build([item("a"), item("c"), item("b")]))
    assert merged["item"].to_pylist() == ["b", "a", "c"]
    assert (report.added, report.kept, report.vanished, report.changed) == (1, 2, (), ())


def test_a_vanished_input_is_reported_and_its_row_stays():
    old = build([item("a"), item("b")])
    merged, report = merge_manifest(old, build([item("b")]))
    assert merged["item"].to_pylist() == ["a", "b"]
    assert report.vanished == ("a",)
    assert "1 (a)" in str(report)


def test_a_changed_input_is_a_new_row_beside_the_old_one():
    old = build([item("a")])
    merged, report = merge_manifest(old, build([item("a", size=99)]))
    assert merged["size"].to_pylist() == [10, 99]
    assert (report.changed, report.vanished, report.added) == (("a",), (), 1)


def test_a_corpus_that_moved_keeps_its_keys_and_gets_its_new_addresses():
    old = build([item("a"), item("b")])
    merged, report = merge_manifest(old, build([item("b", uri="/new"), item("a", uri="/new")]))
    assert merged["key"].to_pylist() == old["key"].to_pylist()
    assert [it.inputs[0].uri for _, it in items_of(merged)] == ["/new/a.ply", "/new/b.ply"]
    assert report.added == 0


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_merging_loses_and_doubles_nothing(before, after):
    old, new = (build([item(str(n)) for n in numbers]) for numbers in (before, after))
    merged, report = merge_manifest(old, new)
    assert merged["item"].to_pylist() == [str(n) for n in [*before, *(n for n in after if n not in before)]]
    assert set(report.vanished) == {str(n) for n in before} - {str(n) for n in after}
    assert merge_manifest(merged, new)[0].equals(merged)


CONFIG = {"register": {"preset": "fast", "steps": 15, "scale": None}, "run": {"workers": 2}}


def test_a_folder_belongs_to_the_config_that_came_first(tmp_path):
    storage = Storage.open(tmp_path)
    claim_config(storage, CONFIG)
    claim_config(storage, CONFIG)
    with pytest.raises(ValueError, match=r"-register\.steps = 15\n\+register\.steps = 16$"):
        claim_config(storage, {**CONFIG, "register": {"preset": "fast", "steps": 16}})
    with pytest.raises(ValueError, match=r"\+register\.up = 'y'"):
        claim_config(storage, {**CONFIG, "register": {**CONFIG["register"], "up": "y"}})


def test_what_changes_no_result_may_differ(tmp_path):
    storage = Storage.open(tmp_path)
    claim_config(storage, CONFIG)
    more = {**CONFIG, "run": {"workers": 64}}
    claim_config(storage, more, may_differ=("run.workers",))
    claim_config(storage, more, may_differ=("run",))
    with pytest.raises(ValueError, match=r"run\.workers = 64"):
        claim_config(storage, more)


def test_a_config_survives_its_file_whatever_plain_values_it_holds(tmp_path):
    config = {"a": (1, 2.5, True), "path": tmp_path, "nested": {"empty": [], "none": None, "text": 'a"\n\\'}}
    storage = Storage.open(tmp_path)
    claim_config(storage, config)
    claim_config(storage, config)


def test_one_is_not_true_in_a_config(tmp_path):
    storage = Storage.open(tmp_path)
    claim_config(storage, {"flag": True})
    with pytest.raises(ValueError, match="flag = 1"):
        claim_config(storage, {"flag": 1})


def test_a_config_file_that_is_no_toml_is_a_clear_error(tmp_path):
    storage = Storage.open(tmp_path)
    storage.write("config.toml", b"= = =")
    with pytest.raises(ValueError, match="expected TOML"):
        claim_config(storage, CONFIG)
