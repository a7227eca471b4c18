"""What a real depth sensor does to an ideal depth image: noise, steps, dropouts. Knows nothing of heads."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter

from facescale.synthesis.cameras import DepthCamera, DepthImage

REFERENCE_DISTANCE = 600.0
"""mm; a triangulating sensor's errors grow with the square of the distance."""
EDGE_JUMP = 12.0
"""mm between neighbouring pixels that tells an outline."""
LOST_OUTLINES = 0.7
"""Share of pixels beside an outline that are not measured."""


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """How good a depth sensor is."""

    noise: float
    """Standard deviation of depth at 600 mm, mm: half of it from pixel to pixel, half of it speckled."""
    step: float
    """Depth resolution at 600 mm, mm."""
    grazing: float
    """Cosine of the incidence below which nothing is measured; dropouts begin at twice that."""
    misplaced: float
    """Standard deviation of each camera's calibrated position, mm, and of its angle, mm on the head."""
    lost_pixels: float
    """Share of pixels that drop out for no reason."""


def draw_sensor(rng: np.random.Generator) -> Sensor:
    """A sensor between an industrial scanner and a phone."""
    quality = rng.uniform()
    return Sensor(
        noise=0.08 * 8.0**quality,
        step=0.03 * 10.0**quality,
        grazing=float(rng.uniform(0.1, 0.25)),
        misplaced=0.05 * 6.0**quality,
        lost_pixels=0.01 * quality,
    )


def measure(
    image: DepthImage,
    sensor: Sensor,
    rng: np.random.Generator,
    *,
    rough: Float[np.ndarray, "n"],
    lost: Bool[np.ndarray, "n"],
) -> DepthImage:
    """One noisy shot.

    Args:
        image: what ideal rays meet.
        sensor: its quality.
        rng: all randomness.
        rough: factor on the noise, a pixel each: shining eyes and hair are worse than skin.
        lost: pixels that the scene itself swallows.

    Returns:
        The image as the reconstruction gets it, camera misplaced by the error of calibration.
    """
    shape = (image.camera.height, image.camera.width)
    depth = image.depth
    far = np.square(np.where(image.seen, depth, 0) / REFERENCE_DISTANCE)
    speckle = gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 1.5)
    speckle *= 1 / max(float(speckle.std()), 1e-9)
    white = rng.standard_normal(shape, dtype=np.float32)
    noise = ((speckle + white) * np.sqrt(np.float32(0.5))).ravel()
    with np.errstate(invalid="ignore"):
        noisy = depth + (sensor.noise * far * rough * noise).astype(np.float32)
        steps = np.maximum(sensor.step * far, 1e-6).astype(np.float32)
        noisy = np.round(noisy / steps) * steps
    chance = np.clip((2 * sensor.grazing - image.cosine) / sensor.grazing, sensor.lost_pixels, 1)
    gone = lost | (rng.random(depth.shape, dtype=np.float32) < chance) | (image.cosine < sensor.grazing)
    gone |= outlines(depth.reshape(shape)).ravel() & (rng.random(depth.shape, dtype=np.float32) < LOST_OUTLINES)
    return replace(
        image,
        camera=misplace(image.camera, sensor.misplaced, rng),
        depth=np.where(gone | ~image.seen, np.inf, noisy).astype(np.float32),
    )


def outlines(depth: Float[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Pixels beside a jump in depth."""
    found = np.zeros(depth.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        for axis in (0, 1):
            jump = ~(np.abs(np.diff(depth, axis=axis)) <= EDGE_JUMP)
            if axis == 0:
                found[1:] |= jump
                found[:-1] |= jump
            else:
                found[:, 1:] |= jump
                found[:, :-1] |= jump
    return found


def misplace(camera: DepthCamera, error: float, rng: np.random.Generator) -> DepthCamera:
    """Shift a camera, and turn it so that what it looks at seems to move by about as much."""
    distance = float(np.linalg.norm(camera.translation))
    turn = rng.normal(0, error / distance, 3)
    angle = float(np.linalg.norm(turn))
    x, y, z = turn / max(angle, 1e-12)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return replace(
        camera,
        rotation=rotation @ camera.rotation,
        translation=rotation @ camera.translation + rng.normal(0, error / np.sqrt(3), 3),
    )
