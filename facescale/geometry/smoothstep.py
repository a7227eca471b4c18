"""The smooth step, for whatever fades from one value to another."""

import numpy as np
from jaxtyping import Float


def smoothstep(values: Float[np.ndarray, "*n"], low: float, high: float) -> Float[np.ndarray, "*n"]:
    """0 up to `low`, 1 from `high` on (or the other way round where high < low), smooth in between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)
