"""From typed muscle moves to displacements of the skin, with lips apart and eyelids kept off the eyeballs."""

from functools import cache

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin import controls
from facescale.heads.builtin.bump import bump_displacement
from facescale.heads.builtin.mouth import LOWER_PLACES, UPPER_PLACES
from facescale.heads.builtin.muscle_moves import MUSCLE_MOVES, Move
from facescale.heads.builtin.parts import FLIP
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

LID_SHARES = (1.0, 1.0, 0.85, 0.6, 0.35, 0.15, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""How far each ring of the eye goes with muscles of the face: lids move by themselves."""
CAVITY_SHARES = (*(1.0,) * 10, 0.7, 0.2, 0.05, 0.0, 0.0)
"""The same for rings of the mouth: what lines the jaws stays on them, whatever lips do."""
BLEND_BESIDE_LIPS = 9.0
"""mm above and below the corner's height over which upper and lower lip become one cheek."""


def muscle_displacement(name: str) -> Float[np.ndarray, "v 3"]:
    """Displacement of the skin at full activation, mm; zeros where no muscle is typed under that name."""
    topology, cage = skin_topology(), skin_cage()
    moved = np.zeros_like(cage)
    for move in MUSCLE_MOVES.get(name, ()):
        moved += _of_move(move, cage)
        if move.two_sided:
            mirrored = np.empty_like(cage)
            mirrored[topology.mirror] = _of_move(move, cage) * FLIP
            moved += mirrored
    for side, rings in topology.rings.items():
        if side.startswith("eye"):
            centre = np.array(controls.EYE_CENTRE) * (FLIP if side.endswith("right") else 1)
            for ring, share in enumerate(LID_SHARES):
                moved[rings[ring]] = share * _off_the_ball(moved[rings[ring]], cage[rings[ring]] - centre)
            moved[topology.caps[side]] = 0
    return lips_only(moved)


def lips_only(moved: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "v 3"]:
    """Leave the lining of teeth and throat where it is, the more the farther behind the lips."""
    topology = skin_topology()
    share = np.ones(topology.num_vertices)
    share[topology.caps["mouth"]] = CAVITY_SHARES[-1]
    for vertices, of_ring in zip(topology.rings["mouth"], CAVITY_SHARES, strict=True):
        share[vertices] = of_ring
    return share[:, None] * moved


def _of_move(move: Move, points: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "v 3"]:
    moved = bump_displacement(points, centre=move.centre, reach=move.reach, move=move.move, rate=move.rate)
    if move.lips == "both":
        return moved
    upper = upper_lip_share()[:, None]
    return moved * (upper if move.lips == "upper" else 1 - upper)


def _off_the_ball(moved: Float[np.ndarray, "n 3"], away: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Leave out what would press a lid into the eyeball."""
    outward = away / np.linalg.norm(away, axis=1, keepdims=True)
    inwards = np.minimum((moved * outward).sum(axis=1, keepdims=True), 0)
    return moved - inwards * outward


@cache
def upper_lip_share() -> Float[np.ndarray, "v"]:
    """1 on the upper lip and above, 0 on the lower lip and below; smooth beside the corners of the mouth."""
    topology, cage = skin_topology(), skin_cage()
    corner = cage[topology.rings["mouth"][8, UPPER_PLACES[-1]]]
    rise = (cage[:, 1] - corner[1]) / BLEND_BESIDE_LIPS
    share = 0.5 + 0.5 * np.tanh(1.5 * rise)
    along = np.linspace(0, 1, len(UPPER_PLACES))
    for ring in topology.rings["mouth"]:
        for places, sign in ((UPPER_PLACES, 1), (LOWER_PLACES, -1)):
            value = 0.5 + 0.5 * sign * (1 - along**3)
            share[ring[places]] = value
            share[topology.mirror[ring[places]]] = value
    return share
