"""The mark that made-up archives carry. Knows no format."""

from pathlib import Path

from facescale.heads.bounded_files import STAND_IN_MARK


def mark_zip(path: Path) -> None:
    """Say in an archive's comment that facescale made it up."""
    with path.open("r+b") as stream:
        # the comment of a zip is its last field, behind the two bytes of its length
        stream.seek(-2, 2)
        stream.write(len(STAND_IN_MARK).to_bytes(2, "little") + STAND_IN_MARK)
