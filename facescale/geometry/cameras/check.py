"""Which mistake of conventions explains that cameras do not fit points? Knows nothing of faces or of files.

Every usual mistake is undone in turn and the reprojection errors are compared. The result is a verdict with
numbers; where no single mistake explains the errors it says so.
"""

import math
from dataclasses import dataclass
from enum import Enum

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.cameras.hypotheses import (
    AS_GIVEN,
    FIXED,
    MOST_TURNS,
    Hypothesis,
    degrees,
    resolution,
    units,
)
from facescale.geometry.cameras.pinhole import PinholeCamera

FEWEST = 6
"""Observed points that a verdict needs."""
TOLERANCE = 0.01
"""Typical error of cameras that fit, of the image's diagonal: that of landmarks on an approximate head."""
KEPT = 0.8
"""Share of the points, those with the smallest errors, that decide: a few are always wrong."""
EVIDENCE = 20.0
"""Least n log(error ratio^2) by which a mistake must beat the cameras as given."""
CLEAR = 10.0
"""The same between two mistakes; nearer ones are named together."""
DISTINCT = 0.05
"""Relative distance of a factor from 1 below which another resolution is not considered."""
SHARE_LEFT = 1 / 3
"""Of the error of cameras within the tolerance, what a mistake may leave to be named."""
NEIGHBOUR = 5.0
"""By how much a neighbouring whole turn must fit worse: else any rotation near enough would pass as degrees."""
_SHIFT_ERROR = 0.15


class Verdict(Enum):
    """What was found."""

    FITS = "fits"
    MISTAKE = "mistake"
    AMBIGUOUS = "ambiguous"
    NONE_FITS = "none fits"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How well the points are explained once one mistake is undone."""

    name: str
    sentence: str
    error: float
    """Root mean square of the kept points' reprojection errors, pixels."""
    behind: float
    """Share of the observed points that no camera could see: behind it or beyond its lens."""
    inside: float
    """Share of the observed points that project into the image."""
    small: bool = False
    """True for a shift that cameras within the tolerance may still have."""


@dataclass(frozen=True, kw_only=True)
class CameraCheck:
    """A verdict on cameras, with the numbers that it rests on."""

    verdict: Verdict
    explanations: tuple[Trial, ...]
    """Mistakes that explain the errors; one for `MISTAKE`, several for `AMBIGUOUS`, else empty."""
    given: Trial
    trials: tuple[Trial, ...]
    """All, least error first."""
    tolerance: float
    """Largest error of cameras that fit, pixels."""
    count: int
    """Observed points."""

    @property
    def message(self) -> str:
        """The verdict in a sentence or two."""
        state = (
            f"as given the typical error is {self.given.error:.2f} px over {self.count} points "
            f"({self.given.behind:.0%} behind a camera, {self.given.inside:.0%} inside the image)"
        )
        if self.verdict is Verdict.FITS:
            return f"the cameras fit: {state}"
        if self.verdict is Verdict.NONE_FITS:
            best = self.trials[0]
            return (
                f"no single known mistake explains the errors: {state}; "
                f"the nearest, {best.name!r}, leaves {best.error:.2f} px where {self.tolerance:.2f} would do"
            )
        named = "; or ".join(f"{trial.sentence} (leaves {trial.error:.2f} px)" for trial in self.explanations)
        return f"{named}; {state}"


@torch.no_grad()
def check_cameras(
    cameras: PinholeCamera,
    points: Float[Tensor, "n 3"],
    observed: Float[Tensor, "v n 2"],
    *,
    tolerance: float | None = None,
) -> CameraCheck:
    """Judge a batch of cameras by points that they should see.

    All cameras are taken to share one mistake. Points may be approximate (landmarks on a mean head in place);
    half a pixel is only found where the errors leave it visible: below a pixel with some hundred points.
    Rotations in degrees are looked for as rotation vectors only, not as Euler angles. Cameras within the
    tolerance are called wrong only for half a pixel, or where undoing a mistake leaves a third of the error.

    Args:
        cameras: one a view, with the sizes of the images.
        points: in the world.
        observed: column and row with pixel centres at +0.5; NaN where a point is not observed.
        tolerance: largest typical error of cameras that fit, pixels; None: 1 % of the mean diagonal.

    Returns:
        The verdict. Views in which everything coincides (a mistake that changes nothing there) cannot tell.

    Raises:
        ValueError: fewer than `FEWEST` observed points, or shapes that do not fit.
    """
    views = cameras.focal.shape[0]
    if observed.shape != (views, len(points), 2):
        raise ValueError(f"expected pixels [{views}, {len(points)}, 2], got {list(observed.shape)}")
    seen = observed.isfinite().all(-1) & points.isfinite().all(-1)
    count = int(seen.sum())
    if count < FEWEST:
        raise ValueError(f"expected at least {FEWEST} observed points, got {count}")
    case = _Case(
        cameras.to("cpu").to(torch.float64), points.double().cpu(), observed.double().cpu(), seen.cpu()
    )
    limit = TOLERANCE * case.diagonal if tolerance is None else tolerance
    given = case.trial(AS_GIVEN)
    trials = [case.trial(hypothesis) for hypothesis in case.hypotheses()]
    ordered = tuple(sorted([given, *trials], key=lambda trial: trial.error))
    fitting = [t for t in ordered if t is not given and t.error <= limit and case.gain(given, t) > EVIDENCE]
    if given.error <= limit:
        fitting = [t for t in fitting if t.small or t.error <= SHARE_LEFT * given.error]
    explanations = [t for t in fitting if case.gain(t, fitting[0]) < CLEAR]
    if not explanations:
        verdict = Verdict.FITS if given.error <= limit else Verdict.NONE_FITS
    else:
        verdict = Verdict.MISTAKE if len(explanations) == 1 else Verdict.AMBIGUOUS
    return CameraCheck(
        verdict=verdict,
        explanations=tuple(explanations),
        given=given,
        trials=ordered,
        tolerance=limit,
        count=count,
    )


class _Case:
    """Cameras, points and what was observed of them."""

    def __init__(self, cameras: PinholeCamera, points: Tensor, observed: Tensor, seen: Tensor) -> None:
        self._cameras, self._seen = cameras, seen
        self._points = torch.where(seen.any(0)[:, None], points, 0.0).expand(len(observed), -1, 3)
        self._observed = torch.where(seen[..., None], observed, 0.0)
        self._sizes = cameras.size.double()
        self.diagonal = float(self._sizes.norm(dim=-1).mean())

    def hypotheses(self) -> list[Hypothesis]:
        """Every mistake worth trying, the free parameter of each estimated from the points."""
        found = [h for h in FIXED if h.shift == 0 or self._shifted_by(h.shift)]
        found += units()
        factor = self._factor()
        if factor is not None:
            found.append(resolution(factor))
        turns = self._turns()
        if turns is not None:
            found.append(degrees(turns))
        return found

    def trial(self, hypothesis: Hypothesis) -> Trial:
        """Undo a mistake and look."""
        errors, usable, inside = self._errors(hypothesis)
        errors, _ = errors[self._seen].sort()
        kept = errors[: max(1, math.ceil(KEPT * len(errors)))]
        return Trial(
            name=hypothesis.name,
            sentence=hypothesis.sentence,
            error=float(kept.square().mean().sqrt()),
            behind=float((~usable[self._seen]).double().mean()),
            inside=float(inside[self._seen].double().mean()),
            small=hypothesis.shift != 0,
        )

    def gain(self, worse: Trial, better: Trial) -> float:
        """Twice the log likelihood ratio of normal errors of unknown size; two numbers a kept point."""
        floor = 1e-6
        kept = KEPT * float(self._seen.sum())
        return 2 * kept * math.log(max(worse.error, floor) / max(better.error, floor)) * 2

    def _errors(
        self, hypothesis: Hypothesis, cameras: PinholeCamera | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Distances [..., v, n]; an unseen point counts as a whole diagonal, and nothing counts for more."""
        spoiled = self._cameras if cameras is None else cameras
        points = self._points.expand(*spoiled.focal.shape[:-1], -1, -1)
        projection = hypothesis.cameras(spoiled).project(points)
        usable = projection.usable
        pixels = torch.where(usable[..., None], projection.pixels, 0.0)
        wanted = hypothesis.pixels(self._observed, self._sizes)
        errors = (pixels - wanted).norm(dim=-1).clamp_max(self.diagonal)
        inside = usable & (pixels >= 0).all(-1) & (pixels <= self._sizes[:, None]).all(-1)
        return torch.where(usable, errors, self.diagonal), usable, inside

    def _shifted_by(self, shift: float) -> bool:
        """Is the mean residual that shift, in both directions, beyond its own uncertainty?"""
        projection = self._cameras.project(self._points)
        both = self._seen & projection.usable
        if not both.any():
            return False
        residuals = (self._observed - projection.pixels)[both]
        middle = residuals.median(dim=0).values
        spread = (residuals - middle).abs().median(dim=0).values * 1.4826 / math.sqrt(len(residuals))
        return bool(((middle - shift).abs() < _SHIFT_ERROR).all() and (spread < _SHIFT_ERROR).all())

    def _factor(self) -> float | None:
        """By how much the observed pixels are larger than the projected ones, if it is worth a mention."""
        projection = self._cameras.project(self._points)
        both = self._seen & projection.usable
        if int(both.sum()) < FEWEST:
            return None
        ours, theirs = projection.pixels[both], self._observed[both]
        # Iteratively reweighted: a few wrong points must not decide the factor.
        weights = torch.ones_like(ours[:, 0])
        factor = 1.0
        for _ in range(20):
            factor = float((weights * (ours * theirs).sum(-1)).sum() / (weights * ours.square().sum(-1)).sum())
            weights = 1 / (theirs - factor * ours).norm(dim=-1).clamp_min(0.1)
        usable = math.isfinite(factor) and factor > 0
        return factor if usable and abs(math.log(factor)) > DISTINCT else None

    def _turns(self) -> Tensor | None:
        """For every camera the whole turns that fit its points best, if its rotation vector was in degrees."""
        counts = torch.arange(-MOST_TURNS - 1, MOST_TURNS + 1, dtype=torch.float64)
        many = degrees(counts[:, None].expand(-1, len(self._observed)))
        every = self._cameras.with_tensors(lambda x: x.expand(len(counts), *x.shape))
        errors, _, _ = self._errors(many, every)
        table = torch.where(self._seen, errors, torch.nan).nanmedian(-1).values.nan_to_num(0.0)
        best, place = table.min(dim=0)
        beside = torch.stack([(place - 1).clamp_min(0), (place + 1).clamp_max(len(counts) - 1)])
        others = table.gather(0, beside).where(beside != place, torch.inf)
        alone = others.min(dim=0).values >= NEIGHBOUR * best
        observed = self._seen.any(-1)
        return counts[place] if bool(alone[observed].all()) else None
