"""From a head model and a number to pictures of a person, still or moving, with their truth. Writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.capture import Capture
from facescale.structures.view import View
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.photo.actions import Acting
from facescale.synthesis.photo.camera_response import (
    decoded,
    jpeg,
)
from facescale.synthesis.photo.framing import FILL
from facescale.synthesis.photo.image_truth import ImageTruth
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import invent_person
from facescale.synthesis.photo.picture_taking import CameraState, pose_sitter, take
from facescale.synthesis.photo.sessions import Shot, photographs, rig, video
from facescale.synthesis.photo.sitter import Sitter, make_sitter
from facescale.synthesis.photo.true_views import image_truth

Kind = Literal["photographs", "rig", "video"]
SMALLEST, LARGEST = 64, 4096


@dataclass(frozen=True, kw_only=True)
class PhotoSynthesis:
    """What synthetic pictures are like."""

    kind: Kind = "photographs"
    """Photographs of different days, one instant seen by a rig of calibrated cameras, or frames of a video."""
    truth: Literal["off-span", "in-span"] = "off-span"
    """Whether the true shape leaves the span of the head model. "in-span" flatters any fit of that model."""
    views: int = 5
    """Photographs, cameras of the rig, or frames."""
    size: tuple[int, int] = (640, 640)
    """Width and height, pixels."""
    texels: int = 768
    """Of a side of each person's skin texture; 768 is enough for faces of 500 pixels."""
    rate: float = 25.0
    """Frames a second of a video."""
    yaw: float = 50.0
    """Largest turn of a head from the camera of a photograph, degrees."""
    same_camera_share: float = 0.5
    """Share of people whose photographs were all taken with one camera at one zoom."""
    neutral_share: float = 0.25
    """Share of photographs without an expression."""
    fill: tuple[float, float] = FILL
    """Least and largest share of a photograph's height that the face takes, from chin to hairline."""
    off_span_rms: float = 0.8
    """Root mean square displacement outside the model's span over the outer skin, mm."""
    wavelengths: tuple[float, float] = (15.0, 80.0)
    """Of that displacement, mm."""

    def __post_init__(self) -> None:
        if self.kind not in {"photographs", "rig", "video"}:
            raise ValueError(f"expected kind to be photographs, rig or video, got {self.kind!r}")
        if self.truth not in {"off-span", "in-span"}:
            raise ValueError(f"expected truth to be off-span or in-span, got {self.truth!r}")
        if self.views < 1 or not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise ValueError(
                f"expected views >= 1 and sides within {SMALLEST}..{LARGEST}, got {self.views} and {self.size}"
            )
        if self.texels < SMALLEST:
            raise ValueError(f"expected texels >= {SMALLEST}, got {self.texels}")
        if not (0 <= self.yaw <= 90 and self.rate > 0):  # noqa: PLR2004 - beyond is the back of a head
            raise ValueError(f"expected yaw within 0..90 and rate > 0, got {self.yaw} and {self.rate}")
        if not (0 <= self.same_camera_share <= 1 and 0 <= self.neutral_share <= 1):
            raise ValueError("expected shares within 0..1")
        if not 0 < self.fill[0] <= self.fill[1] <= 1:
            raise ValueError(f"expected fill to grow within 0..1, got {self.fill}")
        if self.off_span_rms < 0 or not 0 < self.wavelengths[0] < self.wavelengths[1]:
            raise ValueError("expected off_span_rms >= 0 and growing wavelengths > 0")


@dataclass(frozen=True, kw_only=True)
class SyntheticImages:
    """Pictures of one person, and what they were made from."""

    capture: Capture
    truth: ImageTruth
    encoded: Mapping[str, bytes]
    """View name -> the JPEG whose decoded pixels the view holds; empty for a video, coded as a whole."""
    rate: float
    """Frames a second of a video."""


def subject_name(index: int) -> str:
    """The id of a subject: the folder of its pictures."""
    return f"s{index:05d}"


def image_item(index: int, kind: Kind) -> str:
    """The item id of a subject's pictures: its folder, or the video in it."""
    return f"{subject_name(index)}/clip" if kind == "video" else subject_name(index)


@final
class PhotoSynthesizer:
    """Makes pictures of invented people.

    Args:
        head: the generator of shapes.
        config: what the pictures are like.

    Raises:
        TypeError: a head that is not linear.
        ValueError: a head without eyeballs, or whose expressions have other names than ARKit's.
    """

    def __init__(self, head: AbstractTemplateHead, config: PhotoSynthesis) -> None:
        if not isinstance(head, LinearHead):
            raise TypeError(f"expected a linear head to draw people from, got {type(head).__name__}")
        self.config = config
        self._painted = PaintedHead.of(head)
        self._acting = Acting(head)
        self._off_span = OffSpan(head) if config.truth == "off-span" else None

    def make(self, seed: int, index: int) -> SyntheticImages:
        """Make all pictures of one person.

        Args:
            seed: of the whole corpus.
            index: number of the subject. The result depends on these two and the configuration; photographs
                do not change when more are taken.
        """
        config, number = self.config, (seed, index)
        person = invent_person(
            self._painted,
            np.random.default_rng([*number, 0]),
            off_span=self._off_span,
            rms=config.off_span_rms,
            wavelengths=config.wavelengths,
        )
        sitter = make_sitter(self._painted, person, np.random.default_rng([*number, 1]), texels=config.texels)
        views, truths, encoded = [], [], {}
        camera_state = CameraState()
        for place, shot in enumerate(self._shots(sitter, number)):
            rng = np.random.default_rng([*number, 2, place])
            taken = take(sitter, pose_sitter(self._painted, sitter, shot), shot, camera_state, rng)
            data = b"" if config.kind == "video" else jpeg(taken.image, taken.quality)
            image = decoded(data) if data else taken.image
            known = shot.camera if config.kind == "rig" else None
            name = shot.name
            views.append(View(name=name, image=image, camera=known, time_s=shot.time_s, group=shot.group))
            truths.append(taken.truth)
            if data:
                encoded[name] = data
        truth = image_truth(
            truths,
            person=person,
            head=self._painted.head.card.name,
            names=(image_item(index, config.kind), subject_name(index), config.truth),
            number=number,
            attributes=sitter.attributes() | {"kind": config.kind},
        )
        capture = Capture(
            item=truth.item, subject=truth.subject, views=tuple(views), attributes=dict(truth.attributes)
        )
        return SyntheticImages(capture=capture, truth=truth, encoded=encoded, rate=config.rate)

    def _shots(self, sitter: Sitter, number: tuple[int, int]) -> Iterator[Shot]:
        config = self.config
        if config.kind == "video":
            return video(self._acting, sitter, number, frames=config.views, rate=config.rate, size=config.size)
        if config.kind == "rig":
            return rig(self._acting, sitter, number, cameras=config.views, size=config.size)
        return photographs(
            self._acting,
            sitter,
            number,
            count=config.views,
            size=config.size,
            largest_yaw=np.radians(config.yaw),
            shares=(config.same_camera_share, config.neutral_share),
            fill=config.fill,
        )
