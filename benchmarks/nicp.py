"""Non-rigid ICP: what it costs and how right it is, beside trimesh's nricp_amberg with its default settings.

Run: python -m benchmarks.nicp [--scans 3] [--points 5000 40000] [--write]

A face of ICT's topology (9,409 vertices) is laid on scans of people outside its span (clean depth scans with
noise, no hair). Both get the seven keypoints; nricp_amberg starts from the mean face laid on rigidly, and in
a row of its own from our model fit. Errors are of the face's vertices, in mm: to the true surface, and to the
true vertex of the same number. Our nicp reads so many points of a scan, nricp_amberg all of its triangles. One
thread.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import torch

from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.crop import crop
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.registration.beyond_model import BeyondModel
from facescale.registration.config import RegistrationConfig
from facescale.registration.folds import folds_of
from facescale.registration.head_frame import into_head
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.registration.sample import Sample
from facescale.structures.keypoints import NOW7
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer, SyntheticScan

RESULTS = Path(__file__).parent / "results"
FACE_VERTICES = 9409
"""ICT's first vertices are its face."""
CLEAN = ScanSynthesis(
    cameras=(6, 6),
    points=(40_000, 40_000),
    keypoint_share=1.0,
    hair_share=0.0,
    shoulder_share=0.0,
    unit="mm",
)
SEED = 2026


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contender over all scans."""

    name: str
    seconds: float
    surface_mm: float
    vertex_mm: float
    folded: int


def face_of(head: LinearHead) -> LinearHead:
    """The face alone, with the landmarks that lie on it."""
    keep = torch.arange(head.num_vertices) < FACE_VERTICES
    small = crop(head, keep)
    place = torch.full((len(head.faces),), -1, dtype=torch.int32)
    place[small.faces] = torch.arange(len(small.faces), dtype=torch.int32)
    landmarks = {}
    for name, sites in head.landmarks.items():
        face = place[sites.face.long()]
        assert bool((face >= 0).all()) or name not in {"ibug68", "now7"}, name
        if bool((face >= 0).all()):
            landmarks[name] = Sites(face=face, barycentric=sites.barycentric)
    return replace(small.head, landmarks=landmarks)


class Judge:
    """Measures a face against the truth of its scan."""

    def __init__(self, head: LinearHead, whole: LinearHead) -> None:
        self._faces = head.faces.numpy().astype(np.int64)
        self._whole = whole.faces
        self._seen = head.regions["scannable"].numpy()

    def row(
        self, name: str, found: Sequence[np.ndarray], scans: Sequence[SyntheticScan], seconds: Sequence[float],
        before: Sequence[np.ndarray],
    ) -> Row:  # fmt: skip
        """Errors of faces in their scans' frames, mm."""
        surface, vertex = [], []
        for vertices, scan in zip(found, scans, strict=True):
            truth = scan.truth.vertices.astype(np.float64)
            middle = truth.mean(axis=0)
            tree = SurfaceBvh(torch.from_numpy(truth - middle).float()[None], self._whole)
            points = torch.from_numpy(vertices[self._seen] - middle).float()[None]
            surface.append(float(tree.closest(points).distance.mean()))
            apart = np.linalg.norm(vertices - truth[:FACE_VERTICES], axis=1)
            vertex.append(float(apart[self._seen].mean()))
        folded = max(self._folded(a, b) for a, b in zip(before, found, strict=True))
        row = Row(
            name=name,
            seconds=float(np.mean(seconds)),
            surface_mm=float(np.mean(surface)),
            vertex_mm=float(np.mean(vertex)),
            folded=folded,
        )
        print(row, flush=True)
        return row

    def _folded(self, before: np.ndarray, after: np.ndarray) -> int:
        known = folds_of(before, np.zeros_like(before), self._faces)
        return folds_of(before, after - before, self._faces).since(known).count


def timed(run: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    """What a call returned, and this process' seconds."""
    begun = time.process_time()
    found = run()
    return found, time.process_time() - begun


def amberg(head: LinearHead, start: np.ndarray, scan: SyntheticScan) -> np.ndarray:
    """The one of trimesh with its own settings, from some vertices on."""
    import trimesh
    from trimesh.registration import nricp_amberg

    sites, marks = head.landmarks["now7"], scan.capture.keypoints
    assert marks is not None
    positions = dict(zip(marks.names, marks.positions, strict=True))
    surface = scan.capture.surface
    return np.asarray(
        nricp_amberg(
            trimesh.Trimesh(start, head.faces.numpy(), process=False),
            trimesh.Trimesh(surface.vertices, surface.faces, process=False),
            source_landmarks=(sites.face.numpy().astype(np.int64), sites.barycentric.numpy()),
            target_positions=np.array([positions[name] for name in NOW7]),
        )
    )


def contest(points: Sequence[int], scans: Sequence[SyntheticScan]) -> tuple[list[Row], float]:
    """All contenders, and what is done once."""
    whole = load_head("ict")
    assert isinstance(whole, LinearHead)
    head = face_of(whole)
    judge = Judge(head, whole)
    rows: list[Row] = []
    fits: Sequence[RegistrationResult] = ()
    once = 0.0
    for count in points:
        more, fits, once = ours(count, head, judge, scans)
        rows += more[1:] if rows else more
    models, means = [fit.vertices for fit in fits], [fit.mean_vertices for fit in fits]
    rows.insert(0, judge.row("mean face, rigid", means, scans, [float("nan")] * len(scans), means))
    for name, starts in (("mean face", means), ("model fit", models)):
        pairs = [timed(partial(amberg, head, start, scan)) for start, scan in zip(starts, scans, strict=True)]
        found, seconds = zip(*pairs, strict=True)
        rows.append(judge.row(f"nricp_amberg from the {name}", found, scans, seconds, starts))
    return rows, once


def ours(
    count: int, head: LinearHead, judge: Judge, scans: Sequence[SyntheticScan]
) -> tuple[list[Row], list[RegistrationResult], float]:
    """The model's fit and what follows, with so many points of a scan, and the seconds of the factors."""
    config = RegistrationConfig(nicp_points=count, unit="mm", method="nicp")
    plain, drawer = Registrar(head, replace(config, method="model")), Registrar(head, config)
    begun = time.process_time()
    beyond = BeyondModel.of(head, plain.template.keypoint_sites, config)
    once = time.process_time() - begun
    samples, prepared = [], []
    for k, scan in enumerate(scans):
        begun = time.process_time()
        samples.append(drawer.prepare(scan.capture, k))
        prepared.append(time.process_time() - begun)
    results = [fitted(plain, sample) for sample in samples]
    fits, fit_seconds = [fit for fit, _ in results], [spent for _, spent in results]
    models = [fit.vertices for fit in fits]
    pairs = [timed(partial(refined, beyond, s, f)) for s, f in zip(samples, fits, strict=True)]
    found, seconds = [vertices for vertices, _ in pairs], [spent for _, spent in pairs]
    whole = [sum(parts) for parts in zip(prepared, fit_seconds, seconds, strict=True)]
    rows = [
        judge.row("ours, model fit", models, scans, fit_seconds, models),
        judge.row(f"ours, nicp alone, {count:,} points", found, scans, seconds, models),
        judge.row(f"ours, from the scan on, {count:,} points", found, scans, whole, models),
    ]
    return rows, fits, once


def fitted(registrar: Registrar, sample: Sample) -> tuple[RegistrationResult, float]:
    """The model's fit and its seconds."""
    begun = time.process_time()
    (result,) = registrar.register([sample])
    assert isinstance(result, RegistrationResult), result
    return result, time.process_time() - begun


def refined(beyond: BeyondModel, sample: Sample, fit: RegistrationResult) -> np.ndarray:
    """A model's fit taken on."""
    (result,) = beyond.refine([sample], [fit])
    assert isinstance(result, RegistrationResult)
    assert result.displacement is not None
    moved = into_head(result.vertices, result.rotation, result.translation, result.scale)
    assert np.isfinite(moved).all()
    return result.vertices


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=3)
    parser.add_argument("--points", type=int, nargs="+", default=[5000, 40_000])
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    load = os.getloadavg()[0]
    whole = load_head("ict")
    synthesizer = ScanSynthesizer(whole, CLEAN)
    scans = [synthesizer.make(SEED, index) for index in range(options.scans)]
    rows, once = contest(options.points, scans)
    (baseline,) = (row.seconds for row in rows if row.name == "nricp_amberg from the mean face")
    lines = [
        "| | s a scan | times faster | to the surface mm | vertices mm | folded |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        timing = ("", "") if np.isnan(row.seconds) else (f"{row.seconds:.2f}", f"{baseline / row.seconds:.1f}")
        cells = (row.name, *timing, f"{row.surface_mm:.3f}", f"{row.vertex_mm:.3f}", row.folded)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    text = "\n".join(
        [
            f"# Non-rigid ICP, {datetime.now(UTC):%Y-%m-%d}",
            "",
            (
                f"{options.scans} scans of 40,000 vertices, {FACE_VERTICES:,} vertices to lay on them; one "
                f"thread ({platform.machine()}), load average {load:.1f}, seconds are this process' own. "
                "`python -m benchmarks.nicp`"
            ),
            "",
            (__doc__ or "").split("\n\n", 2)[2].strip(),
            "",
            *lines,
            "",
            (
                f"Once a topology: {once:.2f} s. Folded: triangles turned over and pairs that cross, and did "
                "not at the start, at the worst scan. From the scan on: points drawn, model fit and nicp."
            ),
        ]
    )
    print(text)
    if options.write:
        (RESULTS / f"nicp_cpu_{datetime.now(UTC):%Y-%m-%d}.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
