"""One item of photographs or video frames on a contact sheet: a few of its views and what is known of it."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from facescale.corpora.views_check import ViewsCheck
from facescale.rendering.encode import encode, sheet
from facescale.reporting.contact_sheet import SheetCard, SheetFinding
from facescale.reporting.numbers import counted
from facescale.structures import Capture

COLUMNS, ROWS = 3, 2


def view_card(found: ViewsCheck, capture: Capture | None, *, size: int) -> SheetCard:
    """Make the card of one item; one without a usable view says why.

    Args:
        found: of a check.
        capture: its views; None where it was refused.
        size: pixels of a side of each picture; up to six, spread evenly over the views.
    """
    views = [] if capture is None else list(capture.views)
    shown = len(views)
    if len(views) > COLUMNS * ROWS:
        shown = COLUMNS * ROWS
        views = [views[(2 * k + 1) * len(views) // (2 * shown)] for k in range(shown)]
    # A single picture gets the room of all six.
    shape = (size * COLUMNS, size * ROWS) if len(views) == 1 else (size, size)
    tiles = [tile(view.image, shape) for view in views]
    columns = size * COLUMNS // shape[0]
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    blank = np.zeros((size, size, 4), np.uint8)
    rows = [[*row, *[blank] * (columns - len(row))] for row in rows]
    names = ", ".join(view.name for view in views)
    return SheetCard(
        item=found.item.item,
        level=found.level.value,
        figures=_figures(found, shown),
        picture=encode(sheet(rows)) if rows else None,
        size=(size * COLUMNS, shape[1] * max(1, len(rows))),
        alt=f"{found.item.item}: {names}",
        findings=[
            SheetFinding(level=f.level.value, reason=f.reason, message=f.message) for f in found.findings
        ],
    )


def tile(picture: UInt8[np.ndarray, "h w 3"], shape: tuple[int, int]) -> UInt8[np.ndarray, "hh ww 4"]:
    """A picture shrunk by area to fit the middle of a transparent rectangle of a width and height."""
    height, width = picture.shape[:2]
    scale = min((shape[0] - 2) / width, (shape[1] - 2) / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    shrunk = np.asarray(Image.fromarray(picture).resize((wide, high), method))
    out = np.zeros((shape[1], shape[0], 4), np.uint8)
    left, top = (shape[0] - wide) // 2, (shape[1] - high) // 2
    out[top : top + high, left : left + wide] = np.dstack([shrunk, np.full((high, wide), 255, np.uint8)])
    return out


def _figures(found: ViewsCheck, shown: int) -> str:
    if not found.views:
        return f"{found.item.size:,} bytes"
    parts = []
    if found.frames is not None and found.duration_s is not None:
        parts += [counted(found.frames, "frame"), f"{found.duration_s:.2f} s", found.codec]
    else:
        parts.append(counted(found.views, "photograph"))
    parts += [" x ".join(map(str, found.sizes[0]))] if found.sizes else []
    if found.cameras:
        parts.append(f"{found.cameras:,} with cameras")
    total = found.frames if found.frames is not None else found.views
    return ", ".join(parts) + (f"; {shown} of them shown" if shown < total else "")
