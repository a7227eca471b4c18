"""Which skin vertices are outer skin, before and after subdivision. Knows nothing of coordinates."""

import numpy as np
from jaxtyping import Bool, Int

from facescale.geometry.subdivision import Subdivision
from facescale.heads.builtin.topology import SkinTopology

OUTER_RINGS = {"mouth": 8, "eye": 6, "nostril": 2}
"""Block -> the last ring that a scanner sees: where the lips meet, the lid margin, the nostril's rim."""


def outer_skin(topology: SkinTopology) -> Bool[np.ndarray, "v"]:
    """Everything but sockets, before subdivision. Ears count as outer skin to the bottom of their canals."""
    outer = np.ones(topology.num_vertices, dtype=bool)
    for name, rings in topology.rings.items():
        last = OUTER_RINGS.get(name.removesuffix(".right"))
        if last is not None:
            outer[rings[last + 1 :]] = False
            inner = topology.caps[name][1:-1, 1:-1]
            outer[inner] = False
    return outer


def subdivided_mask(
    mask: Bool[np.ndarray, "v"], step: Subdivision, quads: Int[np.ndarray, "q 4"]
) -> Bool[np.ndarray, "w"]:
    """A mask on the finer mesh: a new vertex is in where all the old ones around it are.

    Args:
        mask: on the coarser mesh.
        step: between the two.
        quads: of the coarser mesh.
    """
    return np.concatenate([mask, mask[step.edges].all(axis=1), mask[quads].all(axis=1)])
