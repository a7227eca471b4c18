"""The chart over which ASM binds and weighs: one injective, seamless map of all outer skin to the unit square.

Shipped texture coordinates would not do: UDIM tiles tear the skin where bones and weights must slide over it.
Charts are made once a topology by `asm.chart_build`, see benchmarks/asm_weights.py, and ship with the package.
"""

import typing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.topology import boundary_edges
from facescale.heads.asm.chart_build import FlatSkin

CELLS = 128
"""Cells a side of the grid in which triangles are looked up."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class SkinChart:
    """Coordinates and triangles of the chart, origin bottom-left."""

    uv: Float[Tensor, "t 2"]
    """float64."""
    vertex: Int[Tensor, "t"]
    """The head's vertex of each coordinate; a vertex on the cut at the back has two, all others one."""
    faces: Int[Tensor, "f 3"]
    """Triangles of coordinates, counter-clockwise; they have no point in common but their borders."""

    @classmethod
    def of(cls, skin: FlatSkin) -> "SkinChart":
        """From plain arrays, as they are made or read."""
        return cls(
            uv=torch.from_numpy(skin.uv.astype(np.float64)),
            vertex=torch.from_numpy(skin.vertex.astype(np.int64)),
            faces=torch.from_numpy(skin.faces.astype(np.int64)),
        )

    def to(self, device: torch.device | str) -> "SkinChart":
        """Copy to a device."""
        return replace(self, uv=self.uv.to(device), vertex=self.vertex.to(device), faces=self.faces.to(device))

    def areas(self) -> Float[Tensor, "f"]:
        """Signed areas of the triangles: all are positive."""
        a, b, c = self.uv[self.faces].unbind(1)
        one, two = b - a, c - a
        return 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])

    @cached_property
    def border(self) -> Int[Tensor, "e 2"]:
        """Sides of the chart's edge: the neck, the cut, and the rims of eyes, mouth and nostrils."""
        return boundary_edges(self.faces)

    @cached_property
    def border_face(self) -> Int[Tensor, "e"]:
        """The one triangle of each of them."""
        width = len(self.uv)
        sides = self.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2) @ torch.tensor([width, 1]).to(self.faces)
        order = sides.argsort()
        wanted = self.border @ torch.tensor([width, 1]).to(self.faces)
        return order[torch.searchsorted(sides[order], wanted)] // 3

    @cached_property
    def cells(self) -> tuple[Int[Tensor, "c"], Int[Tensor, "i"]]:
        """Where each cell's triangles begin in the list, and the list of all that may touch each."""
        corners = self.uv[self.faces].cpu()
        low = (corners.amin(dim=1) * CELLS).floor().long().clamp(0, CELLS - 1)
        high = (corners.amax(dim=1) * CELLS).floor().long().clamp(0, CELLS - 1)
        span = high - low + 1
        count = span.prod(dim=1)
        face = torch.arange(len(count)).repeat_interleave(count)
        within = torch.arange(len(face)) - (count.cumsum(0) - count).repeat_interleave(count)
        column, row = within % span[face, 0], within // span[face, 0]
        cell = (low[face, 1] + row) * CELLS + low[face, 0] + column
        order = cell.argsort(stable=True)
        starts = torch.nn.functional.pad(torch.bincount(cell, minlength=CELLS**2).cumsum(0), (1, 0))
        return starts.to(self.uv.device), face[order].to(self.uv.device)


def write_chart(path: Path, skin: FlatSkin, topology: str) -> None:
    """Store a chart as small as it can be: 16-bit indices, coordinates in float32."""
    limit = 1 << 16
    if max(len(skin.uv), int(skin.vertex.max()) + 1) > limit:
        raise ValueError(f"expected at most {limit} vertices, got {len(skin.uv)}")
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path,
        topology=np.array(topology),
        uv=skin.uv.astype(np.float32),
        vertex=skin.vertex.astype(np.uint16),
        faces=skin.faces.astype(np.uint16),
    )


def read_chart(path: Path, topology: str) -> SkinChart:
    """Read what `write_chart` wrote.

    Args:
        path: the file.
        topology: digest of the head's triangles, to which the chart belongs.

    Raises:
        ValueError: no chart there, or one of other triangles.
    """
    if not path.is_file():
        raise ValueError(
            f"expected a chart of the skin in {path.name}, found none; ASM has charts of few heads"
        )
    with np.load(path, allow_pickle=False) as file:
        if str(file["topology"]) != topology:
            raise ValueError(f"expected the triangles that the chart {path.name} was made for, got others")
        return SkinChart.of(
            FlatSkin(
                uv=file["uv"].astype(np.float64),
                vertex=file["vertex"].astype(np.int64),
                faces=file["faces"].astype(np.int64),
            )
        )
