from dataclasses import fields, is_dataclass

import pytest

from facescale.corpora.layouts import LAYOUTS, find_layout


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_has_its_name_and_options_that_need_no_setting(name):
    layout = find_layout(name)
    assert layout.name == name
    assert layout.title
    assert layout.licence or name in {"images", "rig", "scans", "videos"}, "a corpus of others has a licence"
    assert is_dataclass(layout.options)
    assert layout.options() == layout.options()
    assert len(fields(layout.options)) >= 1


def test_names_are_in_order():
    assert list(LAYOUTS) == sorted(LAYOUTS)


def test_an_unknown_layout_is_refused_with_all_names():
    with pytest.raises(ValueError, match=r"expected a corpus layout out of .*scans.*, got 'nersemble'"):
        find_layout("nersemble")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_root_that_is_no_folder_is_refused(name, tmp_path):
    layout = find_layout(name)
    with pytest.raises(ValueError, match="expected"):
        list(layout.index(str(tmp_path / "absent"), layout.options()))
