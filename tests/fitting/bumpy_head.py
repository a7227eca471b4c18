"""A small head for tests: a bumpy ball of 80 mm, open at the neck, with smooth displacement bases."""

import functools

import numpy as np
import torch

from facescale.geometry.sites import Sites
from facescale.heads.linear import LinearHead
from facescale.heads.template import HeadCard, ParameterBlock
from tests.synthesis.spheres import unit_sphere

IDENTITY, EXPRESSION = 8, 4


@functools.cache
def bumpy_head(*, splits: int = 4, dtype: torch.dtype = torch.float32) -> LinearHead:
    rng = np.random.default_rng(5)
    ball, faces = unit_sphere(splits)
    ball = ball.astype(np.float64)
    bumps = 1 + 0.12 * _waves(ball, rng, count=6)[:, 0]
    zero = ball * np.array([70.0, 95.0, 80.0]) * bumps[:, None]
    basis = np.stack([_waves(ball, rng, count=4) * 4.0 for _ in range(IDENTITY + EXPRESSION)], axis=2)
    faces = faces[(ball[faces][:, :, 1] > -0.75).all(axis=1)]
    used = np.zeros(len(ball), dtype=bool)
    used[faces] = True
    sites = Sites(
        face=torch.linspace(0, len(faces) - 1, 7).int(), barycentric=torch.full((7, 3), 1 / 3, dtype=dtype)
    )
    used_mask = torch.from_numpy(used)
    return LinearHead(
        card=HeadCard(name="bumpy", version="1", licence="none", source="", assets={}, native_unit="mm"),
        faces=torch.from_numpy(faces.astype(np.int32)),
        uv=None,
        faces_uv=None,
        landmarks={"now7": sites},
        regions={
            "scannable": used_mask,
            "face": used_mask & (torch.from_numpy(zero[:, 2]) > 0),
            "head": used_mask,
        },
        blocks=(
            _block("identity", IDENTITY, -4.0, 4.0, dtype),
            _block("expression", EXPRESSION, 0.0, 1.0, dtype),
        ),
        zero=torch.from_numpy(zero).to(dtype),
        basis=torch.from_numpy(basis).to(dtype).contiguous(),
    )


def _block(name: str, size: int, lower: float, upper: float, dtype: torch.dtype) -> ParameterBlock:
    return ParameterBlock(
        name=name,
        size=size,
        scope="subject",
        unit_scale=0.3,
        prior_mean=torch.zeros(size, dtype=dtype),
        prior_std=torch.ones(size, dtype=dtype),
        lower=torch.full((size,), lower, dtype=dtype),
        upper=torch.full((size,), upper, dtype=dtype),
    )


def _waves(points: np.ndarray, rng: np.random.Generator, *, count: int) -> np.ndarray:
    """Smooth vector fields of about unit size."""
    total = np.zeros_like(points)
    for _ in range(count):
        direction, phase = rng.normal(size=3) * 2.0, rng.uniform(0, 2 * np.pi)
        total += np.sin(points @ direction + phase)[:, None] * rng.normal(size=3)
    return total / np.sqrt(count)
