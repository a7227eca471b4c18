"""Who is held out of NPHM, and which scans its authors call bad, by numbers of people and expressions.

Source: env_paths.py of SimonGiebenhain/NPHM (2023) and SimonGiebenhain/MonoNPHM (2024), whose lists are longer.
"""

from collections.abc import Mapping
from typing import Literal

Release = Literal["nphm", "mononphm"]
Split = Literal["train", "eval", "test"]

EVAL_SUBJECTS = frozenset({199, 286, 290, 291, 292, 293, 294, 295, 297, 298})
TEST_SUBJECTS: Mapping[Release, frozenset[int]] = {
    "nphm": frozenset({
        20, 23, 38, 98, 99, 105, 143, 163, 186, 194, 202, 204, 209, 236, 241, 254, 267, 276, 283, 341, 343, 350,
        363,
    }),
    "mononphm": frozenset({
        20, 23, 38, 98, 99, 105, 143, 163, 186, 194, 202, 204, 209, 236, 241, 254, 267, 276, 283, 341, 343, 350,
        363, 508, 509, 510, 511,
    }),
}  # fmt: skip

_INVALID: Mapping[int, tuple[int, ...]] = {
    20: (6, 11, 13, 17),
    38: (1, 5, 8, 9, 10, 11, 15, 16, 17, 18, 19),
    98: (0,),
    105: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    143: (0, 1, 5),
    163: (6,),
    186: (7, 8, 9, 11, 21),
    194: (0, 1, 2, 3, 9, 11, 14, 18, 22),
    202: (24,),
    204: (16,),
    209: (7, 8, 9, 10, 15, 20),
    236: (8,),
    254: (1,),
    267: (0, 7, 13, 22),
    343: (9, 11),
    350: (4,),
    363: (1, 11, 12, 14),
}
INVALID_EXPRESSIONS: Mapping[Release, Mapping[int, tuple[int, ...]]] = {
    "nphm": _INVALID,
    "mononphm": {**_INVALID, 468: (20, 21)},
}
"""Expressions of test subjects that the test leaves out; of 163's sixth the FLAME fit failed."""

_BAD: Mapping[int, tuple[int, ...]] = {
    79: (16, 17, 18, 19, 20),
    85: (2,),
    88: (19,),
    100: (0,),
    106: (20,),
    125: (1, 4, 5),
    261: (19,),
    292: (9,),
    298: (23, 24, 25, 26),
    345: (12,),
    360: (6, 14),
    362: (20,),
    363: (1,),
}
BAD_SCANS: Mapping[Release, Mapping[int, tuple[int, ...]]] = {
    "nphm": _BAD,
    "mononphm": {
        **_BAD,
        194: (1,),
        305: (9,),
        312: (9,),
        315: (14,),
        401: (4,),
        409: (11,),
        415: (3,),
        418: (3, 9, 11),
        447: (6,),
        461: (2,),
        483: (5,),
        502: (9, 10),
        503: (3,),
        508: (5, 8, 20),
        511: (9, 21),
        518: (0,),
        532: (9,),
        535: (21,),
        541: (20,),
        545: (7, 8),
        548: (22,),
        549: (5,),
    },
}
"""Scans or registrations that failed."""


def split_of(subject: int, release: Release) -> Split:
    """Where a person belongs."""
    if subject in EVAL_SUBJECTS:
        return "eval"
    return "test" if subject in TEST_SUBJECTS[release] else "train"


def flaw_of(subject: int, expression: int, release: Release) -> str:
    """What is wrong with a scan: "bad-scan", "invalid-expression" or nothing."""
    if expression in BAD_SCANS[release].get(subject, ()):
        return "bad-scan"
    return "invalid-expression" if expression in INVALID_EXPRESSIONS[release].get(subject, ()) else ""
