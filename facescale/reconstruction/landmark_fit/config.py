"""What a user can set about a fit to landmarks. Knows nothing of heads, views or solvers' inner settings."""

import math
from dataclasses import dataclass

METHOD_VERSION = 3
"""Raised by hand whenever the same landmarks and configuration would give another result."""


@dataclass(frozen=True, kw_only=True)
class LandmarkFitConfig:
    """One way to fit a head to landmarks; part of every item's key."""

    prior_weight: float = 1.0
    """Of the heads' Gaussian priors."""
    independence: float = 1.0
    """Share of the landmarks' information that is independent. At 1 their covariances are taken at their word
    and their errors for independent; a detector's errors go together from point to point and from view to
    view, so that its hundreds of points say little more than a few would."""
    robust_sigma: float = 5.0
    """Width of the Geman-McClure weight: a landmark so many of its own standard deviations from the model
    counts a quarter. Wider in views whose landmarks are further from the model as a whole."""
    focal_ratio: float = 1.2
    """Prior median of an unknown focal length, as a share of the image's longest side."""
    focal_sd: float = 0.35
    """Prior standard deviation of the logarithm of an unknown focal length."""
    least_points: int = 12
    """Fixed landmarks that a view needs to take part."""
    worst_median: float = 0.05
    """A view whose median reprojection error is a larger share of its face's height takes no part: its
    landmarks are not those of this head."""
    iterations: int = 40
    """Steps at the most."""
    tolerance: float = 0.03
    """A subject has converged when a step is shorter than this many standard deviations of the result, root
    mean square over its instants. Two exact steps follow, after which it is within about 1e-4."""

    def __post_init__(self) -> None:
        positive = (
            "prior_weight",
            "independence",
            "robust_sigma",
            "focal_ratio",
            "focal_sd",
            "worst_median",
            "tolerance",
        )
        for name in positive:
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"expected {name} to be positive, got {value}")
        if self.least_points < 4:  # noqa: PLR2004 - an affine view of a solid has eight unknowns
            raise ValueError(f"expected at least 4 points, got {self.least_points}")
        if self.iterations < 1:
            raise ValueError(f"expected at least one iteration, got {self.iterations}")

    @property
    def robust_width(self) -> float:
        """`robust_sigma` in the units of whitened residuals, which `independence` shrinks."""
        return self.robust_sigma * math.sqrt(self.independence)
