"""Where a photographer stands, and with which lens: cameras about a head, in the world. Renders nothing."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from facescale.structures.view import PinholeRecord

FOCAL = (0.8, 2.0)
"""Of the image's width: from a telephone's wide lens to a portrait lens."""
FILL = (0.35, 0.7)
"""Share of the image's height that the face takes."""
NEAREST = 280.0
"""mm: nobody holds a camera nearer."""
RIG_YAW = np.radians(45.0)
OFF_CENTRE = 0.06
"""Standard deviation of where the face is in the image, of its size."""


@dataclass(frozen=True, kw_only=True)
class Lens:
    """What stays the same while a camera moves about."""

    focal: Float[np.ndarray, "2"]
    """Pixels."""
    principal: Float[np.ndarray, "2"]
    distortion: Float[np.ndarray, "5"]
    size: tuple[int, int]


def draw_lens(rng: np.random.Generator, size: tuple[int, int], *, calibrated: bool) -> Lens:
    """Draw a camera's optics.

    Args:
        rng: all randomness.
        size: width and height, pixels.
        calibrated: True for a machine's camera, whose lens bends more and sits less exactly, and is known.
    """
    focal = max(size) * np.exp(rng.uniform(*np.log(FOCAL)))
    middle = np.array(size) / 2
    if not calibrated:
        k1 = float(rng.normal(0, 0.008))
        return Lens(
            focal=np.array([focal, focal]), principal=middle, distortion=np.array([k1, 0, 0, 0, 0]), size=size
        )
    k1, k2 = rng.normal(0, 0.05), rng.normal(0, 0.02)
    p1, p2 = rng.normal(0, 0.001, 2)
    return Lens(
        focal=focal * np.array([1, 1 + rng.normal(0, 0.002)]),
        principal=middle + rng.normal(0, 0.01, 2) * size,
        distortion=np.array([k1, k2, p1, p2, 0.0]),
        size=size,
    )


def stand(
    lens: Lens,
    rng: np.random.Generator,
    *,
    aim: Float[np.ndarray, "3"],
    face_height: float,
    yaw: float = 0.0,
    fill: tuple[float, float] = FILL,
) -> PinholeRecord:
    """Place a camera so that the face fills a usual share of the picture.

    Args:
        lens: of the camera.
        rng: all randomness.
        aim: middle of the face in the world, mm.
        face_height: from chin to hairline, mm.
        yaw: where the camera stands about the head, radians; 0 is along the world's +z.
        fill: least and largest share of the picture's height that the face takes.
    """
    focal, (width, height) = float(lens.focal.mean()), lens.size
    share = min(rng.uniform(*fill), focal * face_height / (NEAREST * height))
    distance = focal * face_height / (share * height)
    rise = rng.normal(0, np.radians(6))
    way = np.array([np.sin(yaw) * np.cos(rise), np.sin(rise), np.cos(yaw) * np.cos(rise)])
    right = np.cross(-way, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    upright = np.stack([right, np.cross(-way, right), -way])
    roll = Rotation.from_euler("z", rng.normal(0, np.radians(4))).as_matrix()
    rotation = roll @ upright
    room = np.clip(rng.normal(0, OFF_CENTRE, 2), -2 * OFF_CENTRE, 2 * OFF_CENTRE) * (width, height)
    beside = np.array([*(room / focal * distance), distance])
    return PinholeRecord(
        rotation=rotation,
        translation=beside - rotation @ aim,
        focal=lens.focal,
        principal=lens.principal,
        distortion=lens.distortion,
        size=lens.size,
    )


def in_head_frame(
    camera: PinholeRecord, rotation: Float[np.ndarray, "3 3"], translation: Float[np.ndarray, "3"]
) -> PinholeRecord:
    """The same camera seen from a head whose pose in the world is x' = rotation x + translation."""
    return PinholeRecord(
        rotation=camera.rotation @ rotation,
        translation=camera.rotation @ translation + camera.translation,
        focal=camera.focal,
        principal=camera.principal,
        distortion=camera.distortion,
        size=camera.size,
    )
