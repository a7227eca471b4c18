"""Upper and lower teeth with gums, palate and floor of the mouth, as one closed quad surface an arch.

An arch is built with the tips of its teeth upwards, the occlusal plane at y = 0 and its curve beginning at the
origin; the upper one is then turned over. Knows nothing of jaws or lips.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin.arch_layout import (
    COLUMNS,
    END,
    FRONT,
    MIDDLE,
    ROWS,
    SIDE,
    SLOPE,
    TEETH,
    ArchLayout,
    arch_texture,
    block_column,
)
from facescale.heads.builtin.dental_arch import ArchCurve, arch_curve
from facescale.heads.builtin.parts import Part, merge, patch_border, reflect, square_grid
from facescale.heads.builtin.tooth_shapes import (
    LOWER_TEETH,
    UPPER_TEETH,
    Tooth,
    biting_face,
    crown_sections,
    gum_margin,
)

GUM_GAP = 1.1
"""Least width of the gum between neighbouring teeth, mm."""
CROWN_GAPS = (1.8, 1.2, 0.12, 0.12, 0.12)
"""Least distance between neighbouring crowns at each of their sections, mm: below, a papilla finds room."""
_OUTER_SLOPE = ((0.9, 0.22, 0.45), (1.3, 0.6, 0.1), (0.2, 1.0, 0.0))
"""Rows of gum from the margins to the outer rim: mm outwards, share of the way down, share of
the margins' waves."""
_INNER_SLOPE = ((-0.7, 0.25, 0.45), (-1.5, 0.6, 0.1), (-3.0, 1.0, 0.0))
_INNER_DROP = 7.5
"""From the margins to the edge of palate or floor, mm."""


@dataclass(frozen=True, kw_only=True)
class ArchMeasures:
    """One dental arch, mm."""

    teeth: tuple[Tooth, ...]
    """From the central incisor back."""
    tips: tuple[float, ...]
    """How far each tooth's tip reaches beyond the occlusal plane."""
    canine_breadth: float
    """Between the canines' tips."""
    molar_breadth: float
    """Between the buccal cusps of the first molars."""
    rim: float
    """Depth of the outer rim behind the occlusal plane."""
    vault: float
    """Depth of the palate's or floor's middle behind its edge at the gum; positive is hollow."""

    def __post_init__(self) -> None:
        if not len(self.teeth) == len(self.tips) == TEETH // 2:
            raise ValueError(
                f"expected {TEETH // 2} teeth and tips, got {len(self.teeth)} and {len(self.tips)}"
            )
        deepest = max(tooth.height - tip for tooth, tip in zip(self.teeth, self.tips, strict=True))
        if self.rim < deepest + 4:
            raise ValueError(f"expected a rim at least 4 mm behind the gum at {deepest:.1f} mm, got {self.rim}")


UPPER_ARCH = ArchMeasures(
    teeth=UPPER_TEETH,
    tips=(0.0, -0.6, 0.1, 0.0, -0.1, -0.1, -0.2),
    canine_breadth=34.0,
    molar_breadth=51.0,
    rim=18.0,
    vault=7.0,
)
LOWER_ARCH = ArchMeasures(
    teeth=LOWER_TEETH,
    tips=(0.0, -0.1, -0.1, -2.5, -2.6, -2.6, -2.7),
    canine_breadth=26.5,
    molar_breadth=45.5,
    rim=19.0,
    vault=1.5,
)
"""Its occlusal plane here is that of its incisors; molars lie lower by the overbite and a gap."""


@dataclass(frozen=True, kw_only=True)
class TeethMeasures:
    """Both arches and how they stand in the head, mm in the head frame."""

    upper: ArchMeasures = UPPER_ARCH
    lower: ArchMeasures = LOWER_ARCH
    edge: tuple[float, float, float] = (0.0, -64.0, 12.0)
    """Midpoint of the upper central incisors' edges, for lips that meet at about (0, -65, 19)."""
    tilt: float = field(default=float(np.radians(8)))
    """How far the occlusal plane falls towards the front, radians; 8 to 10 degrees to the Frankfort plane."""
    overbite: float = 2.0
    """How far the upper incisors' edges reach below the lower ones'."""
    overjet: float = 2.0
    """How far they stand before them."""


def teeth(measures: TeethMeasures) -> tuple[Part, Part]:
    """Make the upper and the lower arch, with the jaws closed to their resting gap.

    Returns:
        Upper, lower. Groups: `teeth`, `gums`, `palate` (of the lower arch: the floor), `back` (never seen), and
        one for each tooth of a side, as `left_canine`.
    """
    upper = dental_arch("upper_teeth", measures.upper)
    flipped = upper.vertices * [1, -1, 1]
    upper = Part(
        name=upper.name,
        vertices=into_head(flipped, measures),
        quads=upper.quads[:, ::-1].copy(),
        uv=np.array([1, 0]) + upper.uv * [-1, 1],
        quads_uv=upper.quads_uv[:, ::-1].copy(),
        mirror=upper.mirror,
        groups=upper.groups,
    )
    lower = dental_arch("lower_teeth", measures.lower)
    offset = np.array([0, measures.overbite, -measures.overjet])
    lower = Part(
        name=lower.name,
        vertices=into_head(lower.vertices + offset, measures),
        quads=lower.quads,
        uv=lower.uv,
        quads_uv=lower.quads_uv,
        mirror=lower.mirror,
        groups=lower.groups,
    )
    return upper, lower


def both_arches(measures: TeethMeasures) -> Part:
    """Make both arches as one part; groups as of `teeth`, and `upper_teeth` and `lower_teeth`."""
    return merge("teeth", teeth(measures), [(0, 0.5, 1, 0.5), (0, 0, 1, 0.5)])


def dental_arch(name: str, measures: ArchMeasures) -> Part:
    """Make one arch with its tips upwards, its occlusal plane at y = 0 and its curve from the origin back."""
    layout = ArchLayout()
    curve = arch_curve(
        [tooth.width for tooth in measures.teeth],
        canine_half=measures.canine_breadth / 2,
        molar_half=measures.molar_breadth / 2,
    )
    points = np.zeros((layout.num_vertices, 3))
    _raise_crowns(points, layout, curve, measures)
    _between_teeth(points, layout, curve, measures)
    _behind_last(points, layout, curve, measures)
    _slope_gums(points, layout, measures)
    mirror = layout.mirror()
    points = reflect(points, mirror)
    _span(points, layout.palate, depth=measures.vault, open_back=True)
    _span(points, layout.back, depth=measures.vault + 5.0, open_back=False)
    uv, quads_uv = arch_texture(layout)
    return Part(
        name=name,
        vertices=reflect(points, mirror),
        quads=layout.quads(),
        uv=uv,
        quads_uv=quads_uv,
        mirror=mirror,
        groups=_groups(layout, measures.teeth),
    )


def into_head(points: Float[np.ndarray, "v 3"], measures: TeethMeasures) -> Float[np.ndarray, "v 3"]:
    """Bring points of the mouth to the head: their origin is the upper edge, y = 0 the occlusal plane."""
    c, s = np.cos(measures.tilt), np.sin(measures.tilt)
    return points @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]) + np.asarray(measures.edge)


def _standing(measures: ArchMeasures) -> list[tuple[Tooth, float, float]]:
    """Each tooth of the left side with its middle along the curve and the height of its gum."""
    ends = np.cumsum([tooth.width for tooth in measures.teeth])
    return [
        (tooth, float(end - tooth.width / 2), tip - tooth.height)
        for tooth, end, tip in zip(measures.teeth, ends, measures.tips, strict=True)
    ]


def _raise_crowns(points: np.ndarray, layout: ArchLayout, curve: ArchCurve, measures: ArchMeasures) -> None:
    """Set gum margins, crowns and biting faces of the left side's teeth."""
    square = square_grid(SIDE)
    border = square.reshape(-1, 2)[patch_border(np.arange((SIDE + 1) ** 2).reshape(SIDE + 1, -1))]
    for k, (tooth, middle, gum) in enumerate(_standing(measures)):
        number = TEETH // 2 + k

        def set_in_arch(
            local: np.ndarray, gap: float, middle: float = middle, gum: float = gum, tooth: Tooth = tooth
        ) -> np.ndarray:
            origin, tangent, normal = curve.at(middle)
            flat = origin + local[:, :1] * tangent + local[:, 1:2] * normal
            for side in (-1, 1):
                # Nothing of a tooth passes the plane between it and its neighbour.
                at, along, _ = curve.at(middle + side * tooth.width / 2)
                beyond = side * ((flat - at) @ along) + gap / 2
                flat = flat - side * np.maximum(beyond, 0)[:, None] * along
            return np.stack([flat[:, 0], gum + local[:, 2], flat[:, 1]], axis=1)

        points[layout.margin(number)] = set_in_arch(gum_margin(tooth, border), GUM_GAP)
        for ring, section, gap in zip(
            layout.crowns[number], crown_sections(tooth, border), CROWN_GAPS, strict=True
        ):
            points[ring] = set_in_arch(section, gap)
        face = biting_face(tooth, square).reshape(-1, 3)
        points[layout.faces[number].reshape(-1)] = set_in_arch(face, CROWN_GAPS[-1])


def _between_teeth(points: np.ndarray, layout: ArchLayout, curve: ArchCurve, measures: ArchMeasures) -> None:
    """Raise papillae and the saddles between them, in the planes between neighbouring teeth."""
    across = np.linspace(-1, 1, SIDE + 1)
    bump = 0.2 + 0.4 * across**2
    ends = np.cumsum([0, *(tooth.width for tooth in measures.teeth)])
    rows = slice(SLOPE, SLOPE + SIDE + 1)
    for k in range(TEETH // 2):
        column = block_column(TEETH // 2 + k) - 1
        after = points[layout.gum[column + 1, rows]]
        before = after * [-1, 1, 1] if k == 0 else points[layout.gum[column - 1, rows]]
        middle = (before + after) / 2
        at, along, _ = curve.at(ends[k])
        off = (middle[:, [0, 2]] - at) @ along
        middle[:, [0, 2]] -= off[:, None] * along
        middle[:, 1] += bump * min(measures.teeth[k].scallop, measures.teeth[max(k - 1, 0)].scallop)
        points[layout.gum[column, rows]] = middle


def _behind_last(points: np.ndarray, layout: ArchLayout, curve: ArchCurve, measures: ArchMeasures) -> None:
    """Let the ridge run out behind the last tooth."""
    length = sum(tooth.width for tooth in measures.teeth)
    _, tangent, _ = curve.at(length)
    rows = np.arange(SLOPE, SLOPE + SIDE + 1)
    last = points[layout.gum[COLUMNS - 1 - END, rows]]
    ridge = last + np.array([tangent[0], 0, tangent[1]]) * 2.2
    across = np.linspace(-1, 1, SIDE + 1)
    # The last tooth's distal margin is round; behind it the ridge is straight and narrower.
    middle = ridge.mean(axis=0)
    reach = (last[-1] - last[0]) / 2
    ridge = middle + across[:, None] * reach * 0.75 + np.array([tangent[0], 0, tangent[1]]) * 0.8
    ridge[:, 1] = last[:, 1].mean() - 0.4 - 0.8 * across**2
    points[layout.gum[COLUMNS - 2, rows]] = ridge
    crest = middle + np.array([tangent[0], 0, tangent[1]]) * 5.0
    fall = np.linspace(0, 1, ROWS // 2 + 1)[::-1]
    end = np.repeat(crest[None], ROWS // 2 + 1, axis=0)
    end[:, 1] = ridge[:, 1].max() - 1.5 + fall * (-measures.rim - ridge[:, 1].max() + 1.5)
    end[:, [0, 2]] += (1 - fall)[:, None] * 0 + fall[:, None] * tangent * 1.5
    points[layout.gum[COLUMNS - 1, : ROWS // 2 + 1]] = end


def _slope_gums(points: np.ndarray, layout: ArchLayout, measures: ArchMeasures) -> None:
    """Let the gum fall from the margins to the outer rim and to the edge of palate or floor.

    The farther from the teeth, the less of their margins' waves is left.
    """
    columns = np.arange(MIDDLE, COLUMNS - 1)
    for margin_row, direction in ((SLOPE, -1), (ROWS - 1 - SLOPE, 1)):
        margin = points[layout.gum[columns, margin_row]]
        outward = _outward(margin)
        level = _smooth(margin[:, 1], 25)
        foot = np.full(len(level), -measures.rim) if direction < 0 else level - _INNER_DROP
        flat = np.stack([_smooth(margin[:, 0], 2, odd=True), _smooth(margin[:, 2], 2)], axis=1)
        for step, (out, share, waves) in enumerate(_OUTER_SLOPE if direction < 0 else _INNER_SLOPE, start=1):
            where = flat + out * outward
            y = level + waves * (margin[:, 1] - level) + share * (foot - level)
            points[layout.gum[columns, margin_row + direction * step]] = np.stack(
                [where[:, 0], y, where[:, 1]], axis=1
            )
            flat = np.stack([_smooth(flat[:, 0], 4 * step, odd=True), _smooth(flat[:, 1], 4 * step)], axis=1)


def _outward(margin: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 2"]:
    """Unit normals out of the mouth along a row of the left half, smooth from column to column."""
    x, z = _smooth(margin[:, 0], 6, odd=True), _smooth(margin[:, 2], 6)
    tangent = np.stack([np.gradient(x), np.gradient(z)], axis=1)
    tangent[0] = [1, 0]
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)


def _smooth(values: Float[np.ndarray, "n"], times: int, *, odd: bool = False) -> Float[np.ndarray, "n"]:
    """Average with both neighbours; the midline comes first and continues as its (odd) reflection."""
    for _ in range(times):
        before = -values[1] if odd else values[1]
        last = 2 * values[-1] - values[-2]
        padded = np.concatenate([[before], values, [last]])
        values = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return values


def _span(points: np.ndarray, grid: np.ndarray, *, depth: float, open_back: bool) -> None:
    """Fill a grid between its edges: harmonic, and sunk the deeper the farther from them.

    Args:
        points: written to.
        grid: vertices, rows from back to front.
        depth: of the place farthest from the edges below the harmonic filling.
        open_back: whether the first row is filled too, from a straight line, and sinks like the rest.
    """
    rows, columns = grid.shape
    if open_back:
        points[grid[0]] = np.linspace(points[grid[0, 0]], points[grid[0, -1]], columns)
    filled = _harmonic(points[grid])
    edge = np.concatenate([filled[:, 0], filled[:, -1], filled[-1], *([] if open_back else [filled[0]])])
    apart = np.linalg.norm(filled[:, :, None, ::2] - edge[:, ::2], axis=-1).min(axis=-1)
    share = apart / apart.max()
    # What ends at the gum's steep foot leaves it level, so as not to dip under it.
    filled[..., 1] -= depth * (share**2 * (3 - 2 * share) if open_back else 1 - (1 - share) ** 2)
    first = 0 if open_back else 1
    points[grid[first : rows - 1, 1:-1]] = filled[first : rows - 1, 1:-1]


def _harmonic(grid: Float[np.ndarray, "r c 3"]) -> Float[np.ndarray, "r c 3"]:
    """Make each inner point the mean of its four neighbours: within a convex border nothing folds."""
    from scipy.sparse import eye, kron
    from scipy.sparse.linalg import spsolve

    rows, columns = grid.shape[:2]

    def steps(count: int) -> np.ndarray:
        return np.eye(count, k=1) + np.eye(count, k=-1)

    around = (kron(eye(rows), steps(columns)) + kron(steps(rows), eye(columns))).tocsr()
    inner = np.zeros((rows, columns), bool)
    inner[1:-1, 1:-1] = True
    inner = inner.reshape(-1)
    flat = grid.reshape(-1, 3).copy()
    system = 4 * eye(int(inner.sum())) - around[inner][:, inner]
    flat[inner] = spsolve(system.tocsc(), around[inner][:, ~inner] @ flat[~inner])
    return flat.reshape(grid.shape)


def _groups(layout: ArchLayout, names: Sequence[Tooth]) -> dict[str, np.ndarray]:
    def mask(ids: np.ndarray) -> np.ndarray:
        result = np.zeros(layout.num_vertices, bool)
        result[ids.reshape(-1)] = True
        return result

    groups = {
        "gums": mask(layout.gum[layout.gum >= 0]),
        "palate": mask(layout.palate),
        "back": mask(layout.back[1:-1, 1:-1]),
    }
    crowns = [mask(layout.crowns[t]) | mask(layout.faces[t]) for t in range(TEETH)]
    groups["teeth"] = np.any(crowns, axis=0)
    for k, tooth in enumerate(names):
        groups[f"left_{tooth.name}"] = crowns[TEETH // 2 + k]
        groups[f"right_{tooth.name}"] = crowns[TEETH // 2 - 1 - k]
    return groups


assert FRONT % 2 == 0
