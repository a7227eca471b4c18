"""The float64 twin of `heads.graph_decoder`: dense matrices, polynomials by powers of them. Slow; for tests."""

import torch
from jaxtyping import Float
from numpy.polynomial import chebyshev
from torch import Tensor

from facescale.heads.graph_decoder import Convolution, GraphDecoder, SparseRows


def decode_reference(decoder: GraphDecoder, latent: Float[Tensor, "k"]) -> Float[Tensor, "v 3"]:
    """Three channels a vertex of one latent vector.

    Differentiable in: latent.
    """
    hidden = torch.relu(decoder.weight.double() @ latent.double() + decoder.bias.double())
    x = hidden.reshape(decoder.ups[0].width, -1)
    for up, layer in zip(decoder.ups, decoder.convolutions, strict=False):
        x = torch.relu(_convolved(dense(up) @ x, layer, decoder.graphs[layer.graph]))
    last = decoder.convolutions[-1]
    return _convolved(x, last, decoder.graphs[last.graph])


def dense(matrix: SparseRows) -> Float[Tensor, "h w"]:
    """The matrix with its zeros."""
    found = torch.zeros(matrix.height, matrix.width, dtype=torch.float64)
    for row in range(matrix.height):
        for entry in range(int(matrix.starts[row]), int(matrix.starts[row + 1])):
            found[row, int(matrix.columns[entry])] += matrix.values[entry]
    return found


def _convolved(x: Float[Tensor, "n i"], layer: Convolution, graph: SparseRows) -> Float[Tensor, "n c"]:
    whole = torch.zeros(len(x), len(x), dtype=torch.float64)
    whole[: graph.height, : graph.width] = dense(graph)
    total = layer.bias.double().expand(len(x), -1)
    for order, weight in enumerate(layer.weight.double()):
        powers = chebyshev.cheb2poly([0.0] * order + [1.0])
        matrix = sum(
            (float(c) * torch.linalg.matrix_power(whole, k) for k, c in enumerate(powers)),
            torch.zeros_like(whole),
        )
        total = total + matrix @ x @ weight
    return total
