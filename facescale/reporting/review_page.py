"""The page on which people accept and reject results: pictures sorted by error, decided with keys or mouse.

Decisions leave the page as a small CSV that `facescale review --apply` takes, and are kept by the browser until
then. There is no server on purpose: a file opens on any machine, can be sent to somebody who must not write to
the results, works for results in a bucket, opens no port, and cannot lose decisions when a process ends. Knows
nothing of storage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from facescale.rendering.encode import data_address
from facescale.reporting import numbers
from facescale.reporting.page import render_page

CSV_COLUMNS = ("key", "item", "decision", "reason", "at", "author")
"""What the page writes; templates/review.js has the same list."""


@dataclass(frozen=True, kw_only=True)
class ReviewCard:
    """One result to decide about."""

    key: str
    item: str
    error: float | None
    """What the page is sorted by."""
    figures: str
    """What else is known, in words."""
    picture: bytes | None
    """WebP."""
    decision: Literal["", "accept", "reject"] = ""
    """What stands already."""
    reason: str = ""
    at: str = ""
    """When it was decided, as `runtime.reviews.timestamp` writes it."""


def render_review(
    title: str,
    cards: Sequence[ReviewCard],
    *,
    identity: str,
    subtitle: str = "",
    left_out: str = "",
    measure: str = "",
) -> str:
    """Make the page: one file that needs no network; everything from data is escaped.

    Args:
        title: of the page.
        cards: in the order in which they are shown.
        identity: tells these results from others in the browser's memory.
        subtitle: where the results lie.
        left_out: a sentence where the page does not show all of them.
        measure: what `error` is, in words.
    """
    context = {
        "title": title,
        "subtitle": subtitle,
        "left_out": left_out,
        "measure": measure,
        "identity": identity,
        "cards": [_context(place, card) for place, card in enumerate(cards, start=1)],
    }
    return render_page("review.html", context, scripts=("review.js",))


def _context(place: int, card: ReviewCard) -> dict[str, object]:
    return {
        "place": place,
        "key": card.key,
        "item": card.item,
        "error": numbers.millimetres(card.error),
        "figures": card.figures,
        "picture": None if card.picture is None else data_address(card.picture),
        "decision": card.decision,
        "reason": card.reason,
        "at": card.at,
    }
