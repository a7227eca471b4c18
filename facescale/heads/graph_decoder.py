"""A decoder of graph convolutions: a latent vector up a pyramid of meshes to three channels a vertex.

A linear layer to the coarsest level; then, level by level, up-sampling and a Chebyshev convolution; at the end
one more convolution. Rectified but for the last. Knows no head, and nothing of how it was trained.
"""

import typing
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class SparseRows:
    """A sparse matrix by rows."""

    starts: Int[Tensor, "_"]
    """Where each row starts among the entries; one more for the end."""
    columns: Int[Tensor, "e"]
    values: Float[Tensor, "e"]
    width: int
    """Columns of the matrix."""

    def __post_init__(self) -> None:
        steps = self.starts.diff()
        whole = len(self.starts) > 0 and self.starts[0] == 0 and self.starts[-1] == len(self.columns)
        if not (whole and len(self.columns) == len(self.values) and bool((steps >= 0).all())):
            raise ValueError(f"expected rows of {len(self.values)} entries one after another, got others")
        if len(self.columns) and not 0 <= int(self.columns.min()) <= int(self.columns.max()) < self.width:
            raise ValueError(f"expected columns in 0..{self.width - 1}, got others")

    @property
    def height(self) -> int:
        """Rows of the matrix."""
        return len(self.starts) - 1

    def times(self, x: Float[Tensor, "w s"]) -> Float[Tensor, "h s"]:
        """The product with dense columns.

        Differentiable in: x, first order only.
        """
        # fifty times as fast on a CPU as torch's own sparse matrices
        return torch.nn.functional.embedding_bag(
            self.columns.long(),
            x,
            self.starts.long(),
            mode="sum",
            per_sample_weights=self.values,
            include_last_offset=True,
        )

    def to(self, device: torch.device | str) -> "SparseRows":
        """Copy to a device."""
        return replace(
            self,
            starts=self.starts.to(device),
            columns=self.columns.to(device),
            values=self.values.to(device),
        )


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Convolution:
    """y = sum over orders of T(L) x W + bias: T of Chebyshev, L = -D^-1/2 A D^-1/2 of the graph."""

    weight: Float[Tensor, "o i c"]
    """Of each order."""
    bias: Float[Tensor, "c"]
    graph: int
    """Which graph it runs on. One of fewer vertices than x is that of the first ones: the others have no
    neighbours."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class GraphDecoder:
    """The whole network."""

    weight: Float[Tensor, "h k"]
    """Of the linear layer."""
    bias: Float[Tensor, "h"]
    ups: tuple[SparseRows, ...]
    """In the order of their use, the coarsest first."""
    graphs: tuple[SparseRows, ...]
    """L of each level, the finest first."""
    convolutions: tuple[Convolution, ...]
    """One after each of `ups`, and the last."""

    def __post_init__(self) -> None:
        if len(self.convolutions) != len(self.ups) + 1 or not self.ups:
            raise ValueError(
                f"expected a convolution after each of {len(self.ups)} levels and one more, "
                f"got {len(self.convolutions)}"
            )
        rows, channels = self.ups[0].width, self.convolutions[0].weight.shape[1]
        if self.weight.shape[0] != rows * channels:
            raise ValueError(
                f"expected {rows} vertices of {channels} channels at first, got {self.weight.shape[0]} values"
            )
        for number, layer in enumerate(self.convolutions):
            if number < len(self.ups):
                if self.ups[number].width != rows:
                    raise ValueError(f"expected a level of {rows} vertices, got {self.ups[number].width}")
                rows = self.ups[number].height
            if layer.weight.shape[1] != channels or not 0 <= layer.graph < len(self.graphs):
                raise ValueError(f"expected {channels} channels and a graph, got {tuple(layer.weight.shape)}")
            graph = self.graphs[layer.graph]
            if graph.height != graph.width or graph.height > rows:
                raise ValueError(f"expected a graph of at most {rows} vertices, got {graph.height}")
            channels = layer.weight.shape[2]
        if channels != 3:  # noqa: PLR2004 - coordinates
            raise ValueError(f"expected three channels at last, got {channels}")

    @property
    def num_vertices(self) -> int:
        """Of the finest level."""
        return self.ups[-1].height

    def decode(self, latent: Float[Tensor, "b k"]) -> Float[Tensor, "b v 3"]:
        """Three channels a vertex.

        Differentiable in: latent.
        """
        return self._run((latent @ self.weight.T + self.bias)[:, None])[:, 0]

    def slopes(self, latent: Float[Tensor, "b k"]) -> Float[Tensor, "b k v 3"]:
        """Derivative of `decode`, forward through all layers: between its kinks the network is linear."""
        values = (latent @ self.weight.T + self.bias)[:, None]
        steps = self.weight.T.expand(len(latent), -1, -1)
        return self._run(torch.cat([values, steps], dim=1))[:, 1:]

    def to(self, device: torch.device | str) -> "GraphDecoder":
        """Copy to a device."""
        layers = (
            replace(layer, weight=layer.weight.to(device), bias=layer.bias.to(device))
            for layer in self.convolutions
        )
        return GraphDecoder(
            weight=self.weight.to(device),
            bias=self.bias.to(device),
            ups=tuple(up.to(device) for up in self.ups),
            graphs=tuple(graph.to(device) for graph in self.graphs),
            convolutions=tuple(layers),
        )

    def _run(self, hidden: Float[Tensor, "b s h"]) -> Float[Tensor, "b s v 3"]:
        """All layers after the linear one; of s rows the first is the value, the others its derivatives."""
        # vertices first: so matrices over them and over channels both take memory as it lies
        x = _rectified(hidden.unflatten(2, (self.ups[0].width, -1)).permute(2, 0, 1, 3).contiguous())
        for up, layer in zip(self.ups, self.convolutions[:-1], strict=True):
            x = _rectified(self._convolved(_along_vertices(up, x), layer))
        return self._convolved(x, self.convolutions[-1]).permute(1, 2, 0, 3)

    def _convolved(self, x: Float[Tensor, "n b s i"], layer: Convolution) -> Float[Tensor, "n b s c"]:
        """The recurrence of Chebyshev's polynomials; derivatives have no bias."""
        graph = self.graphs[layer.graph]
        before, now = x, _neighbours(graph, x)
        total = x @ layer.weight[0]
        for order in range(1, len(layer.weight)):
            if order > 1:
                before, now = now, 2 * _neighbours(graph, now) - before
            total = total + now @ layer.weight[order]
        return torch.cat([total[:, :, :1] + layer.bias, total[:, :, 1:]], dim=2)


def _rectified(x: Float[Tensor, "n b s c"]) -> Float[Tensor, "n b s c"]:
    """Values and derivatives pass where the value is above zero."""
    return x * (x[:, :, :1] > 0)


def _neighbours(graph: SparseRows, x: Float[Tensor, "n b s c"]) -> Float[Tensor, "n b s c"]:
    """L x, zero for vertices beyond the graph."""
    found = _along_vertices(graph, x[: graph.height])
    return torch.nn.functional.pad(found, (0, 0, 0, 0, 0, 0, 0, x.shape[0] - graph.height))


def _along_vertices(matrix: SparseRows, x: Float[Tensor, "n b s c"]) -> Float[Tensor, "m b s c"]:
    """A matrix times values of vertices."""
    return matrix.times(x.flatten(1)).unflatten(1, x.shape[1:])
