"""A plot of one figure over the frames of an item, as SVG in a page's own colours. Knows no method."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from markupsafe import Markup, escape

from facescale.reporting import numbers

WIDTH, HEIGHT = 480, 72
_GAP = 3
"""Height of the mark of a frame without a value."""
_MOST = 600
"""Frames that are drawn one by one; of longer items each mark is the worst of several."""


def frame_plot(values: Sequence[float | None], *, label: str, unit: str) -> Markup:
    """Draw a bar a frame; a frame without a value is a gap with a mark below.

    Args:
        values: in the order of the frames; None or NaN where there is none.
        label: of the figure.
        unit: of the figure.

    Returns:
        A figure element; empty where no frame has a value.
    """
    found = np.array([np.nan if value is None else value for value in values], dtype=float)
    if not np.isfinite(found).any():
        return Markup("")
    share = max(1, -(-len(found) // _MOST))
    groups = [found[start : start + share] for start in range(0, len(found), share)]
    heights = [np.nanmax(group) if np.isfinite(group).any() else np.nan for group in groups]
    top = float(np.nanmax(heights)) or 1.0
    step = WIDTH / len(heights)
    marks = []
    for place, value in enumerate(heights):
        kind, tall = ("fit", HEIGHT * value / top) if np.isfinite(value) else ("mean", _GAP)
        marks.append(
            f'<rect class="{kind}" x="{place * step:.2f}" y="{HEIGHT - tall:.2f}" '
            f'width="{0.92 * step:.2f}" height="{tall:.2f}"/>'
        )
    said = escape(_said(found, label, unit))
    drawing = (
        f'<svg class="frames" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{said}">{"".join(marks)}</svg>'
    )
    caption = f'<figcaption class="soft small">{said}</figcaption>'
    return Markup(f'<figure class="frames">{drawing}{caption}</figure>')  # noqa: S704 - numbers, and an escaped text


def _said(found: Float[np.ndarray, "n"], label: str, unit: str) -> str:
    middle, worst = (numbers.millimetres(float(of(found))) for of in (np.nanmedian, np.nanmax))
    lost = int((~np.isfinite(found)).sum())
    held = numbers.counted(len(found) - lost, "frame")
    without = f"; {numbers.counted(lost, 'frame')} without" if lost else ""
    return f"{label}: median {middle} {unit}, worst {worst} {unit} over {held}{without}"
