import importlib

import numpy as np
import pytest

from facescale import cli
from facescale.corpora.scans import ScansConfig, index, load
from facescale.heads.converted import write_head
from facescale.heads.formats import FORMATS, format_names
from facescale.heads.library import load_head
from facescale.registration.config import RegistrationConfig
from facescale.registration.registrar import Registrar
from tests.heads.random_head import random_head


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    """The built-in head's own store stays: building it takes a while."""
    from facescale.assets.lookup import cache_folder

    kept = cache_folder() / "builtin"
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FACESCALE_ASSETS", raising=False)
    (tmp_path / "cache" / "assets").mkdir(parents=True)
    if kept.is_dir():
        (tmp_path / "cache" / "assets" / "builtin").symlink_to(kept)
    return tmp_path / "cache" / "assets"


def test_the_list_has_every_format_with_its_licence_and_what_to_give(capsys):
    assert cli.main(["heads", "list"]) == 0
    said = capsys.readouterr().out
    for entry in FORMATS:
        for part in (entry.name, entry.licence, entry.source, entry.files, entry.notice):
            assert part in said
    assert "builtin" in said
    assert "facescale assets fetch ict" in said


def test_a_model_is_imported_listed_shown_and_loaded(flame_folder, tmp_path, capsys):
    out = tmp_path / "flame.npz"
    assert (
        cli.main(
            ["heads", "import", str(flame_folder / "flame2023.pkl"), "--as", "flame2023", "--out", str(out)]
        )
        == 0
    )
    said = capsys.readouterr().out
    digest = load_head(str(out)).card.assets
    for part in ("flame2023(stand-in)", "never accuracy", "identity: 300", "ibug68: 68", *digest.values()):
        assert part in said
    assert cli.main(["heads", "show", str(out)]) == 0
    assert "jaw: 3, a frame" in capsys.readouterr().out


def test_without_out_a_head_is_kept_under_its_name(flame_folder, empty_cache, capsys):
    assert cli.main(["heads", "import", str(flame_folder / "flame2023.pkl"), "--as", "flame2023"]) == 0
    kept = empty_cache / "heads" / "flame2023(stand-in).npz"
    assert f"written  {kept}" in capsys.readouterr().out
    assert load_head("flame2023(stand-in)").card.synthetic_stand_in
    assert cli.main(["heads", "list"]) == 0
    assert f"imported: {kept}" in capsys.readouterr().out


def test_an_absent_head_is_an_error_that_helps(tmp_path, capsys):
    assert cli.main(["heads", "show", str(tmp_path / "none.npz")]) == 1
    assert "heads import" in capsys.readouterr().err
    assert cli.main(["heads", "show", "flame"]) == cli.BAD_CONFIG
    assert "expected one of the heads" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["x.pkl", "--as", "flame"], "expected one of the formats"),
        (["x.pkl", "--as", "flame2020", "--out", "x"], "expected --out to end in .npz"),
        (["x.pkl", "--as", "flame2020"], "expected a file at x.pkl, found none"),
    ],
)
def test_a_bad_import_is_refused_before_it_writes(flags, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        status = cli.main(["heads", "import", *flags])
    except SystemExit as stopped:
        status = stopped.code
    assert status == cli.BAD_CONFIG
    # tyro breaks lines where the terminal ends
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())


@pytest.mark.slow
def test_a_scan_is_registered_to_an_imported_head(flame_folder, tmp_path):
    """A scan of the built-in head's mean, in metres and turned, fitted by the stand-in of another model."""
    import trimesh

    out = tmp_path / "flame.npz"
    assert (
        cli.main(
            ["heads", "import", str(flame_folder / "flame2023.pkl"), "--as", "flame2023", "--out", str(out)]
        )
        == 0
    )
    other = load_head("builtin")
    face = other.regions["head"][other.faces].all(dim=1)
    turn = trimesh.transformations.rotation_matrix(0.4, (0, 1, 0))[:3, :3]
    scan = trimesh.Trimesh(
        0.001 * other.mean_vertices().numpy() @ turn.T, other.faces[face].numpy(), process=False
    )
    (tmp_path / "scans").mkdir()
    scan.export(tmp_path / "scans" / "one.ply")
    head = load_head(str(out))
    registrar = Registrar(head, RegistrationConfig())
    item = next(iter(index(str(tmp_path / "scans"), ScansConfig())))
    (result,) = registrar.register([registrar.prepare(load(item), 0)])
    assert result.plausibility.scan_to_head_mm < 0.6
    assert result.plausibility.coverage > 0.9
    assert result.unit == "m"
    np.testing.assert_allclose(result.rotation, turn, atol=0.05)
    assert set(result.params) == {"identity", "expression", "neck", "jaw", "eyes"}


def test_without_expression_nothing_that_moves_is_fitted(flame_folder):
    from facescale.heads.flame import convert_flame

    head = convert_flame(flame_folder / "flame2023.pkl", "flame2023")
    registrar = Registrar(head, RegistrationConfig(expression=False))
    assert [block.name for block in registrar.layout.blocks] == ["identity"]


def test_a_stand_in_is_written_under_its_published_name(tmp_path, capsys, monkeypatch):
    written = []
    monkeypatch.setattr(
        "facescale.heads.stand_ins.flame.write_stand_in", lambda path, name: written.append((path, name))
    )
    assert cli.main(["heads", "stand-in", "flame2020", "--out", str(tmp_path / "s")]) == 0
    assert written == [(tmp_path / "s" / "generic_model.pkl", "flame2020")]
    assert "never accuracy" in capsys.readouterr().out


def test_formats_have_distinct_names():
    assert len(set(format_names())) == len(FORMATS)
    assert not set(format_names()) & {"builtin", "ict"}


def test_every_format_has_a_converter_and_a_stand_in():
    for entry in FORMATS:
        for reference in (entry.converter, entry.stand_in):
            module, function = reference.split(":")
            assert callable(getattr(importlib.import_module(module), function))


def test_a_head_at_a_path_is_shown(tmp_path, capsys):
    write_head(random_head(), tmp_path / "mine.npz")
    assert cli.main(["heads", "show", str(tmp_path / "mine.npz")]) == 0
    assert "pose: 2, a subject, mean 0.5" in capsys.readouterr().out
