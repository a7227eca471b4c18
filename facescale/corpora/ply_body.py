"""The data part of a PLY file: elements of scalars and lists, binary or ascii. Knows nothing of meshes."""

import struct
from array import array
from dataclasses import dataclass

import numpy as np

from facescale.corpora.rejections import not_a_mesh, truncated
from facescale.structures.errors import CaptureRejected

_STRUCT = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q"}


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property of an element."""

    name: str
    type: str
    """numpy's name of the type without byte order."""
    count_type: str = ""
    """Type of the number before a list; empty for a scalar."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One block of equal rows."""

    name: str
    count: int
    properties: tuple[Property, ...]


Columns = dict[str, np.ndarray | tuple[np.ndarray, np.ndarray]]
"""A scalar property is an array; a list property is its values one after another and their counts."""


class BinaryBody:
    """Reads elements one after another; a whole element at once where all its lists are equally long.

    Args:
        data: the file.
        start: where its header ends.
        order: "<" or ">".
    """

    def __init__(self, data: bytes, start: int, order: str) -> None:
        self._data = data
        self._at = start
        self._order = order

    def read(self, element: Element) -> Columns:
        """Read the next element.

        Raises:
            CaptureRejected: truncated.
        """
        least = element.count * sum(int((p.count_type or p.type)[1]) for p in element.properties)
        if self._at + least > len(self._data):
            raise self._short(element, least)
        if element.count == 0:
            return _empty(element)
        lengths = self._first_lengths(element)
        fields: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = []
        for place, prop in enumerate(element.properties):
            if prop.count_type:
                fields.append((f"n{place}", self._order + prop.count_type))
                fields.append((f"v{place}", self._order + prop.type, (lengths[place],)))
            else:
                fields.append((f"v{place}", self._order + prop.type))
        dtype = np.dtype(fields)
        if self._at + element.count * dtype.itemsize <= len(self._data):
            rows = np.frombuffer(self._data, dtype, element.count, self._at)
            if all((rows[f"n{place}"] == n).all() for place, n in lengths.items()):
                self._at += rows.nbytes
                return _columns(element, rows)
        return self._walk(element)

    def _first_lengths(self, element: Element) -> dict[int, int]:
        at, lengths = self._at, {}
        for place, prop in enumerate(element.properties):
            if prop.count_type:
                lengths[place] = self._count(element, prop, at)
                at += int(prop.count_type[1]) + lengths[place] * int(prop.type[1])
            else:
                at += int(prop.type[1])
        return lengths

    def _count(self, element: Element, prop: Property, at: int) -> int:
        """The number before a list, checked against the bytes that are left."""
        after = at + int(prop.count_type[1])
        if after > len(self._data):
            raise self._short(element, after - self._at)
        (count,) = struct.unpack_from(self._order + _STRUCT[prop.count_type], self._data, at)
        if count < 0 or after + count * int(prop.type[1]) > len(self._data):
            raise self._short(element, after - self._at + max(count, 0) * int(prop.type[1]))
        return count

    def _walk(self, element: Element) -> Columns:
        """Row by row, for lists of different lengths."""
        starts = [array("q") for _ in element.properties]
        counts = [array("q") for _ in element.properties]
        at = self._at
        for _ in range(element.count):
            for place, prop in enumerate(element.properties):
                count = 1
                if prop.count_type:
                    count = self._count(element, prop, at)
                    at += int(prop.count_type[1])
                starts[place].append(at)
                counts[place].append(count)
                at += count * int(prop.type[1])
        if at > len(self._data):
            raise self._short(element, at - self._at)
        self._at = at
        columns: Columns = {}
        for place, prop in enumerate(element.properties):
            sizes = np.array(counts[place])
            values = self._gather(np.array(starts[place]), sizes, prop.type)
            columns[prop.name] = (values, sizes) if prop.count_type else values
        return columns

    def _gather(self, starts: np.ndarray, counts: np.ndarray, kind: str) -> np.ndarray:
        """Values of one property from where they lie, unaligned."""
        width = int(kind[1])
        inner = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        first = np.repeat(starts, counts) + inner * width
        raw = np.frombuffer(self._data, np.uint8)
        return raw[first[:, None] + np.arange(width)].view(self._order + kind)[:, 0]

    def _short(self, element: Element, needed: int) -> CaptureRejected:
        left = len(self._data) - self._at
        what = f"{element.count:,} elements '{element.name}' of at least {needed:,} bytes together"
        return truncated(what, f"{max(left, 0):,} bytes")


class AsciiBody:
    """The same over numbers separated by white space.

    Args:
        data: the file.
        start: where its header ends.

    Raises:
        CaptureRejected: not-a-mesh, where anything but numbers is found.
    """

    def __init__(self, data: bytes, start: int) -> None:
        try:
            self._numbers = np.fromstring(data[start:].decode("ascii"), dtype=np.float64, sep=" ")
        except ValueError as error:
            raise not_a_mesh("numbers in an ascii PLY", str(error)[:80]) from error
        self._at = 0

    def read(self, element: Element) -> Columns:
        """Read the next element.

        Raises:
            CaptureRejected: truncated.
        """
        if element.count * len(element.properties) > self._numbers.size - self._at:
            raise self._short(element)
        if element.count == 0:
            return _empty(element)
        starts, widths, row = {}, {}, 0
        for prop in element.properties:
            widths[prop.name] = 1
            if prop.count_type:
                widths[prop.name] = self._count(element, self._at + row)
                row += 1
            starts[prop.name] = row
            row += widths[prop.name]
        table = self._numbers[self._at : self._at + element.count * row]
        if table.size < element.count * row:
            return self._walk(element)
        table = table.reshape(element.count, row)
        lists = [p.name for p in element.properties if p.count_type]
        if not all((table[:, starts[name] - 1] == widths[name]).all() for name in lists):
            return self._walk(element)
        self._at += table.size
        columns: Columns = {}
        for name, start in starts.items():
            values = table[:, start : start + widths[name]].reshape(-1)
            sizes = np.full(element.count, widths[name])
            columns[name] = (values, sizes) if name in lists else values
        return columns

    def _count(self, element: Element, at: int) -> int:
        if at >= self._numbers.size:
            raise self._short(element)
        number = float(self._numbers[at])
        if not 0 <= number <= self._numbers.size - at:
            raise self._short(element)
        return int(number)

    def _walk(self, element: Element) -> Columns:
        found: dict[str, list[np.ndarray]] = {p.name: [] for p in element.properties}
        at = self._at
        for _ in range(element.count):
            for prop in element.properties:
                count = 1
                if prop.count_type:
                    count = self._count(element, at)
                    at += 1
                found[prop.name].append(self._numbers[at : at + count])
                at += count
        if at > self._numbers.size:
            raise self._short(element)
        self._at = at
        columns: Columns = {}
        for prop in element.properties:
            values = np.concatenate(found[prop.name])
            sizes = np.array([len(row) for row in found[prop.name]])
            columns[prop.name] = (values, sizes) if prop.count_type else values
        return columns

    def _short(self, element: Element) -> CaptureRejected:
        left = max(self._numbers.size - self._at, 0)
        return truncated(f"{element.count:,} elements '{element.name}'", f"{left:,} numbers left for them")


def _empty(element: Element) -> Columns:
    none, counts = np.zeros(0), np.zeros(0, np.int64)
    return {p.name: (none, counts) if p.count_type else none for p in element.properties}


def _columns(element: Element, rows: np.ndarray) -> Columns:
    columns: Columns = {}
    for place, prop in enumerate(element.properties):
        values = rows[f"v{place}"]
        if prop.count_type:
            columns[prop.name] = (values.reshape(-1), rows[f"n{place}"].astype(np.int64))
        else:
            columns[prop.name] = values
    return columns
