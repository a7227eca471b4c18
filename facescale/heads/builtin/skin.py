"""The mean skin: typed controls placed on the vertices of the topology, and the fill between them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int
from scipy.interpolate import CubicSpline

from facescale.heads.builtin import controls
from facescale.heads.builtin.ear import ear_rings
from facescale.heads.builtin.eyelids import eyelid_rings
from facescale.heads.builtin.fill import BiLaplacianFill
from facescale.heads.builtin.mouth import mouth_rings
from facescale.heads.builtin.nostril import nostril_rings
from facescale.heads.builtin.sections import HALF, section_grid
from facescale.heads.builtin.topology import SkinTopology, skin_topology

SECTION = 0.15
"""Weight of sections: a typed radius is rounded to half a millimetre, which the fill smooths away."""
PROFILE, NOSE = 1.5, 2.0
FIXED = 20.0
"""Weight of what must be met to a tenth of a millimetre."""
NOSE_ROWS, NOSE_COLUMNS = (23, 37), 7
"""Where the sections, which know no nose, have no say."""
BESIDE_NOSE = {29: 9, 30: 9, 31: 10}
"""Row -> columns over which the sections have little say, so that the nose runs out into the cheek."""


@dataclass(frozen=True, kw_only=True)
class ControlPoints:
    """Where vertices are wanted, and how much."""

    points: Float[np.ndarray, "v 3"]
    weights: Float[np.ndarray, "v"]
    """0 where nothing is typed."""


@cache
def skin_controls() -> ControlPoints:
    """The typed controls of the mean, both halves, on the vertices of the topology."""
    topology = skin_topology()
    place = _Placement(topology)
    sections = section_grid()
    place.put(topology.grid[:, :HALF], sections, SECTION)
    place.put(topology.grid[0, :HALF], sections[0], FIXED)
    for (right_left, front_back), point in controls.CROWN_POINTS.items():
        place.put(topology.crown[9 + right_left, 9 + front_back], point, SECTION)
    for row, width in BESIDE_NOSE.items():
        place.weights[_around(topology, row, width)] *= 0.2
    for side in ("eye", "eye.right"):
        place.weights[topology.rings[side][0, :11]] *= 0.5
    _put_nose(place)
    for ring, points, weight in nostril_rings(place.points[topology.rings["nostril"][0]]):
        place.put(topology.rings["nostril"][ring], points, weight)
    for ring, points, weight in eyelid_rings():
        place.put(topology.rings["eye"][ring], points, weight)
    for ring, places, points, weight in mouth_rings():
        place.put(topology.rings["mouth"][ring, places], points, weight)
    for ring, points, weight in ear_rings(sections):
        place.put(topology.rings["ear"][ring], points, weight)
    return ControlPoints(points=place.points, weights=place.weights)


@cache
def skin_fill() -> BiLaplacianFill:
    """The fill of the skin: from control points, or from their displacements, to all vertices."""
    topology = skin_topology()
    return BiLaplacianFill(topology.quads, skin_controls().weights, free=topology.grid[0])


@cache
def skin_cage() -> Float[np.ndarray, "v 3"]:
    """Vertices of the mean skin before subdivision, mm in the head frame."""
    return skin_fill()(skin_controls().points)


def _put_nose(place: "_Placement") -> None:
    topology = place.topology
    for row in range(*NOSE_ROWS):
        place.weights[_around(topology, row, NOSE_COLUMNS)] = 0
    rows = np.array(sorted(controls.PROFILE))
    for part in (rows[rows <= 14], rows[rows >= 22]):  # noqa: PLR2004 - the mouth lies between
        spline = CubicSpline(part, [controls.PROFILE[int(row)] for row in part])
        every = np.arange(part[0], part[-1] + 1)
        place.put(topology.grid[every, 0], np.insert(spline(every), 0, 0, axis=1), PROFILE)
    for row, columns in controls.NOSE.items():
        for column, point in columns.items():
            place.put(topology.grid[row, column], point, NOSE)


def _around(topology: SkinTopology, row: int, width: int) -> Int[np.ndarray, "n"]:
    """Vertices of a row less than `width` columns from the front midline."""
    ids = topology.grid[row, np.arange(1 - width, width)]
    return ids[ids >= 0]


class _Placement:
    """Control points being collected, the right half by mirroring."""

    def __init__(self, topology: SkinTopology) -> None:
        self.topology = topology
        self.points = np.zeros((topology.num_vertices, 3))
        self.weights = np.zeros(topology.num_vertices)

    def put(
        self, vertices: np.ndarray | np.integer, points: np.ndarray | tuple[float, ...], weight: float
    ) -> None:
        """Want vertices of the left half at points; -1 is no vertex."""
        vertex = np.asarray(vertices).ravel()
        point = np.asarray(points, dtype=float).reshape(-1, 3)[vertex >= 0]
        vertex = vertex[vertex >= 0]
        mirrored = self.topology.mirror[vertex]
        self.points[vertex] = np.where((mirrored == vertex)[:, None], point * [0, 1, 1], point)
        other = mirrored != vertex
        self.points[mirrored[other]] = point[other] * [-1, 1, 1]
        self.weights[vertex] = self.weights[mirrored] = weight
