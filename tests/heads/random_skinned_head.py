"""A small random skinned head for tests: five joints in a chain with a fork, correctives, two shape blocks."""

import torch

from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import HeadCard
from tests.heads.random_head import block, random_sites

SHAPE = {"identity": 6, "expression": 4}
TURNED = {"neck": (1,), "jaw": (2,), "eyes": (3, 4)}


def random_skinned_head(
    *, vertices: int = 60, dtype: torch.dtype = torch.float32, seed: int = 0
) -> SkinnedHead:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    faces = torch.randint(0, vertices, (2 * vertices, 3), generator=generator, dtype=torch.int32)
    everywhere = torch.ones(vertices, dtype=torch.bool)
    shape = [block(n, k, mean=0.3 * (n == "expression"), dtype=dtype) for n, k in SHAPE.items()]
    turning = [block(n, 3 * len(j), mean=0.1 * (n == "jaw"), dtype=dtype) for n, j in TURNED.items()]
    return SkinnedHead(
        card=HeadCard(name="random", version="1", licence="none", source="", assets={}, native_unit="mm"),
        faces=faces,
        uv=None,
        faces_uv=None,
        landmarks={"now7": random_sites(faces, 7, seed=1, dtype=dtype)},
        regions={"scannable": everywhere, "face": everywhere, "head": everywhere},
        blocks=(*shape, *turning),
        turned=TURNED,
        zero=100 * draw(vertices, 3),
        basis=draw(vertices, 3, sum(SHAPE.values())),
        parents=(-1, 0, 1, 1, 1),
        joint_zero=50 * draw(5, 3),
        joint_basis=draw(5, 3, sum(SHAPE.values())),
        correctives=draw(vertices, 3, 36),
        weights=torch.softmax(2 * draw(vertices, 5), dim=1),
    )


def random_skinned_params(
    head: SkinnedHead, batch: int, *, names: tuple[str, ...], turn: float = 0.5, seed: int = 0
) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        entry.name: torch.randn(batch, entry.size, generator=generator, dtype=head.zero.dtype)
        * (turn if entry.name in TURNED else 1.0)
        for entry in head.blocks
        if entry.name in names
    }
