"""The histogram of a report: bars, ticks and medians as shares of its width and height. Pure."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

BINS = 48
_MOST = 0.995
"""Share of all values that the axis shows; what lies beyond is counted in the last bin."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar."""

    x: int
    """Bin."""
    height: float
    """In [0, 1] of the plot's height."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A text at a place of the axis."""

    place: float
    """Percent of the width."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Two distributions over one axis."""

    bins: int
    fit_bars: tuple[Bar, ...]
    mean_bars: tuple[Bar, ...]
    ticks: tuple[Mark, ...]
    medians: tuple[Mark, ...]


def histogram(
    fit: Float[np.ndarray, "n"], mean: Float[np.ndarray, "m"], *, unit: str = "mm"
) -> Histogram | None:
    """Bin errors of the fit and of the mean head.

    Args:
        fit: finite.
        mean: finite; may be empty.
        unit: of both, for the texts.

    Returns:
        None where there is no fit.
    """
    if fit.size == 0:
        return None
    both = np.concatenate([fit, mean])
    step = _tick_step(max(float(np.quantile(both, _MOST)), 1e-6))
    end = step * math.ceil(float(np.quantile(both, _MOST)) * 1.0001 / step + 1e-9)
    edges = np.linspace(0, end, BINS + 1)
    counts = [np.histogram(np.clip(values, 0, end), edges)[0] for values in (fit, mean)]
    peak = max(c.max() for c in counts)
    bars = [tuple(Bar(x=x, height=round(float(n / peak), 4)) for x, n in enumerate(c) if n) for c in counts]
    beyond = bool((both > end).any())
    parts = round(end / step)
    texts = [f"{k * step:g}" for k in range(parts)] + [f"{end:g} {unit}" + (" and more" if beyond else "")]
    ticks = [Mark(place=round(100 * k / parts, 3), text=text) for k, text in enumerate(texts)]
    medians = [
        Mark(
            place=round(100 * min(float(np.median(values)) / end, 1.0), 3),
            text=f"{name} {np.median(values):.2f} {unit}",
        )
        for name, values in (("median fit", fit), ("median mean head", mean))
        if values.size
    ]
    return Histogram(bins=BINS, fit_bars=bars[0], mean_bars=bars[1], ticks=tuple(ticks), medians=tuple(medians))


def _tick_step(reach: float) -> float:
    """A round step that divides the axis into four to nine parts."""
    power = 10.0 ** math.floor(math.log10(reach / 4))
    for factor in (1, 2, 5, 10):
        if reach / (factor * power) <= 9:  # noqa: PLR2004 - more would touch
            return factor * power
    return 10 * power
