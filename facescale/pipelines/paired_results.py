"""Two results tables laid side by side, item by item. Pure: reads and prints nothing."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from facescale.evaluation.statistics import PairedChange, paired_change
from facescale.reporting.numbers import number
from facescale.structures.outcome import Status

_HIGHER_IS_BETTER = ("_observed", "_covered_2mm", "_within_1mm", "coverage")
_LOWER_IS_BETTER = ("_mm",)
_TIMES = ("seconds_fit",)

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One item in both results."""

    item: str
    a: Row
    b: Row

    def change(self, metric: str) -> float | None:
        """B - A, None where either has no finite value."""
        first, second = _value(self.a, metric), _value(self.b, metric)
        return None if math.isnan(first) or math.isnan(second) else second - first


@dataclass(frozen=True, kw_only=True)
class MetricChange:
    """One measure over all pairs."""

    metric: str
    change: PairedChange
    worse: int
    """Pairs that got worse by more than the threshold."""
    better: int
    """Pairs that got better by more than it."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Two results, paired by corpus and item id."""

    pairs: tuple[Pair, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    superseded: int
    """Rows left aside because the same item has a later one: its inputs had changed."""

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        """(status in A, status in B) -> items."""
        return Counter((pair.a["status"], pair.b["status"]) for pair in self.pairs)

    @property
    def both_done(self) -> tuple[Pair, ...]:
        """Pairs with figures to compare."""
        return tuple(p for p in self.pairs if p.a["status"] == p.b["status"] == Status.DONE)


def pair_up(a: pa.Table, b: pa.Table) -> Paired:
    """Pair two results tables by corpus and item id; keys differ wherever method or settings do.

    Raises:
        ValueError: not one item is in both.
    """
    first, second = _by_item(a), _by_item(b)
    both = [name for name in first if name in second]
    if not both:
        some = [next(iter(rows))[1] if rows else "nothing" for rows in (first, second)]
        raise ValueError(
            f"expected results of the same items, found none in both: A has {len(first)} such as {some[0]!r}, "
            f"B has {len(second)} such as {some[1]!r}"
        )
    return Paired(
        pairs=tuple(Pair(item=name[1], a=first[name], b=second[name]) for name in both),
        only_a=tuple(item for corpus, item in first if (corpus, item) not in second),
        only_b=tuple(item for corpus, item in second if (corpus, item) not in first),
        superseded=a.num_rows + b.num_rows - len(first) - len(second),
    )


def metrics_of(pairs: Sequence[Pair], chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """Measures that both results have: errors in mm, coverage and the seconds of the fit.

    The mean head's errors are left out: they do not depend on the method.

    Args:
        pairs: with figures.
        chosen: names instead of these.

    Raises:
        ValueError: a chosen name that not both have.
    """
    there = [name for name in pairs[0].a if name in pairs[0].b] if pairs else []
    there = [name for name in there if any(pair.change(name) is not None for pair in pairs)]
    unknown = [name for name in chosen if name not in there]
    if unknown:
        raise ValueError(f"expected measures that both results have, among {there}, got {unknown}")
    if chosen:
        return tuple(chosen)
    return tuple(name for name in there if direction(name) and not name.startswith("mean_head_"))


def direction(metric: str) -> int:
    """1 where a rise is worse (errors, seconds), -1 where it is better (coverage), 0 where nobody knows."""
    if metric.endswith(_LOWER_IS_BETTER) or metric in _TIMES:
        return 1
    return -1 if metric.endswith(_HIGHER_IS_BETTER) else 0


def compare(pairs: Sequence[Pair], metric: str, *, threshold: float) -> MetricChange | None:
    """Summarise one measure; None where no pair has it twice.

    Args:
        pairs: with figures.
        metric: a column.
        threshold: in the metric's own unit: smaller changes count neither as worse nor as better.
    """
    a = np.array([_value(pair.a, metric) for pair in pairs])
    b = np.array([_value(pair.b, metric) for pair in pairs])
    change = paired_change(a, b)
    if change is None:
        return None
    worsening = (b - a) * (direction(metric) or 1)
    return MetricChange(
        metric=metric,
        change=change,
        worse=int((worsening > threshold).sum()),
        better=int((worsening < -threshold).sum()),
    )


def ranked(pairs: Sequence[Pair], metric: str) -> list[Pair]:
    """Pairs from the one that got worse most to the one that got better most; unmeasured ones are left out."""
    sign = direction(metric) or 1
    measured = [(change, pair) for pair in pairs if (change := pair.change(metric)) is not None]
    return [pair for _, pair in sorted(measured, key=lambda entry: (-sign * entry[0], entry[1].item))]


def config_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Dotted name, value in A, value in B of every setting that differs; "-" where one lacks it."""
    first, second = _flat(a), _flat(b)
    names = [*first, *(name for name in second if name not in first)]
    return [
        (name, first.get(name, "-"), second.get(name, "-"))
        for name in names
        if first.get(name) != second.get(name)
    ]


def _by_item(table: pa.Table) -> dict[tuple[str, str], Row]:
    # The manifest grows at its end, so that of several rows of an item the last is the newest.
    return {(row["corpus"], row["item"]): row for row in table.to_pylist()}


def _value(row: Row, metric: str) -> float:
    value = number(row.get(metric))
    return math.nan if value is None else value


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = str(value)
    return found
