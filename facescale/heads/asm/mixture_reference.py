"""The float64 twin of `asm.mixture`: all bones at all places, densities written with Sigma itself. Slow."""

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.mixture import Mixture, Offsets


def weights_reference(
    mixture: Mixture, offsets: Offsets, uv: Float[Tensor, "n 2"], head: int
) -> Float[Tensor, "b n j"]:
    """Skinning weights of every bone at every place.

    Differentiable in: offsets, uv.
    """
    rows = []
    for lane in range(len(offsets.pi)):
        columns = []
        for bone in range(mixture.share.shape[0]):
            total = torch.full_like(uv[:, 0].double(), mixture.floor if bone == head else 0.0)
            for component in range(mixture.share.shape[1]):
                p, (a, c, b) = offsets.pi[lane, bone, component], offsets.sigma[lane, bone, component].double()
                zero = torch.zeros_like(a)
                own = torch.stack([torch.stack([a.exp(), zero]), torch.stack([c, b.exp()])])
                factor = mixture.factor[bone, component].double() @ own
                away = uv.double() - mixture.middle[bone, component] - offsets.mu[lane, bone, component]
                squared = (away * (away @ torch.linalg.inv(factor @ factor.T))).sum(dim=1)
                total = total + mixture.share[bone, component] * p.double().exp() * (-squared / 2).exp()
            columns.append(total)
        amplitudes = torch.stack(columns, dim=1)
        rows.append(amplitudes / amplitudes.sum(dim=1, keepdim=True))
    return torch.stack(rows)
