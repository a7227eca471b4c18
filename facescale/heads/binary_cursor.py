"""Reading big-endian records of unknown origin: every count is checked against the bytes that are left.

Whatever a file claims, nothing is allocated before the bytes for it are there. Knows no format.
"""

import struct
from pathlib import Path
from typing import final

import numpy as np

MOST_ITEMS = 4_000_000
"""Lists in a list: what no head has, and what would keep a reader busy for long."""
MOST_NAMES = 65_535
"""Texts in a list: what 16 bits can count."""
LENGTH = 4
"""Bytes of a count."""


@final
class Cursor:
    """A place in a file.

    Args:
        data: the whole file.
        path: for messages.
    """

    def __init__(self, data: bytes, path: Path) -> None:
        self._data = data
        self._path = path
        self.place = 0

    @property
    def left(self) -> int:
        """Bytes after this place."""
        return len(self._data) - self.place

    def take(self, size: int, what: str) -> bytes:
        """The next bytes.

        Raises:
            ValueError: fewer are left.
        """
        self._expect(size, what)
        self.place += size
        return self._data[self.place - size : self.place]

    def go(self, place: int, what: str) -> None:
        """Go on to a later place.

        Raises:
            ValueError: one behind this or after the end: offsets that go back could make a reader loop.
        """
        if not self.place <= place <= len(self._data):
            raise ValueError(
                f"expected {what} of {self._path} between bytes {self.place} and {len(self._data)}, got {place}"
            )
        self.place = place

    def u16(self, what: str) -> int:
        """A number of two bytes."""
        return int.from_bytes(self.take(2, what), "big")

    def u32(self, what: str) -> int:
        """A number of four bytes."""
        return int.from_bytes(self.take(4, what), "big")

    def count(self, least: int, what: str, most: int = MOST_ITEMS) -> int:
        """How many things follow.

        Args:
            least: bytes that each takes at the least.
            what: for messages.
            most: of them.

        Raises:
            ValueError: more than there are bytes for, or than `most`.
        """
        found = self.u32(f"the number of {what}")
        self._expect(found * least, f"{found} {what}")
        if found > most:
            raise ValueError(f"expected at most {most} {what} in {self._path}, got {found}")
        return found

    def array(self, kind: str, what: str) -> np.ndarray:
        """Numbers behind their count, in the machine's byte order.

        Args:
            kind: numpy's name of one, such as ">f4".
            what: for messages.
        """
        dtype = np.dtype(kind)
        size = self.u32(f"the number of {what}") * dtype.itemsize
        return np.frombuffer(self.take(size, what), dtype).astype(dtype.newbyteorder("="))

    def vectors(self, parts: int, what: str) -> np.ndarray:
        """Vectors whose components lie one array after another.

        Raises:
            ValueError: arrays of different lengths, or numbers that are not finite.
        """
        columns = [self.array(">f4", f"components of {what}") for _ in range(parts)]
        if len({len(column) for column in columns}) != 1:
            lengths = [len(column) for column in columns]
            raise ValueError(f"expected as many of each component of {what} in {self._path}, got {lengths}")
        found = np.stack(columns, axis=1)
        if not np.isfinite(found).all():
            raise ValueError(f"expected finite numbers in {what} of {self._path}, got NaN or infinity")
        return found

    def text(self, what: str) -> str:
        """A text behind its length; bytes that are no UTF-8 are replaced."""
        return self.take(self.u32(f"the length of {what}"), what).decode("utf-8", "replace")

    def texts(self, what: str) -> tuple[str, ...]:
        """Texts behind their number."""
        return tuple(self.text(what) for _ in range(self.count(LENGTH, what, MOST_NAMES)))

    def ragged(self, kinds: tuple[str, ...], what: str) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Rows, each of as many lists of numbers as there are kinds, behind the rows' number.

        Returns:
            Lengths (rows, kinds), and for each kind the numbers of all rows.
        """
        rows = self.count(LENGTH * len(kinds), what)
        widths = [np.dtype(kind).itemsize for kind in kinds]
        lengths = np.zeros((rows, len(kinds)), np.int64)
        parts = [bytearray() for _ in kinds]
        for row in range(rows):
            for column, width in enumerate(widths):
                length = self.u32(what)
                parts[column] += self.take(length * width, what)
                lengths[row, column] = length
        flat = (
            np.frombuffer(part, kind).astype(np.dtype(kind).newbyteorder("="))
            for part, kind in zip(parts, kinds, strict=True)
        )
        return lengths, tuple(flat)

    def unpack(self, layout: str, what: str) -> tuple[int, ...]:
        """Numbers as `struct` describes them."""
        return struct.unpack(layout, self.take(struct.calcsize(layout), what))

    def _expect(self, size: int, what: str) -> None:
        if size > self.left:
            raise ValueError(
                f"expected {size} bytes for {what} at byte {self.place} of {self._path}, got {self.left}"
            )
