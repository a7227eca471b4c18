"""The decoder of a CoMA checkpoint: its state by pytorch_coma's names, and meshes. Reads no file."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from facescale.heads.coma_files import decoder_layers
from facescale.heads.graph_decoder import Convolution, GraphDecoder
from facescale.heads.mesh_pyramid import Pyramid
from facescale.heads.sparse_graphs import laplacian, sparse_rows


def tensors(weights: Mapping[str, np.ndarray]) -> Mapping[str, Tensor]:
    """Arrays as tensors."""
    return {name: torch.from_numpy(array) for name, array in weights.items()}


def decoder_of(state: Mapping[str, Tensor], levels: Pyramid, last_level: int) -> GraphDecoder:
    """Make the decoder.

    Args:
        state: `dec_lin.weight`, `dec_lin.bias` and, a convolution each, `cheb_dec.N.weight` (orders, in, out)
            and `cheb_dec.N.bias`, which the last lacks.
        levels: of the template.
        last_level: whose graph the last convolution runs on.

    Raises:
        ValueError: a part that is missing or of another shape.
    """
    count = decoder_layers(state)
    layers = []
    for number in range(count):
        kernel = _part(state, f"cheb_dec.{number}.weight", 3)
        name = f"cheb_dec.{number}.bias"
        bias = _part(state, name, 1) if name in state else kernel.new_zeros(kernel.shape[2])
        if len(bias) != kernel.shape[2]:
            raise ValueError(f"expected {kernel.shape[2]} numbers in {name}, got {len(bias)}")
        graph = count - 2 - number if number < count - 1 else last_level
        layers.append(Convolution(weight=kernel, bias=bias, graph=graph))
    weight, bias = _part(state, "dec_lin.weight", 2), _part(state, "dec_lin.bias", 1)
    if len(weight) != len(bias) or weight.shape[1] == 0:
        raise ValueError(f"expected dec_lin.weight ({len(bias)}, latents), got {tuple(weight.shape)}")
    return GraphDecoder(
        weight=weight,
        bias=bias,
        ups=tuple(sparse_rows(up) for up in reversed(levels.ups)),
        graphs=tuple(laplacian(edges, size) for edges, size in zip(levels.edges, levels.sizes, strict=True)),
        convolutions=tuple(layers),
    )


def _part(state: Mapping[str, Tensor], name: str, axes: int) -> Tensor:
    if name not in state:
        raise ValueError(f"expected {name} in state_dict, found only {sorted(state)[:12]}")
    found = state[name]
    if found.ndim != axes or not found.is_floating_point() or 0 in found.shape:
        raise ValueError(f"expected floats of {axes} axes in {name}, got {found.dtype}, {tuple(found.shape)}")
    return found
