"""Paths that a corpus' own lists name, held inside the corpus. Touches no file."""

import posixpath
import re

from facescale.structures.errors import CaptureRejected

_DRIVE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")


def contained(path: str, folder: str = "") -> str:
    """The path below the root that a list, a JSON file or a material names.

    Args:
        path: as the list has it, relative to `folder`; forward slashes.
        folder: the list's own, relative to the root.

    Returns:
        Normalised, relative to the root; never empty.

    Raises:
        CaptureRejected: absolute, with a drive, a scheme, a backslash or a control character, or one that
            leaves the root.
    """
    joined = posixpath.normpath(posixpath.join(folder, path))
    foreign = "\\" in path or not path.isprintable() or _DRIVE.match(path) or path.startswith(("/", "~"))
    if not path or foreign or joined in {".", ".."} or joined.startswith(("../", "/")):
        raise CaptureRejected(
            "bad-path",
            f"expected a path inside the corpus, found {path[:80]!r}",
            "the file that names it is damaged or not of this corpus",
        )
    return joined
