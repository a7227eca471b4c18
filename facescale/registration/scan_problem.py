"""Scan points against a head as a robust least-squares problem. Knows nothing of files or of orientation."""

from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.fitting import normal_equations, rows
from facescale.fitting.adam import AbstractDescent
from facescale.fitting.levenberg_marquardt import AbstractProblem, Linearisation
from facescale.fitting.normal_equations import NormalEquations
from facescale.fitting.robust import geman_mcclure, spread
from facescale.fitting.rows import Rows
from facescale.fitting.surface_matches import Matches, MatchingSurface, match
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.template import AbstractTemplateHead

SPREADS = 2.0
"""Robust standard deviations of the residuals to which the robust width is narrowed."""


ENOUGH_MATCHES = 200
"""With which a fit may go on however many unknowns it has; half of the smallest level's points."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """What b scans say, in a first head frame, which the pose then corrects."""

    points: Float[Tensor, "b n 3"]
    """mm; NaN for padding."""
    normals: Float[Tensor, "b n 3"]
    """Zero where unknown."""
    precision: Float[Tensor, "b n"]
    """Of each point's squared residual, per mm^2; zero for padding."""
    keypoints: Float[Tensor, "b k 3"]
    """mm; zero where absent."""
    keypoint_sites: Sites
    """Their k sites on the head, the same or one set a lane."""
    keypoint_precision: Float[Tensor, "b k"]
    """Per mm^2; zero where absent."""

    def first(self, count: int) -> "Data":
        """The first points only, with the weight of all."""
        kept = self.precision[:, :count]
        share = kept.sum(dim=1) / self.precision.sum(dim=1).clamp_min(1e-12)
        return Data(
            points=self.points[:, :count].contiguous(),
            normals=self.normals[:, :count].contiguous(),
            precision=kept / share.clamp_min(1e-6)[:, None],
            keypoints=self.keypoints,
            keypoint_sites=self.keypoint_sites,
            keypoint_precision=self.keypoint_precision,
        )

    def after(self, count: int) -> "Data":
        """The points that `first` leaves out, with their own weight."""
        return replace(
            self,
            points=self.points[:, count:].contiguous(),
            normals=self.normals[:, count:].contiguous(),
            precision=self.precision[:, count:],
        )


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What one search hands to the next."""

    width: Float[Tensor, "b"]
    """Robust width in mm; only ever narrows."""
    found: Int[Tensor, "b n"] | None
    """Faces of the last matches, as hints."""


@final
@dataclass(frozen=True, kw_only=True)
class ScanProblem(AbstractProblem[Unknowns, Carried], AbstractDescent[Unknowns, Carried]):
    """Signed distances of scan points to the head under Geman-McClure, keypoints, and Gaussian priors."""

    head: AbstractTemplateHead
    surface: MatchingSurface
    bvh: SurfaceBvh
    """Over the surface's faces, one shape a lane; refitted at every search."""
    layout: Layout
    data: Data
    reach: float
    """mm."""
    facing: float
    """Least cosine between normals."""
    narrowest: float
    """mm: the robust width at the end."""
    hair_width: float
    """mm: their robust width where they lie outside the head, as hair does."""
    outside_weight: float = 1.0
    """Of points that match the surface where it is `hairy`."""
    borders: bool = False
    """Whether matches on open borders count."""

    def search(self, unknowns: Unknowns, carried: Carried) -> Matches:
        """Match all points at these unknowns."""
        vertices = self.head.evaluate(self.layout.split(unknowns.coefficients))
        self.bvh.refit(vertices)
        return match(
            self.surface,
            self.bvh,
            vertices,
            unknowns.move(self.data.points),
            unknowns.turn(self.data.normals),
            reach=self.reach,
            facing=self.facing,
            borders=self.borders,
            hint=carried.found,
        )

    def linearise(
        self, unknowns: Unknowns, state: Carried, *, hessian: Float[Tensor, "b u u"] | None = None
    ) -> Linearisation[Carried]:
        """Search, narrow the robust width, weigh, and form the normal equations."""
        matches = self.search(unknowns, state)
        width = self._narrowed(matches, state.width)
        precision = self._precision(matches)
        loss, weight = self._robust(matches, width)
        before, _ = self._robust(matches, state.width)
        drawn, rest = self._rows(unknowns, matches, weight * precision)
        if hessian is None:
            equations = normal_equations.of_rows(self.head, self.layout, unknowns, drawn)
            equations = normal_equations.with_prior(equations, self.layout, unknowns)
        else:
            equations = NormalEquations(hessian=hessian, gradient=self._gradient(unknowns, drawn))
        return Linearisation(
            equations=equations,
            energy=(loss * precision).sum(dim=1).double() + rest,
            comparable=(before * precision).sum(dim=1).double() + rest,
            starved=self._starved(matches),
            state=Carried(width=width, found=matches.found),
        )

    def slope(
        self, unknowns: Unknowns, state: Carried
    ) -> tuple[Float[Tensor, "b u"], Float[Tensor, "b"], Bool[Tensor, "b"], Carried]:
        """Half the gradient, the energy, starved lanes, what to carry: all that a first-order solver asks."""
        matches = self.search(unknowns, state)
        width = self._narrowed(matches, state.width)
        precision = self._precision(matches)
        loss, weight = self._robust(matches, width)
        drawn, rest = self._rows(unknowns, matches, weight * precision)
        energy = (loss * precision).sum(dim=1).double() + rest
        carried = Carried(width=width, found=matches.found)
        return self._gradient(unknowns, drawn), energy, self._starved(matches), carried

    def energy(self, unknowns: Unknowns, state: Carried) -> Float[Tensor, "b"]:
        """The energy alone, in the robust widths of `state`."""
        matches = self.search(unknowns, replace(state, found=None))
        loss, weight = self._robust(matches, state.width)
        precision = self._precision(matches)
        _, rest = self._rows(unknowns, matches, weight * precision)
        return (loss * precision).sum(dim=1).double() + rest

    def loss(self, unknowns: Unknowns, state: Carried) -> Float[Tensor, "b"]:
        """The points' part of the energy, without keypoints and priors, in the robust widths of `state`."""
        matches = self.search(unknowns, replace(state, found=None))
        loss, _ = self._robust(matches, state.width)
        return (loss * self._precision(matches)).sum(dim=1).double()

    def room(self, unknowns: Unknowns) -> tuple[Float[Tensor, "b u"], Float[Tensor, "b u"]]:
        """Free for the pose, up to their bounds for coefficients."""
        pad = (self.layout.pose_size, 0)
        lower = torch.nn.functional.pad(self.layout.lower - unknowns.coefficients, pad, value=-torch.inf)
        upper = torch.nn.functional.pad(self.layout.upper - unknowns.coefficients, pad, value=torch.inf)
        return lower.clamp_max(0.0), upper.clamp_min(0.0)

    def stepped(self, unknowns: Unknowns, step: Float[Tensor, "b u"]) -> Unknowns:
        """Unknowns moved by a step."""
        return unknowns.stepped(step, self.layout)

    def length(self, step: Float[Tensor, "b u"], equations: NormalEquations) -> Float[Tensor, "b"]:
        """Root mean square movement of the matched surface along its normals, in mm.

        The prior is in the Hessian too, which only ever lengthens the figure.
        """
        moved = (step * (equations.hessian @ step[..., None])[..., 0]).sum(dim=1)
        return (moved / self.data.precision.sum(dim=1).clamp_min(1e-12)).clamp_min(0.0).sqrt()

    def select(self, keep: Bool[Tensor, "b"], new: Unknowns, old: Unknowns) -> Unknowns:
        """`new` in the lanes of `keep`."""
        return new.where(keep, old)

    def select_state(self, keep: Bool[Tensor, "b"], new: Carried, old: Carried) -> Carried:
        """`new` in the lanes of `keep`."""
        return Carried(
            width=torch.where(keep, new.width, old.width),
            found=new.found
            if new.found is None or old.found is None
            else torch.where(keep[:, None], new.found, old.found),
        )

    def _robust(
        self, matches: Matches, width: Float[Tensor, "b"]
    ) -> tuple[Float[Tensor, "b n"], Float[Tensor, "b n"]]:
        """Loss and weight of each point; the width is narrow where hair may be and the point lies outside."""
        narrower = torch.where(matches.residual > 0, matches.hairy, 0.0)
        widths = torch.lerp(width[:, None], width.clamp_max(self.hair_width)[:, None], narrower)
        loss, weight = geman_mcclure(matches.distance, widths)
        # what is not trusted costs what an outlier costs
        return torch.lerp(widths.square(), loss, matches.trust), weight * matches.trust

    def _precision(self, matches: Matches) -> Float[Tensor, "b n"]:
        if self.outside_weight == 1.0:
            return self.data.precision
        return self.data.precision * (1.0 - (1.0 - self.outside_weight) * matches.hairy)

    def _narrowed(self, matches: Matches, width: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        wanted = SPREADS * spread(matches.distance, matches.counted)
        # without matches the spread is NaN, and the width stays
        return torch.where(wanted < width, wanted, width).clamp_min(self.narrowest)

    def _starved(self, matches: Matches) -> Bool[Tensor, "b"]:
        # beyond so many unknowns it is priors that hold them, and more matches are no longer needed
        unknowns = self.layout.pose_size + self.layout.coefficients
        return matches.counted.sum(dim=1) < min(unknowns, ENOUGH_MATCHES)

    def _rows(
        self, unknowns: Unknowns, matches: Matches, weights: Float[Tensor, "b n"]
    ) -> tuple[Rows, Float[Tensor, "b"]]:
        """Rows of the matches and of the keypoints, and the energy of keypoints and priors."""
        drawn = rows.of_matches(matches, weights)
        energy = normal_equations.prior_energy(self.layout, unknowns)
        if self.data.keypoint_precision.shape[1] == 0:
            return drawn, energy
        pairs = rows.of_pairs(
            self.data.keypoint_sites,
            unknowns.move(self.data.keypoints),
            self.head.evaluate(self.layout.split(unknowns.coefficients), self.data.keypoint_sites),
            self.data.keypoint_precision,
        )
        return rows.joined(drawn, pairs), energy + pairs.residual.square().sum(dim=1).double()

    def _gradient(self, unknowns: Unknowns, drawn: Rows) -> Float[Tensor, "b u"]:
        total = normal_equations.gradient_of_rows(self.head, self.layout, unknowns, drawn)
        return total + normal_equations.prior_gradient(self.layout, unknowns)
