"""A small random boned head for tests: six bones in a tree, turned at rest, three slots a vertex."""

import torch

from facescale.heads.bone_blocks import tau_blocks
from facescale.heads.boned import BonedHead
from facescale.heads.template import HeadCard
from tests.heads.random_head import random_sites

PARENTS = (-1, 0, 1, 1, 3, 0)


def random_boned_head(*, vertices: int = 120, dtype: torch.dtype = torch.float32, seed: int = 0) -> BonedHead:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    bones = len(PARENTS)
    faces = torch.randint(0, vertices, (2 * vertices, 3), generator=generator, dtype=torch.int32)
    everywhere = torch.ones(vertices, dtype=torch.bool)
    return BonedHead(
        card=HeadCard(name="random", version="1", licence="none", source="", assets={}, native_unit="mm"),
        faces=faces,
        uv=None,
        faces_uv=None,
        landmarks={"now7": random_sites(faces, 7, seed=1, dtype=dtype)},
        regions={"scannable": everywhere, "face": everywhere, "head": everywhere},
        blocks=tau_blocks([f"bone{bone}" for bone in range(1, bones)]),
        zero=100 * draw(vertices, 3),
        parents=PARENTS,
        place=50 * draw(bones, 3),
        axes=torch.linalg.qr(draw(bones, 3, 3)).Q,
        joints=torch.randint(0, bones, (vertices, 3), generator=generator, dtype=torch.int32),
        weights=torch.softmax(2 * draw(vertices, 3), dim=1),
    )


def random_boned_params(
    head: BonedHead, batch: int, *, names: tuple[str, ...] = (), scale: float = 1.0, seed: int = 0
) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        block.name: scale
        * block.prior_std.to(head.zero.dtype)
        * torch.randn(batch, block.size, generator=generator, dtype=head.zero.dtype)
        for block in head.blocks
        if block.name in (names or ("tau_rotation", "tau_translation", "tau_scale"))
    }
