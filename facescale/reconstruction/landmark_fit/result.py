"""What a fit to landmarks hands back. numpy only; knows nothing of files or of how it was found."""

from dataclasses import dataclass

import numpy as np

from facescale.fitting.status import SolveStatus


@dataclass(frozen=True, kw_only=True)
class FittedView:
    """One view. A view that took no part has the pose and expression of its instant, if others held it."""

    name: str
    used: bool
    reason: str
    """Why it took no part, what was expected and found; empty for a used view."""
    rotation: np.ndarray
    """(3, 3) float64, head to camera; OpenCV axes."""
    translation: np.ndarray
    """(3,) float64 mm, head to camera."""
    expression: np.ndarray
    """(m,) float32."""
    focal_group: int
    """Row of `LandmarkFit.focals`; -1 where the camera was known."""
    rms_px: float
    """Root mean square distance from its landmarks to the fitted model, outliers included; of sliding ones
    across the outline. For a distorted camera in the pixels of the ideal one. NaN without a pose."""
    rms_share: float
    """The same as a share of the face's height in the image."""
    inliers: float
    """Share of its landmarks within the robust width."""


@dataclass(frozen=True, kw_only=True)
class FittedFocal:
    """The focal length of one group of views."""

    group: str
    focal: np.ndarray
    """(2,) float64, pixels."""
    log_sd: float
    """Standard deviation of its logarithm: landmarks and priors together, the model taken for true."""
    sd_px: float
    """The same in pixels, to first order."""
    identified: bool
    """False where the views do not say it: a single instant, or a standard deviation above half the prior's.
    The value is then hardly more than the prior's median, and so is the distance to the head."""


@dataclass(frozen=True, kw_only=True)
class LandmarkFit:
    """One subject."""

    key: str
    identity: np.ndarray
    """(n,) float32."""
    identity_sd: np.ndarray
    """(n,) float32, marginal standard deviations: landmarks and priors together, the model taken for true."""
    views: tuple[FittedView, ...]
    """In the order in which they were given."""
    focals: tuple[FittedFocal, ...]
    """Of all cameras that were not known."""
    status: SolveStatus
    iterations: int
    energy: float
    """Robust sum of squares of whitened landmark errors and of the priors."""
    millimetres_per_unit: float | None = None
    """In a unit of the cameras' world, where that was unknown: estimated from the mean head, so that sizes and
    distances are those of an average head. None where the world is in mm, or no camera was known."""
