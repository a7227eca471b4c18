"""A fitted ASM head with four weights a vertex. Knows the head and its priors, and no file."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.coefficients import pose_of
from facescale.heads.asm.head import AsmHead
from facescale.heads.asm.skeleton import BONES, NAMES, PARENTS
from facescale.heads.bone_chain import TAU, chain
from facescale.heads.bone_skin import BoneSkin, blended, refitted

DRAWN = 12
"""Poses drawn from the prior beside the fitted one."""
CHECKED = 4
"""Further ones by which the refit is judged."""
SPREAD = 0.5
"""Of the prior's deviations: a pose's tau is the fitted one with so much added."""


def four_weights_of(head: AsmHead, params: Mapping[str, Float[np.ndarray, "_"]]) -> BoneSkin:
    """Refit a subject's weights to four a vertex over the fitted pose and drawn ones.

    Binding and weights are the subject's own; the fitted pose counts as much as all drawn ones together.

    Args:
        head: on the CPU.
        params: fitted coefficients by block name; a missing block is at its prior mean.

    Raises:
        ValueError: a block that the head does not have, or of another size.
    """
    fitted = {name: torch.from_numpy(np.array(value, np.float32))[None] for name, value in params.items()}
    for block in head.blocks:
        if block.name in TAU:
            fitted.setdefault(block.name, block.prior_mean[None].float())
    with torch.no_grad():
        wanted = head.evaluate(fitted)[0].double()
        weights = head.weights(fitted)[0].double()
        place = head.bones_at(fitted)[0]
        pose = pose_of(fitted, fitted[TAU[0]][:, 0])
        rows = _around(head, fitted)
        posed = chain(pose_of(rows, rows[TAU[0]][:, 0]), place.expand(len(rows[TAU[0]]), -1, -1), PARENTS)
        linear, shift = posed.linear.double(), posed.shift.double()
        rest, used = head.zero.double(), 1 + DRAWN
        joints, four = refitted(weights, rest, linear[:used], shift[:used], [1.0, *[1 / DRAWN] * DRAWN])
        few = torch.zeros(len(rest), BONES, dtype=torch.float64)
        few.scatter_add_(1, torch.from_numpy(joints), torch.from_numpy(four).double())
        missing = wanted - blended(few, rest, linear[0], shift[0])
        later = [
            (blended(few, rest, *each) - blended(weights, rest, *each)).norm(dim=1).mean()
            for each in zip(linear[used:], shift[used:], strict=True)
        ]
        turned = (few @ linear[0].flatten(1)).unflatten(1, (3, 3))
        remainder = torch.linalg.solve(turned, missing[..., None])[..., 0]
    distance = missing.norm(dim=1)
    return BoneSkin(
        names=tuple(f"{bone} {name}" for bone, name in enumerate(NAMES)),
        parents=PARENTS,
        place=place.double().numpy(),
        rotation=posed.turn[0].double().numpy(),
        translation=pose.translation[0].double().numpy(),
        scale=pose.scale[0].double().exp().numpy(),
        rest=head.zero.numpy(),
        joints=joints,
        weights=four,
        remainder=remainder.numpy(),
        error_mm=float(distance.mean()),
        worst_mm=float(distance.max()),
        drawn_error_mm=float(torch.stack(later).mean()),
    )


def _around(head: AsmHead, fitted: Mapping[str, Float[Tensor, "1 _"]]) -> dict[str, Float[Tensor, "n _"]]:
    """Tau as it was fitted, then with something drawn added, always the same."""
    generator = torch.Generator().manual_seed(0)
    found = {}
    for block in head.blocks:
        if block.name in TAU:
            drawn = torch.randn(DRAWN + CHECKED, block.size, generator=generator)
            moved = fitted[block.name] + SPREAD * block.prior_std.float() * drawn
            moved = torch.maximum(torch.minimum(moved, block.upper.float()), block.lower.float())
            found[block.name] = torch.cat([fitted[block.name], moved])
    return found
