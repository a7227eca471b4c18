"""The Brown-Conrady distortion k1 k2 p1 p2 k3 of OpenCV, in normalised coordinates. Knows nothing of pixels.

With r^2 = x^2 + y^2 and L = 1 + k1 r^2 + k2 r^4 + k3 r^6:
    x' = L x + 2 p1 x y + p2 (r^2 + 2 x^2)
    y' = L y + p1 (r^2 + 2 y^2) + 2 p2 x y
The map is the gradient of a potential, so it is one-to-one on a disc on which its Jacobian is positive
definite. `one_to_one_radius` is that of the largest disc where this follows from the coefficients; beyond it
the polynomial folds back and would put points from outside the field of view into the image.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

WIDEST = 4.0
"""Largest radius that a distorted camera is trusted at: half a field of view of 76 degrees."""
_SAMPLES = 1024
_BISECTIONS = 34
_HALVINGS, _RADIAL_STEPS, _NEWTON_STEPS = 6, 12, 16
_INNER = 0.97
_ACCURACY = 1e-10
_SINGULAR = 1e-12


def distort(points: Float[Tensor, "*b n 2"], coefficients: Float[Tensor, "*b 5"]) -> Float[Tensor, "*b n 2"]:
    """Bend normalised coordinates. Meaningful within `one_to_one_radius` only.

    Differentiable in: points, coefficients.
    """
    x, y = points.unbind(-1)
    k1, k2, p1, p2, k3 = coefficients[..., None, :].unbind(-1)
    squared = x * x + y * y
    radial = 1 + squared * (k1 + squared * (k2 + squared * k3))
    cross = 2 * x * y
    return torch.stack(
        [
            x * radial + p1 * cross + p2 * (squared + 2 * x * x),
            y * radial + p1 * (squared + 2 * y * y) + p2 * cross,
        ],
        dim=-1,
    )


def distortion_jacobians(
    points: Float[Tensor, "*b n 2"], coefficients: Float[Tensor, "*b 5"]
) -> tuple[Float[Tensor, "*b n 2 2"], Float[Tensor, "*b n 2 5"]]:
    """Derivatives of `distort` by its points and by its coefficients."""
    x, y = points.unbind(-1)
    k1, k2, p1, p2, k3 = coefficients[..., None, :].unbind(-1)
    squared = x * x + y * y
    radial = 1 + squared * (k1 + squared * (k2 + squared * k3))
    slope = k1 + squared * (2 * k2 + 3 * squared * k3)
    mixed = 2 * x * y * slope + 2 * (p1 * x + p2 * y)
    by_points = torch.stack(
        [
            radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x,
            mixed,
            mixed,
            radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x,
        ],
        dim=-1,
    ).unflatten(-1, (2, 2))
    powers = torch.stack([squared, squared**2, squared**3], dim=-1)
    cross = 2 * x * y
    rows = []
    for own, tangential in ((x, (cross, squared + 2 * x * x)), (y, (squared + 2 * y * y, cross))):
        along = own[..., None] * powers
        rows.append(torch.stack([along[..., 0], along[..., 1], *tangential, along[..., 2]], dim=-1))
    return by_points, torch.stack(rows, dim=-2)


@torch.no_grad()
def one_to_one_radius(coefficients: Float[Tensor, "*b 5"]) -> Float[Tensor, "*b"]:
    """Radius of the disc of normalised coordinates on which the distortion is one-to-one.

    Infinity without distortion, else at most `WIDEST`. With tangential terms the bound is safe, not sharp.
    Float64, whatever the type of the coefficients.
    """
    k = coefficients.double()
    radii = torch.linspace(0, WIDEST, _SAMPLES + 1, dtype=torch.float64, device=k.device)
    fails = _least_stretch(radii, k[..., None, :]) <= 0
    first = fails.to(torch.int8).argmax(-1)
    high = radii[first]
    low = high - WIDEST / _SAMPLES
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        good = _least_stretch(middle, k) > 0
        low, high = torch.where(good, middle, low), torch.where(good, high, middle)
    radius = torch.where(fails.any(-1), low, WIDEST)
    return torch.where((k == 0).all(-1), torch.inf, radius)


def _least_stretch(radius: Tensor, k: Tensor) -> Tensor:
    """A lower bound of the Jacobian's eigenvalues on a circle about the centre.

    Those of the radial part are d(r L)/dr and L; the tangential part moves them by at most 6 |p| r.
    """
    k1, k2, p1, p2, k3 = k.unbind(-1)
    s = radius.square()
    across = 1 + s * (k1 + s * (k2 + s * k3))
    along = 1 + s * (3 * k1 + s * (5 * k2 + s * 7 * k3))
    return torch.minimum(across, along) - 6 * torch.hypot(p1, p2) * radius


def undistort(
    points: Float[Tensor, "*b n 2"], coefficients: Float[Tensor, "*b 5"]
) -> tuple[Float[Tensor, "*b n 2"], Bool[Tensor, "*b n"]]:
    """Invert `distort` on its one-to-one disc.

    The radial part is solved along the ray by bisection and bracketed Newton steps, the whole by damped Newton
    steps from there, in float64; a solution counts if it lies in the disc and reproduces its point to 1e-10.

    Returns:
        Points, NaN with a gradient of zero where there is no solution; and where there is one.

    Differentiable in: points, coefficients, twice.
    """
    with torch.no_grad():
        target, k = points.double(), coefficients.double()
        radius = one_to_one_radius(k)[..., None]
        found = _solve(target, k, radius)
        miss = (distort(found, k) - target).norm(dim=-1)
        tolerance = _ACCURACY * (1 + target.norm(dim=-1))
        usable = (miss < tolerance) & (found.norm(dim=-1) < radius)
        start = torch.where(usable[..., None], found, 0.0).to(points.dtype)
    wanted = torch.where(usable[..., None], points, 0.0)
    # Two steps from the solution leave its value alone and make first and second derivatives exact.
    result = start
    for _ in range(2):
        result = torch.where(usable[..., None], _newton(result, wanted, coefficients), 0.0)
    return torch.where(usable[..., None], result, torch.nan), usable


def _solve(target: Tensor, k: Tensor, radius: Tensor) -> Tensor:
    """Find the point of the disc that distorts to the target, or something that does not reproduce it."""
    length = target.norm(dim=-1)
    k1, k2, _, _, k3 = k[..., None, :].unbind(-1)
    low = torch.zeros_like(length)
    high = torch.where(radius.isfinite(), radius, length).expand_as(length)
    r = torch.minimum(length, high)
    for step in range(_RADIAL_STEPS):
        s = r.square()
        value = r * (1 + s * (k1 + s * (k2 + s * k3))) - length
        slope = 1 + s * (3 * k1 + s * (5 * k2 + s * 7 * k3))
        low, high = torch.where(value <= 0, r, low), torch.where(value > 0, r, high)
        newton = r - value / torch.where(slope > 0, slope, 1.0)
        inside = (slope > 0) & (newton >= low) & (newton <= high)
        # Newton alone can run to and fro within its bracket for ever.
        r = torch.where(inside & (step >= _HALVINGS), newton, (low + high) / 2)
    point = target * (r / torch.where(length > 0, length, 1.0))[..., None]
    # The radial estimate may lie on the rim, where Newton's method would leave the disc.
    point = torch.where((r > _INNER * radius)[..., None], _INNER * point, point)
    miss, share = (distort(point, k) - target).norm(dim=-1), torch.ones_like(length)
    for _ in range(_NEWTON_STEPS):
        candidate = point + share[..., None] * (_newton(point, target, k) - point)
        left = (distort(candidate, k) - target).norm(dim=-1)
        better = (left < miss) & (candidate.norm(dim=-1) < radius)
        point = torch.where(better[..., None], candidate, point)
        miss = torch.where(better, left, miss)
        share = torch.where(better, 1.0, share / 2)
    return point


def _newton(point: Tensor, target: Tensor, k: Tensor) -> Tensor:
    """One Newton step of the equation distort(point) = target."""
    jacobian, _ = distortion_jacobians(point, k)
    (a, b), (c, d) = (jacobian[..., i, :].unbind(-1) for i in range(2))
    determinant = a * d - b * c
    determinant = torch.where(determinant.abs() > _SINGULAR, determinant, 1.0)
    x, y = (distort(point, k) - target).unbind(-1)
    return point - torch.stack([d * x - b * y, a * y - c * x], dim=-1) / determinant[..., None]
