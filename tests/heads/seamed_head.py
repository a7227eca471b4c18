"""A small head for tests of exports: a tube of quads with a seam, named expressions, a see-through ring."""

import torch

from facescale.heads.linear import LinearHead
from facescale.heads.template import HeadCard, ParameterBlock
from tests.heads.random_head import random_sites

COLUMNS, ROWS = 12, 6
EXPRESSIONS = ("jawOpen", "eyeBlink_L", "eyeBlink_R", "browInnerUp_L", "browInnerUp_R", "own")


def seamed_head(*, name: str = "seamed", seed: int = 0) -> LinearHead:
    """Vertices column by column within a row; the first column has two texture coordinates."""
    generator = torch.Generator().manual_seed(seed)
    angle = torch.arange(COLUMNS) * (2 * torch.pi / COLUMNS)
    height = torch.linspace(-100, 100, ROWS)
    circle = torch.stack([angle.sin(), torch.zeros(COLUMNS), angle.cos()], dim=-1) * 70
    rows = [circle + torch.tensor([0.0, float(y), 0.0]) for y in height]
    zero = torch.cat(rows)
    uv = torch.tensor([[c / COLUMNS, r / (ROWS - 1)] for r in range(ROWS) for c in range(COLUMNS + 1)])
    faces, faces_uv = [], []
    for r in range(ROWS - 1):
        for c in range(COLUMNS):
            corners = [(r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c)]
            v = [row * COLUMNS + column % COLUMNS for row, column in corners]
            t = [row * (COLUMNS + 1) + column for row, column in corners]
            faces += [[v[0], v[1], v[2]], [v[0], v[2], v[3]]]
            faces_uv += [[t[0], t[1], t[2]], [t[0], t[2], t[3]]]
    # One native triangle among the quads, as most models have some.
    faces.append([0, 2, 1])
    faces_uv.append([0, 2, 1])
    quads = torch.arange(len(faces)) % 2 == 0
    quads[-1] = False
    tensor = torch.tensor(faces, dtype=torch.int32)
    everywhere = torch.ones(len(zero), dtype=torch.bool)
    opaque = everywhere.clone()
    opaque[-COLUMNS:] = False
    basis = 8 * torch.randn(len(zero), 3, 4 + len(EXPRESSIONS), generator=generator)
    # Expressions move a part of the head only.
    for k in range(len(EXPRESSIONS)):
        basis[COLUMNS * (k % ROWS + 1) :, :, 4 + k] = 0
    return LinearHead(
        card=HeadCard(name=name, version="1", licence="MIT", source="", assets={}, native_unit="mm"),
        faces=tensor,
        uv=uv,
        faces_uv=torch.tensor(faces_uv, dtype=torch.int32),
        quads=quads,
        landmarks={"now7": random_sites(tensor, 7, seed=1)},
        regions={"scannable": everywhere, "face": everywhere, "head": everywhere, "opaque": opaque},
        blocks=(_block("identity", 4), _block("expression", len(EXPRESSIONS), names=EXPRESSIONS)),
        zero=zero,
        basis=basis.contiguous(),
    )


def _block(name: str, size: int, names: tuple[str, ...] = ()) -> ParameterBlock:
    return ParameterBlock(
        name=name,
        size=size,
        scope="frame" if names else "subject",
        unit_scale=1.0,
        prior_mean=torch.zeros(size),
        prior_std=torch.ones(size),
        lower=torch.full((size,), -4.0),
        upper=torch.full((size,), 4.0),
        names=names,
    )
