"""From diffused weights to the mixtures that stand for them: moments first, then all bones together.

Runs once a topology, see benchmarks/asm_weights.py. Knows nothing of heads.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.mixture import SPREAD, Mixture, Offsets, amplitudes, within_reach

FLOOR = 0.02
"""The head bone's amplitude where the others' are about 1: what it keeps of the middle of the face."""
EM_ROUNDS = 25
LEAST_SPREAD = 2e-3
"""Of the chart's side: about a millimetre."""
RATE = 0.03


def fit_mixture(
    weights: Float[np.ndarray, "n j"],
    uv: Float[np.ndarray, "n 2"],
    area: Float[np.ndarray, "n"],
    *,
    head: int,
    components: int,
    steps: int,
) -> Mixture:
    """Fit every bone's mixture to its weights.

    Args:
        weights: of the bones at places of the chart; a column of zeros for a bone without skin.
        uv: the places.
        area: of the skin around each.
        head: the bone whose weight is what the others leave.
        components: Gaussians a bone.
        steps: of the descent of all bones together, on weights after normalisation.
    """
    bones = weights.shape[1]
    share, middle = np.zeros((bones, components)), np.full((bones, components, 2), 0.5)
    factor = np.tile(np.eye(2) * 0.1, (bones, components, 1, 1))
    for bone in range(bones):
        if bone != head and weights[:, bone].any():
            share[bone], middle[bone], factor[bone] = _moments(weights[:, bone], uv, area, components)
    start = Mixture(
        share=torch.from_numpy(share).float(),
        middle=torch.from_numpy(middle).float(),
        factor=torch.from_numpy(factor).float(),
        floor=FLOOR,
    )
    return _descended(start, torch.from_numpy(weights).float(), torch.from_numpy(uv).float(), area, head, steps)


def moved(mixture: Mixture, offsets: Offsets) -> Mixture:
    """The mixture at the offsets of one lane, as a new initial one."""
    a, c, b = offsets.sigma[0].unbind(-1)
    own = torch.zeros_like(mixture.factor)
    own[..., 0, 0], own[..., 1, 0], own[..., 1, 1] = a.exp(), c, b.exp()
    return Mixture(
        share=mixture.share * offsets.pi[0].exp(),
        middle=mixture.middle + offsets.mu[0],
        factor=mixture.factor @ own,
        floor=mixture.floor,
    )


def _moments(
    weight: Float[np.ndarray, "n"], uv: Float[np.ndarray, "n 2"], area: Float[np.ndarray, "n"], components: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expectation maximisation with the weights as masses, and the amplitudes that suit them."""
    mass = np.where(weight > 0.01, weight, 0) * area  # noqa: PLR2004 - far tails would widen all
    places, mass = uv[mass > 0], mass[mass > 0]
    mass = mass / mass.sum()
    mean = mass @ places
    centred = places - mean
    _value, axes = np.linalg.eigh((centred * mass[:, None]).T @ centred)
    along = centred @ axes[:, 1]
    cuts = np.quantile(along, np.linspace(0, 1, components + 1)[1:-1])
    belongs = np.eye(components)[np.searchsorted(cuts, along)]
    total = middle = spread = squared = np.zeros(0)
    for _ in range(EM_ROUNDS):
        held = belongs * mass[:, None]
        total = held.sum(axis=0) + 1e-12
        middle = held.T @ places / total[:, None]
        away = places[:, None] - middle
        spread = np.einsum("nk,nki,nkj->kij", held, away, away) / total[:, None, None]
        spread += LEAST_SPREAD**2 * np.eye(2)
        squared = np.einsum("nki,kij,nkj->nk", away, np.linalg.inv(spread), away)
        density = total / np.sqrt(np.linalg.det(spread)) * np.exp(-squared / 2)
        belongs = density / (density.sum(axis=1, keepdims=True) + 1e-300)
    shape = np.exp(-squared / 2) @ (total / np.sqrt(np.linalg.det(spread)))
    amplitude = weight[np.where(weight > 0.01, weight, 0) * area > 0]  # noqa: PLR2004 - as above
    gain = (mass * shape * amplitude).sum() / (mass * shape * shape).sum()
    return gain * total / np.sqrt(np.linalg.det(spread)), middle, np.linalg.cholesky(spread)


def _descended(
    start: Mixture,
    weights: Float[Tensor, "n j"],
    uv: Float[Tensor, "n 2"],
    area: Float[np.ndarray, "n"],
    head: int,
    steps: int,
) -> Mixture:
    """Adam on the squared errors of normalised weights, offsets in units that suit each."""
    reach = within_reach(start, uv, head, negligible=1e-3 / SPREAD)
    wanted = weights.gather(1, reach.bones)
    # spare slots stand on the root, which has no amplitude and of which nothing is wanted
    wanted[reach.bones == 0] = 0.0
    importance = torch.from_numpy(area / area.sum()).float()[:, None]
    bones, components = start.share.shape
    scale = start.factor.diagonal(dim1=-2, dim2=-1).mean(dim=-1, keepdim=True)
    leaves = [torch.zeros(1, bones, components, width, requires_grad=True) for width in (1, 2, 3)]

    def offsets() -> Offsets:
        return Offsets(pi=leaves[0][..., 0], mu=leaves[1] * scale, sigma=leaves[2])

    optimiser = torch.optim.Adam(leaves, lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1))
    for _ in range(steps):
        optimiser.zero_grad()
        found = amplitudes(start, offsets(), uv, reach)[0]
        found = found / found.sum(dim=1, keepdim=True)
        ((found - wanted).square() * importance).sum().backward()
        optimiser.step()
        schedule.step()
    with torch.no_grad():
        return moved(start, offsets())
