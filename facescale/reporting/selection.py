"""Which items a report shows pictures of. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facescale.reporting.numbers import number


@dataclass(frozen=True, kw_only=True)
class Group:
    """Items that are shown together."""

    name: str
    rows: tuple[Mapping[str, Any], ...]


def worst_median_best(rows: Sequence[Mapping[str, Any]], *, by: str, count: int) -> list[Group]:
    """Choose items from both ends and the middle of an order; none is in two groups.

    Args:
        rows: those without a finite number in `by` are not looked at.
        by: the column; small is good.
        count: items a group; fewer where there are not three times as many.

    Returns:
        Groups that have items: worst (worst first), median, best (best first); one group of all where they
        are too few for three.
    """
    ranked = sorted(
        (row for row in rows if number(row.get(by)) is not None),
        key=lambda row: (number(row[by]), str(row.get("item", ""))),
    )
    if count == 0 or not ranked:
        return []
    if len(ranked) <= count:
        return [Group(name="All, worst first", rows=tuple(reversed(ranked)))]
    ends = min(count, len(ranked) // 2)
    best, rest = ranked[:ends], ranked[ends:]
    worst, middle = rest[len(rest) - ends :][::-1], rest[: len(rest) - ends]
    start = max((len(middle) - count) // 2, 0)
    groups = [("Worst", worst), ("Median", middle[start : start + count]), ("Best", best)]
    return [Group(name=name, rows=tuple(members)) for name, members in groups if members]
