"""A page of thumbnails of a corpus with what is known of each item. Knows nothing of where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from facescale.rendering.encode import data_address
from facescale.reporting import numbers
from facescale.reporting.page import render_page


@dataclass(frozen=True, kw_only=True)
class SheetFinding:
    """One thing that is odd about an item."""

    level: str
    """"warning" or "error"."""
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SheetCard:
    """One item on the sheet."""

    item: str
    level: str
    """"ok", "warning" or "error"."""
    figures: str
    """Counts and size in words."""
    picture: bytes | None
    """WebP; None where the item cannot be read."""
    size: tuple[int, int]
    """Width and height of the picture in pixels."""
    alt: str
    """What the picture shows."""
    findings: Sequence[SheetFinding] = ()
    drawing: str = ""
    """An SVG element of `camera_drawing` to stand above the picture, which then has the page's width."""


def render_sheet(
    title: str, cards: Sequence[SheetCard], *, subtitle: str = "", left_out: str = "", noun: str = "scans"
) -> str:
    """Make the page: one file that needs no network; everything from data is escaped.

    Args:
        title: of the page.
        cards: in the order in which they are shown.
        subtitle: where the items lie.
        left_out: a sentence where the sheet does not show all of them.
        noun: what the items are called, in the plural.
    """
    counts = {level: sum(card.level == level for card in cards) for level in ("ok", "warning", "error")}
    labels = {"ok": "fine", "warning": "with something odd", "error": "would be rejected"}
    context = {
        "title": title,
        "subtitle": subtitle,
        "left_out": left_out,
        "facts": [
            {"label": f"{noun} shown", "value": f"{len(cards):,}", "unit": ""},
            *({"label": labels[level], "value": f"{n:,}", "unit": ""} for level, n in counts.items()),
        ],
        "cards": [_context(card) for card in cards],
    }
    return render_page("contact_sheet.html", context)


def _context(card: SheetCard) -> dict[str, object]:
    return {
        "item": card.item,
        "level": card.level,
        "figures": card.figures or numbers.ABSENT,
        "picture": data_address(card.picture) if card.picture else "",
        "width": card.size[0],
        "height": card.size[1],
        "alt": card.alt,
        "findings": card.findings,
        "drawing": card.drawing,
    }
