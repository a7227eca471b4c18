"""Where assets lie on this machine: `FACESCALE_ASSETS`, then the user cache. Fetches and reads nothing."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from facescale.assets.registry import Asset

FOLDER_VARIABLE = "FACESCALE_ASSETS"
CACHE_VARIABLE = "FACESCALE_CACHE"


@dataclass(frozen=True, kw_only=True)
class Found:
    """An asset on disk, not yet verified."""

    asset: Asset
    folder: Path
    """Files of the asset lie below it under their registered paths."""
    missing: tuple[str, ...]
    """Registered files that are not there."""

    @property
    def main(self) -> Path:
        """What a loader is handed."""
        return self.folder / self.asset.main


def cache_folder() -> Path:
    """Where fetched assets are kept: below `FACESCALE_CACHE`, by default the user's cache."""
    override = os.environ.get(CACHE_VARIABLE)
    return (Path(override) if override else platformdirs.user_cache_path("facescale")) / "assets"


def roots() -> tuple[Path, ...]:
    """Folders that are searched, in order."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return (*((Path(folder),) if folder else ()), cache_folder())


def find(asset: Asset) -> Found | None:
    """Find an asset, in its own folder of a root or loose in the root; the most complete one wins.

    Returns:
        Where it lies, with the files that are missing there; None where no root has its main part.
    """
    best: Found | None = None
    for root in roots():
        for folder in (root / asset.folder, root):
            if not (folder / asset.main).exists():
                continue
            missing = tuple(file.path for file in asset.files if not (folder / file.path).is_file())
            if best is None or len(missing) < len(best.missing):
                best = Found(asset=asset, folder=folder, missing=missing)
    return best


def absence(asset: Asset, found: Found | None = None) -> str:
    """Say that an asset is not there, where it was looked for, and what to do."""
    looked = " and ".join(str(root / asset.folder) for root in roots())
    if found is not None:
        named = ", ".join(found.missing[:3])
        what = f"{len(found.missing)} of {len(asset.files)} files are missing in {found.folder}: {named} ..."
    else:
        what = f"found no {asset.main} in {looked}"
    remedy = f"run `facescale assets fetch {asset.name}`, or " if asset.fetchable else ""
    return (
        f"expected the asset {asset.name!r} ({asset.title}, {asset.licence}), but {what}; "
        f"{remedy}point {FOLDER_VARIABLE} at a folder that holds {asset.folder}/{asset.main}"
    )
