"""Whether assets on this machine are what the registry says. Fetches nothing."""

from dataclasses import dataclass
from typing import Literal

from facescale.assets.download import Progress, sha256_of
from facescale.assets.lookup import Found

State = Literal["verified", "differs", "missing"]


@dataclass(frozen=True, kw_only=True)
class Verified:
    """One file of an asset, checked."""

    path: str
    """Relative to the asset's folder."""
    state: State
    sha256: str
    """Of the file found; empty where it is missing."""


def verify(found: Found, *, progress: Progress | None = None) -> tuple[Verified, ...]:
    """Read every file of an asset and compare its sha256 with the registered one.

    Args:
        found: an asset on disk.
        progress: told of every chunk read.
    """
    results = []
    for file in found.asset.files:
        path = found.folder / file.path
        if not path.is_file():
            results.append(Verified(path=file.path, state="missing", sha256=""))
            continue
        digest = sha256_of(path, progress)
        same = digest == file.sha256
        results.append(Verified(path=file.path, state="verified" if same else "differs", sha256=digest))
    return tuple(results)
