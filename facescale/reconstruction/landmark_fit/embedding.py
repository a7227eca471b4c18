"""Where a detector's landmarks lie on a head model. Knows nothing of images or solvers."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from facescale.geometry.sites import Sites


@dataclass(frozen=True, kw_only=True)
class LandmarkEmbedding:
    """The landmarks of one scheme that are used, each with its site on one head."""

    scheme: str
    """As in `FaceLandmarks.scheme`; landmarks of another scheme are refused."""
    sites: Sites
    """[k] on the head; of a sliding landmark, where its point lies in a frontal view of the mean head."""
    points: Int[np.ndarray, "k"]
    """Which of the scheme's points each site belongs to."""
    sliding: Bool[np.ndarray, "k"]
    """True for points of an outline: they are compared with the outline that a view sees, never with a
    place of the skin."""

    def __post_init__(self) -> None:
        count = self.sites.face.shape[-1]
        if self.points.shape != (count,) or self.sliding.shape != (count,):
            found = (self.points.shape, self.sliding.shape)
            raise ValueError(f"expected points and sliding of shape {(count,)}, got {found}")
