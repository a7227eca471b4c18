"""The lists of NPHM that name each person's neutral expression. Knows no scan."""

import json
from collections.abc import Mapping
from typing import Any

from facescale.corpora.files import join, read_input
from facescale.structures.item import InputFile

NEUTRALS: Mapping[str, str] = {"open": "neutrals_open.json", "closed": "neutrals_closed.json"}
"""What the mouth is -> file."""
_LIST_LIMIT = 1 << 20
_DIGITS = 3


def read_neutrals(folder: str) -> dict[str, dict[int, int]]:
    """Kind -> person -> expression, of the lists that are in a folder; people without one are left out.

    Raises:
        ValueError: a list that is none.
        OSError: one cannot be read.
    """
    found: dict[str, dict[int, int]] = {}
    for kind, name in NEUTRALS.items():
        try:
            data = read_input(
                InputFile(role="list", uri=join(folder, name), path=name, size=0), limit=_LIST_LIMIT
            )
        except FileNotFoundError:
            continue
        found[kind] = {person: number for person, number in parse_neutrals(data, name).items() if number >= 0}
    return found


def parse_neutrals(data: bytes, name: str) -> dict[int, int]:
    """Person -> expression, -1 where there is none.

    Raises:
        ValueError: no JSON object of numbers.
    """
    expected = f"expected {name} to name an expression for every person"
    try:
        listed: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{expected}, got no JSON: {str(error)[:80]}") from error
    pairs = listed.items() if isinstance(listed, dict) else [("", listed)]
    for person, number in pairs:
        numbered = person.isascii() and person.isdecimal() and len(person) <= _DIGITS
        if not numbered or type(number) is not int or not -1 <= number < 10**_DIGITS:
            raise ValueError(f"{expected}, got {person[:20]!r}: {str(number)[:20]}")
    return {int(person): number for person, number in pairs}
