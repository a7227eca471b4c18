"""A head with four triangles for each of its own, and all that it knows carried along. Fits nothing.

Loop's step is a matrix, so that a linear head subdivided and evaluated is the same mesh as the head evaluated
and subdivided. A skinned head multiplies weights and places, which no step over both can follow exactly: it
agrees at rest; with joints turned by a fifth of a right angle a FLAME-like head is 0.05 mm RMS away, and up to
2 mm where weights change within a triangle.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from facescale.geometry.loop_subdivision import LoopStep, loop_step
from facescale.geometry.sites import Sites
from facescale.heads.converted import ARRAYS, ConvertedHead, family_of

AT_VERTICES = ("zero", "basis", "correctives", "weights")
"""Arrays of any family with a row a vertex."""


def subdivided(head: ConvertedHead, steps: int = 1) -> ConvertedHead:
    """Subdivide a linear or skinned head.

    Old vertices keep their numbers. Quads are dropped: a triangle of a quad has no twin in the finer mesh.

    Args:
        head: on the CPU.
        steps: how often.

    Raises:
        ValueError: a head of another family, or no step.
    """
    if steps < 1:
        raise ValueError(f"expected at least one step, got {steps}")
    family = family_of(head)
    for _ in range(steps):
        head = _once(head, family)
    note = f"subdivided by {steps} step{'s' * (steps > 1)} of Loop"
    card = replace(head.card, name=f"{head.card.name}-x{4**steps}", notes=(*head.card.notes, note))
    return replace(head, card=card)


def _once(head: ConvertedHead, family: str) -> ConvertedHead:
    faces = head.faces.numpy()
    step = loop_step(faces, head.num_vertices)
    own = [name for name in ARRAYS[family] if name in AT_VERTICES]
    fields = {name: _smoothed(step, getattr(head, name)) for name in own}
    if head.uv is not None and head.faces_uv is not None:
        chart = loop_step(head.faces_uv.numpy(), len(head.uv), "sharp")
        fields |= {"uv": _smoothed(chart, head.uv), "faces_uv": torch.from_numpy(chart.faces)}
    return replace(
        head,
        **fields,
        faces=torch.from_numpy(step.faces),
        quads=None,
        mirror=None if head.mirror is None else _mirrored(step, head.mirror),
        landmarks={name: _carried(step, sites) for name, sites in head.landmarks.items()},
        regions={name: _mask(step, mask) for name, mask in head.regions.items()},
    )


def _smoothed(step: LoopStep, values: Tensor) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(step(values.double().numpy()))).to(values.dtype)


def _mask(step: LoopStep, mask: Bool[Tensor, "v"]) -> Bool[Tensor, "w"]:
    """An edge is in a region where both of its ends are."""
    return torch.cat([mask, mask[torch.from_numpy(step.edges)].all(dim=1)])


def _carried(step: LoopStep, sites: Sites) -> Sites:
    face, barycentric = step.sites(sites.face.long().numpy(), sites.barycentric.double().numpy())
    return Sites(
        face=torch.from_numpy(face).to(sites.face.dtype),
        barycentric=torch.from_numpy(barycentric).to(sites.barycentric.dtype),
    )


def _mirrored(step: LoopStep, mirror: Int[Tensor, "v"]) -> Int[Tensor, "w"]:
    """Edges mirror as their ends do; -1 where an end has no counterpart or the edge has none."""
    counterpart = mirror.long().numpy()
    count = len(counterpart)
    ends = counterpart[step.edges]
    number: Callable[[np.ndarray], np.ndarray] = lambda pairs: pairs[:, 0] * count + pairs[:, 1]  # noqa: E731
    keys = number(step.edges)  # ascending, since the edges are
    wanted = number(np.sort(ends, axis=1))
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = (ends >= 0).all(axis=1) & (keys[place] == wanted)
    edges = np.where(there, count + place, -1)
    return torch.from_numpy(np.concatenate([counterpart, edges])).to(mirror.dtype)
