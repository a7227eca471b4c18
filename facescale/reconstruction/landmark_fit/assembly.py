"""Sums of products of Jacobian rows, view by view, in arrow form. Knows nothing of priors or solvers.

Three things make this cheap. Products are taken in float32, some views at a time, so that their rows stay in
cache; gradients are exact all the same, because they need no rows: forces on points times bases. The block of
identity against identity is summed over views before the basis multiplies it, once a lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.schur import ArrowSystem, lane_sums, spans
from facescale.reconstruction.landmark_fit.batch import LandmarkBatch
from facescale.reconstruction.landmark_fit.rows import Lens, PointRows, by_camera_point
from facescale.reconstruction.landmark_fit.unknowns import FOCAL, POSE

VIEWS_AT_ONCE = 16
"""Views whose rows are held together: 3.6 MB at 170 landmarks and 164 unknowns."""


@dataclass(frozen=True, kw_only=True)
class ViewRows:
    """Weighted rows of one kind of landmarks, float64."""

    pose: Float[Tensor, "v c k 7"]
    """Derivatives by rotation, translation and log focal length."""
    by_point: Float[Tensor, "v c k 3"]
    """Derivatives by the points in the head frame."""
    residual: Float[Tensor, "v c k"]
    basis: Float[Tensor, "*v k 3 n"]
    """Of the points: one for all views, or one a view."""

    @classmethod
    def of(
        cls,
        rows: PointRows,
        basis: Float[Tensor, "*v k 3 n"],
        *,
        lens: Lens,
        turn: Float[Tensor, "v 3 3"],
        depth: Float[Tensor, "v"],
    ) -> "ViewRows":
        """Differentiate residuals.

        Args:
            rows: from `rows.robust_rows`.
            basis: of the points.
            lens: the cameras.
            turn: head to world.
            depth: of the head's origin, which a longer focal length takes along.
        """
        by_camera = by_camera_point(rows, lens.focal)
        shape = by_camera.shape
        by_world = (by_camera.flatten(1, 2) @ lens.rotation).reshape(shape)
        turning = torch.linalg.cross(rows.world[:, None].expand(shape), by_world, dim=-1)
        zoom = rows.offset[..., None] + by_camera[..., 2:] * depth[:, None, None, None]
        return cls(
            pose=torch.cat([turning, by_world, zoom], dim=-1),
            by_point=(by_world.flatten(1, 2) @ turn).reshape(shape),
            residual=rows.residual,
            basis=basis,
        )


def arrow_system(groups: Sequence[ViewRows], batch: LandmarkBatch, *, size: int, precise: bool) -> ArrowSystem:
    """Sum J'J and J'r of all rows.

    Args:
        groups: rows of fixed and of sliding landmarks.
        batch: which view belongs where.
        size: columns of the expression.
        precise: whether products are taken in float64.
    """
    kind = torch.float64 if precise else torch.float32
    views, edge = len(batch.instant), POSE + size
    width = groups[0].basis.shape[-1] + POSE
    gram = torch.zeros(views, edge, width, dtype=kind, device=batch.pixels.device)
    shared = torch.zeros(len(batch.counts), *[width - edge + batch.focals] * 2, device=gram.device).double()
    for group in groups:
        _add_products(gram, shared, group, batch, kind=kind)
    gram = batch.by_instant(gram)
    local_gradient, shared_gradient = gradients(groups, batch, size=size)
    system = ArrowSystem(
        local=gram[:, :, :edge].contiguous(),
        cross=torch.nn.functional.pad(gram[:, :, edge:], (0, batch.focals)),
        shared=shared,
        local_gradient=local_gradient,
        shared_gradient=shared_gradient,
        counts=batch.counts,
    )
    _place_focals(system, batch, identity=width - edge)
    return system


def gradients(
    groups: Sequence[ViewRows], batch: LandmarkBatch, *, size: int
) -> tuple[Float[Tensor, "i l"], Float[Tensor, "b s"]]:
    """Sum J'r of all rows, local and shared; columns of focal lengths all lie in the local part."""
    columns = torch.zeros_like(batch.focal[:, :1])
    for group in groups:
        pose = torch.einsum("vckp,vck->vp", group.pose, group.residual)
        columns = columns + torch.cat([pose, _shape_gradient(group)], dim=1)
    columns = batch.by_instant(columns)
    pulls = lane_sums(columns[:, POSE + size :], batch.counts)
    return columns[:, : POSE + size].contiguous(), torch.nn.functional.pad(pulls, (0, batch.focals))


def _shape_gradient(group: ViewRows) -> Float[Tensor, "v n"]:
    force = (group.by_point * group.residual[..., None]).sum(dim=1)
    if group.basis.ndim == 3:  # noqa: PLR2004 - one basis for all views
        return force.flatten(1) @ group.basis.flatten(0, 1)
    return torch.einsum("vka,vkan->vn", force, group.basis)


def _add_products(
    gram: Tensor, shared: Tensor, group: ViewRows, batch: LandmarkBatch, *, kind: torch.dtype
) -> None:
    """Add rows' products to the local blocks and, of the identity, to each lane's."""
    views, rows, points, _ = group.by_point.shape
    edge, width = gram.shape[1:]
    single = group.basis.ndim == 3  # noqa: PLR2004 - one basis for all views
    by_point, pose, basis = group.by_point.to(kind), group.pose.to(kind), group.basis.to(kind)
    block = by_point.new_empty(min(VIEWS_AT_ONCE, views), rows, points, width)
    lanes = list(spans(batch.views_per_lane()))
    for start in range(0, views, VIEWS_AT_ONCE):
        part = slice(start, min(start + VIEWS_AT_ONCE, views))
        held = block[: part.stop - part.start]
        held[..., :POSE] = pose[part]
        if single:
            out = held.flatten(0, 1).transpose(0, 1)[..., POSE:]
            torch.bmm(by_point[part].flatten(0, 1).transpose(0, 1), basis, out=out)
        else:
            torch.sum(by_point[part][..., None] * basis[part][:, None], dim=3, out=held[..., POSE:])
            _add_identity_rows(shared, held[..., edge:], lanes, part)
        flat = held.flatten(1, 2)
        gram[part] += torch.bmm(flat[..., :edge].mT, flat)
    if single:
        for lane, span in enumerate(lanes):
            turned = by_point[span].flatten(0, 1).transpose(0, 1)
            curvature = turned.mT @ turned
            own = basis[..., edge - POSE :]
            pulled = torch.bmm(curvature, own).flatten(0, 1)
            shared[lane, : width - edge, : width - edge] += own.flatten(0, 1).T @ pulled


def _add_identity_rows(shared: Tensor, rows: Tensor, lanes: list[slice], part: slice) -> None:
    size = rows.shape[-1]
    for lane, span in enumerate(lanes):
        low, high = max(span.start, part.start) - part.start, min(span.stop, part.stop) - part.start
        if low < high:
            own = rows[low:high].reshape(-1, size)
            shared[lane, :size, :size] += own.T @ own


def place_focal_slopes(local: Float[Tensor, "i l"], shared: Float[Tensor, "b s"], batch: LandmarkBatch) -> None:
    """Move the focal column of each instant to where its unknown is, in place; away where it is known."""
    if batch.focals:
        rows, lane, which = _shared_focals(batch)
        where = shared.shape[1] - batch.focals + which
        shared.index_put_((lane, where), local[rows, FOCAL], accumulate=True)
    local[~batch.own_focal, FOCAL] = 0.0


def _shared_focals(batch: LandmarkBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Instants whose focal length is shared, their lanes, and which of the lane's it is."""
    which = torch.full_like(batch.own_focal, -1, dtype=torch.long)
    which = which.index_put((batch.instant,), batch.shared_focal)
    rows = (which >= 0).nonzero()[:, 0]
    return rows, batch.lane_of_instant()[rows], which[rows]


def _place_focals(system: ArrowSystem, batch: LandmarkBatch, *, identity: int) -> None:
    """The same for rows and columns of the Hessian, and its gradient."""
    if batch.focals:
        rows, lane, which = _shared_focals(batch)
        where = identity + which
        system.cross[rows, :, where] = system.local[rows, :, FOCAL]
        together = system.cross[rows, FOCAL, :identity].double()
        rows_below = system.shared[:, identity:, :identity]
        rows_below.index_put_((lane, which), together, accumulate=True)
        system.shared[:, :identity, identity:] = rows_below.mT
        own = system.local[rows, FOCAL, FOCAL].double()
        system.shared.index_put_((lane, where, where), own, accumulate=True)
    place_focal_slopes(system.local_gradient, system.shared_gradient, batch)
    away = ~batch.own_focal
    system.local[away, FOCAL, :] = 0.0
    system.local[away, :, FOCAL] = 0.0
    system.cross[away, FOCAL, :] = 0.0
