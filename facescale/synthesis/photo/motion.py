"""How a face and a head move over time, as smooth functions: any camera may ask at its own timestamps.

Every track is a sum of waves below a highest frequency, so that no frame rate of a video misses what happens.
Blinks are short smooth pulses. Knows nothing of cameras.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from facescale.geometry.smoothstep import smoothstep
from facescale.synthesis.photo.actions import ACTIONS, Acting

HIGHEST_HZ = 1.5
"""Of actions; the head moves slower."""
HEAD_HZ = 0.4
WAVES = 6
BLINK_S = 0.28
"""From open over closed to open."""
BLINK_EVERY_S = 4.0
TURN = (0.22, 0.1, 0.06)
"""Standard deviations of yaw, pitch and roll about where the head began, radians."""
DRIFT_MM = 9.0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A face at one time."""

    expression: Float[np.ndarray, "k"]
    """Coefficients of the head's expression block."""
    rotation: Float[np.ndarray, "3 3"]
    """Head frame to world."""
    translation: Float[np.ndarray, "3"]
    """Head frame to world, mm."""


class Track:
    """A smooth random function of time with zero mean and unit variance.

    Args:
        rng: draws the waves.
        highest: no wave is faster, Hz.
        size: values a time.
    """

    def __init__(self, rng: np.random.Generator, *, highest: float, size: int) -> None:
        self._frequency = rng.uniform(0.05 * highest, highest, (WAVES, size))
        self._phase = rng.uniform(0, 2 * np.pi, (WAVES, size))
        amplitude = rng.uniform(0.4, 1.0, (WAVES, size))
        self._amplitude = amplitude * np.sqrt(2) / np.linalg.norm(amplitude, axis=0)

    def __call__(self, time: float) -> Float[np.ndarray, "s"]:
        """Values at a time in seconds."""
        return (self._amplitude * np.cos(2 * np.pi * self._frequency * time + self._phase)).sum(axis=0)


@final
class Performance:
    """One person before a camera for a while.

    Args:
        acting: of the head.
        rng: all randomness.
        pose: where the head is on average: yaw, pitch, roll in radians, see `head_rotation`.
        length: seconds for which blinks are drawn; the rest moves for ever.
    """

    def __init__(
        self, acting: Acting, rng: np.random.Generator, *, pose: tuple[float, float, float], length: float
    ) -> None:
        self._acting, self._pose = acting, np.array(pose)
        count = len(ACTIONS)
        self._active = Track(rng, highest=HIGHEST_HZ, size=count)
        self._threshold = rng.uniform(0.7, 1.6, count)
        self._stir = Track(rng, highest=HIGHEST_HZ, size=acting.block.size)
        self._stirring = np.zeros(acting.block.size)
        self._stirring[acting.single] = rng.uniform(0, 0.08, len(acting.single))
        self._gaze = Track(rng, highest=HIGHEST_HZ, size=2)
        self._turn = Track(rng, highest=HEAD_HZ, size=3)
        self._drift = Track(rng, highest=HEAD_HZ, size=3)
        expected = max(1, int(np.ceil(length / BLINK_EVERY_S * 2)) + 2)
        self._blinks = np.cumsum(rng.exponential(BLINK_EVERY_S, expected) + BLINK_S)

    def at(self, time: float) -> Moment:
        """The face at a time in seconds, at or after 0."""
        # how far a track rises above its threshold, squared: both ends of an action are smooth
        above = np.clip((self._active(time) - self._threshold) / 1.2, 0, None)
        nearest = np.abs(self._blinks - time).min(keepdims=True)
        blink = float(smoothstep(nearest, BLINK_S / 2, 0.03)[0])
        gaze = 0.25 * self._gaze(time)
        yaw, pitch, roll = self._pose + self._turn(time) * TURN
        return Moment(
            expression=self._acting.expression(
                np.minimum(above * above, 1.0),
                blink=blink,
                gaze=(float(gaze[0]), float(gaze[1])),
                extra=self._stirring * np.clip(self._stir(time), 0, None),
            ),
            rotation=head_rotation(float(yaw), float(pitch), float(roll)),
            translation=DRIFT_MM * self._drift(time),
        )


def head_rotation(yaw: float, pitch: float, roll: float) -> Float[np.ndarray, "3 3"]:
    """Head frame to world: roll about +z first, then pitch about +x, then yaw about +y.

    Args:
        yaw: radians, positive turns the face to the subject's left.
        pitch: positive lowers the face.
        roll: positive leans the head to its right shoulder.
    """
    return Rotation.from_euler("YXZ", (yaw, pitch, roll)).as_matrix()


def draw_moment(
    acting: Acting,
    rng: np.random.Generator,
    *,
    pose: tuple[float, float, float],
    neutral_share: float,
) -> Moment:
    """A face as a photograph catches it: often neutral or smiling, sometimes anything.

    Args:
        acting: of the head.
        rng: all randomness.
        pose: yaw, pitch, roll.
        neutral_share: chance that no action is on.
    """
    activations = np.zeros(len(ACTIONS))
    if rng.uniform() >= neutral_share:
        chosen = rng.choice(len(ACTIONS), size=int(rng.integers(1, 3)), replace=False)
        activations[chosen] = rng.uniform(0.25, 1.0, len(chosen)) / (1, 1.6)[: len(chosen)]
    extra = np.zeros(acting.block.size)
    stirred = rng.choice(acting.single, size=min(6, len(acting.single)), replace=False)
    extra[stirred] = rng.uniform(0, 0.12, len(stirred))
    blink = float(rng.uniform(0.0, 0.2)) if rng.uniform() < 0.9 else float(rng.uniform(0.3, 1))  # noqa: PLR2004
    # most people look into the camera: the eyes undo a part of the turn
    gaze = (-0.55 * np.sin(pose[0]) / 0.6 + rng.normal(0, 0.12), 0.5 * np.sin(pose[1]) + rng.normal(0, 0.08))
    return Moment(
        expression=acting.expression(
            activations,
            blink=blink,
            gaze=(float(np.clip(gaze[0], -0.9, 0.9)), float(np.clip(gaze[1], -0.6, 0.6))),
            extra=extra,
        ),
        rotation=head_rotation(*pose),
        translation=np.zeros(3),
    )
