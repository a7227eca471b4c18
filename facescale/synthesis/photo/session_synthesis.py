"""From a head model and a number to a session: a person performing before many calibrated cameras, with truth.

Each camera has its own clock: frame k carries the time k / rate on it, and is taken up to half a frame earlier
or later than frame k of the session. Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, final

import numpy as np
from jaxtyping import Float, UInt8

from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.capture import Capture
from facescale.structures.depth_map import DepthMap
from facescale.structures.mesh import Mesh
from facescale.structures.registered_mesh import RegisteredMesh
from facescale.structures.view import ImagePoints, PinholeRecord, View
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.photo.actions import Acting
from facescale.synthesis.photo.camera_arcs import Optics, cameras_on_arcs
from facescale.synthesis.photo.image_truth import KEYPOINTS, ImageTruth
from facescale.synthesis.photo.lens import pixel_rays
from facescale.synthesis.photo.lights import Lighting, draw_lighting
from facescale.synthesis.photo.motion import Moment, Performance
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import invent_person, posed
from facescale.synthesis.photo.picture_taking import CameraState, Posed, Taken, pose_sitter, take
from facescale.synthesis.photo.ray_shader import COARSE, FINE
from facescale.synthesis.photo.scene import cast
from facescale.synthesis.photo.sessions import Shot
from facescale.synthesis.photo.sitter import Sitter, make_sitter
from facescale.synthesis.photo.true_views import image_truth

SMALLEST, LARGEST = 48, 4096
MIDDLE = np.array([0.0, -20.0, -60.0])
"""Of a head with its neck, mm in the head frame."""
WALL = (0.04, 0.3)
"""Darkest and brightest wall behind a rig, relative to white."""
SMALL_PICTURE = 256
"""Pixels of the shorter side below which fewer rays are spent."""
LANDMARKS = 68
"""The first keypoints of the truth that become landmarks of views: ibug's."""


@dataclass(frozen=True, kw_only=True)
class SessionSynthesis:
    """What synthetic sessions are like."""

    cameras: tuple[str, ...] = ("cam00", "cam01", "cam02")
    """Their names; the first stands in front."""
    frames: int = 3
    """Of each camera."""
    rate: float = 25.0
    """Frames a second."""
    size: tuple[int, int] = (640, 640)
    """Width and height, pixels."""
    offsets: bool = True
    """Whether every camera's clock is off by up to half a frame; otherwise all frames are taken at once."""
    distorted: bool = False
    """Whether lenses bend."""
    one_lens: bool = False
    """Whether all cameras share their intrinsics."""
    depth: tuple[str, ...] = ()
    """Cameras that measure depth too."""
    truth: Literal["off-span", "in-span"] = "off-span"
    """Whether the true shape leaves the span of the head model. "in-span" flatters any fit of that model."""
    texels: int = 512
    """Of a side of each person's skin texture."""
    off_span_rms: float = 0.8
    """Root mean square displacement outside the model's span over the outer skin, mm."""
    wavelengths: tuple[float, float] = (15.0, 80.0)
    """Of that displacement, mm."""

    def __post_init__(self) -> None:
        if self.truth not in {"off-span", "in-span"}:
            raise ValueError(f"expected truth to be off-span or in-span, got {self.truth!r}")
        if not self.cameras or len(set(self.cameras)) != len(self.cameras):
            raise ValueError(f"expected cameras with distinct names, got {self.cameras}")
        if unknown := sorted(set(self.depth) - set(self.cameras)):
            raise ValueError(f"expected depth of cameras out of {self.cameras}, got {unknown}")
        if self.frames < 1 or not self.rate > 0:
            raise ValueError(f"expected frames >= 1 and rate > 0, got {self.frames} and {self.rate}")
        if not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise ValueError(f"expected sides within {SMALLEST}..{LARGEST}, got {self.size}")
        if self.texels < SMALLEST:
            raise ValueError(f"expected texels >= {SMALLEST}, got {self.texels}")
        if self.off_span_rms < 0 or not 0 < self.wavelengths[0] < self.wavelengths[1]:
            raise ValueError("expected off_span_rms >= 0 and growing wavelengths > 0")


@dataclass(frozen=True, kw_only=True)
class SyntheticSession:
    """One performance of one person, and what it was made from."""

    capture: Capture
    """Views "<camera>/<frame>" camera by camera, with alpha and true landmarks; a registered mesh a frame."""
    truth: ImageTruth
    backgrounds: Mapping[str, UInt8[np.ndarray, "h w 3"]]
    """Camera -> what it sees where nobody sits."""
    rate: float
    """Frames a second."""


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What all performances of one person share."""

    sitter: Sitter
    cameras: Mapping[str, PinholeRecord]
    lighting: Lighting
    level: float
    """Of the wall behind."""


@final
class SessionSynthesizer:
    """Makes sessions of invented people.

    Args:
        head: the generator of shapes.
        config: what the sessions are like.

    Raises:
        TypeError: a head that is not linear.
        ValueError: a head without eyeballs, or whose expressions have other names than ARKit's.
    """

    def __init__(self, head: AbstractTemplateHead, config: SessionSynthesis) -> None:
        if not isinstance(head, LinearHead):
            raise TypeError(f"expected a linear head to draw people from, got {type(head).__name__}")
        self.config = config
        self._painted = PaintedHead.of(head)
        self._acting = Acting(head)
        self._off_span = OffSpan(head) if config.truth == "off-span" else None
        self._sampling = COARSE if min(config.size) < SMALL_PICTURE else FINE
        self._subject = lru_cache(maxsize=1)(self._invent)

    def make(self, seed: int, index: int, sequence: str, *, subject: str = "") -> SyntheticSession:
        """Make one performance.

        Args:
            seed: of the whole corpus.
            index: number of the subject. Its sequences share person, calibration, clocks and light; the result
                depends on these three and the configuration.
            sequence: name of the performance; its text seeds it.
            subject: the subject's id; empty: "s" and its number.
        """
        config, number = self.config, (seed, index)
        subject = subject or f"s{index:05d}"
        person = self._subject(seed, index)
        rng = np.random.default_rng([*number, 10, *sequence.encode()])
        pose = rng.normal(0, np.radians((4.0, 3.0, 2.0)))
        performance = Performance(
            self._acting, rng, pose=(pose[0], pose[1], pose[2]), length=config.frames / config.rate
        )
        views, depth_maps, truths = [], [], []
        state = CameraState(len(config.cameras))
        posings: dict[float, Posed] = {}
        backgrounds = {}
        for place, camera in enumerate(config.cameras):
            offset = self._offset(number, place)
            for frame in range(config.frames):
                shot = self._shot(person, performance, number, (place, frame), offset)
                posing = posings.get(frame + offset) or pose_sitter(self._painted, person.sitter, shot)
                if not config.offsets:
                    posings[frame + offset] = posing
                own = np.random.default_rng([*number, 2, place, frame, *sequence.encode()])
                taken = take(person.sitter, posing, shot, state, own, sampling=self._sampling)
                views.append(_view(shot, taken))
                truths.append(taken.truth)
                if camera in config.depth:
                    depth_maps.append(_depth_map(shot, taken, posing))
                if frame == 0:
                    backgrounds[camera] = state.background(shot, np.random.default_rng([*number, 7, place]))
        item = f"{subject}/{sequence}"
        truth = image_truth(
            truths,
            person=person.sitter.person,
            head=self._painted.head.card.name,
            names=(item, subject, config.truth),
            number=number,
            attributes=person.sitter.attributes() | {"kind": "session", "sequence": sequence},
        )
        capture = Capture(
            item=item,
            subject=subject,
            views=tuple(views),
            registrations=self._registrations(person, performance),
            depth_maps=tuple(depth_maps),
            attributes=dict(truth.attributes),
        )
        return SyntheticSession(capture=capture, truth=truth, backgrounds=backgrounds, rate=config.rate)

    def _invent(self, seed: int, index: int) -> _Subject:
        config, number = self.config, (seed, index)
        person = invent_person(
            self._painted,
            np.random.default_rng([*number, 0]),
            off_span=self._off_span,
            rms=config.off_span_rms,
            wavelengths=config.wavelengths,
        )
        sitter = make_sitter(self._painted, person, np.random.default_rng([*number, 1]), texels=config.texels)
        rng = np.random.default_rng([*number, 3])
        optics = Optics(size=config.size, distorted=config.distorted, one_lens=config.one_lens)
        return _Subject(
            sitter=sitter,
            cameras=cameras_on_arcs(config.cameras, rng, aim=MIDDLE, optics=optics),
            lighting=draw_lighting(rng),
            level=float(np.exp(rng.uniform(*np.log(WALL)))),
        )

    def _offset(self, number: tuple[int, int], place: int) -> float:
        """Of a camera's clock, in frames."""
        return float(np.random.default_rng([*number, 8, place]).uniform(-0.5, 0.5)) * self.config.offsets

    def _shot(
        self,
        person: _Subject,
        performance: Performance,
        number: tuple[int, int],
        at: tuple[int, int],
        offset: float,
    ) -> Shot:
        (place, frame), rate = at, self.config.rate
        camera = self.config.cameras[place]
        return Shot(
            name=f"{camera}/{frame:06d}",
            group=camera,
            time_s=frame / rate,
            clock_offset_s=offset / rate,
            moment=performance.at((frame + offset) / rate),
            camera=person.cameras[camera],
            lighting=person.lighting,
            response_seed=(*number, 5, place),
            background_seed=(*number, 6),
            background_level=person.level,
            scene_key=place,
        )

    def _registrations(self, person: _Subject, performance: Performance) -> tuple[RegisteredMesh, ...]:
        """The true head at the session's frames, in the world."""
        head = self._painted.head
        faces = head.faces.numpy().astype(np.int32)
        found = []
        for frame in range(self.config.frames):
            moment = performance.at(frame / self.config.rate)
            shape = posed(self._painted, person.sitter.person, moment.expression)
            mesh = Mesh(vertices=_placed(shape, moment).astype(np.float32), faces=faces)
            found.append(
                RegisteredMesh(
                    name=f"{frame:06d}", mesh=mesh, topology=head.card.name, time_s=frame / self.config.rate
                )
            )
        return tuple(found)


def _placed(points: Float[np.ndarray, "n 3"], moment: Moment) -> Float[np.ndarray, "n 3"]:
    """From the head frame to the world."""
    return points @ moment.rotation.T + moment.translation


def _view(shot: Shot, taken: Taken) -> View:
    marks = ImagePoints(names=KEYPOINTS[:LANDMARKS], positions=taken.truth.pixels[:LANDMARKS])
    return View(
        name=shot.name,
        image=taken.image,
        camera=shot.camera,
        time_s=shot.time_s,
        group=shot.group,
        mask=np.rint(255 * np.clip(taken.cover, 0, 1)).astype(np.uint8),
        landmarks=marks,
    )


def _depth_map(shot: Shot, taken: Taken, posing: Posed) -> DepthMap:
    """Depth of what the middle of each pixel shows."""
    camera = taken.camera
    width, height = camera.size
    row, column = np.meshgrid(np.arange(height) + 0.5, np.arange(width) + 0.5, indexing="ij")
    ways = pixel_rays(camera, np.stack([column.ravel(), row.ravel()], axis=1))
    centre = (-camera.rotation.T @ camera.translation).astype(np.float32)
    hits = cast(posing.scene, np.broadcast_to(centre, ways.shape), ways)
    depth = np.zeros(width * height, np.float32)
    # rays have depth 1 along the axis: their length is what tells one from the other
    depth[hits.ray] = hits.length / np.linalg.norm(ways[hits.ray], axis=1)
    return DepthMap(
        name=shot.name,
        depth=depth.reshape(height, width),
        camera=replace(shot.camera),
        time_s=shot.time_s,
        group=shot.group,
    )
