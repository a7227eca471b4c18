"""The zero level set of a signed distance field as a triangle mesh. Knows nothing of what the field is of.

A dense grid of 1 mm over a head has 16 million places, and a network would be asked at every one of them. Here
cells are asked at their middles and halved only where the surface may pass through: the same triangles for less
than a tenth of the questions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from skimage.measure import marching_cubes
from torch import Tensor

LARGEST, SMALLEST = 16, 2
"""Grid steps of the cells that are asked first, and of those whose places are all asked."""
STEEPEST = 1.5
"""mm of the field's change a mm that are allowed for: a learned field's gradient is not quite one."""
AT_ONCE = 1 << 18
"""Points of one question."""
MOST = 1 << 29
"""Places of a grid."""


@dataclass(frozen=True, kw_only=True)
class FieldSurface:
    """Triangles of a level set, counter-clockwise seen from outside."""

    vertices: Float[Tensor, "v 3"]
    """mm, in the frame of the field."""
    faces: Int[Tensor, "f 3"]
    asked: int
    """Points at which the field was evaluated."""


def extract_surface(
    field: Callable[[Float[Tensor, "n 3"]], Float[Tensor, "n"]],
    bounds: Float[Tensor, "2 3"],
    *,
    spacing: float,
    steepest: float = STEEPEST,
) -> FieldSurface:
    """Extract the zero level set within a box by marching cubes (Lorensen and Cline 1987, Lewiner's cases).

    A part of the surface is missed only where the field is steeper than `steepest`. Where the field is not a
    number, it counts as near.

    Args:
        field: signed distance in mm, negative within.
        bounds: lower and upper corner, mm.
        spacing: of the grid, mm.
        steepest: greatest change of the field a mm.

    Raises:
        ValueError: an empty box, a spacing that is not positive or too fine for it, or a field that is nowhere
            zero within.
    """
    lower, size = bounds[0], bounds[1] - bounds[0]
    if not (spacing > 0 and bool((size > 0).all())):
        raise ValueError(
            f"expected a box of positive size and a positive spacing, got {bounds.tolist()}, {spacing}"
        )
    cells = [max(1, int(n)) for n in torch.ceil(size / (spacing * LARGEST)).tolist()]
    shape = tuple(LARGEST * n + 1 for n in cells)
    if np.prod([float(n) for n in shape]) > MOST:
        raise ValueError(f"expected a spacing for at most {MOST:,} places, got a grid of {shape}")
    grid = _Grid(field=field, lower=lower, spacing=spacing)
    values = _refined(grid, cells, steepest * spacing)
    if not bool((values < 0).any() & (values > 0).any()):
        raise ValueError("expected a field that changes its sign within the box, got one that does not")
    vertices, faces, _, _ = marching_cubes(values.double().cpu().numpy(), 0.0, gradient_direction="descent")
    placed = torch.from_numpy(np.ascontiguousarray(vertices) * spacing).to(lower) + lower
    triangles = torch.from_numpy(faces.astype(np.int32)).to(lower.device)
    return FieldSurface(vertices=placed, faces=triangles, asked=grid.asked)


def _refined(grid: "_Grid", cells: list[int], step: float) -> Float[Tensor, "x y z"]:
    """The field at all places near the surface; elsewhere the value in the middle of some cell, for its sign.

    Args:
        grid: to ask.
        cells: of the largest size, along each axis.
        step: greatest change of the field from place to place along an axis.
    """
    size = LARGEST
    values = torch.zeros(cells, device=grid.device)
    asked = torch.ones(cells, dtype=torch.bool, device=grid.device)
    while True:
        values[asked] = grid.ask(asked.nonzero() * size + size / 2).to(values)
        # within a cell nothing is further from its middle than half its diagonal
        asked &= ~(values.abs() > step * size * 3**0.5 / 2)
        if size == SMALLEST:
            break
        size //= 2
        values, asked = _repeated(values, 2), _repeated(asked, 2)
    wanted = _padded(_repeated(asked, size))
    # the upper corners of a cell are its neighbours' lower ones
    for axis in range(3):
        wanted[(slice(None),) * axis + (slice(1, None),)] |= wanted.narrow(
            axis, 0, wanted.shape[axis] - 1
        ).clone()
    values = _padded(_repeated(values, size))
    values[wanted] = grid.ask(wanted.nonzero()).to(values)
    return values


class _Grid:
    """Asks a field at places of a grid, some at a time; owns the count."""

    def __init__(self, *, field: Callable[[Tensor], Tensor], lower: Tensor, spacing: float) -> None:
        self._field = field
        self._lower = lower
        self._spacing = spacing
        self.asked = 0

    @property
    def device(self) -> torch.device:
        return self._lower.device

    def ask(self, places: Float[Tensor, "n 3"] | Int[Tensor, "n 3"]) -> Float[Tensor, "n"]:
        """The field at places of the grid, in steps."""
        self.asked += len(places)
        parts = [self._field(self._lower + part * self._spacing) for part in places.split(AT_ONCE)]
        return torch.cat(parts)


def _repeated(values: Shaped[Tensor, "x y z"], times: int) -> Shaped[Tensor, "xx yy zz"]:
    for axis in range(3):
        values = values.repeat_interleave(times, dim=axis)
    return values


def _padded(values: Shaped[Tensor, "x y z"]) -> Shaped[Tensor, "xx yy zz"]:
    """One place more along each axis, as the last one."""
    for axis in range(3):
        values = torch.cat([values, values.narrow(axis, values.shape[axis] - 1, 1)], dim=axis)
    return values
