"""FaceScape's lists: expressions, people, who may be shown, and where landmarks stand on its topologies.

Reads text and npz without any pickle; knows nothing of folders.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facescale.corpora.array_files import read_npz
from facescale.structures.errors import CaptureRejected

EXPRESSIONS: Mapping[int, str] = dict(
    enumerate(
        (
            "neutral", "smile", "mouth_stretch", "anger", "jaw_left", "jaw_right", "jaw_forward", "mouth_left",
            "mouth_right", "dimpler", "chin_raiser", "lip_puckerer", "lip_funneler", "sadness", "lip_roll",
            "grin", "cheek_blowing", "eye_closed", "brow_raiser", "brow_lower",
        ),
        1,
    )
)  # fmt: skip
"""Number -> name; files are called "<number>_<name>"."""
TOPOLOGIES: Mapping[int, str] = {26317: "v10", 26278: "v16"}
"""Number of vertices -> key of its landmarks."""
KINDS = ("obj", "mtl", "jpg", "dpmap")
"""What the last four digits of a person's flag say is missing."""
INFO_NAME, PUBLISHABLE_NAME, LANDMARKS_NAME = (
    "info_list_v2.txt", "publishable_list_v1.txt", "landmark_indices.npz",
)  # fmt: skip
LIST_LIMIT = 1 << 20
LANDMARKS = 68
_COLUMNS = 4
_MEMBER_LIMIT = 1 << 16


@dataclass(frozen=True, kw_only=True)
class PersonInfo:
    """One row of the info list."""

    gender: str
    """"m", "f" or empty."""
    age: str
    """In years, or empty."""
    valid: bool
    missing: tuple[str, ...]
    """Of `KINDS`."""

    def attributes(self) -> dict[str, str]:
        """What results may be grouped by."""
        said = {"gender": self.gender, "age": self.age, "listed_missing": " ".join(self.missing)}
        return {"valid": str(self.valid).lower(), **{name: value for name, value in said.items() if value}}


def expression_name(number: int) -> str:
    """The name of its files: "1_neutral"."""
    return f"{number}_{EXPRESSIONS[number]}"


def read_info(data: bytes) -> dict[str, PersonInfo]:
    """Read the info list: id, gender, age and a flag of five digits in a row, "-" where one is not given.

    Columns may be parted by commas, tabs or spaces; a heading is passed over. The flag's first digit says
    whether a person is valid, the others, in the order of `KINDS`, that something is missing.

    Raises:
        CaptureRejected: bad-list.
    """
    found: dict[str, PersonInfo] = {}
    for number, line in enumerate(_text(data, INFO_NAME).splitlines(), 1):
        words = line.replace(",", " ").split()
        if not words or (number == 1 and not words[0].isdecimal()):
            continue
        flag = words[-1]
        if len(words) != _COLUMNS or not words[0].isdecimal() or words[1] not in {"m", "f", "-"}:
            raise bad_list(INFO_NAME, f"line {number}: an id, m or f, an age and a flag", line)
        if not (flag == "-" or (len(flag) == 1 + len(KINDS) and set(flag) <= {"0", "1"})):
            raise bad_list(INFO_NAME, f"line {number}: a flag of five digits 0 or 1", flag)
        if not (words[2] == "-" or words[2].isdecimal()):
            raise bad_list(INFO_NAME, f"line {number}: an age in years", words[2])
        gender, age = (word if word != "-" else "" for word in words[1:3])
        missing = tuple(kind for kind, digit in zip(KINDS, flag[1:], strict=False) if digit == "1")
        found[_plain(words[0])] = PersonInfo(gender=gender, age=age, valid=flag[0] == "1", missing=missing)
    return found


def read_publishable(data: bytes) -> frozenset[str]:
    """Read the ids of those who may be shown: parted by commas.

    Raises:
        CaptureRejected: bad-list.
    """
    words = _text(data, PUBLISHABLE_NAME).replace(",", " ").split()
    strange = next((word for word in words if not (word.isascii() and word.isdecimal())), None)
    if strange is not None or not words:
        raise bad_list(PUBLISHABLE_NAME, "ids parted by commas", strange or "nothing")
    return frozenset(_plain(word) for word in words)


def read_landmark_indices(data: bytes) -> dict[str, np.ndarray]:
    """Read where the 68 landmarks stand: key of a topology -> (68,) int64 vertices, from 0.

    Raises:
        CaptureRejected: bad-array or bad-landmarks.
    """
    found = read_npz(data, TOPOLOGIES.values(), LANDMARKS_NAME, limit=_MEMBER_LIMIT)
    for name, indices in found.items():
        if indices.shape != (LANDMARKS,) or indices.dtype.kind not in "iu" or (indices < 0).any():
            raise _bad_landmarks(f"{name}: 68 places from 0", f"{indices.shape} {indices.dtype}")
    if not found:
        raise _bad_landmarks(f"{' or '.join(TOPOLOGIES.values())}", "neither")
    return {name: indices.astype(np.int64) for name, indices in found.items()}


def bad_list(source: str, expected: str, found: object) -> CaptureRejected:
    """A list of the corpus is not what it should be."""
    shown = " ".join(str(found).split())[:60]
    return CaptureRejected("bad-list", f"{source}: expected {expected}, found {shown}", "fetch the list again")


def _bad_landmarks(expected: str, found: str) -> CaptureRejected:
    detail = f"{LANDMARKS_NAME}: expected {expected}, found {found[:80]}"
    return CaptureRejected("bad-landmarks", detail, "fetch it again or leave the option landmarks out")


def _plain(number: str) -> str:
    """An id as folders have it: without zeros in front."""
    return number.lstrip("0") or "0"


def _text(data: bytes, source: str) -> str:
    if len(data) > LIST_LIMIT:
        raise bad_list(source, f"at most {LIST_LIMIT:,} bytes", f"{len(data):,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_list(source, "text in UTF-8", f"the bytes {data[:8].hex(' ')}") from error
