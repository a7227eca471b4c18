"""Spherical-harmonics light of order 2: the basis constants, written down once, and Lambertian shading.

The nine bands are in the order (l, m) = (0,0), (1,-1), (1,0), (1,1), (2,-2), (2,-1), (2,0), (2,1), (2,2), real
and orthonormal over the sphere (Ramamoorthi and Hanrahan 2001). Light and normals must be in one frame: the
world's for calibrated views, the camera's for weak perspective.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

BANDS = 9
_CONSTANT = math.sqrt(1 / (4 * math.pi))
_LINEAR = math.sqrt(3 / (4 * math.pi))
_PRODUCT = math.sqrt(15 / (4 * math.pi))
_ZONAL = math.sqrt(5 / (16 * math.pi))
_DIFFERENCE = math.sqrt(15 / (16 * math.pi))
COSINE_LOBE = (1.0, *[2 / 3] * 3, *[1 / 4] * 5)
"""What a Lambertian surface makes of each band of the light around it: the clamped cosine's share over pi."""


def sh_basis(directions: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 9"]:
    """Evaluate the nine functions.

    Args:
        directions: of unit length.

    Differentiable in: directions.
    """
    x, y, z = directions.unbind(-1)
    return torch.stack(
        [
            torch.full_like(x, _CONSTANT),
            _LINEAR * y,
            _LINEAR * z,
            _LINEAR * x,
            _PRODUCT * x * y,
            _PRODUCT * y * z,
            _ZONAL * (3 * z * z - 1),
            _PRODUCT * x * z,
            _DIFFERENCE * (x * x - y * y),
        ],
        dim=-1,
    )


def irradiance(radiance: Float[Tensor, "*b 9 c"]) -> Float[Tensor, "*b 9 c"]:
    """Light as a surface receives it from light as it comes from all around, over pi.

    Args:
        radiance: coefficients of the environment. A white environment of radiance 1 shades a white surface to
        1.

    Differentiable in: radiance.
    """
    lobe = torch.tensor(COSINE_LOBE, dtype=radiance.dtype, device=radiance.device)
    return radiance * lobe[:, None]


def lambertian(
    albedo: Float[Tensor, "b *n c"], normals: Float[Tensor, "b *n 3"], light: Float[Tensor, "b 9 c"]
) -> Float[Tensor, "b *n c"]:
    """Colour of surface points: albedo times what light says at the normal (INORig section 3.2.1).

    Args:
        albedo: linear, of points or pixels.
        normals: of unit length, in the frame of `light`.
        light: coefficients of the received light, see `irradiance`.

    Returns:
        Linear colours; may be negative where the light's coefficients say so.

    Differentiable in: all.
    """
    basis = sh_basis(normals)
    received = (basis.flatten(1, -2) @ light).reshape(*basis.shape[:-1], light.shape[-1])
    return albedo * received
