"""`facescale assets list|fetch|verify|path`: prints what the asset packages find, fetch and check."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tyro.conf import Positional

from facescale.assets.download import Progress
from facescale.assets.download import fetch as fetch_asset
from facescale.assets.lookup import Found, absence, find, roots
from facescale.assets.registry import Asset, asset, assets
from facescale.assets.verify import verify as verify_asset

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ListConfig:
    """Nothing to choose."""


@dataclass(frozen=True, kw_only=True)
class FetchConfig:
    """Which asset to fetch."""

    name: Positional[str]
    """As `facescale assets list` has it."""

    def __post_init__(self) -> None:
        asset(self.name)


@dataclass(frozen=True, kw_only=True)
class VerifyConfig:
    """Which assets to check."""

    name: Positional[str] = ALL
    """As `facescale assets list` has it, or "all" that are here."""

    def __post_init__(self) -> None:
        if self.name != ALL:
            asset(self.name)


@dataclass(frozen=True, kw_only=True)
class PathConfig:
    """Which asset to locate."""

    name: Positional[str]
    """As `facescale assets list` has it."""

    def __post_init__(self) -> None:
        asset(self.name)


def list_assets(config: ListConfig) -> int:
    """Print every registered asset: licence, size, source, and whether it is here. Returns 0."""
    del config
    for entry in assets():
        names = " or ".join((entry.name, *entry.other_names))
        print(f"{names}  ({_megabytes(entry.size)}, {entry.licence})  {entry.title}")
        print(f"    {_whereabouts(entry, find(entry))}")
        print(f"    source  {entry.source}")
        print(f"    licence {entry.licence_url}")
    print("looked in " + ", then ".join(str(root) for root in roots()))
    return 0


def fetch(config: FetchConfig) -> int:
    """Fetch an asset into the user cache and print where it lies; returns 0, or 1 where that failed."""
    entry = asset(config.name)
    print(f"{entry.title}: {entry.licence}, {entry.licence_url}", file=sys.stderr)
    try:
        with _bar(entry.name, entry.size) as progress:
            found = fetch_asset(entry, progress=progress)
    except OSError as error:
        print(f"facescale assets fetch {entry.name}: {error}", file=sys.stderr)
        return 1
    print(found.main)
    return 0


def verify(config: VerifyConfig) -> int:
    """Check digests and print a line an asset and a line a bad file.

    Returns:
        0; 1 where a file differs or is missing, or a named asset is absent.
    """
    status = 0
    for entry in assets() if config.name == ALL else (asset(config.name),):
        found = find(entry)
        if found is None:
            print(f"{entry.name}: not here")
            status = status if config.name == ALL else 1
            continue
        with _bar(entry.name, entry.size) as progress:
            files = verify_asset(found, progress=progress)
        bad = [file for file in files if file.state != "verified"]
        print(f"{entry.name}: {len(files) - len(bad)} of {len(files)} files verified in {found.folder}")
        for file in bad:
            print(f"    {file.state:8} {file.path} {file.sha256}".rstrip())
        status = 1 if bad else status
    return status


def path(config: PathConfig) -> int:
    """Print where an asset lies, for scripts; returns 0, or 1 where it is absent or incomplete."""
    entry = asset(config.name)
    found = find(entry)
    if found is None or found.missing:
        print(absence(entry, found), file=sys.stderr)
        return 1
    print(found.main)
    return 0


def _whereabouts(entry: Asset, found: Found | None) -> str:
    if found is None:
        return f"not here: facescale assets fetch {entry.name}" if entry.fetchable else "not here: by path only"
    if found.missing:
        there = len(entry.files) - len(found.missing)
        return f"incomplete: {there} of {len(entry.files)} files in {found.folder}"
    return f"here: {found.main}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


@contextmanager
def _bar(title: str, size: int) -> Iterator[Progress]:
    """A progress bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=size)
        yield lambda arrived: bar.advance(task, arrived)
