import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from facescale.heads.builtin import store
from facescale.heads.builtin.store import source_digest, stored_arrays

PACKAGE = Path(store.__file__).parents[2]


@pytest.fixture(scope="module")
def built():
    return stored_arrays()


@pytest.fixture
def builds(monkeypatch, built, tmp_path):
    """An empty cache, and a list that grows by one with every build."""
    calls = []

    def build():
        calls.append(1)
        return built

    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(store, "assemble", build)
    return calls


def assert_equal(one, other):
    for name, value in vars(one).items():
        if name != "masks":
            np.testing.assert_array_equal(getattr(other, name), value)
    assert one.masks.keys() == other.masks.keys()
    for name, mask in one.masks.items():
        np.testing.assert_array_equal(other.masks[name], mask)


def cached_files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_head_is_built_once_and_read_back_whole(builds, built, tmp_path):
    assert_equal(stored_arrays(), built)
    assert_equal(stored_arrays(), built)
    assert len(builds) == 1
    assert cached_files(tmp_path / "cache") == [f"{source_digest()[:16]}.npz"]


def test_shapes_are_kept_in_float32_and_indices_and_masks_as_they_are(builds, built):
    kept = stored_arrays()
    assert kept.vertices.dtype == kept.identity.dtype == kept.expression.dtype == kept.uv.dtype == np.float32
    assert kept.quads.dtype == built.quads.dtype
    assert all(mask.dtype == bool for mask in kept.masks.values())


def test_where_the_cache_cannot_be_written_it_is_built_every_time(builds, built, tmp_path):
    (tmp_path / "cache").write_text("a file in the way of the folder")
    assert_equal(stored_arrays(), built)
    assert_equal(stored_arrays(), built)
    assert len(builds) == 2
    assert (tmp_path / "cache").read_text() == "a file in the way of the folder"


def test_another_source_is_another_head_in_the_cache(builds, monkeypatch, tmp_path):
    stored_arrays()
    monkeypatch.setattr(store, "source_digest", lambda: "0" * 64)
    stored_arrays()
    assert len(builds) == 2
    assert len(cached_files(tmp_path / "cache")) == 2


def copied(monkeypatch, folder):
    """A copy of the code that the digest is of, wherever it lies; returns the copy of the package."""
    package = folder / "facescale"
    for part in ("heads/builtin", "geometry"):
        shutil.copytree(PACKAGE / part, package / part, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(store, "__file__", str(package / "heads" / "builtin" / "store.py"))
    return package


def test_the_digest_depends_on_the_code_and_not_on_where_it_lies(monkeypatch, tmp_path):
    original = source_digest()
    package = copied(monkeypatch, tmp_path)
    assert source_digest() == original
    seen = {original}
    for changed in ("heads/builtin/controls.py", "heads/builtin/expressions.py", "geometry/subdivision.py"):
        with (package / changed).open("a") as file:
            file.write("\n")
        seen.add(source_digest())
    assert len(seen) == 4
    (package / "heads" / "builtin" / "ear.py").rename(package / "heads" / "builtin" / "ears.py")
    assert source_digest() not in seen


CHILD = """
import os, sys, time
from pathlib import Path
from facescale.heads.builtin import store
arrays = store._read(Path(sys.argv[1]))
store.assemble = lambda: (time.sleep(0.2), arrays)[1]
print("ready", flush=True)
sys.stdin.readline()
kept = store.stored_arrays()
assert (kept.vertices == arrays.vertices).all() and kept.masks.keys() == arrays.masks.keys()
"""


@pytest.mark.slow
def test_two_processes_that_build_at_once_leave_one_whole_file(built, tmp_path):
    source = tmp_path / "source.npz"
    store._write(source, built)
    folder = tmp_path / "cache"
    environment = {**os.environ, "FACESCALE_CACHE": str(folder), "PYTHONPATH": str(PACKAGE.parent)}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(source)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [child.stdout.readline() for child in children] == ["ready\n"] * 2
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    path = folder / "assets" / "builtin" / f"{source_digest()[:16]}.npz"
    while any(child.poll() is None for child in children):
        if path.exists():
            assert_equal(store._read(path), built)  # whole whenever there is one
        time.sleep(0.01)
    assert [child.wait() for child in children] == [0, 0]
    assert cached_files(folder) == [path.name]
    assert_equal(store._read(path), built)
    for child in children:
        child.stdin.close()
        child.stdout.close()
