"""The lower jaw: rotation about the condyles with a glide, and how much of it each part of the skin follows."""

from functools import cache

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from facescale.heads.builtin.fill import BiLaplacianFill
from facescale.heads.builtin.mouth import LOWER_PLACES, UPPER_PLACES
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import COLUMNS, skin_topology

CONDYLES = (-22.0, -72.0)
"""Height and depth of the axis through both condyles."""
OPENING = np.radians(18.3)
GLIDES: dict[str, tuple[float, float, float]] = {
    "jawOpen": (0.0, -4.5, 10.0),
    "jawForward": (0.0, -2.8, 5.0),
    "jawLeft": (5.5, -2.0, 0.5),
    "jawRight": (-5.5, -2.0, 0.5),
}
"""Translation of the jaw at full activation, mm; opening turns it besides."""

# row -> ((column, share), ...): how far the skin goes with the jaw, from the front midline to the back
SHARES = {
    0: ((0, 0), (36, 0)),
    3: ((0, 0.16), (6, 0.14), (12, 0.06), (18, 0), (36, 0)),
    6: ((0, 0.52), (6, 0.5), (12, 0.32), (18, 0.08), (22, 0), (36, 0)),
    8: ((0, 0.8), (6, 0.78), (12, 0.6), (18, 0.25), (22, 0.03), (36, 0)),
    10: ((0, 0.98), (6, 0.98), (12, 0.9), (18, 0.5), (22, 0.08), (28, 0), (36, 0)),
    12: ((0, 1), (9, 1), (15, 0.92), (18, 0.62), (22, 0.1), (28, 0), (36, 0)),
    14: ((0, 1), (9, 1), (15, 0.85), (18, 0.55), (22, 0.08), (28, 0), (36, 0)),
    18: ((9, 0.5), (12, 0.6), (15, 0.55), (18, 0.35), (22, 0.04), (28, 0), (36, 0)),
    22: ((0, 0), (5, 0.02), (9, 0.16), (12, 0.26), (15, 0.24), (18, 0.14), (22, 0.02), (28, 0), (36, 0)),
    26: ((0, 0), (9, 0.02), (12, 0.06), (18, 0.04), (21, 0), (36, 0)),
    30: ((0, 0), (36, 0)),
    50: ((0, 0), (36, 0)),
}
_STIFF = 2.0


def jaw_motion(name: str, weight: float = 1.0) -> tuple[Float[np.ndarray, "3 3"], Float[np.ndarray, "3"]]:
    """Rotation and translation of the mandible in the head frame; others than jaw shapes leave it at rest."""
    angle = weight * OPENING if name == "jawOpen" else 0.0
    rotation = np.array([[1, 0, 0], [0, np.cos(angle), np.sin(angle)], [0, -np.sin(angle), np.cos(angle)]]).T
    axis = np.array([0.0, *CONDYLES])
    return rotation, axis - rotation @ axis + weight * np.array(GLIDES.get(name, (0.0, 0.0, 0.0)))


def jaw_displacement(name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """How far points that are fixed to the mandible move at full activation, mm."""
    rotation, translation = jaw_motion(name)
    return points @ rotation.T + translation - points


@cache
def jaw_share() -> Float[np.ndarray, "v"]:
    """How far each vertex of the skin goes with the mandible, 0 to 1, spread smoothly between typed shares."""
    topology = skin_topology()
    share, known = np.zeros(topology.num_vertices), np.zeros(topology.num_vertices)

    def put(vertices: np.ndarray, values: np.ndarray, weight: float) -> None:
        kept = vertices >= 0
        vertex = vertices[kept]
        for side in (vertex, topology.mirror[vertex]):
            share[side], known[side] = values[kept], weight

    for row, typed in SHARES.items():
        columns, values = np.array(typed, dtype=float).T
        every = np.arange(int(columns[0]), COLUMNS // 2 + 1)
        put(topology.grid[row, every], np.interp(every, columns, values), _STIFF)
    corner = 0.5 * np.linspace(0, 1, len(UPPER_PLACES)) ** 2.5
    for ring in range(2, len(topology.rings["mouth"])):
        put(topology.rings["mouth"][ring, UPPER_PLACES], corner, _STIFF)
        put(topology.rings["mouth"][ring, LOWER_PLACES], 1 - corner, _STIFF)
    for name in ("eye", "ear", "nostril"):
        put(topology.rings[name].ravel(), np.zeros(topology.rings[name].size), _STIFF)
    spread = BiLaplacianFill(topology.quads, known, free=topology.grid[0])(share[:, None])[:, 0]
    return np.clip(spread, 0, 1)


def jaw_on_skin(name: str) -> Float[np.ndarray, "v 3"]:
    """Displacement of the skin at full activation, mm."""
    return jaw_share()[:, None] * jaw_displacement(name, skin_cage())


def lips_closed_on_open_jaw() -> Float[np.ndarray, "v 3"]:
    """What closes the lips while the jaw is open: both go the same share of its way."""
    cage, share = skin_cage(), jaw_share()
    near = np.exp(-0.5 * np.square((cage - CLOSING_CENTRE) / CLOSING_REACH).sum(axis=1))
    plateau = CubicSpline([0, 0.15, 0.75, 1], [0, 0.1, 0.98, 1], bc_type="clamped")(near).clip(0, 1)
    return (plateau[:, None] * (CLOSED_SHARES - share[:, None])) * jaw_displacement("jawOpen", cage)


CLOSING_CENTRE, CLOSING_REACH = np.array([0.0, -66.0, 18.0]), np.array([34.0, 13.0, 11.0])
CLOSED_SHARES = np.array([0.55, 0.55, 0.12])
"""Lips meet over the upper teeth, not behind them where the jaw has gone."""
