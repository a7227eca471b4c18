"""One picture: a moment before a camera becomes light, samples and bytes, with their truth. Draws no shots."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from facescale.structures.view import PinholeRecord
from facescale.synthesis.photo.background import draw_background
from facescale.synthesis.photo.camera_response import Response, draw_response, metered, on_sensor, toned
from facescale.synthesis.photo.framing import in_head_frame
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import posed
from facescale.synthesis.photo.ray_shader import FINE, Exposure, Sampling, expose
from facescale.synthesis.photo.scene import Scene, build_scene
from facescale.synthesis.photo.sessions import Shot
from facescale.synthesis.photo.sitter import Sitter
from facescale.synthesis.photo.true_views import TrueView, true_view


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A person at one moment, ready to be looked at."""

    vertices: Float[np.ndarray, "v 3"]
    """True ones, mm in the head frame."""
    scene: Scene


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One picture and what is true of it."""

    image: UInt8[np.ndarray, "h w 3"]
    cover: Float[np.ndarray, "h w"]
    """Share of each pixel that the person fills."""
    camera: PinholeRecord
    """Head frame to camera."""
    quality: int
    """At which this camera compresses."""
    truth: TrueView


class CameraState:
    """What cameras keep from one picture of a group to the next: their metering, and what stands behind.

    Args:
        backgrounds: how many are kept; pictures of one camera after the other need one.
    """

    def __init__(self, backgrounds: int = 1) -> None:
        self._kept = backgrounds
        self._backgrounds: dict[int, Float[np.ndarray, "h w 3"]] = {}
        self._gains: dict[int, float] = {}

    def through(self, exposure: Exposure, shot: Shot) -> tuple[Float[np.ndarray, "h w 3"], Response]:
        """Linear light on the sensor, background and exposure included, and the camera's response."""
        response = draw_response(np.random.default_rng(shot.response_seed))
        gain = self._gains.setdefault(shot.scene_key, metered(exposure.light, exposure.skin))
        light = exposure.light * gain + (1 - exposure.cover)[..., None] * self._behind(shot)
        return light * response.exposure, response

    def background(self, shot: Shot, rng: np.random.Generator) -> UInt8[np.ndarray, "h w 3"]:
        """What the camera of a shot sees where nobody sits.

        Args:
            shot: any of that camera.
            rng: noise of the sensor.
        """
        response = draw_response(np.random.default_rng(shot.response_seed))
        samples = on_sensor(self._behind(shot) * response.exposure, response, rng)
        return toned(samples, response.shoulder)

    def _behind(self, shot: Shot) -> Float[np.ndarray, "h w 3"]:
        behind = self._backgrounds.get(shot.scene_key)
        if behind is None:
            behind = draw_background(np.random.default_rng(shot.background_seed), shot.camera.size, 1.0)
            while len(self._backgrounds) >= self._kept:
                del self._backgrounds[next(iter(self._backgrounds))]
            self._backgrounds[shot.scene_key] = behind
        return behind * shot.background_level


def pose_sitter(painted: PaintedHead, sitter: Sitter, shot: Shot) -> Posed:
    """Put a person into the moment of a shot."""
    vertices = posed(painted, sitter.person, shot.moment.expression)
    scene = build_scene(painted, sitter.person, vertices, coat=sitter.coat, garment=sitter.garment)
    return Posed(vertices=vertices, scene=scene)


def take(
    sitter: Sitter,
    posing: Posed,
    shot: Shot,
    state: CameraState,
    rng: np.random.Generator,
    *,
    sampling: Sampling = FINE,
) -> Taken:
    """Take one picture.

    Args:
        sitter: who.
        posing: their shape at the shot's moment.
        shot: camera, light and moment.
        state: of the cameras; this changes it.
        rng: all randomness.
        sampling: how many rays are spent.
    """
    moment = shot.moment
    camera = in_head_frame(shot.camera, moment.rotation, moment.translation)
    lighting = shot.lighting.turned(moment.rotation.T, -moment.rotation.T @ moment.translation)
    exposure = expose(sitter, posing.scene, camera, lighting, rng, sampling=sampling)
    linear, response = state.through(exposure, shot)
    samples = on_sensor(linear, response, rng)
    return Taken(
        image=toned(samples, response.shoulder),
        cover=exposure.cover,
        camera=camera,
        quality=response.quality,
        truth=true_view(sitter.painted, posing.scene, posing.vertices, camera, shot),
    )
