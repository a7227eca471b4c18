"""The built-in head in an expression, and which of its faces cross."""

from functools import cache

import torch

from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.head import load_builtin

TOLERANCE = 0.01
"""mm: what a shorter motion parts is in contact."""


@cache
def _head():
    head = load_builtin()
    opaque = head.regions["opaque"][head.faces.long()].all(1)
    return head, head.faces[opaque]


@cache
def _tree():
    head, faces = _head()
    return SurfaceBvh(head.zero[None], faces)


def posed(weights):
    """Vertices [v, 3] of the mean head with ARKit names at weights."""
    head, _ = _head()
    block = next(block for block in head.blocks if block.name == "expression")
    names = list(block.names)
    coefficients = torch.zeros(1, block.size)
    for name, weight in weights.items():
        coefficients[0, names.index(name)] = weight
    return head.evaluate({"expression": coefficients})[0]


def crossing_pairs(vertices):
    """Pairs of faces [n, 2] that cross, all parts together, and the faces they index."""
    tree = _tree()
    tree.refit(vertices[None])
    return tree.crossings(TOLERANCE).faces, _head()[1]


def skin_against(part, vertices):
    """How many faces of the skin cross one of a part."""
    head, _ = _head()
    pairs, faces = crossing_pairs(vertices)
    inside = {name: head.regions[name][faces[:, 0].long()][pairs] for name in ("skin", part)}
    return int((inside["skin"].any(1) & inside[part].any(1)).sum())
