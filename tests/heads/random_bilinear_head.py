"""A small random bilinear head for tests."""

import torch

from facescale.heads.bilinear import BilinearHead
from tests.heads.random_head import block, random_head

SIZES = {"identity": 6, "expression": 4}


def random_bilinear_head(
    *, vertices: int = 200, directions: int = 9, dtype: torch.dtype = torch.float32, seed: int = 0
) -> BilinearHead:
    generator = torch.Generator().manual_seed(seed)
    plain = random_head(vertices=vertices, dtype=dtype, seed=seed)
    shape = (1 + SIZES["expression"], directions, 1 + SIZES["identity"])
    mixing = torch.randn(*shape, generator=generator, dtype=dtype)
    mixing[0, :, 0] = 0.0
    return BilinearHead(
        card=plain.card,
        faces=plain.faces,
        uv=None,
        faces_uv=None,
        landmarks=plain.landmarks,
        regions=plain.regions,
        blocks=tuple(block(n, k, mean=0.3 * (n == "expression"), dtype=dtype) for n, k in SIZES.items()),
        zero=plain.zero,
        directions=torch.randn(vertices, 3, directions, generator=generator, dtype=dtype),
        mixing=mixing,
    )
