"""Headspace's text files: landmarks as vertex numbers, and what is noted of a person. Knows no folders."""

from typing import Literal

import numpy as np

from facescale.corpora.keypoint_files import IBUG68
from facescale.corpora.number_lines import number_lines, text_lines
from facescale.corpora.rejections import bad_keypoints
from facescale.structures.keypoints import Keypoints

Order = Literal["ibug", "numbered"]
FEWEST = 68
_MOST_NOTES = 256
_LONGEST = 200


def read_landmarks(data: bytes, vertices: np.ndarray, *, order: Order) -> Keypoints:
    """Parse ldmks<12 digits>.txt: a vertex of the scan a line, counted from 1.

    Args:
        data: the file.
        vertices: (v, 3) of the scan.
        order: "ibug" names the first 68 "ibug_00".."ibug_67", "numbered" all "headspace_01", ...

    Returns:
        The landmarks in the scan's unit and frame.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    what = "a file of landmarks"
    numbers = number_lines(data, what, width=1)[:, 0]
    if len(numbers) < FEWEST:
        raise bad_keypoints(f"{what} with {FEWEST} lines or more", f"{len(numbers)}")
    outside = (numbers != np.rint(numbers)) | (numbers < 1) | (numbers > len(vertices))
    if outside.any():
        found = f"{numbers[outside][0]:g} in line {int(outside.argmax()) + 1}"
        raise bad_keypoints(f"vertices 1..{len(vertices):,} in {what}", found)
    count = FEWEST if order == "ibug" else len(numbers)
    names = IBUG68 if order == "ibug" else tuple(f"headspace_{n:02d}" for n in range(1, count + 1))
    return Keypoints(names=names, positions=vertices[numbers[:count].astype(np.int64) - 1].astype(np.float64))


def read_notes(data: bytes) -> dict[str, str]:
    """Parse person<5 digits>.txt or subject.txt: "key:value" lines; others are not looked at.

    Returns:
        Key -> value, at most 256 of at most 200 characters.

    Raises:
        CaptureRejected: bad-keypoints, where it is no small text file.
    """
    found: dict[str, str] = {}
    for line in text_lines(data, "a file of notes")[: 4 * _MOST_NOTES]:
        key, colon, value = line.partition(":")
        if colon and key.strip() and key.isprintable() and len(found) < _MOST_NOTES:
            found[key.strip()[:_LONGEST]] = value.strip()[:_LONGEST]
    return found
