import re
from pathlib import Path

import pytest

from facescale import cli

FROZEN = Path(__file__).with_name("flags.txt")


def flags(name, capsys):
    """The long flags of a command, as its help names them."""
    with pytest.raises(SystemExit):
        cli.run(name, ["--help"])
    # Boxes and colours are the terminal's business; a flag starts its line.
    text = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    return sorted(set(re.findall(r"^[│ ]*(?:-h, )?(--[a-z][a-z0-9-]*)", text, flags=re.MULTILINE)))


def test_the_flags_of_every_command_are_those_that_were_agreed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    found = {name: flags(name, capsys) for name in cli.COMMANDS}
    lines = [f"{name}: {' '.join(names)}" for name, names in found.items()]
    assert lines == FROZEN.read_text().splitlines(), "a flag is a promise: change tests/flags.txt on purpose"


def test_no_command_prints_the_list_of_commands(capsys):
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in cli.COMMANDS)


def test_an_unknown_command_is_refused_with_what_was_expected(capsys):
    assert cli.main(["registre", "--root", "x"]) == cli.BAD_CONFIG
    assert "expected one of: demo, " in capsys.readouterr().err


def test_half_a_command_names_its_other_halves(capsys):
    assert cli.main(["corpus"]) == cli.BAD_CONFIG
    assert "corpus index, corpus check, corpus show, corpus rehearse; got: corpus" in capsys.readouterr().err


def test_a_bad_value_is_refused_before_anything_starts(tmp_path, capsys):
    flags = ["--root", "x", "--out", str(tmp_path / "out"), "--up", "+y"]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["register", *flags])
    assert stopped.value.code == cli.BAD_CONFIG
    assert "expected up and front together" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_two_words_are_one_command():
    assert cli.choose(["corpus", "index", "--root", "x"]) == ("corpus index", ["--root", "x"])
    assert cli.choose(["status", "--out", "x"]) == ("status", ["--out", "x"])
    assert cli.choose(["--out"]) is None
