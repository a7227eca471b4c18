"""Text lines of numbers, as landmark files of many corpora have them. Knows no corpus and no landmark."""

import numpy as np

from facescale.corpora.keypoint_files import KEYPOINT_LIMIT
from facescale.corpora.rejections import bad_keypoints


def text_lines(data: bytes, what: str, *, limit: int = KEYPOINT_LIMIT) -> list[str]:
    """Lines of a small text file without white space around them; empty ones are kept.

    Args:
        data: the file, in UTF-8 or in an older encoding: only names can suffer from the wrong one.
        what: names it where it is refused.
        limit: bytes that it may have.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    if len(data) > limit:
        raise bad_keypoints(f"{what} of at most {limit:,} bytes", f"{len(data):,}")
    if b"\0" in data:
        raise bad_keypoints(f"{what} as text", "a file with zero bytes")
    # not splitlines(), which also breaks at characters that a damaged line may hold
    text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return [line.strip() for line in text.split("\n")]


def number_lines(data: bytes, what: str, *, width: int) -> np.ndarray:
    """Rows of numbers, separated by white space or commas; empty lines do not count.

    Args:
        data: the file.
        what: names it where it is refused.
        width: numbers of every row.

    Returns:
        (n, width) float64, finite.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    rows = [line.replace(",", " ").split() for line in text_lines(data, what)]
    return numbers([row for row in rows if row], what, width=width)


def numbers(rows: list[list[str]], what: str, *, width: int) -> np.ndarray:
    """Words as numbers, (n, width) float64, finite.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    for row in rows:
        if len(row) != width:
            raise bad_keypoints(f"{what} with {width} numbers a line", f"the line {' '.join(row)[:60]!r}")
    try:
        found = np.array([[float(word) for word in row] for row in rows], np.float64).reshape(-1, width)
    except ValueError as error:
        raise bad_keypoints(f"{what} with {width} numbers a line", str(error)[:80]) from error
    if not np.isfinite(found).all():
        raise bad_keypoints(f"{what} with finite numbers", "NaN or infinity")
    return found
