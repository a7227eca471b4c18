"""A fitted head as a neutral shape and the offsets of its expressions, as rigs and file formats hold it.

Built from the contract of template heads alone; knows nothing of files, poses or of any one model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from facescale.heads.arkit_names import arkit_name, arkit_sums
from facescale.heads.template import AbstractTemplateHead, ParameterBlock

EXPRESSION = "expression"
"""The block whose coefficients become blendshapes; all other blocks stay in the neutral shape."""


@dataclass(frozen=True, kw_only=True)
class Blendshapes:
    """Vertices = neutral + sum over k of weights[k] * offsets[k], in mm and the head frame."""

    names: tuple[str, ...]
    """ARKit's spelling where ARKit has the expression, the head's own otherwise."""
    neutral: Float[np.ndarray, "v 3"]
    """The subject with every expression coefficient zero."""
    offsets: Float[np.ndarray, "k v 3"]
    """Displacement of each expression at full activation."""
    weights: Float[np.ndarray, "k"]
    """The fitted activations; zero for sums."""
    sums: Mapping[str, tuple[str, str]]
    """Further shapes that are the sum of two others, so that a driver of ARKit names finds them."""
    residual_mm: float
    """How far the blend is from the head itself at the fitted expression; zero but for rounding where the
    head is linear in its expressions."""


def blendshapes(head: AbstractTemplateHead, params: Mapping[str, Float[np.ndarray, "_"]]) -> Blendshapes:
    """Take a head's expressions apart at a subject.

    Args:
        head: on the CPU.
        params: fitted coefficients by block name; a missing block is at its prior mean.

    Returns:
        No shapes where the head has no block "expression".

    Raises:
        ValueError: a block that the head does not have, or of another size.
    """
    fitted = {name: torch.from_numpy(np.array(value, np.float32))[None] for name, value in params.items()}
    block = next((block for block in head.blocks if block.name == EXPRESSION), None)
    if block is None or block.size == 0:
        shape = (head.evaluate(fitted)[0] if fitted else head.mean_vertices()).numpy()
        nothing = np.zeros((0, *shape.shape), shape.dtype)
        return Blendshapes(
            names=(), neutral=shape, offsets=nothing, weights=np.zeros(0), sums={}, residual_mm=0.0
        )
    weights = fitted.get(EXPRESSION, block.prior_mean[None].float())
    others = {name: value for name, value in fitted.items() if name != EXPRESSION}
    poses = torch.cat([torch.zeros(1, block.size), torch.eye(block.size), weights])
    rows = {name: value.expand(len(poses), -1) for name, value in others.items()}
    with torch.no_grad():
        shapes = head.evaluate({**rows, EXPRESSION: poses}).numpy()
    neutral, offsets, whole = shapes[0], shapes[1:-1] - shapes[0], shapes[-1]
    own = _names(block)
    sums = arkit_sums(own)
    places = {name: k for k, name in enumerate(own)}
    added = [offsets[places[left]] + offsets[places[right]] for left, right in sums.values()]
    plain = weights[0].numpy()
    blend = neutral + np.tensordot(plain, offsets, axes=1)
    return Blendshapes(
        names=(*map(arkit_name, own), *sums),
        neutral=neutral,
        offsets=np.concatenate([offsets, np.stack(added)]) if added else offsets,
        weights=np.concatenate([plain, np.zeros(len(sums), plain.dtype)]),
        sums=sums,
        residual_mm=float(np.linalg.norm(blend - whole, axis=1).max()),
    )


def _names(block: ParameterBlock) -> tuple[str, ...]:
    return block.names or tuple(f"{block.name}_{k:03d}" for k in range(block.size))
