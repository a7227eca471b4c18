from pathlib import Path

import platformdirs

from facescale.assets.lookup import absence, cache_folder, find, roots

CONTENTS = {"model/a.obj": b"a", "model/b.obj": b"b"}


def put(folder, contents):
    for path, data in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_the_folder_of_the_environment_comes_before_the_cache(cache, make_asset, tmp_path, monkeypatch):
    toy = make_asset(CONTENTS)
    put(cache / "toys", CONTENTS)
    assert find(toy).main == cache / "toys" / "model"
    put(tmp_path / "mine" / "toys", CONTENTS)
    monkeypatch.setenv("FACESCALE_ASSETS", str(tmp_path / "mine"))
    assert roots() == (tmp_path / "mine", cache)
    assert find(toy).main == tmp_path / "mine" / "toys" / "model"


def test_an_asset_may_lie_loose_in_the_folder(cache, make_asset, tmp_path, monkeypatch):
    put(tmp_path / "mine", CONTENTS)
    monkeypatch.setenv("FACESCALE_ASSETS", str(tmp_path / "mine"))
    assert find(make_asset(CONTENTS)).folder == tmp_path / "mine"


def test_a_complete_asset_is_preferred_to_an_incomplete_one(cache, make_asset, tmp_path, monkeypatch):
    toy = make_asset(CONTENTS)
    put(tmp_path / "mine" / "toys", {"model/a.obj": b"a"})
    monkeypatch.setenv("FACESCALE_ASSETS", str(tmp_path / "mine"))
    assert find(toy).missing == ("model/b.obj",)
    put(cache / "toys", CONTENTS)
    assert find(toy).folder == cache / "toys"


def test_nothing_anywhere_is_none_and_is_explained(cache, make_asset):
    toy = make_asset(CONTENTS)
    assert find(toy) is None
    said = absence(toy)
    for part in ("'toy'", str(cache / "toys"), "facescale assets fetch toy", "FACESCALE_ASSETS", "toys/model"):
        assert part in said


def test_an_incomplete_asset_is_explained_by_what_is_missing(cache, make_asset):
    toy = make_asset(CONTENTS)
    put(cache / "toys", {"model/a.obj": b"a"})
    assert "1 of 2 files are missing" in absence(toy, find(toy))


def test_an_asset_by_path_is_not_said_to_be_fetchable(cache, make_asset):
    assert "fetch" not in absence(make_asset(CONTENTS, address=""))


def test_the_cache_is_the_users_own_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("FACESCALE_CACHE", raising=False)
    assert cache_folder() == Path(platformdirs.user_cache_path("facescale")) / "assets"
