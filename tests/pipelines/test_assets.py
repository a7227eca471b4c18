import pytest

from facescale.assets import registry
from facescale.assets.registry import asset
from facescale.pipelines import assets as commands
from facescale.pipelines.assets import FetchConfig, ListConfig, PathConfig, VerifyConfig
from tests.assets.conftest import cache, server
from tests.perception.landmarker_asset import model_path, needs_landmarker

__all__ = ["cache", "server"]

NAME = "face-landmarker"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FACESCALE_ASSETS", str(tmp_path / "assets"))
    (tmp_path / "assets" / "mediapipe").mkdir(parents=True)
    return tmp_path / "assets" / "mediapipe"


def test_the_list_says_licence_source_and_whereabouts(folder, capsys):
    (folder / "face_landmarker.task").write_bytes(b"x")
    assert commands.list_assets(ListConfig()) == 0
    said = capsys.readouterr().out
    assert f"here: {folder / 'face_landmarker.task'}" in said
    assert "not here: facescale assets fetch ict" in said
    assert "not here: by path only" in said
    for entry in map(asset, ("ict", "ict-packed", NAME)):
        assert entry.licence in said
        assert entry.source in said


def test_the_path_of_an_absent_asset_is_an_error_that_helps(folder, capsys):
    assert commands.path(PathConfig(name=NAME)) == 1
    assert f"facescale assets fetch {NAME}" in capsys.readouterr().err
    (folder / "face_landmarker.task").write_bytes(b"x")
    assert commands.path(PathConfig(name=NAME)) == 0
    assert capsys.readouterr().out == f"{folder / 'face_landmarker.task'}\n"


def test_verify_tells_a_differing_file(folder, capsys):
    assert commands.verify(VerifyConfig(name=NAME)) == 1
    assert commands.verify(VerifyConfig()) == 0
    (folder / "face_landmarker.task").write_bytes(b"x")
    capsys.readouterr()
    assert commands.verify(VerifyConfig()) == 1
    said = capsys.readouterr().out
    assert "0 of 1 files verified" in said
    assert "differs  face_landmarker.task" in said


def test_a_failed_fetch_is_a_message_and_a_status(folder, capsys, monkeypatch):
    def unreachable(entry, *, progress):
        raise OSError(f"could not reach {entry.files[0].url}")

    monkeypatch.setattr(commands, "fetch_asset", unreachable)
    assert commands.fetch(FetchConfig(name=NAME)) == 1
    assert "could not reach https://" in capsys.readouterr().err


@needs_landmarker
def test_mediapipe_is_fetched_from_its_address_and_then_detects(server, monkeypatch, tmp_path, capsys):
    from facescale.perception.face_landmarker import landmarker_path
    from facescale.perception.mediapipe_library import close_landmarker, open_landmarker

    content = model_path().read_bytes()
    server.files["/face_landmarker/face_landmarker/float16/1/face_landmarker.task"] = content
    monkeypatch.setattr(registry, "MEDIAPIPE_MODELS", server.address + "/")
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACESCALE_ASSETS", raising=False)
    assert commands.fetch(FetchConfig(name="mediapipe")) == 0
    fetched = tmp_path / "cache" / "assets" / "mediapipe" / "face_landmarker.task"
    assert capsys.readouterr().out == f"{fetched}\n"
    assert fetched.read_bytes() == content
    assert landmarker_path() == fetched
    close_landmarker(open_landmarker(fetched, faces=1, detection=0.5, presence=0.5))


def test_an_asset_by_path_is_not_fetched(folder):
    with pytest.raises(ValueError, match="used by path"):
        commands.fetch(FetchConfig(name="ict-packed"))


@pytest.mark.parametrize("config", [FetchConfig, VerifyConfig, PathConfig])
def test_an_unknown_asset_is_a_bad_configuration(config):
    with pytest.raises(ValueError, match="expected one of the assets"):
        config(name="flame")
