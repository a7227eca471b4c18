"""All pieces of the built-in head as plain arrays: skin, eyeballs, teeth and tongue, with both bases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from facescale.geometry.subdivision import Subdivision, catmull_clark
from facescale.heads.builtin import controls
from facescale.heads.builtin.expressions import expressions
from facescale.heads.builtin.eyeballs import EyeballMeasures, eyeballs
from facescale.heads.builtin.identity import displacement, identity
from facescale.heads.builtin.landmarks import ibug68
from facescale.heads.builtin.masks import outer_skin, subdivided_mask
from facescale.heads.builtin.parts import Part
from facescale.heads.builtin.regions import skin_regions
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.teeth import LOWER_ARCH, TeethMeasures, teeth
from facescale.heads.builtin.tongue import TongueMeasures, resting_tongue
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.builtin.uv_chart import skin_uv

EYE_CORNERS = (36, 39, 42, 45)
PARTS = ("eyeballs", "upper_teeth", "lower_teeth", "tongue")
"""Behind the skin, in this order; part n has its texture in tile n + 1, where u runs from n + 1 to n + 2."""


@dataclass(frozen=True, kw_only=True)
class HeadArrays:
    """The built-in head, in mm in the head frame."""

    vertices: Float[np.ndarray, "v 3"]
    """Of the mean: the skin, subdivided once, then `PARTS`."""
    quads: Int[np.ndarray, "q 4"]
    uv: Float[np.ndarray, "t 2"]
    quads_uv: Int[np.ndarray, "q 4"]
    mirror: Int[np.ndarray, "v"]
    identity: Float[np.ndarray, "k v 3"]
    expression: Float[np.ndarray, "m v 3"]
    landmarks: Int[np.ndarray, "68"]
    masks: Mapping[str, Bool[np.ndarray, "v"]]
    """Regions of the skin, and one mask a part and group of a part: "eyeballs", "eyeballs.cornea", ..."""


def assemble() -> HeadArrays:
    """Build the head from its typed controls; takes some seconds."""
    topology = skin_topology()
    cage = skin_cage()
    step = catmull_clark(topology.quads, topology.num_vertices)
    parts = _parts()
    landmarks = np.array(ibug68(topology))
    skin = step(cage)
    origin = skin[landmarks[list(EYE_CORNERS)]].mean(axis=0)
    uv, quads_uv = skin_uv()
    starts = np.cumsum([len(skin), *(len(part.vertices) for part in parts)])
    starts_uv = np.cumsum([len(uv), *(len(part.uv) for part in parts)])
    tiles = [part.uv + np.array([tile, 0]) for tile, part in enumerate(parts, 1)]
    return HeadArrays(
        vertices=np.concatenate([skin, *(part.vertices for part in parts)]) - origin,
        quads=np.concatenate([step.quads, *(p.quads + n for p, n in zip(parts, starts, strict=False))]),
        uv=np.concatenate([uv, *tiles]),
        quads_uv=np.concatenate([quads_uv, *(p.quads_uv + n for p, n in zip(parts, starts_uv, strict=False))]),
        mirror=np.concatenate(
            [_subdivided_mirror(topology.mirror, step, topology.quads)]
            + [part.mirror + start for part, start in zip(parts, starts, strict=False)]
        ),
        identity=_identity(step, parts),
        expression=_expression(step, parts),
        landmarks=landmarks,
        masks=_masks(step, parts, len(skin)),
    )


def _parts() -> list[Part]:
    arches = TeethMeasures(
        lower=replace(LOWER_ARCH, rim=controls.LOWER_GUM),
        edge=controls.INCISAL_EDGE,
        overbite=controls.OVERBITE,
    )
    upper, lower = teeth(arches)
    return [
        eyeballs(EyeballMeasures(radius=controls.EYE_RADIUS), controls.EYE_CENTRE),
        upper,
        lower,
        resting_tongue(TongueMeasures(), arches),
    ]


def _identity(step: Subdivision, parts: list[Part]) -> Float[np.ndarray, "k v 3"]:
    axes = identity()
    left = parts[0].groups["left"]
    mouth = np.concatenate([part.vertices for part in parts[1:]])
    moved = []
    for index, name in enumerate(axes.names):
        eyes = np.where(left[:, None], axes.eyes[index, 0], axes.eyes[index, 1])
        moved.append(np.concatenate([step(axes.skin[index]), eyes, _affine(mouth, displacement(name, mouth))]))
    return np.stack(moved)


def _affine(points: Float[np.ndarray, "n 3"], field: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """The affine motion nearest to a field: teeth keep their shape and their places to each other."""
    rows = np.column_stack([points, np.ones(len(points))])
    return rows @ np.linalg.lstsq(rows, field, rcond=None)[0]


def _expression(step: Subdivision, parts: list[Part]) -> Float[np.ndarray, "m v 3"]:
    shapes = expressions()
    eyes, upper, lower, tongue = parts
    return np.stack(
        [
            np.concatenate(
                [
                    step(shapes.skin[index]),
                    shapes.eyeballs(name, eyes.vertices),
                    np.zeros_like(upper.vertices),
                    shapes.jaw(name, lower.vertices),
                    shapes.tongue(name, tongue),
                ]
            )
            for index, name in enumerate(shapes.names)
        ]
    )


def _subdivided_mirror(
    mirror: Int[np.ndarray, "v"], step: Subdivision, quads: Int[np.ndarray, "q 4"]
) -> Int[np.ndarray, "w"]:
    """The mirror map of the finer mesh: edges and quads mirror as their vertices do."""
    count = len(mirror)

    def place(groups: np.ndarray) -> dict[tuple[int, ...], int]:
        return {tuple(sorted(group)): index for index, group in enumerate(groups.tolist())}

    edge, quad = place(step.edges), place(quads)
    edges = [count + edge[tuple(sorted(group))] for group in mirror[step.edges].tolist()]
    centres = [count + len(edge) + quad[tuple(sorted(group))] for group in mirror[quads].tolist()]
    return np.concatenate([mirror, edges, centres])


def _masks(step: Subdivision, parts: list[Part], skin: int) -> dict[str, Bool[np.ndarray, "v"]]:
    topology = skin_topology()
    total = skin + sum(len(part.vertices) for part in parts)

    def placed(mask: np.ndarray, start: int) -> np.ndarray:
        whole = np.zeros(total, dtype=bool)
        whole[start : start + len(mask)] = mask
        return whole

    of_skin = {"skin": np.ones(topology.num_vertices, bool), "outer": outer_skin(topology), **skin_regions()}
    masks = {name: placed(subdivided_mask(mask, step, topology.quads), 0) for name, mask in of_skin.items()}
    start = skin
    for name, part in zip(PARTS, parts, strict=True):
        masks[name] = placed(np.ones(len(part.vertices), bool), start)
        for group, mask in part.groups.items():
            masks[f"{name}.{group}"] = placed(mask, start)
        start += len(part.vertices)
    return masks
