"""A small random linear head for tests: a closed tetrahedron-like fan with three blocks."""

import torch

from facescale.geometry.sites import Sites
from facescale.heads.linear import LinearHead
from facescale.heads.template import HeadCard, ParameterBlock


def block(name: str, size: int, *, mean: float = 0.0, dtype: torch.dtype = torch.float32) -> ParameterBlock:
    return ParameterBlock(
        name=name,
        size=size,
        scope="subject",
        unit_scale=1.0,
        prior_mean=torch.full((size,), mean, dtype=dtype),
        prior_std=torch.ones(size, dtype=dtype),
        lower=torch.full((size,), -4.0, dtype=dtype),
        upper=torch.full((size,), 4.0, dtype=dtype),
    )


def random_head(*, vertices: int = 200, dtype: torch.dtype = torch.float32, seed: int = 0) -> LinearHead:
    generator = torch.Generator().manual_seed(seed)
    sizes = {"identity": 7, "expression": 5, "pose": 2}
    faces = torch.randint(0, vertices, (2 * vertices, 3), generator=generator, dtype=torch.int32)
    everywhere = torch.ones(vertices, dtype=torch.bool)
    card = HeadCard(name="random", version="1", licence="none", source="", assets={}, native_unit="mm")
    return LinearHead(
        card=card,
        faces=faces,
        uv=None,
        faces_uv=None,
        landmarks={"now7": random_sites(faces, 7, seed=1, dtype=dtype)},
        regions={"scannable": everywhere, "face": everywhere, "head": everywhere},
        blocks=tuple(block(n, k, mean=0.5 * (n == "pose"), dtype=dtype) for n, k in sizes.items()),
        zero=100 * torch.randn(vertices, 3, generator=generator, dtype=dtype),
        basis=torch.randn(vertices, 3, sum(sizes.values()), generator=generator, dtype=dtype),
    )


def random_sites(faces: torch.Tensor, *shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Sites:
    generator = torch.Generator().manual_seed(seed)
    barycentric = torch.rand(*shape, 3, generator=generator, dtype=dtype)
    return Sites(
        face=torch.randint(0, len(faces), shape, generator=generator, dtype=torch.int32),
        barycentric=barycentric / barycentric.sum(dim=-1, keepdim=True),
    )


def random_params(
    head: LinearHead, batch: int, *, names: tuple[str, ...], seed: int = 0
) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        entry.name: torch.randn(batch, entry.size, generator=generator, dtype=head.zero.dtype)
        for entry in head.blocks
        if entry.name in names
    }
