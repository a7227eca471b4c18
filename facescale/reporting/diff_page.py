"""The page that shows what a change of method did: scatter of before and after, tables, pictures side by side.

Knows nothing of storage or statistics: it lays out what it is given.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from facescale.rendering.encode import data_address
from facescale.reporting.page import render_page


@dataclass(frozen=True, kw_only=True)
class DiffPoint:
    """One item of the scatter plot."""

    item: str
    a: float
    b: float


@dataclass(frozen=True, kw_only=True)
class DiffCard:
    """One item with pictures of both."""

    item: str
    before: str
    after: str
    change: str
    picture_a: bytes | None
    """WebP."""
    picture_b: bytes | None


@dataclass(frozen=True, kw_only=True)
class DiffPage:
    """All that the page tells."""

    a: str
    b: str
    metric: str
    measure: str
    """The metric in words."""
    threshold: float
    counts: Sequence[str]
    settings: Sequence[tuple[str, str, str, str]]
    """Name, A, B, remark."""
    statuses: Sequence[tuple[str, str, str]]
    moved: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[tuple[str, ...]]
    points: Sequence[DiffPoint]
    worst: Sequence[DiffCard]
    best: Sequence[DiffCard]


def render_diff(page: DiffPage) -> str:
    """Make the page: one file that needs no network; everything from data is escaped."""
    groups = [("Got worse most", page.worst), ("Got better most", page.best)]
    context = {
        **{name: value for name, value in vars(page).items() if name not in {"points", "worst", "best"}},
        "title": "Before and after",
        "plot": _plot(page.points, page.threshold),
        "groups": [
            {"name": name, "cards": [_context(card) for card in cards]} for name, cards in groups if cards
        ],
    }
    return render_page("diff.html", context)


def _context(card: DiffCard) -> dict[str, object]:
    pictures = {
        name: None if data is None else data_address(data)
        for name, data in (("picture_a", card.picture_a), ("picture_b", card.picture_b))
    }
    return {**asdict(card), **pictures}


def _ticks(start: float, end: float) -> list[float]:
    """Round numbers, four to nine of them."""
    power = 10.0 ** math.floor(math.log10((end - start) / 4))
    step = next(f * power for f in (1, 2, 5, 10) if (end - start) / (f * power) <= 9)  # noqa: PLR2004 - no more fit
    return [k * step for k in range(math.ceil(start / step), math.floor(end / step) + 1)]


def _plot(points: Sequence[DiffPoint], threshold: float) -> dict[str, object] | None:
    """Points in percent of a square around most of them; beyond its end they stand on the edge."""
    if not points:
        return None
    values = sorted(value for point in points for value in (point.a, point.b))
    # A few runaways must not squeeze all others into a corner.
    start, end = values[0], values[int(0.97 * (len(values) - 1))]
    end = min(values[-1], end + 1.5 * (end - start))
    margin = 0.08 * (end - start) or 0.1 * abs(end) or 1.0
    start, end = max(start - margin, 0.0) if start >= 0 else start - margin, end + margin

    def place(value: float) -> float:
        return round(100 * min(max((value - start) / (end - start), 0.0), 1.0), 2)

    return {
        "points": [
            {
                "x": place(point.a),
                "y": 100 - place(point.b),
                "kind": "same"
                if abs(point.b - point.a) <= threshold
                else "rose"
                if point.b > point.a
                else "fell",
                "text": f"{point.item}: {point.a:.4g} to {point.b:.4g}",
            }
            for point in points
        ],
        "ticks": [{"place": place(value), "text": f"{value:g}"} for value in _ticks(start, end)],
    }
