"""What layouts of scans share: files as inputs of an item, and reading them by their role. Knows no layout."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from facescale.corpora.files import FileEntry, read_input
from facescale.corpora.images import ImagesConfig, capture_of, photographs
from facescale.corpora.keypoint_files import KEYPOINT_LIMIT
from facescale.corpora.meshes import check_mesh, read_mesh
from facescale.corpora.rejections import bad_keypoints, missing_file, too_large
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item
from facescale.structures.mesh import Mesh

SCAN_LIMIT = 1 << 30
"""Bytes; a larger scan is refused before it is read."""
VERTEX_LIMIT = 50_000_000


def input_of(item: Item, role: str) -> InputFile | None:
    """The file of an item in a role; None where it has none."""
    return next((file for file in item.inputs if file.role == role), None)


def required(item: Item, role: str, what: str) -> InputFile:
    """The file of an item in a role.

    Raises:
        CaptureRejected: missing-file.
    """
    file = input_of(item, role)
    if file is None:
        raise missing_file(what, posixpath.dirname(item.inputs[0].path) if item.inputs else item.item)
    return file


def load_mesh(file: InputFile, parse: Callable[[bytes], Mesh] | None = None) -> Mesh:
    """Read and check a mesh.

    Args:
        file: its ending says how it is parsed, unless that is given.
        parse: of a format that `corpora.meshes` does not know.

    Raises:
        CaptureRejected: as `corpora.meshes.read_mesh` does.
        OSError: it cannot be read.
    """
    try:
        data = read_input(file, limit=SCAN_LIMIT)
    except ValueError as error:
        raise too_large(str(error)) from error
    if parse is not None:
        return check_mesh(parse(data), max_vertices=VERTEX_LIMIT)
    return read_mesh(data, posixpath.splitext(file.path)[1], max_vertices=VERTEX_LIMIT)


def load_beside(file: InputFile, *, limit: int = KEYPOINT_LIMIT) -> bytes:
    """Read a small file beside a scan.

    Raises:
        CaptureRejected: bad-keypoints, where it is far too large to be one.
        OSError: it cannot be read.
    """
    try:
        return read_input(file, limit=limit)
    except ValueError as error:
        raise bad_keypoints("a small file beside a scan", f"{file.path}: {error}") from error


def load_pictures(item: Item) -> Capture:
    """Read the photographs of an item, without cameras; its other files are not looked at.

    Raises:
        CaptureRejected: none can be used.
        OSError: one cannot be read.
    """
    return capture_of(item, list(photographs(item, ImagesConfig(item="image", cameras="ignore"))))


def by_folder(entries: Iterable[FileEntry]) -> Iterator[tuple[str, list[FileEntry]]]:
    """A sorted listing folder by folder, streaming; a folder's own files come in one or more runs."""
    for folder, members in groupby(entries, key=lambda entry: posixpath.dirname(entry.path)):
        yield folder, list(members)
