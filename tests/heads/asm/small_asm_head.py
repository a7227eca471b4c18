"""A small ASM head on a bumpy patch of skin, for tests: real bones, a plain chart, made-up mixtures."""

import torch

from facescale.geometry.sites import vertex_sites
from facescale.heads.asm.chart import SkinChart
from facescale.heads.asm.coefficients import WEIGHED, asm_blocks
from facescale.heads.asm.head import AsmHead
from facescale.heads.asm.mixture import Mixture, within_reach
from facescale.heads.asm.skeleton import BONES, HEAD
from facescale.heads.template import HeadCard

SIDE = 12
LOW, HIGH = 0.1, 0.9


def small_chart():
    """A square of SIDE x SIDE coordinates, bent a little, every vertex with one."""
    line = torch.linspace(LOW, HIGH, SIDE, dtype=torch.float64)
    v, u = torch.meshgrid(line, line, indexing="ij")
    uv = torch.stack([u, v + 0.02 * torch.sin(9 * u)], dim=-1).reshape(-1, 2)
    index = torch.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    first, second = torch.stack([a, b, c], dim=-1), torch.stack([a, c, d], dim=-1)
    faces = torch.stack([first, second], dim=2).reshape(-1, 3)
    return SkinChart(uv=uv, vertex=torch.arange(SIDE * SIDE), faces=faces)


def small_skin(chart):
    """Vertices in mm: about 80 mm wide, 20 mm deep."""
    u, v = chart.uv.unbind(1)
    depth = 20 * torch.cos(3 * (u - 0.5)) * torch.cos(2 * (v - 0.4)) + 2 * torch.sin(20 * u * v)
    return torch.stack([100 * (u - 0.5), 100 * (v - 0.5), depth], dim=1)


def small_mixture(components=2, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    share = torch.zeros(BONES, components, dtype=torch.float64)
    share[list(WEIGHED)] = 0.3 + uniform(len(WEIGHED), components)
    factor = torch.zeros(BONES, components, 2, 2, dtype=torch.float64)
    factor[..., 0, 0] = 0.05 + 0.05 * uniform(BONES, components)
    factor[..., 1, 1] = 0.05 + 0.05 * uniform(BONES, components)
    factor[..., 1, 0] = 0.04 * (uniform(BONES, components) - 0.5)
    middle = 0.15 + 0.7 * uniform(BONES, components, 2)
    return Mixture(share=share, middle=middle, factor=factor, floor=0.05)


def small_asm_head(components=2, dtype=torch.float64, negligible=0.0):
    """The head; with nothing negligible its weights are the twin's to rounding."""
    chart, mixture = small_chart(), small_mixture(components)
    skin = small_skin(chart)
    generator = torch.Generator().manual_seed(1)
    bone_uv = 0.2 + 0.6 * torch.rand(BONES, 2, generator=generator, dtype=torch.float64)
    bone_place = torch.randn(BONES, 3, generator=generator, dtype=torch.float64) * 30
    mixture = Mixture(
        share=mixture.share.to(dtype),
        middle=mixture.middle.to(dtype),
        factor=mixture.factor.to(dtype),
        floor=mixture.floor,
    )
    everywhere = torch.ones(len(skin), dtype=torch.bool)
    faces = chart.faces.int()
    sites = vertex_sites(faces, torch.arange(68) * 2)
    return AsmHead(
        card=HeadCard(name="small", version="0", licence="none", source="", assets={}, native_unit="mm"),
        faces=faces,
        uv=None,
        faces_uv=None,
        landmarks={"ibug68": sites},
        regions=dict.fromkeys(("scannable", "face", "head"), everywhere),
        blocks=asm_blocks(components),
        zero=skin.to(dtype),
        chart=chart,
        bound=skin.to(dtype),
        bone_uv=bone_uv,
        bone_place=bone_place.to(dtype),
        mixture=mixture,
        place=chart.uv.to(dtype),
        reach=within_reach(mixture, chart.uv.to(dtype), HEAD, negligible=negligible),
    )


def random_asm_params(head, batch, *, names=None, scale=1.0, seed=2, dtype=torch.float64):
    """Coefficients of some prior deviations."""
    generator = torch.Generator().manual_seed(seed)
    return {
        block.name: scale
        * block.prior_std.to(dtype)
        * torch.randn(batch, block.size, generator=generator, dtype=torch.float64).to(dtype)
        for block in head.blocks
        if names is None or block.name in names
    }
