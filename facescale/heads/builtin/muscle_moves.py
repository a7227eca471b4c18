"""What facial muscles move, typed: smooth local displacements in mm at full activation, left side.

Shapes that the jaw and the lids make are elsewhere; some of those take a share of a move from here.
"""

from dataclasses import dataclass
from typing import Literal

from facescale.heads.builtin.bump import Triple

Lips = Literal["both", "upper", "lower"]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A bump (`bump_displacement`), on one lip only where so said."""

    centre: Triple
    """mm in the mean head."""
    reach: Triple
    move: Triple = (0.0, 0.0, 0.0)
    rate: Triple = (0.0, 0.0, 0.0)
    lips: Lips = "both"
    two_sided: bool = False
    """Its mirror image goes with it."""


def _pull(centre: Triple, reach: Triple, move: Triple, lips: Lips = "both", *, two_sided: bool = False) -> Move:
    return Move(centre=centre, reach=reach, move=move, lips=lips, two_sided=two_sided)


def _squeeze(
    centre: Triple, reach: Triple, rate: Triple, lips: Lips = "both", *, two_sided: bool = False
) -> Move:
    return Move(centre=centre, reach=reach, rate=rate, lips=lips, two_sided=two_sided)


def _both(centre: Triple, reach: Triple, move: Triple, lips: Lips = "both") -> Move:
    return _pull(centre, reach, move, lips, two_sided=True)


MUSCLE_MOVES: dict[str, tuple[Move, ...]] = {
    # orbicularis oculi around the lids
    "eyeSquintLeft": (
        _pull((34, -15, 6), (15, 7, 12), (0, 1.2, 0.8)),
        _pull((52, 1, -9), (8, 8, 10), (-0.8, 0, 0.3)),
    ),
    "eyeWideLeft": (_pull((32, 15, 14), (16, 6, 12), (0, 1.0, 0)),),
    # frontalis, corrugator, procerus
    "browDownLeft": (
        _pull((20, 18, 19), (11, 8, 14), (-1.8, -3.6, 0.3)),
        _pull((36, 18, 11), (13, 8, 14), (-0.8, -2.8, 0.3)),
        _pull((6, 16, 20), (6, 9, 10), (-0.2, -1.4, 0.8)),
    ),
    "browInnerUp": (
        _both((13, 20, 20), (11, 11, 14), (0.4, 4.6, 0.3)),
        _pull((0, 38, 22), (26, 16, 20), (0, 2.2, 0.3)),
    ),
    "browOuterUpLeft": (
        _pull((40, 19, 9), (14, 10, 14), (0.4, 5.2, 0.3)),
        _pull((38, 36, 10), (18, 14, 18), (0, 2.0, 0.2)),
    ),
    # zygomatici, risorius, buccinator
    "mouthSmileLeft": (
        _pull((26, -65, 11), (11, 10, 13), (5.2, 5.6, -4.0)),
        _pull((12, -64, 21), (8, 9, 11), (1.6, 0.6, -1.2)),
        _pull((38, -38, 8), (14, 11, 16), (1.4, 4.2, 2.8)),
        # the nasolabial fold: its cheek side over its lip side
        _pull((33, -46, 11), (7, 9, 11), (-0.6, 1.4, 2.6)),
        _pull((22, -46, 15), (4, 6, 9), (0.8, 0.6, -2.0)),
        _pull((29, -55, 11), (4.5, 7, 9), (0.8, 0.6, -2.4)),
        _pull((33, -15, 6), (14, 7, 10), (0, 1.0, 0.6)),
    ),
    "mouthDimpleLeft": (
        _pull((27, -66, 10), (8, 8, 9), (2.6, 0.6, -2.8)),
        _pull((33, -66, 7), (5, 7, 8), (0.4, 0, -2.2)),
        _pull((38, -60, 5), (7, 9, 9), (0.4, 0.4, 0.8)),
    ),
    "mouthStretchLeft": (
        _pull((26, -67, 11), (12, 10, 13), (5.4, -1.8, -3.8)),
        _pull((30, -86, 4), (13, 13, 16), (2.6, -1.8, -0.8)),
    ),
    "mouthFrownLeft": (
        _pull((26, -66, 11), (10, 9, 12), (0.8, -4.8, -0.8)),
        _pull((22, -80, 11), (11, 9, 12), (0.4, -1.8, 0.5)),
        _pull((33, -60, 9), (9, 12, 11), (0.4, -1.8, -0.6)),
    ),
    "mouthPressLeft": (
        _squeeze((13, -65.5, 22), (12, 8, 10), (0, -0.36, 0), "upper"),
        _squeeze((13, -65.9, 22), (12, 8, 10), (0, -0.42, 0), "lower"),
        _pull((13, -65.6, 23), (13, 6, 9), (0.3, 0, -1.1)),
        _pull((27, -66, 10), (8, 7, 8), (1.4, 0, -1.2)),
        _pull((18, -82, 14), (9, 6, 9), (0, 0.6, 1.0)),
    ),
    # what keeps the lips together while the jaw slides
    "jawForward": (_pull((0, -70, 21), (24, 8, 13), (0, 2.2, 0), "lower"),),
    "jawLeft": (_pull((0, -70, 21), (24, 8, 13), (0, 1.5, 0), "lower"),),
    # orbicularis oris
    "mouthPucker": (
        _both((27, -66, 10), (12, 11, 13), (-10.5, 0, 5.2)),
        _pull((0, -66, 23), (14, 11, 13), (0, 0, 5.2)),
        _squeeze((0, -65.6, 23), (12, 8, 10), (0, 0.14, 0)),
    ),
    "mouthFunnel": (
        _both((27, -66, 10), (12, 12, 13), (-6.5, 0, 3.6)),
        _pull((0, -66, 23), (16, 12, 13), (0, 0, 4.6)),
        _pull((0, -60, 24), (14, 8, 10), (0, 3.0, 1.0), "upper"),
        _pull((0, -72, 22), (14, 8, 10), (0, -3.6, 1.0), "lower"),
    ),
    "mouthLeft": (_pull((0, -66, 18), (26, 14, 18), (7.0, 0.6, -0.6)),),
    "mouthRollUpper": (
        _squeeze((0, -65.5, 22), (19, 8, 10), (0, -0.5, 0), "upper"),
        _pull((0, -62, 26), (19, 5, 8), (0, 0, -2.8), "upper"),
    ),
    "mouthRollLower": (
        _squeeze((0, -65.9, 22), (18, 8, 10), (0, -0.5, 0), "lower"),
        _pull((0, -70, 24), (18, 5, 8), (0, 0, -2.8), "lower"),
        _pull((0, -84, 17), (20, 7, 10), (0, 1.4, 0.6), "lower"),
    ),
    "mouthShrugUpper": (
        _pull((0, -61, 24), (18, 8, 11), (0, 2.0, 1.2), "upper"),
        _pull((0, -50, 23), (14, 8, 10), (0, 1.0, 0.4)),
    ),
    "mouthShrugLower": (
        _pull((0, -66, 22), (20, 9, 13), (0, 2.4, 1.4)),
        _pull((0, -72, 22), (17, 6, 10), (0, 0.2, 1.6), "lower"),
        _pull((0, -94, 17), (20, 15, 16), (0, 3.4, 0.6)),
    ),
    # levators and depressors of the lips, nasalis
    "mouthUpperUpLeft": (
        _pull((11, -61, 22), (9, 8, 11), (0.4, 3.8, 0.4), "upper"),
        _pull((21, -47, 14), (9, 9, 12), (0.8, 2.2, 0.5)),
        _pull((17, -37, 18), (7, 8, 10), (0.5, 1.0, 0)),
    ),
    "mouthLowerDownLeft": (
        _pull((11, -71, 20), (9, 8, 11), (0.8, -4.4, 0.2), "lower"),
        _pull((13, -84, 14), (11, 8, 11), (0.3, -1.8, 0)),
    ),
    "noseSneerLeft": (
        _pull((15, -33, 19), (8, 9, 11), (1.2, 3.8, 0.3)),
        _pull((9, -9, 19), (6, 10, 10), (-0.4, 1.8, 1.4)),
        _pull((15, -56, 21), (9, 9, 11), (0.4, 2.6, 0), "upper"),
        _pull((26, -41, 12), (9, 9, 11), (0.4, 2.6, 1.2)),
        _pull((21, -46, 14), (5, 8, 8), (0.6, 1.2, -1.2)),
        _pull((12, 15, 19), (8, 7, 11), (-0.6, -1.2, 0.2)),
    ),
    # cheeks
    "cheekPuff": (
        _both((44, -62, 3), (15, 16, 17), (6.4, 0, 4.6)),
        _both((26, -66, 11), (8, 8, 9), (-3.0, 0, -0.8)),
        _pull((0, -56, 23), (22, 7, 10), (0, 0, 1.2)),
        _pull((0, -79, 18), (20, 7, 10), (0, 0, 1.0)),
    ),
    "cheekSquintLeft": (
        _pull((38, -27, 8), (15, 10, 14), (0.2, 4.2, 2.8)),
        _pull((33, -14, 6), (14, 6, 10), (0, 1.4, 1.0)),
        _pull((54, 0, -10), (7, 8, 10), (-0.8, 0.3, 0.4)),
    ),
}
"""Shapes of one side are the left ones; "mouthLeft" is the whole mouth, moved to the left."""
