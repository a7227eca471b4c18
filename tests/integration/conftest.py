"""One rehearsed corpus and its registration, made once for all integration tests."""

from pathlib import Path

import pytest

from facescale.pipelines.register import RegisterConfig, register
from facescale.pipelines.rehearse import RehearseConfig, rehearse

SUBJECTS = 4
HEAD = "builtin"
"""It needs no asset, so that these tests run on any machine."""


@pytest.fixture(scope="session")
def corpus(tmp_path_factory) -> Path:
    """A rehearsal of four subjects; its truth lies beside it."""
    root = tmp_path_factory.mktemp("rehearsal") / "scans"
    assert rehearse(RehearseConfig(head=HEAD, subjects=SUBJECTS, seed=11, out=str(root), workers=2)) == 0
    return root


@pytest.fixture(scope="session")
def registered(corpus, tmp_path_factory) -> Path:
    """The corpus registered once by the local engine, in batches of eight."""
    out = tmp_path_factory.mktemp("registered") / "out"
    assert register(config_of(corpus, out)) == 0
    return out


def config_of(root, out, **settings) -> RegisterConfig:
    """A job on the local engine, with the truth that lies beside the corpus."""
    defaults = {"engine": "local", "workers": 1, "tracking": "off", "device": "cpu", "truth": f"{root}-truth"}
    return RegisterConfig(root=str(root), out=str(out), **{**defaults, **settings})
