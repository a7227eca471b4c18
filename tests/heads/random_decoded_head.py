"""A small random decoded head for tests: a bumpy grid, three levels, five latents."""

import numpy as np
import torch

from facescale.heads.decoded import LATENT, DecodedHead
from facescale.heads.graph_decoder import Convolution, GraphDecoder, SparseRows
from facescale.heads.mesh_pyramid import pyramid
from facescale.heads.sparse_graphs import laplacian, sparse_rows
from facescale.heads.template import HeadCard
from tests.heads.random_head import block, random_sites

SIDE, LATENTS, ORDERS = 12, 5, 4
CHANNELS = (6, 5, 4, 3)


def bumpy_grid(side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Vertices in metres and faces."""
    u, v = (axis.ravel() for axis in np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side)))
    points = 0.1 * np.stack([u, v, 1 + 0.4 * np.sin(5 * u + 2 * v) * np.cos(4 * v)], axis=1)
    index = np.arange(side * side).reshape(side, side)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def random_decoder(*, dtype: torch.dtype = torch.float32, last_graph: int = 0, seed: int = 0) -> GraphDecoder:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    levels = pyramid(*bumpy_grid(), (3, 3))
    graphs = [laplacian(edges, size) for edges, size in zip(levels.edges, levels.sizes, strict=True)]

    def cast(matrix: SparseRows) -> SparseRows:
        return SparseRows(
            starts=matrix.starts, columns=matrix.columns, values=matrix.values.to(dtype), width=matrix.width
        )

    layers = [
        Convolution(weight=0.4 * draw(ORDERS, inward, outward), bias=0.2 * draw(outward), graph=graph)
        for inward, outward, graph in zip(CHANNELS[:-1], CHANNELS[1:], (1, 0, last_graph), strict=True)
    ]
    return GraphDecoder(
        weight=draw(levels.sizes[-1] * CHANNELS[0], LATENTS),
        bias=draw(levels.sizes[-1] * CHANNELS[0]),
        ups=tuple(cast(sparse_rows(up)) for up in reversed(levels.ups)),
        graphs=tuple(cast(graph) for graph in graphs),
        convolutions=tuple(layers),
    )


def random_decoded_head(*, dtype: torch.dtype = torch.float32, last_graph: int = 0) -> DecodedHead:
    points, faces = bumpy_grid()
    triangles = torch.from_numpy(faces).int()
    everywhere = torch.ones(len(points), dtype=torch.bool)
    zero = torch.from_numpy(1000 * points).to(dtype)
    return DecodedHead(
        card=HeadCard(name="random", version="1", licence="none", source="", assets={}, native_unit="mm"),
        faces=triangles,
        uv=None,
        faces_uv=None,
        landmarks={"now7": random_sites(triangles, 7, seed=1, dtype=dtype)},
        regions={"scannable": everywhere, "face": everywhere, "head": everywhere},
        blocks=(block(LATENT, LATENTS, mean=0.4, dtype=dtype),),
        zero=zero,
        spread=0.5 + zero.abs() / 60,
        decoder=random_decoder(dtype=dtype, last_graph=last_graph),
    )


def random_latent(head: DecodedHead, batch: int, *, names: tuple[str, ...] = (), seed: int = 0) -> dict:
    del names
    generator = torch.Generator().manual_seed(seed)
    return {LATENT: torch.randn(batch, LATENTS, generator=generator, dtype=head.zero.dtype)}
