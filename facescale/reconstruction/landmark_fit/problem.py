"""The robust least-squares problem of a batch of subjects: what is seen, what it costs, which way is down.

Knows nothing of how it is solved.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.fitting.robust import NORMAL_SPREAD, geman_mcclure
from facescale.fitting.schur import ArrowSystem, lane_sums, per_block
from facescale.reconstruction.landmark_fit.assembly import ViewRows, arrow_system, gradients, place_focal_slopes
from facescale.reconstruction.landmark_fit.batch import LandmarkBatch
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.contour import Outline, find_outline
from facescale.reconstruction.landmark_fit.rows import Lens, PointRows, robust_rows, see
from facescale.reconstruction.landmark_fit.site_model import SiteModel, SitePoints
from facescale.reconstruction.landmark_fit.unknowns import FOCAL, POSE, LandmarkUnknowns

WIDTH_SPREADS = 3.0
"""The robust width is at least so many of a view's own robust standard deviations."""
TURN_LIMIT, FOCAL_LIMIT = 0.5, 0.7
"""Longest steps of a rotation in radians and of a log focal length: beyond, a linearisation means little."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Landmarks and model together, at some unknowns and with some outline."""

    fixed: PointRows
    sliding: PointRows | None
    outline: Outline | None

    @cached_property
    def distance(self) -> Float[Tensor, "v k"]:
        """Of fixed landmarks, then of sliding ones."""
        if self.sliding is None:
            return self.fixed.distance
        return torch.cat([self.fixed.distance, self.sliding.distance], dim=1)


@dataclass(frozen=True, kw_only=True)
class LandmarkProblem:
    """A batch with a head and a configuration."""

    model: SiteModel
    batch: LandmarkBatch
    config: LandmarkFitConfig
    precise: bool = False
    """Whether the products of Jacobians are taken in float64 too; residuals and gradients always are, and so
    are the last steps of a fit."""

    def select(self, lanes: Bool[Tensor, "b"]) -> "LandmarkProblem":
        """Some of the lanes."""
        return LandmarkProblem(
            model=self.model, batch=self.batch.select(lanes), config=self.config, precise=self.precise
        )

    @cached_property
    def _present(self) -> Bool[Tensor, "v k"]:
        order = torch.cat([self.model.fixed_index, self.model.sliding_index])
        return self.batch.present[:, order]

    @cached_property
    def _fixed_data(self) -> tuple[Tensor, Tensor]:
        index = self.model.fixed_index
        return self.batch.pixels[:, index], self.batch.whitening[:, index].transpose(1, 2).contiguous()

    @cached_property
    def _sliding_data(self) -> tuple[Tensor, Tensor]:
        """Pixels and covariances."""
        index = self.model.sliding_index
        whitening = self.batch.whitening[:, index]
        eye = torch.eye(2, dtype=whitening.dtype, device=whitening.device)
        safe = torch.where(self.batch.present[:, index, None, None], whitening, eye)
        inverse = torch.linalg.inv(safe)
        return self.batch.pixels[:, index], inverse @ inverse.mT

    def lens(self, at: LandmarkUnknowns) -> Lens:
        """The cameras with their present focal lengths."""
        focal = self.batch.focal * at.log_focals(self.batch).exp()[:, None]
        batch = self.batch
        return Lens(
            rotation=batch.rotation, translation=batch.translation, focal=focal, principal=batch.principal
        )

    def sight(self, at: LandmarkUnknowns, outline: Outline | None = None) -> Sight:
        """Compare landmarks with the model.

        Args:
            at: where.
            outline: which sites sliding landmarks are compared with; None searches them.
        """
        lens = self.lens(at)
        instant = self.batch.instant
        turn, shift = at.rotation[instant], at.translation[instant]
        pixels, directions = self._fixed_data
        world = self._points(at, self.model.fixed)[instant] @ turn.mT
        fixed = see(world, shift, lens, pixels, directions)
        if self.model.sliding is None:
            return Sight(fixed=fixed, sliding=None, outline=None)
        pixels, covariance = self._sliding_data
        candidates = self._points(at, self.model.sliding)[instant] @ turn.mT
        candidates = candidates.unflatten(1, self.model.sliding.zero.shape[:2])
        if outline is None:
            outline = self._outline(candidates, turn, shift, lens)
        spot = outline.candidate[..., None, None].expand(-1, -1, 1, 3)
        normal = outline.normal
        width = torch.einsum("vta,vtab,vtb->vt", normal, covariance, normal).sqrt()
        directions = (normal / width[..., None])[:, None]
        sliding = see(candidates.gather(2, spot)[:, :, 0], shift, lens, pixels, directions)
        return Sight(fixed=fixed, sliding=sliding, outline=outline)

    def counted(self, sight: Sight) -> Bool[Tensor, "v k"]:
        """Landmarks that say something: present and, if they slide, on an outline that the view sees."""
        if sight.outline is None:
            return self._present
        fixed = torch.ones_like(self._present[:, : len(self.model.fixed_index)])
        return self._present & torch.cat([fixed, sight.outline.seen], dim=1)

    def widths(self, sight: Sight) -> Float[Tensor, "v"]:
        """Robust width of each view in standard deviations.

        The configured one, or more where even the bulk of a view's landmarks is further away: at a start, and
        where a detector's covariances promise too much.
        """
        distance = torch.where(self.counted(sight), sight.distance, torch.nan)
        spread = NORMAL_SPREAD * distance.nanmedian(dim=1).values
        return (WIDTH_SPREADS * spread.nan_to_num(0.0, posinf=1e6)).clamp_min(self.config.robust_width)

    def energy(self, at: LandmarkUnknowns, sight: Sight, widths: Float[Tensor, "v"]) -> Float[Tensor, "b"]:
        """Robust sum of squares with the priors, lane by lane."""
        loss, _ = geman_mcclure(sight.distance, widths[:, None])
        views = torch.where(self.counted(sight), loss, 0.0).sum(dim=1)
        config, expression, identity = self.config, self.model.expression, self.model.identity
        pull = (at.expression - expression.prior_mean) / expression.prior_std
        own = config.prior_weight * pull.square().sum(dim=1) + (at.log_focal / config.focal_sd).square()
        pull = (at.identity - identity.prior_mean) / identity.prior_std
        shared = config.prior_weight * pull.square().sum(dim=1)
        shared = shared + (at.shared_log_focal / config.focal_sd).square().sum(dim=1)
        return shared + lane_sums(own + self.batch.by_instant(views), self.batch.counts)

    def system(
        self, at: LandmarkUnknowns, sight: Sight, widths: Float[Tensor, "v"], near: Bool[Tensor, "b"]
    ) -> ArrowSystem:
        """Normal equations with the priors.

        Args:
            at: where.
            sight: there.
            widths: robust.
            near: lanes so near their end that the robust loss' own curvature may be trusted.
        """
        groups = self._groups(at, sight, widths, near)
        data = arrow_system(groups, self.batch, size=self.model.expression.size, precise=self.precise)
        return self._with_priors(data, at)

    def _groups(
        self, at: LandmarkUnknowns, sight: Sight, widths: Float[Tensor, "v"], near: Bool[Tensor, "b"]
    ) -> list[ViewRows]:
        views = per_block(near, self.batch.counts)[self.batch.instant]
        counted, count = self.counted(sight), len(self.model.fixed_index)
        rows = robust_rows(sight.fixed, widths, counted[:, :count], views)
        groups = [self._view_rows(at, rows, self.model.fixed.basis)]
        if sight.sliding is not None and sight.outline is not None and self.model.sliding is not None:
            spots = torch.arange(len(self.model.sliding_index), device=widths.device)
            basis = self.model.sliding.basis[spots, sight.outline.candidate]
            rows = robust_rows(sight.sliding, widths, counted[:, count:], views)
            groups.append(self._view_rows(at, rows, basis))
        return groups

    def gradient(
        self, at: LandmarkUnknowns, sight: Sight, widths: Float[Tensor, "v"]
    ) -> tuple[Float[Tensor, "i l"], Float[Tensor, "b s"]]:
        """Half the slope of the energy, local and shared: what a first-order method needs of `system`."""
        far = torch.zeros(len(self.batch.counts), dtype=torch.bool, device=widths.device)
        groups = self._groups(at, sight, widths, far)
        local, shared = gradients(groups, self.batch, size=self.model.expression.size)
        place_focal_slopes(local, shared, self.batch)
        self._add_prior_slopes(local, shared, at)
        return local, shared

    def boxes(self, at: LandmarkUnknowns) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Lower and upper bounds of the next step, local and shared."""
        block, identity = self.model.expression, self.model.identity
        free = torch.full_like(at.log_focal, torch.inf)[:, None].expand(-1, POSE).clone()
        free[:, :3], free[:, FOCAL] = TURN_LIMIT, FOCAL_LIMIT
        wide = torch.full_like(at.shared_log_focal, FOCAL_LIMIT)
        low = torch.cat([-free, (block.lower - at.expression).clamp_max(0)], dim=1)
        high = torch.cat([free, (block.upper - at.expression).clamp_min(0)], dim=1)
        shared_low = torch.cat([(identity.lower - at.identity).clamp_max(0), -wide], dim=1)
        shared_high = torch.cat([(identity.upper - at.identity).clamp_min(0), wide], dim=1)
        return (low, high), (shared_low, shared_high)

    def _points(self, at: LandmarkUnknowns, points: SitePoints) -> Float[Tensor, "i n 3"]:
        flat = points.basis.reshape(-1, points.basis.shape[-1])
        size = self.model.expression.size
        lanes = torch.addmm(points.zero.reshape(1, -1), at.identity, flat[:, size:].T)
        moved = per_block(lanes, self.batch.counts).addmm(at.expression, flat[:, :size].T)
        return moved.reshape(len(moved), -1, 3)

    def _outline(self, candidates: Tensor, turn: Tensor, shift: Tensor, lens: Lens) -> Outline:
        assert self.model.tracks is not None
        world = candidates + shift[:, None, None]
        camera = world @ lens.rotation[:, None].mT + lens.translation[:, None, None]
        images = camera[..., :2] / camera[..., 2:].clamp_min(1.0) * lens.focal[:, None, None]
        outward = self.model.tracks.outward @ (lens.rotation @ turn).mT
        return find_outline(images, outward[..., :2], self.model.tracks)

    def _view_rows(self, at: LandmarkUnknowns, rows: PointRows, basis: Tensor) -> ViewRows:
        turn, depth = at.rotation[self.batch.instant], at.translation[self.batch.instant, 2]
        return ViewRows.of(rows, basis, lens=self.lens(at), turn=turn, depth=depth)

    def _with_priors(self, system: ArrowSystem, at: LandmarkUnknowns) -> ArrowSystem:
        """Add priors in place; unknowns of which nothing speaks get a unit of curvature and stay."""
        config, expression, identity = self.config, self.model.expression, self.model.identity
        diagonal = system.local.diagonal(dim1=1, dim2=2)
        below = system.shared.diagonal(dim1=1, dim2=2)
        diagonal[:, POSE:] += config.prior_weight / expression.prior_std.double().square()
        diagonal[:, FOCAL] += torch.where(self.batch.own_focal, 1.0 / config.focal_sd**2, 1.0)
        blind = self.batch.by_instant(self._present.any(dim=1).double()) == 0
        diagonal[:, :FOCAL] += blind[:, None].double()
        below[:, : identity.size] += config.prior_weight / identity.prior_std.double().square()
        below[:, identity.size :] += 1.0 / config.focal_sd**2
        self._add_prior_slopes(system.local_gradient, system.shared_gradient, at)
        return system

    def _add_prior_slopes(self, local: Tensor, shared: Tensor, at: LandmarkUnknowns) -> None:
        config, loose = self.config, 1.0 / self.config.focal_sd**2
        for block, slope, value in (
            (self.model.expression, local[:, POSE:], at.expression),
            (self.model.identity, shared[:, : self.model.identity.size], at.identity),
        ):
            slope.add_(config.prior_weight * (value - block.prior_mean) / block.prior_std.double().square())
        local[:, FOCAL] += torch.where(self.batch.own_focal, loose, 0.0) * at.log_focal
        shared[:, self.model.identity.size :] += loose * at.shared_log_focal
