"""A head cut down to some of its vertices: the same model with less to compute. Fits nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from facescale.heads.bilinear import BilinearHead
from facescale.heads.linear import LinearHead

Cuttable = TypeVar("Cuttable", bound=LinearHead | BilinearHead)
BY_VERTEX: Mapping[type, tuple[str, ...]] = {
    LinearHead: ("zero", "basis"),
    BilinearHead: ("zero", "directions"),
}
"""Families that can be cut, and their arrays with a row a vertex."""


@dataclass(frozen=True, kw_only=True)
class CroppedHead(Generic[Cuttable]):
    """A smaller head and where its parts come from."""

    head: Cuttable
    """Only the kept vertices, and the faces among them, in their old order; no UVs, quads, mirror map or
    landmarks."""
    vertices: Int[Tensor, "w"]
    """Each kept vertex's index in the whole head."""
    faces: Int[Tensor, "m"]
    """Each kept face's index in the whole head."""


def crop(head: Cuttable, keep: Bool[Tensor, "v"]) -> CroppedHead[Cuttable]:
    """Keep some vertices and the faces whose three corners are kept.

    Args:
        head: the whole head.
        keep: which vertices.

    Raises:
        ValueError: no face would be left.
    """
    vertices = keep.nonzero()[:, 0]
    faces = keep[head.faces.long()].all(dim=1).nonzero()[:, 0]
    if len(faces) == 0:
        raise ValueError(f"expected to keep at least one face, got {len(vertices)} vertices with none")
    place = torch.full((len(keep),), -1, dtype=torch.int32, device=keep.device)
    place[vertices] = torch.arange(len(vertices), dtype=torch.int32, device=keep.device)
    small = replace(
        head,
        faces=place[head.faces[faces].long()],
        uv=None,
        faces_uv=None,
        quads=None,
        mirror=None,
        landmarks={},
        regions={name: mask[vertices] for name, mask in head.regions.items()},
        **{name: getattr(head, name)[vertices].contiguous() for name in BY_VERTEX[type(head)]},
    )
    return CroppedHead(head=small, vertices=vertices, faces=faces)
