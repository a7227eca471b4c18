"""Cranium and mandible proxies of the built-in head: where bone lies under its skin."""

from functools import cache

import numpy as np
from jaxtyping import Bool, Float

from facescale.geometry.subdivision import Subdivision, catmull_clark
from facescale.heads.builtin.bones import BoneSurface, bone_surfaces
from facescale.heads.builtin.masks import subdivided_mask
from facescale.heads.builtin.topology import COLUMNS, SkinTopology, skin_topology

_MIDLINE = {
    "opisthocranion": (38, 36),
    "glabella": (38, 0),
    "nasion": (36, 0),
    "rhinion": (32, 0),
    "subnasale": (23, 0),
    "mentolabial_sulcus": (14, 0),
    "pogonion": (12, 0),
    "menton": (10, 0),
}
"""Landmark -> (row, column)."""
_PAIRED = {
    "euryon": (41, 22),
    "mid_supraorbital": (38, 9),
    "mid_infraorbital": (29, 10),
    "zygion": (29, 18),
    "supra_second_molar": (22, 12),
    "infra_second_molar": (13, 12),
    "mid_ramus": (19, 18),
    "gonion": (12, 18),
    "mid_mandibular_border": (11, 10),
}
_REGIONS = {
    "cranium": (((37, 50), (0, 36)), ((28, 37), (16, 21)), ((31, 37), (0, 4))),
    "mandible": (((10, 14), (0, 18)), ((14, 21), (13, 19))),
}
"""Bone -> grid rectangles that lie over it, as (rows, columns of the left half), last ones included."""


def skull(skin: Float[np.ndarray, "w 3"]) -> dict[str, BoneSurface]:
    """Make the bones under a skin.

    Args:
        skin: the skin's vertices of any shape of the built-in head (the first ones of the head), in mm.

    Returns:
        `cranium` and `mandible`: open sheets under forehead, vault, nasal root and cheekbones, and under chin,
        jaw border and ramus; `trusted` where soft tissue is thin and alike in all people.

    Raises:
        ValueError: another number of vertices than the built-in head's skin has.
    """
    step, regions = _bone_regions()
    topology = skin_topology()
    count = topology.num_vertices + len(step.edges) + len(topology.quads)
    if len(skin) != count:
        raise ValueError(f"expected the {count} vertices of the skin, got {len(skin)}")
    landmarks = {
        "vertex": [int(topology.crown[9, 9])],
        "labrale_superius": [int(topology.rings["mouth"][4, 35])],
        "labrale_inferius": [int(topology.rings["mouth"][4, 9])],
        **{name: [int(topology.grid[place])] for name, place in _MIDLINE.items()},
        **{
            name: [int(topology.grid[row, column]), int(topology.grid[row, -column])]
            for name, (row, column) in _PAIRED.items()
        },
    }
    return bone_surfaces(skin, step.quads, landmarks=landmarks, regions=regions)


@cache
def _bone_regions() -> tuple[Subdivision, dict[str, Bool[np.ndarray, "w"]]]:
    topology = skin_topology()
    step = catmull_clark(topology.quads, topology.num_vertices)
    masks = {name: _mask(topology, name) for name in _REGIONS}
    return step, {name: subdivided_mask(mask, step, topology.quads) for name, mask in masks.items()}


def _mask(topology: SkinTopology, name: str) -> Bool[np.ndarray, "v"]:
    mask = np.zeros(topology.num_vertices, dtype=bool)
    for (first_row, last_row), (first, last) in _REGIONS[name]:
        columns = np.arange(first, last + 1)
        both = np.concatenate([columns, -columns]) % COLUMNS
        ids = topology.grid[first_row : last_row + 1][:, both]
        mask[ids[ids >= 0]] = True
    if name == "cranium":
        mask[topology.crown] = True
    return mask
