import dataclasses

import pytest

from facescale.structures.item import KEY_LENGTH, InputFile, Item, distinct_items, item_key

SCAN = InputFile(role="scan", uri="/data/s1/a.ply", path="s1/a.ply", size=10)
KEYPOINTS = InputFile(role="keypoints", uri="/data/s1/a.pp", path="s1/a.pp", size=5)
ITEM = Item(corpus="scans", item="s1/a", subject="s1", inputs=(SCAN, KEYPOINTS))


def key(item=ITEM, *, method=None, assets=None, version=1):
    return item_key(
        item,
        method=method or {"preset": "fast"},
        assets=assets or {"ict": "00"},
        method_version=version,
    )


def test_a_key_is_a_sha256():
    assert len(key()) == KEY_LENGTH
    assert set(key()) <= set("0123456789abcdef")


def test_moving_the_corpus_or_reordering_its_inputs_keeps_the_key():
    moved = tuple(dataclasses.replace(f, uri="s3://bucket/" + f.path) for f in reversed(ITEM.inputs))
    assert key(dataclasses.replace(ITEM, inputs=moved)) == key()


def test_naming_the_subject_otherwise_keeps_the_key():
    assert key(dataclasses.replace(ITEM, subject="other", attributes={"age": "3"})) == key()


@pytest.mark.parametrize(
    "changed",
    [
        dataclasses.replace(ITEM, corpus="other"),
        dataclasses.replace(ITEM, item="s1/b"),
        dataclasses.replace(ITEM, inputs=(SCAN,)),
        dataclasses.replace(ITEM, inputs=(dataclasses.replace(SCAN, size=11), KEYPOINTS)),
        dataclasses.replace(ITEM, inputs=(dataclasses.replace(SCAN, path="s1/c.ply"), KEYPOINTS)),
        dataclasses.replace(ITEM, inputs=(dataclasses.replace(SCAN, digest="ff"), KEYPOINTS)),
    ],
)
def test_whatever_changes_the_data_changes_the_key(changed):
    assert key(changed) != key()


def test_whatever_changes_the_method_changes_the_key():
    keys = {key(), key(method={"preset": "slow"}), key(assets={"ict": "01"}), key(version=2)}
    assert len(keys) == 4


def test_the_size_of_an_item_is_the_size_of_its_inputs():
    assert ITEM.size == 15


def test_two_items_of_one_name_are_refused_with_both_files_named():
    twin = dataclasses.replace(ITEM, inputs=(dataclasses.replace(SCAN, path="s1/a.obj"),))
    with pytest.raises(ValueError, match=r"'s1/a' names both 's1/a\.ply' and 's1/a\.obj'"):
        distinct_items([ITEM, twin])
