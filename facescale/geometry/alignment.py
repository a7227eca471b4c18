"""Weighted least-squares rigid and similarity alignment of paired points. Knows nothing of correspondences."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

# Added to the correlation's diagonal, relative to its size: where the pairs leave a rotation open, the one
# nearest the identity wins; where they do not, it moves nothing above rounding.
TIE_BREAK = 1e-12
# Second over first spread of the source below which a turn about its line is open.
COLLINEAR = 1e-6
# Of the largest coordinate: what subtracting a mean in float64 leaves of equal numbers.
ROUNDING = 1e-14


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """x -> scale * rotation @ x + translation, one a batch row; float64."""

    scale: Float[Tensor, "b"]
    rotation: Float[Tensor, "b 3 3"]
    translation: Float[Tensor, "b 3"]
    determined: Bool[Tensor, "b"]
    """False where the pairs leave a rotation open: fewer than three, coincident or collinear points."""

    def __call__(self, points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
        """Move points; computed in float64, returned in the type of `points`."""
        moved = self.scale[:, None, None] * points.double() @ self.rotation.mT + self.translation[:, None]
        return moved.to(points.dtype)

    def inverse(self) -> "Similarity":
        """The map that undoes this one."""
        back = self.rotation.mT
        scale = 1.0 / self.scale
        shift = -scale[:, None] * (back @ self.translation[..., None])[..., 0]
        return Similarity(scale=scale, rotation=back, translation=shift, determined=self.determined)


@torch.no_grad()
def align(
    source: Float[Tensor, "b n 3"],
    target: Float[Tensor, "b n 3"],
    weights: Float[Tensor, "b n"] | None = None,
    *,
    scale: bool = False,
) -> Similarity:
    """Find the motion that takes source to target with least weighted squares (Kabsch 1976, Umeyama 1991).

    Never a reflection. Where pairs leave the rotation open, the smallest one that fits is taken: no turn for
    coincident points, the shortest for a line. Without any weight the result is the identity; without
    spread of the source the scale is 1. A pair of weight zero may hold NaN.

    Args:
        source: points.
        target: their partners.
        weights: of pairs, not negative; all equal where None.
        scale: also find a scale, else it is 1.

    Raises:
        ValueError: a negative or NaN weight, or a weighted point that is not finite.
    """
    if weights is None:
        weights = torch.ones_like(source[..., 0])
    if not bool((weights >= 0).all()):
        raise ValueError(f"expected weights of at least zero, got {weights.min().item()}")
    used = (weights > 0)[..., None]
    a, b = (torch.where(used, x.double(), 0.0) for x in (source, target))
    if not bool(a.isfinite().all() and b.isfinite().all()):
        raise ValueError("expected finite points wherever the weight is positive, got NaN or infinity")
    total = weights.double().sum(dim=1)
    share = (weights.double() / total.where(total > 0, 1.0)[:, None])[..., None]
    centre_a, centre_b = (share * a).sum(1), (share * b).sum(1)
    a, b = _without_rounding(a, centre_a), _without_rounding(b, centre_b)
    rotation = _nearest_rotation((share * b).mT @ a)
    spread = (share * a.square()).sum((1, 2))
    factor = torch.ones_like(total)
    if scale:
        along = (a @ rotation.mT) * b * share
        found = along.sum((1, 2)) / spread.where(spread > 0, 1.0)
        factor = found.where((spread > 0) & (found > 0), 1.0)
    translation = centre_b - factor[:, None] * (rotation @ centre_a[..., None])[..., 0]
    widths = torch.linalg.eigvalsh((share * a).mT @ a).clamp_min(0).sqrt()
    determined = (widths[:, 1] > COLLINEAR * widths[:, 2]) & (total > 0)
    return Similarity(scale=factor, rotation=rotation, translation=translation, determined=determined)


def _without_rounding(points: Tensor, centre: Tensor) -> Tensor:
    """Subtract the centre; a spread that is only its rounding becomes zero."""
    floor = ROUNDING * points.abs().amax(dim=(1, 2), keepdim=True) if points.shape[1] else 0.0
    offset = points - centre[:, None]
    return torch.where(offset.abs() > floor, offset, 0.0)


def _nearest_rotation(correlation: Tensor) -> Tensor:
    """Rotation with the greatest inner product with a 3x3 matrix, ties broken towards the identity."""
    size = correlation.abs().amax(dim=(1, 2))
    eye = torch.eye(3, dtype=correlation.dtype, device=correlation.device)
    step = TIE_BREAK * size.where(size > 0, 1.0)
    u, _, vt = torch.linalg.svd(correlation + step[:, None, None] * eye)
    flip = torch.ones_like(u[:, 0])
    flip[:, 2] = torch.linalg.det(u @ vt).sign()
    return (u * flip[:, None]) @ vt
