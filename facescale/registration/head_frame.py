"""Points of a scan in the frame of the head on it, whose point x lies at scale * rotation @ x + translation."""

import numpy as np
from jaxtyping import Float


def into_head(
    points: Float[np.ndarray, "n 3"],
    rotation: Float[np.ndarray, "3 3"],
    translation: Float[np.ndarray, "3"],
    scale: float,
) -> Float[np.ndarray, "n 3"]:
    """Points of the scan's frame in the head frame, mm.

    Args:
        points: in the scan's frame, mm.
        rotation: head frame to scan frame.
        translation: mm.
        scale: of the head in the scan.
    """
    return (points - translation) @ rotation / scale
