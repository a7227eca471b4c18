"""A copy of what `infra.validate` reads, for tests to spoil."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = (
    ".dockerignore",
    "Makefile",
    "constraints.txt",
    "docs/cluster.md",
    "facescale/__init__.py",
    "jobs",
    "infra",
    "pyproject.toml",
    "raycluster.yaml",
    "tests/flags.txt",
)


def copy_checkout(to: Path) -> Path:
    """Copy everything that is checked."""
    for name in READ:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "validate"))
        else:
            shutil.copyfile(source, target)
    return to


@contextlib.contextmanager
def planted(root: Path, file: str, old: str, new: str) -> Iterator[None]:
    """Replace the first occurrence of a text, which must be there, for a while."""
    path = root / file
    text = path.read_text()
    assert old in text, f"{file} has no {old!r} any more: plant the mistake elsewhere"
    path.write_text(text.replace(old, new, 1))
    try:
        yield
    finally:
        path.write_text(text)
