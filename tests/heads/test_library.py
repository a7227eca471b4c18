import pytest

from facescale.heads.converted import write_head
from facescale.heads.library import find_head, head_names, load_head
from tests.heads.ict_assets import ASSETS, FOLDER, PACKED, needs_ict
from tests.heads.random_head import random_head


@pytest.fixture
def nothing_here(tmp_path, monkeypatch):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FACESCALE_ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


def test_an_absent_model_says_where_it_was_looked_for_and_how_to_get_it(nothing_here):
    with pytest.raises(FileNotFoundError) as caught:
        load_head("ict")
    said = str(caught.value)
    for part in (str(nothing_here), "facescale assets fetch ict", "FaceXModel", "ict_facekit_light.npz"):
        assert part in said


def test_an_unknown_head_is_refused_with_the_known_ones(nothing_here):
    assert head_names() == ("asm-builtin", "asm-ict", "builtin", "ict")
    with pytest.raises(
        ValueError,
        match=r"expected one of the heads \['asm-builtin', 'asm-ict', 'builtin', 'ict'\].*got 'flame'",
    ):
        find_head("flame")


@needs_ict
def test_the_packed_model_is_preferred_to_the_folder(monkeypatch):
    monkeypatch.setenv("FACESCALE_ASSETS", str(ASSETS.parent))
    assert find_head("ict") == PACKED
    assert load_head("ict").blocks[0].size == 100


@needs_ict
def test_a_folder_with_only_some_shapes_is_not_taken_for_the_model(nothing_here):
    (nothing_here / "ict_facekit").mkdir(parents=True)
    (nothing_here / "ict_facekit" / "FaceXModel").symlink_to(FOLDER)
    with pytest.raises(FileNotFoundError, match=r"\d+ of 160 files are missing"):
        find_head("ict")


def test_the_built_in_head_needs_nothing(nothing_here):
    assert find_head("builtin").is_dir()
    head = load_head("builtin")
    assert head.card.name == "builtin"
    assert head.card.licence == "Apache-2.0"


def test_a_path_is_a_head_too(nothing_here, tmp_path):
    path = tmp_path / "mine.npz"
    with pytest.raises(FileNotFoundError, match=r"expected a converted head at .*mine\.npz"):
        find_head(str(path))
    digest = write_head(random_head(), path)
    head = load_head(str(path))
    assert head.card.name == "random"
    assert head.card.assets["converted"] == digest


def test_an_imported_head_is_found_by_name(nothing_here):
    path = nothing_here / "heads" / "mine.npz"
    write_head(random_head(), path)
    assert find_head("mine") == path
    assert load_head("mine").card.name == "random"
    with pytest.raises(ValueError, match=r"\['asm-builtin', 'asm-ict', 'builtin', 'ict', 'mine'\]"):
        find_head("yours")
