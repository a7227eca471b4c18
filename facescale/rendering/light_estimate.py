"""Spherical-harmonics light from colours, albedo and normals, in closed form. Knows no images or meshes."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.rendering.spherical_harmonics import BANDS, lambertian, sh_basis


@dataclass(frozen=True, kw_only=True)
class LightEstimateConfig:
    """How light is estimated."""

    reweightings: int = 4
    """0 is plain least squares. INORig's weights need the residual of a solution: the first is unweighted, each
    further one takes its weights from the last."""
    residual_floor: float = 1 / 255
    """Of the norm over the colour channels, in linear light from 0 to 1."""
    albedo_floor: float = 0.05
    ridge: float = 1e-6
    """Added to the mean of the normal matrix's diagonal: light of directions that no normal sees stays 0."""

    def __post_init__(self) -> None:
        if self.reweightings < 0:
            raise ValueError(f"expected 0 or more reweightings, got {self.reweightings}")
        if not all(x > 0 and math.isfinite(x) for x in (self.residual_floor, self.albedo_floor, self.ridge)):
            raise ValueError(f"expected floors and ridge above 0, got {self}")


@dataclass(frozen=True, kw_only=True)
class LightEstimate:
    """Light of each row of the batch, and how well it explains the colours."""

    light: Float[Tensor, "b 9 c"]
    """Coefficients of the received light, for `lambertian`; 0 where no point counts."""
    residual: Float[Tensor, "b n"]
    """Norm over the channels of what is left; also of points that did not count."""
    weights: Float[Tensor, "b n c"]
    """Of the last solution."""


def estimate_light(
    colours: Float[Tensor, "b n c"],
    albedo: Float[Tensor, "b n c"],
    normals: Float[Tensor, "b n 3"],
    counted: Bool[Tensor, "b n"],
    *,
    config: LightEstimateConfig | None = None,
) -> LightEstimate:
    """Solve for the light under which Lambertian points of known albedo have the colours seen.

    Minimises the sum of w |colour - albedo * (basis @ light)|^2. INORig's equation 11 (Bai et al. 2021) sets
    w = albedo^-0.5 |residual|^-1.5, here for each channel by its own albedo and with the residual's norm over
    all channels: points that the light cannot explain, such as hair, shadow and gloss, count little. The
    weights are constants of the derivative.

    Args:
        colours: linear, as sampled from an image.
        albedo: linear.
        normals: of unit length, in the frame that the light is wanted in.
        counted: which points are seen and of skin.
        config: how.

    Differentiable in: colours, albedo, normals.
    """
    config = config or LightEstimateConfig()
    use = counted[..., None].to(colours.dtype).expand_as(colours)
    light = solve_light(colours, albedo, normals, use, ridge=config.ridge)
    weights = use
    for _ in range(config.reweightings):
        left = _residual(colours, albedo, normals, light).detach().clamp_min(config.residual_floor)
        by_albedo = albedo.detach().clamp_min(config.albedo_floor).rsqrt()
        weights = use * by_albedo * left[..., None].pow(-1.5)
        light = solve_light(colours, albedo, normals, weights, ridge=config.ridge)
    return LightEstimate(light=light, residual=_residual(colours, albedo, normals, light), weights=weights)


def solve_light(
    colours: Float[Tensor, "b n c"],
    albedo: Float[Tensor, "b n c"],
    normals: Float[Tensor, "b n 3"],
    weights: Float[Tensor, "b n c"],
    *,
    ridge: float,
) -> Float[Tensor, "b 9 c"]:
    """Weighted least squares for the nine coefficients of each channel, by normal equations in float64.

    Differentiable in: colours, albedo, normals, weights.
    """
    basis = sh_basis(normals.double())
    shade, seen, weight = (x.double().mT for x in (albedo, colours, weights))
    products = (basis[..., :, None] * basis[..., None, :]).flatten(-2)
    matrix = ((weight * shade.square()) @ products).unflatten(-1, (BANDS, BANDS))
    right = (weight * shade * seen) @ basis
    mean = matrix.diagonal(dim1=-2, dim2=-1).mean(-1)
    # Without any weight the matrix is that of the ridge alone, and the light is 0.
    load = ridge * mean.where(mean > 0, 1.0)
    matrix = matrix + load[..., None, None] * torch.eye(BANDS, dtype=matrix.dtype, device=matrix.device)
    return torch.linalg.solve(matrix, right[..., None])[..., 0].mT.to(colours.dtype)


def _residual(colours: Tensor, albedo: Tensor, normals: Tensor, light: Tensor) -> Tensor:
    return (colours - lambertian(albedo, normals, light)).norm(dim=-1)
