"""From a head model and a number to a scan as a scanner would give it, with its truth. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, final

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.capture import Capture
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER, Unit
from facescale.synthesis.cameras import HALF_ARC, DepthImage, look, stand_around
from facescale.synthesis.clutter import with_hair, with_shoulders
from facescale.synthesis.fusion import fuse
from facescale.synthesis.noise import WaveField
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.sensor import Sensor, draw_sensor, measure
from facescale.synthesis.subject import Subject, Surface, invent
from facescale.synthesis.template import Part, Template
from facescale.synthesis.truth import ScanTruth

Name = TypeVar("Name", bound=str)
KeypointFormat = Literal["pp", "txt", "npy"]
VERTICES_PER_CELL = 1.5
"""Marching cubes on a plane of any direction makes about this many vertices an area of one voxel squared."""
PROBE = 4.0
"""mm; cells of this size are counted to learn how much surface was seen."""
AREA_SEEN = {3: 1.0e5, 4: 1.1e5, 5: 1.4e5, 6: 2.0e5, 7: 2.2e5, 8: 2.2e5}
"""Number of cameras -> mm^2 that they see of a head and some clutter, before it is known."""
RAYS_PER_VOXEL = 0.75
"""Distance of neighbouring rays in voxels."""
ROUGHNESS = {Part.EYE: 3.0, Part.HAIR: 2.0, Part.CLOTHES: 1.5}
"""Factors on the sensor's noise."""
HOLES_A_SCAN = 2.0
HOLE_RADIUS = (5.0, 22.0)
SHIFT = 400.0
"""Standard deviation of a scan's position along each axis, mm."""
UNIT_SHARES: dict[Unit, float] = {"mm": 0.4, "m": 0.35, "cm": 0.15, "inch": 0.1}
FORMAT_SHARES: dict[KeypointFormat, float] = {"pp": 0.5, "txt": 0.3, "npy": 0.2}


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

    def make(self, seed: int, index: int) -> SyntheticScan:
        """Make one scan.

        Args:
            seed: of the whole corpus.
            index: number of the subject; the result depends on these two and on nothing else.
        """
        rng = np.random.default_rng([seed, index])
        config = self.config
        subject = invent(
            self._head,
            self._template,
            rng,
            off_span=self._off_span,
            rms=config.off_span_rms,
            wavelengths=config.wavelengths,
        )
        cameras = int(rng.integers(*config.cameras, endpoint=True))
        wanted = int(np.exp(rng.uniform(*np.log(config.points))))
        scene, clutter = self._scene(subject, rng)
        pitch = RAYS_PER_VOXEL * np.sqrt(VERTICES_PER_CELL * AREA_SEEN[cameras] / wanted)
        images = look(stand_around(rng, count=cameras, pitch=pitch), scene)
        sensor = draw_sensor(rng)
        shots = _shots(images, scene, sensor, rng)
        vertices, faces = _meshed(shots, wanted, config.points, finest=1.1 * pitch)
        attributes = {
            **clutter,
            "cameras": str(cameras),
            "noise_mm": f"{sensor.noise:.3f}",
            "points": str(len(vertices)),
        }
        return self._delivered(subject, (vertices, faces), rng, (seed, index), attributes)

    def _scene(self, subject: Subject, rng: np.random.Generator) -> tuple[Surface, dict[str, str]]:
        """The subject with clutter around it."""
        scene = subject.surface
        hair, shoulders = rng.uniform(size=2) < (self.config.hair_share, self.config.shoulder_share)
        if hair:
            scene = with_hair(scene, subject, self._template, rng)
        if shoulders:
            scene = with_shoulders(scene, subject, self._template, rng)
        return scene, {"hair": str(bool(hair)).lower(), "shoulders": str(bool(shoulders)).lower()}

    def _delivered(
        self,
        subject: Subject,
        mesh: tuple[np.ndarray, np.ndarray],
        rng: np.random.Generator,
        number: tuple[int, int],
        attributes: dict[str, str],
    ) -> SyntheticScan:
        """Turn, shift and scale into the scan's own frame and unit; pick keypoints."""
        unit = _choice(rng, UNIT_SHARES)
        rotation = Rotation.from_quat(rng.standard_normal(4)).as_matrix()
        translation = rng.normal(0, SHIFT, 3)
        shares = _choice(rng, FORMAT_SHARES), rng.uniform() < self.config.keypoint_share
        clicked = subject.keypoints + rng.normal(0, self.config.keypoint_noise / np.sqrt(3), (len(NOW7), 3))

        def placed(points: np.ndarray) -> np.ndarray:
            return points.astype(np.float64) @ rotation.T + translation

        item, millimetres = scan_name(number[1]), MILLIMETRES_PER[unit]
        name = item.split("/", maxsplit=1)[0]
        scan = Mesh(vertices=(placed(mesh[0]) / millimetres).astype(np.float32), faces=mesh[1])
        keypoints = Keypoints(names=NOW7, positions=placed(clicked) / millimetres) if shares[1] else None
        capture = Capture(
            item=item, subject=name, scan=scan, unit=unit, keypoints=keypoints, attributes=attributes
        )
        truth = ScanTruth(
            item=item,
            subject=name,
            head=self._head.card.name,
            kind=self.config.truth,
            seed=number[0],
            index=number[1],
            unit=unit,
            rotation=rotation,
            translation=translation,
            vertices=placed(subject.vertices).astype(np.float32),
            keypoints=placed(subject.keypoints),
            params=subject.params,
            off_span_rms=subject.off_span_rms,
            off_span_face_rms=subject.off_span_face_rms,
            wrinkle_rms=subject.wrinkle_rms,
            attributes=attributes,
        )
        return SyntheticScan(capture=capture, truth=truth, keypoint_format=shares[0])


def _shots(
    images: list[DepthImage], scene: Surface, sensor: Sensor, rng: np.random.Generator
) -> list[DepthImage]:
    """What the sensor makes of ideal images, with the scene's own holes in it."""
    middles = np.concatenate([image.points() for image in images])
    count = min(rng.poisson(HOLES_A_SCAN), len(middles))
    holes = middles[rng.integers(0, len(middles), count)], rng.uniform(*HOLE_RADIUS, count)
    patches, thin = WaveField(rng, (10.0, 35.0), waves=16), rng.uniform(-2.5, 0.5)
    rough_by_part = np.array([ROUGHNESS.get(part, 1.0) for part in Part], np.float32)
    shots = []
    for image in images:
        part = np.where(image.seen, scene.part[image.face], 0)
        lost = np.zeros(len(part), dtype=bool)
        points = image.points()
        lost[image.seen] = _in_holes(points, *holes)
        hair = image.seen & (part == Part.HAIR)
        # dark hair swallows the light in patches, and here and there everywhere
        lost[hair] |= patches(points[hair[image.seen]])[:, 0] < thin
        shots.append(measure(image, sensor, rng, rough=rough_by_part[part], lost=lost))
    return shots


def _in_holes(
    points: Float[np.ndarray, "n 3"], middles: Float[np.ndarray, "h 3"], radii: Float[np.ndarray, "h"]
) -> Bool[np.ndarray, "n"]:
    inside = np.zeros(len(points), dtype=bool)
    for middle, radius in zip(middles, radii, strict=True):
        inside |= np.square(points - middle).sum(axis=1) < radius * radius
    return inside


def _meshed(
    shots: list[DepthImage], wanted: int, limits: tuple[int, int], *, finest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fuse at the voxel size that gives about the wanted number of vertices, at any rate one within limits."""
    seen = np.concatenate([shot.points() for shot in shots])
    cells = np.floor((seen - seen.min(axis=0)) / PROBE).astype(np.int64)
    shape = cells.max(axis=0) + 1
    area = len(np.unique(np.ravel_multi_index(tuple(cells.T), tuple(shape)))) * PROBE**2 / VERTICES_PER_CELL
    voxel = max(float(np.sqrt(VERTICES_PER_CELL * area / wanted)), finest)
    vertices, faces = fuse(shots, voxel=voxel)
    low, high = limits
    if not low <= len(vertices) <= high:
        aim = np.clip(wanted, 1.1 * low, high / 1.1)
        vertices, faces = fuse(shots, voxel=voxel * float(np.sqrt(max(len(vertices), 1) / aim)))
    return vertices, faces


def _choice(rng: np.random.Generator, shares: Mapping[Name, float]) -> Name:
    names = list(shares)
    return names[int(rng.choice(len(names), p=np.array(list(shares.values()))))]
