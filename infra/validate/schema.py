"""Holds documents against the fields of schema.yaml. Knows the notation of that file and no kind."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.validate.documents import Document, Finding, Place

RULE = "schema"
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|[MGTPE]i?|Ki|)")
_PLAIN: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "number": (int, float),
    "bool": (bool,),
    "int-or-string": (int, str),
}


@dataclass(frozen=True, kw_only=True)
class Schema:
    """Types by name: their fields, each with its notation."""

    types: Mapping[str, Mapping[str, str]]

    @staticmethod
    @functools.cache
    def read() -> "Schema":
        """Read the data file beside this module."""
        return Schema(types=yaml.safe_load(Path(__file__).with_name("schema.yaml").read_text()))

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield unknown kinds, unknown and missing fields, wrong types and wrong choices."""
        if document.kind not in self.types or "kind!" not in self.types[document.kind]:
            known = sorted(name for name, fields in self.types.items() if "kind!" in fields)
            message = f"expected a kind out of {', '.join(known)}, found {document.kind or 'none'}"
            yield document.finding(RULE, ("kind",), message)
            return
        for place, message in self._value(document.data, document.kind, ()):
            yield document.finding(RULE, place, message)

    def _value(self, value: Any, notation: str, place: Place) -> Iterator[tuple[Place, str]]:
        word, _, rest = notation.partition(" ")
        if word == "any":
            return
        if word == "list":
            yield from self._list(value, rest, place)
        elif word == "map":
            yield from self._map(value, rest, place)
        elif word == "enum":
            if value not in rest.split():
                yield place, f"expected {' or '.join(rest.split())}, found {value!r}"
        elif word == "quantity":
            if isinstance(value, bool) or not _QUANTITY.fullmatch(str(value)):
                yield place, f"expected a quantity such as 500m or 16Gi, found {value!r}"
        elif word in _PLAIN:
            if not isinstance(value, _PLAIN[word]) or (isinstance(value, bool) and word != "bool"):
                yield place, f"expected {word}, found {value!r}"
        else:
            yield from self._fields(value, word, place)

    def _list(self, value: Any, notation: str, place: Place) -> Iterator[tuple[Place, str]]:
        if not isinstance(value, list):
            yield place, f"expected a list, found {value!r}"
            return
        for index, element in enumerate(value):
            yield from self._value(element, notation, (*place, index))

    def _map(self, value: Any, notation: str, place: Place) -> Iterator[tuple[Place, str]]:
        if not isinstance(value, Mapping):
            yield place, f"expected a mapping, found {value!r}"
            return
        for key, element in value.items():
            yield from self._value(element, notation, (*place, key))

    def _fields(self, value: Any, name: str, place: Place) -> Iterator[tuple[Place, str]]:
        if not isinstance(value, Mapping):
            yield place, f"expected the fields of a {name}, found {value!r}"
            return
        fields = self.types[name]
        for key, element in value.items():
            notation = fields.get(key) or fields.get(f"{key}!")
            if notation is None:
                known = ", ".join(field.removesuffix("!") for field in fields)
                yield (*place, key), f"expected a field of {name} ({known}), found {key!r}"
            else:
                yield from self._value(element, notation, (*place, key))
        for field in fields:
            if field.endswith("!") and field[:-1] not in value:
                yield place, f"expected {field[:-1]} in {name}, found none"
