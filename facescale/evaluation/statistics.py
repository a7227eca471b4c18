"""Summaries of distances, weighted by the area that each stands for. Knows nothing of meshes."""

from dataclasses import dataclass

import numpy as np

QUANTILES = {"median": 0.5, "p90": 0.9}


def summarise(distances: np.ndarray, weights: np.ndarray | None = None) -> dict[str, float | None]:
    """Mean, median, 90th percentile and maximum.

    Args:
        distances: (n,) finite.
        weights: (n,) at least zero; all equal where None. A value of weight zero counts in nothing.

    Returns:
        "mean", "median", "p90" and "max"; None where no value has weight.
    """
    weights = np.ones(len(distances)) if weights is None else weights.astype(np.float64)
    used = weights > 0
    values, shares = distances[used].astype(np.float64), weights[used]
    if len(values) == 0:
        return dict.fromkeys(("mean", *QUANTILES, "max"))
    order = np.argsort(values, kind="stable")
    values, shares = values[order], shares[order]
    reached = (np.cumsum(shares) - 0.5 * shares) / shares.sum()
    named = {name: float(np.interp(q, reached, values)) for name, q in QUANTILES.items()}
    return {"mean": float(np.average(values, weights=shares)), **named, "max": float(values[-1])}


def share(mask: np.ndarray, weights: np.ndarray | None = None) -> float | None:
    """Weighted share of true values; None where nothing has weight."""
    weights = np.ones(len(mask)) if weights is None else weights
    total = weights.sum()
    return float(weights[mask].sum() / total) if total > 0 else None


@dataclass(frozen=True, kw_only=True)
class PairedChange:
    """How a measure changed from A to B over the items that both have."""

    pairs: int
    median_a: float
    median_b: float
    change: float
    """Median of B - A over the pairs: not the difference of the medians."""
    low: float
    high: float
    """95 % interval of `change`, by bootstrap over pairs."""
    rose: int
    fell: int
    p: float
    """Two-sided sign test of rises against falls; ties count in neither."""


def paired_change(a: np.ndarray, b: np.ndarray, *, resamples: int = 2000, seed: int = 0) -> PairedChange | None:
    """Summarise a paired change without assuming a distribution.

    The interval is the percentile bootstrap: pairs are drawn with replacement and the median of their
    differences taken, which needs no symmetry and is no narrower for a few wild items.

    Args:
        a: (n,) values before.
        b: (n,) values after, of the same items in the same order. A pair with a value that is not finite counts
            in nothing.
        resamples: draws of the bootstrap.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        None where no pair is left.
    """
    from scipy.stats import binomtest

    used = np.isfinite(a) & np.isfinite(b)
    first, second = a[used].astype(np.float64), b[used].astype(np.float64)
    if len(first) == 0:
        return None
    change = second - first
    rng = np.random.default_rng(seed)
    medians = [np.median(change[rng.integers(len(change), size=len(change))]) for _ in range(resamples)]
    low, high = np.quantile(medians, (0.025, 0.975))
    rose, fell = int((change > 0).sum()), int((change < 0).sum())
    return PairedChange(
        pairs=len(change),
        median_a=float(np.median(first)),
        median_b=float(np.median(second)),
        change=float(np.median(change)),
        low=float(low),
        high=float(high),
        rose=rose,
        fell=fell,
        p=float(binomtest(rose, rose + fell).pvalue) if rose + fell else 1.0,
    )
