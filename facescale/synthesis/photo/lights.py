"""Where light comes from: a smooth random room around, and a few lamps or windows. Linear light, no shading.

Directions and positions are in the world: +y up, the camera about along +z.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

LOBES = (3, 7)
"""Fewest and most bright or coloured patches of a room."""
LAMPS = (1, 3)
WARMEST, COLDEST = np.array([1.25, 0.97, 0.68]), np.array([0.86, 0.99, 1.2])


@dataclass(frozen=True, kw_only=True)
class Room:
    """Light from everywhere: radiance that changes smoothly with direction."""

    below: Float[np.ndarray, "3"]
    above: Float[np.ndarray, "3"]
    """Radiance from straight below and above, apart from the lobes."""
    directions: Float[np.ndarray, "k 3"]
    """Unit vectors to the middles of the lobes."""
    sharpness: Float[np.ndarray, "k"]
    colours: Float[np.ndarray, "k 3"]
    """Radiance in the middle of each."""

    def radiance(self, directions: Float[np.ndarray, "n 3"], blur: float = 0.0) -> Float[np.ndarray, "n 3"]:
        """Light from unit directions.

        Args:
            directions: towards the room.
            blur: 0 for a mirror; larger values widen the lobes, keeping their energy.
        """
        up = 0.5 + 0.5 * directions[:, 1:2]
        light = self.below + (self.above - self.below) * up
        sharp = self.sharpness / (1 + blur * self.sharpness)
        near = np.exp(sharp * (directions @ self.directions.T - 1)) * (sharp / self.sharpness)
        return (light + near @ self.colours).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """A round lamp or window that faces the head."""

    position: Float[np.ndarray, "3"]
    """mm."""
    radius: float
    """mm."""
    irradiance: Float[np.ndarray, "3"]
    """On a surface at the origin that faces the lamp."""

    @property
    def distance(self) -> float:
        """From the origin, mm."""
        return float(np.linalg.norm(self.position))

    def radiance(self) -> Float[np.ndarray, "3"]:
        """Of its disc."""
        return self.irradiance * self.distance**2 / (np.pi * self.radius**2)

    def points(self, rng: np.random.Generator, count: int) -> Float[np.ndarray, "n 3"]:
        """Random points of its disc."""
        towards = -self.position / self.distance
        side = np.cross(towards, [0.0, 1.0, 0.0] if abs(towards[1]) < 0.9 else [1.0, 0.0, 0.0])  # noqa: PLR2004
        side /= np.linalg.norm(side)
        away = self.radius * np.sqrt(rng.random(count, dtype=np.float32))
        angle = 2 * np.pi * rng.random(count, dtype=np.float32)
        offset = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
        return (self.position + offset @ np.stack([side, np.cross(towards, side)])).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Lighting:
    """All light of a photograph."""

    room: Room
    lamps: tuple[Lamp, ...]

    def turned(self, rotation: Float[np.ndarray, "3 3"], translation: Float[np.ndarray, "3"]) -> "Lighting":
        """The same light in another frame: x' = rotation x + translation."""
        room = Room(
            below=self.room.below,
            above=self.room.above,
            directions=self.room.directions @ rotation.T,
            sharpness=self.room.sharpness,
            colours=self.room.colours,
        )
        lamps = tuple(
            Lamp(
                position=rotation @ lamp.position + translation, radius=lamp.radius, irradiance=lamp.irradiance
            )
            for lamp in self.lamps
        )
        return Lighting(room=room, lamps=lamps)


def draw_lighting(rng: np.random.Generator) -> Lighting:
    """Draw a light as people take photographs in: a key from somewhere in front, often a fill or a rim."""
    ambient = rng.uniform(0.12, 0.4)
    warm = _colour(rng)
    count = int(rng.integers(*LOBES, endpoint=True))
    ways = rng.standard_normal((count, 3)) + np.array([0, 0.5, 0.4])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    colours = np.stack([_colour(rng) for _ in range(count)]) * rng.uniform(0.1, 1.1, (count, 1)) * ambient * 2
    room = Room(
        below=ambient * warm * rng.uniform(0.35, 0.7),
        above=ambient * _colour(rng) * rng.uniform(0.6, 1.3),
        directions=ways,
        sharpness=np.exp(rng.uniform(np.log(3), np.log(40), count)),
        colours=colours,
    )
    lamps = [_lamp(rng, yaw=rng.uniform(-70, 70), rise=rng.uniform(0, 55), strength=rng.uniform(0.7, 1.9))]
    if rng.uniform() < 0.55:  # noqa: PLR2004 - share of photographs with a second light
        other = -np.sign(lamps[0].position[0]) * rng.uniform(20, 80)
        lamps.append(_lamp(rng, yaw=other, rise=rng.uniform(-10, 30), strength=rng.uniform(0.15, 0.6)))
    if rng.uniform() < 0.35:  # noqa: PLR2004 - and with a rim
        side = rng.choice([-1, 1]) * rng.uniform(110, 155)
        lamps.append(_lamp(rng, yaw=side, rise=rng.uniform(10, 50), strength=rng.uniform(0.5, 1.6)))
    return Lighting(room=room, lamps=tuple(lamps))


def _lamp(rng: np.random.Generator, *, yaw: float, rise: float, strength: float) -> Lamp:
    yaw, rise = np.radians(yaw), np.radians(rise)
    way = np.array([np.sin(yaw) * np.cos(rise), np.sin(rise), np.cos(yaw) * np.cos(rise)])
    distance = rng.uniform(900, 3000)
    return Lamp(
        position=distance * way,
        # from a bulb to a large window
        radius=float(distance * np.exp(rng.uniform(np.log(0.03), np.log(0.35)))),
        irradiance=strength * _colour(rng),
    )


def _colour(rng: np.random.Generator) -> Float[np.ndarray, "3"]:
    """From bulb to sky, of luminance about 1."""
    share = rng.beta(2, 2)
    return WARMEST + share * (COLDEST - WARMEST)
