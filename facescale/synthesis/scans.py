"""From a head model and a number to a scan as a scanner would give it, with its truth. Writes nothing."""

from dataclasses import dataclass, replace
from typing import Literal, final

import numpy as np

from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.capture import Capture
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.units import Unit
from facescale.synthesis.cameras import HALF_ARC, look, stand_around
from facescale.synthesis.clutter import with_hair, with_shoulders
from facescale.synthesis.delivery import Delivery, KeypointFormat, draw_delivery
from facescale.synthesis.fusion import fuse_to_count, voxel_for
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.sensor import draw_sensor
from facescale.synthesis.shots import shoot
from facescale.synthesis.subject import Subject, Surface, invent
from facescale.synthesis.template import Template
from facescale.synthesis.truth import ScanTruth

AREA_SEEN = {3: 1.0e5, 4: 1.1e5, 5: 1.4e5, 6: 2.0e5, 7: 2.2e5, 8: 2.2e5}
"""Number of cameras -> mm^2 that they see of a head and some clutter, before it is known."""
RAYS_PER_VOXEL = 0.75
"""Distance of neighbouring rays in voxels."""


@dataclass(frozen=True, kw_only=True)
class ScanSynthesis:
    """What synthetic scans are like."""

    truth: Literal["off-span", "in-span"] = "off-span"
    """Whether the true shape leaves the span of the head model. "in-span" flatters any fit of that model."""
    cameras: tuple[int, int] = (3, 8)
    """Fewest and most depth cameras around the head."""
    points: tuple[int, int] = (20_000, 200_000)
    """Fewest and most vertices of a scan."""
    keypoint_share: float = 0.8
    """Share of scans that come with keypoints."""
    keypoint_noise: float = 1.5
    """Root mean square error of a keypoint, mm."""
    off_span_rms: float = 0.8
    """Root mean square displacement outside the model's span over the outer skin, mm."""
    wavelengths: tuple[float, float] = (15.0, 80.0)
    """Of that displacement, mm."""
    hair_share: float = 0.5
    """Share of subjects with hair; the others are bald or wear a cap."""
    shoulder_share: float = 0.5
    """Share of scans that reach down to the shoulders."""
    unit: Unit | None = None
    """Of all scans; None draws one for each."""

    def __post_init__(self) -> None:
        if self.truth not in {"off-span", "in-span"}:
            raise ValueError(f"expected truth to be off-span or in-span, got {self.truth!r}")
        low, high = self.cameras
        if not min(HALF_ARC) <= low <= high <= max(HALF_ARC):
            raise ValueError(f"expected cameras within {min(HALF_ARC)}..{max(HALF_ARC)}, got {self.cameras}")
        if not 1000 <= self.points[0] <= self.points[1] <= 1_000_000:  # noqa: PLR2004 - what a scan can be
            raise ValueError(f"expected points within 1,000..1,000,000, got {self.points}")
        for name in ("keypoint_share", "hair_share", "shoulder_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"expected {name} within 0..1, got {getattr(self, name)}")
        if min(self.keypoint_noise, self.off_span_rms) < 0 or not 0 < self.wavelengths[0] < self.wavelengths[1]:
            raise ValueError("expected noises >= 0 and growing wavelengths > 0")


@dataclass(frozen=True, kw_only=True)
class SyntheticScan:
    """A scan, what it was made from, and the form in which its keypoints are written."""

    capture: Capture
    truth: ScanTruth
    keypoint_format: KeypointFormat


def scan_name(index: int) -> str:
    """The item id of a subject's scan; the subject's own id is its first part."""
    return f"s{index:05d}/s{index:05d}_scan"


@final
class ScanSynthesizer:
    """Makes scans of invented subjects.

    Args:
        head: the generator of shapes.
        config: what the scans are like.

    Raises:
        TypeError: a head that is not linear.
    """

    def __init__(self, head: AbstractTemplateHead, config: ScanSynthesis) -> None:
        if not isinstance(head, LinearHead):
            raise TypeError(f"expected a linear head to draw subjects from, got {type(head).__name__}")
        self.config = config
        self._head = head
        self._template = Template.of(head)
        self._off_span = OffSpan(head) if config.truth == "off-span" else None

    def make(self, seed: int, index: int, *, take: int = 0) -> SyntheticScan:
        """Make one scan.

        Args:
            seed: of the whole corpus.
            index: number of the subject; the result depends on these three and on nothing else.
            take: number of the subject's scan; the first was meant to be neutral, others to show expressions.
        """
        rng = np.random.default_rng([seed, index])
        again = np.random.default_rng([seed, index, take]) if take else None
        config = self.config
        subject = invent(
            self._head,
            self._template,
            rng,
            off_span=self._off_span,
            rms=config.off_span_rms,
            wavelengths=config.wavelengths,
            expression=again,
        )
        rng = again or rng
        cameras = int(rng.integers(*config.cameras, endpoint=True))
        wanted = int(np.exp(rng.uniform(*np.log(config.points))))
        scene, clutter = self._scene(subject, rng)
        pitch = RAYS_PER_VOXEL * voxel_for(AREA_SEEN[cameras], wanted)
        images = look(stand_around(rng, count=cameras, pitch=pitch), scene)
        sensor = draw_sensor(rng)
        shots = shoot(images, scene, sensor, rng)
        mesh = fuse_to_count(shots, wanted, limits=config.points, finest=1.1 * pitch)
        delivery = draw_delivery(
            rng, keypoint_share=config.keypoint_share, keypoint_noise=config.keypoint_noise
        )
        clutter |= {"cameras": str(cameras), "noise_mm": f"{sensor.noise:.3f}", "points": str(len(mesh[0]))}
        if config.unit is not None:
            delivery = replace(delivery, unit=config.unit)
        truth = self._truth(subject, delivery, (seed, index), clutter)
        clicked = Keypoints(names=NOW7, positions=delivery.in_unit(subject.keypoints + delivery.slips))
        capture = Capture(
            item=truth.item,
            subject=truth.subject,
            scan=Mesh(vertices=delivery.in_unit(mesh[0]).astype(np.float32), faces=mesh[1]),
            unit=delivery.unit,
            keypoints=clicked if delivery.keypoints else None,
            attributes=clutter,
        )
        return SyntheticScan(capture=capture, truth=truth, keypoint_format=delivery.keypoint_format)

    def _scene(self, subject: Subject, rng: np.random.Generator) -> tuple[Surface, dict[str, str]]:
        """The subject with clutter around it."""
        scene = subject.surface
        hair, shoulders = rng.uniform(size=2) < (self.config.hair_share, self.config.shoulder_share)
        if hair:
            scene = with_hair(scene, subject, self._template, rng)
        if shoulders:
            scene = with_shoulders(scene, subject, self._template, rng)
        return scene, {"hair": str(bool(hair)).lower(), "shoulders": str(bool(shoulders)).lower()}

    def _truth(
        self, subject: Subject, delivery: Delivery, number: tuple[int, int], attributes: dict[str, str]
    ) -> ScanTruth:
        item = scan_name(number[1])
        return ScanTruth(
            item=item,
            subject=item.split("/", maxsplit=1)[0],
            head=self._head.card.name,
            kind=self.config.truth,
            seed=number[0],
            index=number[1],
            unit=delivery.unit,
            rotation=delivery.rotation,
            translation=delivery.translation,
            vertices=delivery.place(subject.vertices).astype(np.float32),
            keypoints=delivery.place(subject.keypoints),
            params=subject.params,
            off_span_rms=subject.off_span_rms,
            off_span_face_rms=subject.off_span_face_rms,
            wrinkle_rms=subject.wrinkle_rms,
            attributes=attributes,
        )
