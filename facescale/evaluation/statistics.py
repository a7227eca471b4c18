"""Summaries of distances, weighted by the area that each stands for. Knows nothing of meshes."""

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
