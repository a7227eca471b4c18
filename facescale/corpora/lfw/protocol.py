"""LFW's lists of pairs and of people, read with strict counts. Knows nothing of pictures or of folders.

View 1 (pairsDevTrain, pairsDevTest) is for choosing models only. View 2 (pairs) has ten folds: train on nine,
test on the tenth, report mean accuracy and its standard error. Image-restricted methods use the labels of pairs
and never names; unrestricted ones may form pairs of their own from people.txt. Image numbers count from 1.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from facescale.structures.errors import CaptureRejected

T = TypeVar("T")
LIST_LIMIT = 8 << 20
"""Bytes of a list; the largest that is published has 160 kB."""
MOST = 1_000_000
"""Folds, pairs of a fold or pictures of a person that a list may announce."""
MATCHED, MISMATCHED = 3, 4
"""Fields of a line that names two pictures of one person, or of two."""
PAIRS_FILES = ("pairs.txt", "pairsDevTrain.txt", "pairsDevTest.txt")
PEOPLE_FILES = ("people.txt", "peopleDevTrain.txt", "peopleDevTest.txt")
NAMES_FILE = "lfw-names.txt"
LISTS = (*PAIRS_FILES, *PEOPLE_FILES, NAMES_FILE)


@dataclass(frozen=True, order=True)
class Portrait:
    """One picture as lists name it."""

    name: str
    """Of the person: "First_Last"."""
    number: int
    """From 1, as in the file's name; never a place in a sorted folder."""

    @property
    def item(self) -> str:
        """Its path without variant and ending."""
        return f"{self.name}/{self.name}_{self.number:04d}"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two pictures to be compared."""

    first: Portrait
    second: Portrait
    same: bool
    """Whether they show one person."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person of a list and how many pictures there are."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Split:
    """What one number of a result is trained and tested on."""

    train: tuple[Pair, ...]
    test: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """The lists that are there; empty where one is not."""

    view1: Split
    """For choosing models: pairsDevTrain and pairsDevTest."""
    view2: tuple[tuple[Pair, ...], ...]
    """Folds of pairs.txt."""
    people: tuple[tuple[Person, ...], ...]
    """Folds of people.txt."""
    development: tuple[tuple[Person, ...], tuple[Person, ...]]
    """peopleDevTrain and peopleDevTest."""
    names: tuple[Person, ...]
    """lfw-names.txt: everyone."""

    def splits(self) -> Iterator[Split]:
        """View 2, fold by fold: the fold to test, all others to train on."""
        for place, fold in enumerate(self.view2):
            others = (pair for k, other in enumerate(self.view2) if k != place for pair in other)
            yield Split(train=tuple(others), test=fold)

    def pairs(self) -> Iterator[Pair]:
        """Every pair of every list."""
        yield from (*self.view1.train, *self.view1.test)
        for fold in self.view2:
            yield from fold

    def attributes(self) -> dict[str, dict[str, str]]:
        """Name of a person -> "fold" (1, 2, ...) in View 2 and "view1" (train or test)."""
        found: dict[str, dict[str, str]] = {}
        for place, fold in enumerate(self.people, 1):
            for person in fold:
                found.setdefault(person.name, {})["fold"] = str(place)
        for word, people in zip(("train", "test"), self.development, strict=True):
            for person in people:
                found.setdefault(person.name, {})["view1"] = word
        return found


def read_protocol(files: Mapping[str, bytes]) -> Protocol:
    """Read the lists that are there.

    Args:
        files: name, of `LISTS`, -> content.

    Raises:
        CaptureRejected: bad-protocol, where one is not what its first line announces.
    """
    pairs = {name: read_pairs(files[name], name) if name in files else () for name in PAIRS_FILES}
    people = {name: read_people(files[name], name) if name in files else () for name in PEOPLE_FILES}
    train, test = (_single(pairs[name], name) for name in PAIRS_FILES[1:])
    first, second = (_single(people[name], name) for name in PEOPLE_FILES[1:])
    return Protocol(
        view1=Split(train=train, test=test),
        view2=pairs[PAIRS_FILES[0]],
        people=people[PEOPLE_FILES[0]],
        development=(first, second),
        names=read_names(files[NAMES_FILE]) if NAMES_FILE in files else (),
    )


def read_pairs(data: bytes, source: str = PAIRS_FILES[0]) -> tuple[tuple[Pair, ...], ...]:
    """Read a list of pairs: "folds<TAB>n", or "n" for one fold; then per fold n matched and n mismatched lines.

    Raises:
        CaptureRejected: bad-protocol.
    """
    lines = _lines(data, source)
    head = [_count(word, source, 1) for word in lines[0][1]]
    if len(head) not in {1, 2}:
        raise bad_protocol(source, 1, "the number of pairs, or of folds and of pairs", lines[0][1])
    folds, each = (1, head[0]) if len(head) == 1 else head
    if len(lines) - 1 != 2 * folds * each:
        expected = f"{2 * folds * each:,} pairs after the first line ({folds} x 2 x {each})"
        raise bad_protocol(source, len(lines), expected, f"{len(lines) - 1:,}")
    found = []
    for fold in range(folds):
        start = 1 + 2 * fold * each
        kinds = [MATCHED] * each + [MISMATCHED] * each
        rows = lines[start : start + 2 * each]
        found.append(tuple(_pair(row, kind, source) for row, kind in zip(rows, kinds, strict=True)))
    return tuple(found)


def read_people(data: bytes, source: str = PEOPLE_FILES[0]) -> tuple[tuple[Person, ...], ...]:
    """Read a list of people: the number of folds, then of each its number of people and those; or one fold.

    Raises:
        CaptureRejected: bad-protocol.
    """
    lines = _lines(data, source)
    folds, place = 1, 0
    # Only people.txt has two bare numbers in front.
    if len(lines) > 1 and len(lines[0][1]) == len(lines[1][1]) == 1:
        folds, place = _count(lines[0][1][0], source, 1), 1
    found = []
    for _ in range(folds):
        if place >= len(lines) or len(lines[place][1]) != 1:
            shown = lines[place][1] if place < len(lines) else "the end"
            raise bad_protocol(source, place + 1, "a fold's number of people alone in its line", shown)
        count = _count(lines[place][1][0], source, lines[place][0])
        rows = lines[place + 1 : place + 1 + count]
        if len(rows) != count:
            raise bad_protocol(source, len(lines), f"{count:,} people", f"{len(rows):,}")
        found.append(tuple(_person(row, source) for row in rows))
        place += 1 + count
    if place != len(lines):
        raise bad_protocol(source, lines[place][0], "the end", lines[place][1])
    return tuple(found)


def read_names(data: bytes, source: str = NAMES_FILE) -> tuple[Person, ...]:
    """Read "name count" lines.

    Raises:
        CaptureRejected: bad-protocol.
    """
    return tuple(_person(row, source) for row in _lines(data, source))


def missing_portraits(pairs: Iterable[Pair], there: Mapping[str, Iterable[int]]) -> dict[Portrait, int]:
    """Pictures that pairs name and that are not there, each with the number of pairs it spoils.

    A pair with a missing picture is no pair: taking the next picture of the folder would compare others.

    Args:
        pairs: of the protocol.
        there: name -> numbers of the pictures that exist.
    """
    numbers = {name: frozenset(found) for name, found in there.items()}
    lost: dict[Portrait, int] = {}
    for pair in pairs:
        for one in {pair.first, pair.second}:
            if one.number not in numbers.get(one.name, frozenset()):
                lost[one] = lost.get(one, 0) + 1
    return dict(sorted(lost.items()))


def bad_protocol(source: str, line: int, expected: str, found: object) -> CaptureRejected:
    """A list is not what it should be."""
    shown = " ".join(str(found).split())[:80]
    hint = "fetch the list again from the corpus' own page"
    return CaptureRejected("bad-protocol", f"{source}, line {line}: expected {expected}, found {shown}", hint)


def _lines(data: bytes, source: str) -> list[tuple[int, list[str]]]:
    """Number and fields of every line that has any."""
    if len(data) > LIST_LIMIT:
        raise bad_protocol(source, 0, f"at most {LIST_LIMIT:,} bytes", f"{len(data):,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_protocol(source, 0, "text in UTF-8", f"the bytes {data[:8].hex(' ')}") from error
    lines = [(number, line.split()) for number, line in enumerate(text.split("\n"), 1)]
    lines = [(number, words) for number, words in lines if words]
    if not lines:
        raise bad_protocol(source, 1, "a list", "nothing")
    return lines


def _pair(row: tuple[int, list[str]], kind: int, source: str) -> Pair:
    number, words = row
    if len(words) != kind:
        shape = "name, number, number" if kind == MATCHED else "name, number, name, number"
        raise bad_protocol(source, number, shape, words)
    first = Portrait(_name(words[0], source, number), _count(words[1], source, number))
    other = words[0] if kind == MATCHED else _name(words[2], source, number)
    second = Portrait(other, _count(words[-1], source, number))
    same = kind == MATCHED
    if same != (first.name == second.name) or first == second:
        raise bad_protocol(source, number, "two pictures of " + ("one" if same else "two people"), words)
    return Pair(first=first, second=second, same=same)


def _person(row: tuple[int, list[str]], source: str) -> Person:
    number, words = row
    if len(words) != 2:  # noqa: PLR2004 - a name and a number
        raise bad_protocol(source, number, "a name and its number of pictures", words)
    return Person(name=_name(words[0], source, number), count=_count(words[1], source, number))


def _name(word: str, source: str, line: int) -> str:
    if "/" in word or "\\" in word or word.startswith(".") or not word.isprintable():
        raise bad_protocol(source, line, "a person's name", word)
    return word


def _count(word: str, source: str, line: int) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 8 and 1 <= int(word) <= MOST):  # noqa: PLR2004
        raise bad_protocol(source, line, f"a whole number from 1 to {MOST:,}", word)
    return int(word)


def _single(folds: tuple[tuple[T, ...], ...], source: str) -> tuple[T, ...]:
    if len(folds) > 1:
        raise bad_protocol(source, 1, "one fold", f"{len(folds)}")
    return folds[0] if folds else ()
