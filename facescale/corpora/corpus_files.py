"""Small steps that layouts of known corpora share: folders one level deep, files that may be absent, inputs.

Knows no layout.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace

from facescale.corpora.files import FileEntry, join, list_files, local_path, read_input
from facescale.structures.item import InputFile


def list_folders(root: str) -> list[str]:
    """Names of the folders directly below a root, in order; hidden ones and truths are left out.

    On S3 that is one request a thousand folders, whatever lies in them.

    Raises:
        ValueError: the root is no local folder.
        OSError: it cannot be listed.
    """
    if "://" in root and not root.startswith("file://"):
        names = _remote_folders(root)
    else:
        folder = local_path(root)
        if not folder.is_dir():
            found = "a file" if folder.exists() else "nothing"
            raise ValueError(f"expected a folder at {folder}, found {found}")
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir()]
    return sorted(n for n in names if not n.startswith(".") and n != "__MACOSX" and not n.endswith("-truth"))


def list_below(root: str, folder: str) -> Iterator[FileEntry]:
    """List the files of a folder of a corpus, paths relative to the corpus; none where it is not there.

    Raises:
        OSError: the storage cannot be listed.
    """
    if not folder:
        yield from list_files(root)
        return
    below = join(root, folder)
    if ("://" not in below or below.startswith("file://")) and not local_path(below).is_dir():
        return
    for entry in list_files(below):
        yield replace(entry, path=f"{folder}/{entry.path}")


def optional_file(root: str, path: str, *, limit: int) -> bytes | None:
    """Content of a small file of a corpus; None where it is not there.

    Raises:
        ValueError: larger than `limit`.
        OSError: it is there and cannot be read.
    """
    try:
        return read_input(InputFile(role="list", uri=join(root, path), path=path, size=0), limit=limit)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def side_file(root: str, path: str, role: str, *, limit: int) -> InputFile | None:
    """A small file of a corpus as an input whose identity is its content; None where it is not there.

    Raises:
        ValueError: larger than `limit`.
        OSError: it is there and cannot be read.
    """
    data = optional_file(root, path, limit=limit)
    if data is None:
        return None
    digest = hashlib.sha256(data).hexdigest()
    return InputFile(role=role, uri=join(root, path), path=path, size=len(data), digest=digest)


def _remote_folders(root: str) -> list[str]:
    import fsspec
    from botocore.exceptions import BotoCoreError, ClientError

    scheme, path = root.split("://", 1)
    try:
        found = fsspec.filesystem(scheme).ls(path.rstrip("/") + "/", detail=True, refresh=True)
    except FileNotFoundError:
        return []
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
    return [one["name"].rstrip("/").rsplit("/", 1)[-1] for one in found if one["type"] == "directory"]
