"""What faces do, as sets of expression coefficients that people use together. Knows nothing of time.

Actions are written in ARKit's names; any head whose names translate to those can act.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from facescale.heads.arkit_names import arkit_name, arkit_sums
from facescale.heads.linear import LinearHead
from facescale.heads.template import ParameterBlock


def _both(name: str, weight: float) -> dict[str, float]:
    return {name + "Left": weight, name + "Right": weight}


ACTIONS: Mapping[str, Mapping[str, float]] = {
    "smile": {**_both("mouthSmile", 0.8), **_both("cheekSquint", 0.45), **_both("eyeSquint", 0.3)},
    "laugh": {
        **_both("mouthSmile", 0.85),
        **_both("mouthUpperUp", 0.35),
        **_both("mouthLowerDown", 0.3),
        **_both("cheekSquint", 0.6),
        **_both("eyeSquint", 0.45),
        "jawOpen": 0.3,
    },
    "open": {"jawOpen": 0.6, **_both("mouthLowerDown", 0.15)},
    "say o": {"jawOpen": 0.3, "mouthFunnel": 0.7},
    "say u": {"mouthPucker": 0.75, "jawOpen": 0.08},
    "say e": {**_both("mouthStretch", 0.45), **_both("mouthLowerDown", 0.4), "jawOpen": 0.14},
    "press": {**_both("mouthPress", 0.6), "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
    "frown": {**_both("mouthFrown", 0.6), **_both("browDown", 0.5), "mouthShrugLower": 0.3},
    "anger": {**_both("browDown", 0.85), **_both("noseSneer", 0.4), **_both("eyeSquint", 0.25)},
    "surprise": {
        "browInnerUp": 0.8,
        **_both("browOuterUp", 0.75),
        **_both("eyeWide", 0.5),
        "jawOpen": 0.3,
    },
    "worry": {"browInnerUp": 0.8, **_both("mouthFrown", 0.3)},
    "puff": {"cheekPuff": 0.7},
    "smirk": {"mouthSmileLeft": 0.6, "mouthLeft": 0.3, "mouthDimpleLeft": 0.4},
    "doubt": {"mouthRight": 0.4, "browOuterUpRight": 0.7, "browDownLeft": 0.4},
    "squint": {**_both("eyeSquint", 0.75), **_both("browDown", 0.3)},
}
"""Action -> coefficients at full activation."""
BLINK: Mapping[str, float] = _both("eyeBlink", 1.0)
LOOKS: Mapping[str, Mapping[str, float]] = {
    "left": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "right": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    "up": _both("eyeLookUp", 1.0),
    "down": _both("eyeLookDown", 1.0),
}
"""Direction of gaze, the subject's -> coefficients at the end of its reach."""


class Acting:
    """Actions as rows over one head's expression coefficients.

    Args:
        head: a head with an expression block that has names.

    Raises:
        ValueError: its names translate to hardly any action.
    """

    def __init__(self, head: LinearHead) -> None:
        self.block = next(block for block in head.blocks if block.name == "expression")
        self._columns = columns = _columns(self.block)
        known = {name for action in ACTIONS.values() for name in action}
        if len(known & columns.keys()) < len(known) // 2:
            raise ValueError(f"expected expressions with ARKit's names, got {self.block.names[:8]}")
        self.actions = np.stack([_row(action, columns, self.block.size) for action in ACTIONS.values()])
        self.blink = _row(BLINK, columns, self.block.size)
        self.looks = np.stack([_row(look, columns, self.block.size) for look in LOOKS.values()])
        self.single = np.array(sorted({c for name, cs in columns.items() if _free(name) for c in cs}))
        """Columns that may stir alone: no jaw and no tongue, which would pass through lips and teeth."""

    def named(self, weights: Mapping[str, float]) -> Float[np.ndarray, "k"]:
        """Coefficients, within the head's bounds, of weights by ARKit's names; others do nothing."""
        row = _row(weights, self._columns, self.block.size)
        return np.clip(row, self.block.lower.numpy(), self.block.upper.numpy()).astype(np.float32)

    def expression(
        self,
        activations: Float[np.ndarray, "a"],
        *,
        blink: float,
        gaze: tuple[float, float],
        extra: Float[np.ndarray, "k"],
    ) -> Float[np.ndarray, "k"]:
        """Coefficients within the head's bounds.

        Args:
            activations: of `ACTIONS` in their order, 0..1.
            blink: 0 open to 1 closed.
            gaze: to the subject's left and up, -1..1 of the eyes' reach.
            extra: what else moves.
        """
        left, up = gaze
        looks = np.array([max(left, 0), max(-left, 0), max(up, 0), max(-up, 0)])
        values = activations @ self.actions + looks @ self.looks + extra
        # lids that squint close sooner
        values = np.where(self.blink > 0, np.maximum(values, blink * self.blink), values)
        return np.clip(values, self.block.lower.numpy(), self.block.upper.numpy()).astype(np.float32)


def _free(name: str) -> bool:
    return not name.startswith(("jaw", "tongue", "eyeLook", "eyeBlink", "mouthClose", "Pupil"))


def _columns(block: ParameterBlock) -> dict[str, tuple[int, ...]]:
    """Columns by ARKit's names; an expression in two halves has two."""
    place = {name: index for index, name in enumerate(block.names)}
    columns = {arkit_name(name): (index,) for name, index in place.items()}
    columns |= {
        whole: tuple(place[half] for half in halves) for whole, halves in arkit_sums(block.names).items()
    }
    return columns


def _row(
    action: Mapping[str, float], columns: Mapping[str, tuple[int, ...]], size: int
) -> Float[np.ndarray, "k"]:
    row = np.zeros(size)
    for name, weight in action.items():
        row[list(columns.get(name, ()))] = weight
    return row
