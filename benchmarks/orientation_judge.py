"""How scans without keypoints get their orientation: the search alone, the landmark judge alone, and both.

Run: python -m benchmarks.orientation_judge [--heads builtin ict] [--scans 6] [--kinds whole small ...]

Rehearsed scans, turned any way, are given in a known unit and without keypoints: whole ones, small heads,
coarse and noisy ones of the front, and ones of which only one side is left; and things without a face, which
must be rejected. A rotation more than 25 degrees off the truth is wrong. Needs the assets "face-landmarker"
and, for that head, ICT-FaceKit.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from facescale.heads.library import load_head
from facescale.registration.config import RegistrationConfig
from facescale.registration.first_pose import first_pose
from facescale.registration.head_template import HeadTemplate
from facescale.registration.landmark_judge import LandmarkJudge, Verdict
from facescale.registration.rigid import angles_between
from facescale.registration.scan_surface import Drawn, ScanSurface, draw, scan_surface
from facescale.registration.surface_pose import SEARCH_POINTS
from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER, Unit
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer, SyntheticScan

SEED = 2311
WRONG = 25.0
KINDS = ("whole", "small", "coarse", "half", "back of head", "lumpy ball")
FACELESS = KINDS[4:]
BEHIND_MM = 60.0
"""Behind the middle of the eyes' depth: no face is left."""
COARSE_NOISE_MM = 1.5
ACROSS_MM = -25.0
SMALL = 0.82
"""Of an adult's size: an infant's head, but with an adult's proportions."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scan and its truth."""

    kind: str
    scan: Mesh
    unit: Unit
    rotation: np.ndarray


@dataclass
class Tally:
    """What one way of deciding did."""

    right: int = 0
    wrong: int = 0
    rejected: int = 0
    degrees: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, rotation: np.ndarray | None, case: Case, seconds: float) -> str:
        """Count a decision; says which it was."""
        self.seconds.append(seconds)
        if rotation is None:
            self.rejected += 1
            return "rejected"
        off = float(np.rad2deg(angles_between(case.rotation, rotation[None])[0]))
        if case.kind in FACELESS or off > WRONG:
            self.wrong += 1
            return f"WRONG ({off:.0f})"
        self.right += 1
        self.degrees.append(off)
        return f"{off:.1f}"

    def __str__(self) -> str:
        degrees = f"{np.median(self.degrees):.1f} / {max(self.degrees):.1f}" if self.degrees else "-"
        seconds = f"{np.median(self.seconds):.1f} / {max(self.seconds):.1f}" if self.seconds else "-"
        return f"{self.right} | {self.wrong} | {self.rejected} | {degrees} | {seconds}"


def cases(head: str, count: int) -> Iterator[Case]:
    """Scans of every kind."""
    model = load_head(head)
    whole = ScanSynthesizer(model, ScanSynthesis(points=(20_000, 40_000), keypoint_share=0.0))
    coarse = ScanSynthesizer(
        model, ScanSynthesis(points=(2_000, 4_000), cameras=(3, 4), hair_share=1.0, keypoint_share=0.0)
    )
    for index in range(count):
        made = whole.make(SEED, index)
        local = in_head_frame(made)
        yield case("whole", made, made.capture.surface)
        yield case("small", made, scaled(made.capture.surface, SMALL))
        rough = coarse.make(SEED + 1, index)
        yield case("coarse", rough, roughened(rough, index))
        yield case("half", made, part(made.capture.surface, local[:, 0] > ACROSS_MM))
        yield case(
            "back of head", made, part(made.capture.surface, local[:, 2] < local[:, 2].max() - BEHIND_MM)
        )
        yield solid(index)


def in_head_frame(made: SyntheticScan) -> np.ndarray:
    """(v, 3) a scan's vertices in mm in the head frame, but for where the origin lies in z."""
    truth = made.truth
    placed = made.capture.surface.vertices.astype(np.float64) * MILLIMETRES_PER[truth.unit]
    skin = truth.vertices.astype(np.float64)
    return (placed - skin.mean(axis=0)) @ truth.rotation


def scaled(scan: Mesh, factor: float) -> Mesh:
    """A scan of another size."""
    return Mesh(vertices=scan.vertices * factor, faces=scan.faces)


def part(scan: Mesh, keep: np.ndarray) -> Mesh:
    """The faces of which all corners are kept, and their vertices."""
    used = np.flatnonzero(keep)
    renamed = np.cumsum(keep) - 1
    faces = renamed[scan.faces[keep[scan.faces].all(axis=1)]].astype(np.int32)
    return Mesh(vertices=scan.vertices[used], faces=faces)


def roughened(made: SyntheticScan, index: int) -> Mesh:
    """A scan with more noise than any depth camera has."""
    scan = made.capture.surface
    noise = np.random.default_rng(index).normal(size=scan.vertices.shape) * COARSE_NOISE_MM
    return Mesh(vertices=scan.vertices + noise / MILLIMETRES_PER[made.truth.unit], faces=scan.faces)


def case(kind: str, made: SyntheticScan, scan: Mesh) -> Case:
    """A scan with the truth of the one it was made from."""
    return Case(kind=kind, scan=scan, unit=made.truth.unit, rotation=made.truth.rotation)


def solid(index: int) -> Case:
    """A lumpy ball of a head's size."""
    import trimesh

    rng = np.random.default_rng(index)
    ball = trimesh.creation.icosphere(subdivisions=5, radius=100.0)
    vertices = np.asarray(ball.vertices)
    for _ in range(12):
        way = rng.normal(size=3)
        lump = np.exp(-np.square(vertices / 100 - way / np.linalg.norm(way)).sum(axis=1) / 0.1)
        vertices = vertices * (1 + rng.uniform(-0.12, 0.12) * lump[:, None])
    scan = Mesh(vertices=vertices, faces=np.asarray(ball.faces, dtype=np.int32))
    return Case(kind="lumpy ball", scan=scan, unit="mm", rotation=np.eye(3))


def no_judge() -> Verdict:
    """What the first judge alone is told."""
    return Verdict(rotation=None, agreed=0, detail="nobody was asked")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heads", nargs="+", default=["builtin", "ict"])
    parser.add_argument("--scans", type=int, default=6)
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--threads", type=int, default=1)
    settings = parser.parse_args()
    torch.set_num_threads(settings.threads)
    judge = LandmarkJudge()
    tallies = {(kind, who): Tally() for kind in settings.kinds for who in ("first", "second", "both")}
    for name in settings.heads:
        template = HeadTemplate.of(load_head(name))
        for one in cases(name, settings.scans):
            if one.kind not in settings.kinds:
                continue
            said = decided(one, template, judge, tallies)
            print(f"{name} {one.kind}: {said}", flush=True)
    print(
        "\n| scans | judge | right | wrong | rejected | degrees off, median / most | seconds, median / most |"
    )
    print("|---|---|---|---|---|---|---|")
    for (kind, who), tally in tallies.items():
        print(f"| {kind} | {who} | {tally} |")


def decided(
    one: Case, template: HeadTemplate, judge: LandmarkJudge, tallies: dict[tuple[str, str], Tally]
) -> str:
    """Let every way of deciding decide, and count."""
    rng = np.random.default_rng(0)
    surface = scan_surface(one.scan, rng)
    drawn = draw(surface, SEARCH_POINTS, rng)
    said = []
    ways: dict[str, Callable[[], np.ndarray | None]] = {
        "first": lambda: _posed(one, template, drawn, no_judge),
        "second": lambda: judge.judge(surface, drawn).rotation,
        "both": lambda: _posed(one, template, drawn, lambda: _asked(judge, surface, drawn)),
    }
    for who, way in ways.items():
        start = time.perf_counter()
        rotation = way()
        counted = tallies[one.kind, who].add(rotation, one, time.perf_counter() - start)
        said.append(f"{who} {counted}")
    return ", ".join(said)


def _asked(judge: LandmarkJudge, surface: ScanSurface, drawn: Drawn) -> Verdict:
    return judge.judge(surface, drawn)


def _posed(one: Case, template: HeadTemplate, drawn: Drawn, ask: Callable[[], Verdict]) -> np.ndarray | None:
    try:
        pose = first_pose(
            template, drawn, {}, one.unit, RegistrationConfig(), np.random.default_rng(1), ask=ask
        )
    except CaptureRejected:
        return None
    return pose.rotation


if __name__ == "__main__":
    main()
