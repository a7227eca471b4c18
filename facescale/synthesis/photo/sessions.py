"""Sessions before cameras: which camera sees which moment in which light. Draws shots, renders nothing.

The head frame's origin is near the world's; +z of the world runs towards where a first camera stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from facescale.geometry.sites import points_at
from facescale.structures.view import PinholeRecord
from facescale.synthesis.photo.actions import Acting
from facescale.synthesis.photo.framing import FILL, RIG_YAW, Lens, draw_lens, stand
from facescale.synthesis.photo.lights import Lighting, draw_lighting
from facescale.synthesis.photo.motion import Moment, Performance, draw_moment
from facescale.synthesis.photo.sitter import Sitter

PITCH, ROLL = np.radians(9.0), np.radians(5.0)
"""Standard deviations of how heads are held."""
DARKEST, BRIGHTEST = 0.05, 0.7
"""Of backgrounds, relative to white."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture to be taken."""

    name: str
    group: str
    time_s: float | None
    moment: Moment
    camera: PinholeRecord
    """World to camera."""
    lighting: Lighting
    """In the world."""
    response_seed: tuple[int, ...]
    """Determines the camera's response."""
    background_seed: tuple[int, ...]
    background_level: float
    scene_key: int
    """Pictures with the same key share what stands behind and how the camera metered."""
    clock_offset_s: float = 0.0
    """The picture is taken at `time_s` plus this."""


def photographs(
    acting: Acting,
    sitter: Sitter,
    number: tuple[int, int],
    *,
    count: int,
    size: tuple[int, int],
    largest_yaw: float,
    shares: tuple[float, float],
    fill: tuple[float, float] = FILL,
) -> Iterator[Shot]:
    """Photographs of one person on different days: all changes, the camera perhaps not.

    Args:
        acting: of the head.
        sitter: who.
        number: seed of the corpus and number of the subject.
        count: photographs.
        size: of the pictures.
        largest_yaw: turn from the camera, radians.
        shares: of people with one camera for all photographs, of photographs without expression.
        fill: least and largest share of the pictures' height that the face takes.
    """
    album = np.random.default_rng([*number, 3])
    one_camera = bool(album.uniform() < shares[0])
    own = draw_lens(album, size, calibrated=False)
    for place in range(count):
        rng = np.random.default_rng([*number, 4, place])
        other = draw_lens(rng, size, calibrated=False)
        pose = _pose(rng, largest_yaw)
        moment = draw_moment(acting, rng, pose=pose, neutral_share=shares[1])
        camera = _before(own if one_camera else other, rng, sitter, moment, fill=fill)
        yield Shot(
            name=f"p{place:02d}.jpg",
            group="camera" if one_camera else "",
            time_s=None,
            moment=moment,
            camera=camera,
            lighting=draw_lighting(rng),
            response_seed=(*number, 5) if one_camera else (*number, 5, place),
            background_seed=(*number, 6, place),
            background_level=_level(rng),
            scene_key=place,
        )


def rig(
    acting: Acting, sitter: Sitter, number: tuple[int, int], *, cameras: int, size: tuple[int, int]
) -> Iterator[Shot]:
    """One instant, seen by calibrated cameras on an arc in front of a head."""
    rng = np.random.default_rng([*number, 3])
    moment = draw_moment(acting, rng, pose=_pose(rng, np.radians(12)), neutral_share=0.25)
    lighting, level = draw_lighting(rng), _level(rng)
    yaws = np.linspace(-RIG_YAW, RIG_YAW, cameras) if cameras > 1 else np.zeros(1)
    for place, yaw in enumerate(yaws):
        own = np.random.default_rng([*number, 4, place])
        lens = draw_lens(own, size, calibrated=True)
        yield Shot(
            name=f"cam{place:02d}.jpg",
            group=f"cam{place:02d}",
            time_s=None,
            moment=moment,
            camera=_before(lens, own, sitter, moment, yaw=float(yaw + own.normal(0, np.radians(3)))),
            lighting=lighting,
            response_seed=(*number, 5, place),
            background_seed=(*number, 6, place),
            background_level=level,
            scene_key=place,
        )


def video(
    acting: Acting, sitter: Sitter, number: tuple[int, int], *, frames: int, rate: float, size: tuple[int, int]
) -> Iterator[Shot]:
    """Frames of one camera that stands still, each at its own time on the camera's clock."""
    rng = np.random.default_rng([*number, 3])
    lens = draw_lens(rng, size, calibrated=False)
    performance = Performance(acting, rng, pose=_pose(rng, np.radians(20)), length=frames / rate)
    camera = _before(lens, rng, sitter, performance.at(0.0))
    lighting, level = draw_lighting(rng), _level(rng)
    for place in range(frames):
        time = place / rate
        yield Shot(
            name=f"clip/{place:06d}",
            group="clip",
            time_s=time,
            moment=performance.at(time),
            camera=camera,
            lighting=lighting,
            response_seed=(*number, 5),
            background_seed=(*number, 6),
            background_level=level,
            scene_key=0,
        )


def _pose(rng: np.random.Generator, largest_yaw: float) -> tuple[float, float, float]:
    """Frontal more often than turned."""
    yaw = largest_yaw * np.sign(rng.uniform(-1, 1)) * rng.uniform() ** 1.3
    pitch, roll = np.clip(rng.standard_normal(2), -2, 2) * (PITCH, ROLL)
    return float(yaw), float(pitch), float(roll)


def _level(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(DARKEST), np.log(BRIGHTEST))))


def _before(
    lens: Lens,
    rng: np.random.Generator,
    sitter: Sitter,
    moment: Moment,
    yaw: float = 0.0,
    *,
    fill: tuple[float, float] = FILL,
) -> PinholeRecord:
    """A camera before a face."""
    head = sitter.painted.head
    neutral = torch.from_numpy(sitter.person.neutral)[None]
    marks = points_at(neutral, head.faces, head.landmarks["ibug68"])[0].double().numpy()
    # from the chin to the root of the nose is about five eighths of a face
    height = 1.6 * float(np.linalg.norm(marks[27] - marks[8]))
    middle = marks[[36, 45, 8]].mean(axis=0) + np.array([0, 12, -20])
    aim = moment.rotation @ middle + moment.translation
    return stand(lens, rng, aim=aim, face_height=height, yaw=yaw, fill=fill)
