"""Numbers as people read them in a report. Pure."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

ABSENT = "\N{EN DASH}"


def number(value: object) -> float | None:
    """A finite number, or None for anything else, booleans included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def finite(values: Iterable[object]) -> np.ndarray:
    """The finite numbers among values, float64."""
    return np.array([x for x in map(number, values) if x is not None], np.float64)


def millimetres(value: object) -> str:
    """With as many digits as a scan can tell: 0.283, 2.57, 14.1."""
    found = number(value)
    if found is None:
        return ABSENT
    return f"{found:.3f}" if abs(found) < 1 else f"{found:.2f}" if abs(found) < 10 else f"{found:.1f}"  # noqa: PLR2004


def share(value: object) -> str:
    """Percent, held together by a no-break space."""
    found = number(value)
    return ABSENT if found is None else f"{100 * found:.1f}\N{NO-BREAK SPACE}%"


def seconds(value: object) -> str:
    """Seconds, minutes or hours, whichever is short."""
    found = number(value)
    if found is None:
        return ABSENT
    if found < 120:  # noqa: PLR2004 - two minutes
        return f"{found:.2f} s" if found < 10 else f"{found:.0f} s"  # noqa: PLR2004 - one digit
    return f"{found / 60:.1f} min" if found < 7200 else f"{found / 3600:.1f} h"  # noqa: PLR2004 - two hours


def plain(value: object) -> str:
    """Anything else."""
    if value is None:
        return ABSENT
    found = number(value)
    if found is None:
        return str(value)
    return f"{int(found):,}" if found == int(found) and abs(found) < 1e15 else f"{found:.4g}"  # noqa: PLR2004


def quantile(values: np.ndarray, share_below: float) -> float | None:
    """A quantile, None of nothing."""
    return float(np.quantile(values, share_below)) if values.size else None


def counted(count: int, noun: str) -> str:
    """Count with its noun: one item, two items."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str], *, limit: int) -> str:
    """Names with commas, the rest counted."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit:,} more"
