"""Bosphorus' landmark files: .lm3 (labels and 3D points) and .lm2 (labels and pixels). Knows no range image.

Labels are kept as names, in lower case with "_" between words; six of them are points of NoW and carry those
names as well. Whether "left" is the subject's left is stated nowhere: the face's own shape decides if it can.
"""

from collections.abc import Mapping

import numpy as np

from facescale.corpora.number_lines import numbers, text_lines
from facescale.corpora.rejections import bad_keypoints
from facescale.corpora.sides import first_is_right
from facescale.structures.keypoints import Keypoints

MOST_LABELS = 64
_NOW = {
    "outer_{}_eye_corner": "{}_eye_outer",
    "inner_{}_eye_corner": "{}_eye_inner",
    "{}_mouth_corner": "mouth_{}",
}
"""Labels and the names of NoW, with the side in braces."""
_NOSE_TIP = "nose_tip"


def read_lm3(data: bytes) -> Keypoints:
    """Parse a .lm3 file.

    A first line of comment; where the second is "*", further text up to an empty line; then "N landmarks...",
    and a line of label and a line of x y z for each.

    Returns:
        The points in the scan's unit and frame, those of NoW first.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    what = "a .lm3 file"
    lines = _after_header(text_lines(data, what))
    count = _count(lines, what)
    body = [line for line in lines[1:] if line]
    if len(body) < 2 * count:
        raise bad_keypoints(f"{count} labels with a point each in {what}", f"{len(body)} lines")
    labels = [_plain(line) for line in body[: 2 * count : 2]]
    positions = numbers([line.split() for line in body[1 : 2 * count : 2]], what, width=3)
    return _named(_distinct(labels, positions, what))


def read_lm2(data: bytes) -> tuple[tuple[str, ...], np.ndarray]:
    """Parse a .lm2 file.

    Returns:
        Labels as names, and (n, 2) float64 pixels of the photograph: column and row as the file has them.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    what = "a .lm2 file"
    lines = _after_header(text_lines(data, what))
    count = _count(lines, what)
    body = [line for line in lines[1:] if line]
    heads = [n for n, line in enumerate(body) if line.endswith(":")]
    if len(heads) != 2 or len(body) < heads[1] + 1 + count or heads[1] - heads[0] - 1 < count:  # noqa: PLR2004
        raise bad_keypoints(
            f"{count} labels and {count} points under a heading each in {what}", f"{len(body)} lines"
        )
    labels = [_plain(line) for line in body[heads[0] + 1 :][:count]]
    positions = numbers([line.split() for line in body[heads[1] + 1 :][:count]], what, width=2)
    found = _distinct(labels, positions, what)
    return tuple(found), np.array(list(found.values()))


def _after_header(lines: list[str]) -> list[str]:
    """From the line that counts the landmarks on."""
    begun = lines
    if len(lines) > 1 and lines[1] == "*":
        end = next((n for n, line in enumerate(lines) if n > 1 and not line), len(lines))
        begun = lines[end:]
    first = next((n for n, line in enumerate(begun) if _counts(line)), len(begun))
    return begun[first:]


def _counts(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and words[0].isdecimal() and words[1].lower().startswith("landmark")


def _count(lines: list[str], what: str) -> int:
    if not lines:
        raise bad_keypoints(f"a line 'N landmarks' in {what}", "none")
    count = int(lines[0].split()[0][:9])
    if not 0 < count <= MOST_LABELS:
        raise bad_keypoints(f"1..{MOST_LABELS} landmarks in {what}", str(count))
    return count


def _plain(label: str) -> str:
    return "_".join(label.lower().split())[:64]


def _distinct(labels: list[str], positions: np.ndarray, what: str) -> dict[str, np.ndarray]:
    found = dict(zip(labels, positions, strict=True))
    if len(found) != len(labels):
        raise bad_keypoints(f"distinct labels in {what}", f"{len(labels) - len(found)} repeated")
    return found


def _named(found: Mapping[str, np.ndarray]) -> Keypoints:
    """Add NoW's names where it is known which side is which."""
    swapped = _swapped(found)
    named: dict[str, np.ndarray] = {}
    if swapped is not None:
        for label, name in _NOW.items():
            for side, other in (("right", "left"), ("left", "right")):
                at = found.get(label.format(other if swapped else side))
                if at is not None:
                    named[name.format(side)] = at
    named |= found
    return Keypoints(names=tuple(named), positions=np.array(list(named.values())))


def _swapped(found: Mapping[str, np.ndarray]) -> bool | None:
    """Whether the file's left is the subject's right; None where the points do not tell."""
    nothing = np.full(3, np.nan)
    eyes = {}
    for side in ("right", "left"):
        corners = [found.get(f"{place}_{side}_eye_corner", nothing) for place in ("outer", "inner")]
        eyes[side] = corners[0] if np.isfinite(corners[0]).all() else corners[1]
    mouth = [found.get(f"{side}_mouth_corner", nothing) for side in ("right", "left")]
    nose = found.get(_NOSE_TIP, nothing)
    right = first_is_right(eyes["right"], eyes["left"], mouth=np.mean(mouth, axis=0), nose=nose)
    return None if right is None else not right
