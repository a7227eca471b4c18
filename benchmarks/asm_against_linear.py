"""ASM against linear models of n people: with how many people's scans does a linear model overtake it?

Run: python -m benchmarks.asm_against_linear [--targets 6] [--people 20,30,50,80] [--write]

The claim of Yang et al. 2023 is that an adaptive skinning model, which is made from no scan at all, reaches
what linear models need many for. Both are fitted here by the same solver to the same points:

- "ict": people drawn from ICT's 100 identity modes, neutral. Linear models are the mean and all n - 1 principal
  components of n other people from the same modes. All 100 modes span these targets: that row is no rival.
- "builtin": people of the built-in head whose true shapes leave its span, neutral. They lie outside every basis
  that is compared here, as real people do.

All heads have ICT's triangles, so only what may move differs. Errors are distances in mm from points of the
true surface, within 95 mm of the nose tip, to the fitted surface, and on "ict" also from true vertices to the
fitted ones of the same number, which sees what slides along the surface. The mean head, laid on rigidly, is a
row.
"""

import argparse
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from facescale.fitting.unknowns import Unknowns
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.blocks import identity_block
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.heads.prior import draw_prior
from facescale.heads.regions import region_faces
from facescale.heads.template import AbstractTemplateHead
from facescale.registration import fast
from facescale.registration.config import RegistrationConfig
from facescale.registration.finish import in_scan
from facescale.registration.mean_head import rigid_mean
from facescale.registration.registrar import Registrar
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer, SyntheticScan

RESULTS = Path(__file__).parent / "results"
FACE_RADIUS_MM = 95.0
TRUTH_POINTS = 4000
TRAINING_SEED, TARGET_SEED = 11, 2026
TRUNCATION = 3.0
CLEAN = ScanSynthesis(
    cameras=(6, 6),
    points=(60_000, 60_000),
    keypoint_share=1.0,
    keypoint_noise=0.5,
    hair_share=0.0,
    shoulder_share=0.0,
    unit="mm",
)
LONGER = 5
"""Times as many steps as the preset takes at the most, for the rows that run to convergence."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A scan, and points of its true surface."""

    scan: SyntheticScan
    points: np.ndarray
    near: np.ndarray
    """(v,) bool: the vertices of the face."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model over all targets of a kind."""

    name: str
    coefficients: int
    errors: np.ndarray
    """mm, one a target."""
    vertex_errors: np.ndarray
    """The same of homologous vertices; empty where the target has others."""
    seconds: float
    people: int = 0


def identity_only(head: LinearHead) -> LinearHead:
    """A head that cannot but be neutral."""
    (block,) = (b for b in head.blocks if b.name == "identity")
    start = sum(b.size for b in head.blocks[: head.blocks.index(block)])
    basis = head.basis[..., start : start + block.size].contiguous()
    return replace(head, blocks=(block,), basis=basis)


def linear_of(head: LinearHead, people: int) -> LinearHead:
    """The mean and all principal components of some people drawn from a head's prior."""
    rng = np.random.default_rng([TRAINING_SEED, people])
    drawn = np.stack([draw_prior(head.blocks[0], rng, truncation=TRUNCATION) for _ in range(people)])
    centred = torch.from_numpy(drawn - drawn.mean(axis=0)).float()
    shapes = torch.einsum("vdk,nk->nvd", head.basis, centred).flatten(1).double()
    # of the small Gram matrix, since the shapes lie in a space of people
    values, vectors = torch.linalg.eigh(shapes @ shapes.T)
    kept = vectors[:, 1:].flip(1)
    components = (shapes.T @ kept) / (people - 1) ** 0.5
    assert float(values[1]) > 0
    basis = components.reshape(*head.zero.shape, people - 1).float().contiguous()
    mean = head.zero + head.basis @ torch.from_numpy(drawn.mean(axis=0)).float()
    block = identity_block(basis, head.regions["scannable"])
    return replace(head, zero=mean, basis=basis, blocks=(block,))


def make_targets(head: LinearHead, count: int, *, off_span: bool) -> list[Target]:
    """Scans of a head's people, and what is true of them."""
    config = replace(CLEAN, truth="off-span" if off_span else "in-span")
    synthesizer = ScanSynthesizer(head, config)
    faces = head.faces[region_faces(head, "scannable").long()].numpy()
    nose = head.landmarks["ibug68"]
    tip = int(head.faces[int(nose.face[30])][int(nose.barycentric[30].argmax())])
    rng = np.random.default_rng(0)
    found = []
    for index in range(count):
        scan = synthesizer.make(TARGET_SEED, index)
        vertices = scan.truth.vertices.astype(np.float64)
        near = np.linalg.norm(vertices - vertices[tip], axis=1) < FACE_RADIUS_MM
        near &= head.regions["scannable"].numpy()
        corners = vertices[faces[near[faces].all(axis=1)]]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        face = rng.choice(len(area), TRUTH_POINTS, p=area / area.sum())
        points = np.einsum("nk,nkd->nd", rng.dirichlet((1, 1, 1), TRUTH_POINTS), corners[face])
        found.append(Target(scan=scan, points=points, near=near))
    return found


def distance(head: AbstractTemplateHead, vertices: np.ndarray, points: np.ndarray) -> float:
    """Mean distance of points to the scannable surface of a head's vertices, mm."""
    middle = points.mean(axis=0)
    faces = head.faces[region_faces(head, "scannable").long()]
    tree = SurfaceBvh(torch.from_numpy(vertices - middle).float()[None], faces)
    return float(tree.closest(torch.from_numpy(points - middle).float()[None]).distance.mean())


def vertex_distance(vertices: np.ndarray, target: Target) -> list[float]:
    """Mean distance of homologous vertices of the face, mm; nothing where the target has others."""
    truth = target.scan.truth.vertices
    if truth.shape != vertices.shape:
        return []
    return [float(np.linalg.norm(vertices - truth, axis=1)[target.near].mean())]


def fitted(
    name: str,
    head: AbstractTemplateHead,
    targets: Sequence[Target],
    config: RegistrationConfig,
    *,
    settings: fast.FastSettings,
    people: int = 0,
) -> Row:
    """Fit one head to all targets."""
    registrar = Registrar(head, config)
    errors, vertex_errors, seconds = [], [], []
    for index, target in enumerate(targets):
        sample = registrar.prepare(target.scan.capture, index)
        problem = registrar.problem([sample])
        start = Unknowns.at_rest(registrar.layout, lanes=1, device="cpu")
        begun = time.process_time()
        state = fast.fit(
            problem, start, points=config.points, start_width=config.robust.start_mm, settings=settings
        )
        seconds.append(time.process_time() - begun)
        shape = head.evaluate(registrar.layout.split(state.unknowns.coefficients))[0].double().numpy()
        rotation, translation, scale = in_scan(sample, state.unknowns, 0)
        vertices = scale * shape @ rotation.T + translation
        errors.append(distance(head, vertices, target.points))
        vertex_errors += vertex_distance(vertices, target)
    row = Row(
        name=name,
        coefficients=registrar.layout.coefficients,
        errors=np.array(errors),
        vertex_errors=np.array(vertex_errors),
        seconds=float(np.mean(seconds)),
        people=people,
    )
    print(f"{name}: {row.errors.mean():.3f} mm, {row.seconds:.2f} s", flush=True)
    return row


def mean_row(head: AbstractTemplateHead, targets: Sequence[Target], config: RegistrationConfig) -> Row:
    """The mean head, laid on rigidly from the pose of a fit."""
    registrar = Registrar(head, config)
    errors, vertex_errors = [], []
    for index, target in enumerate(targets):
        sample = registrar.prepare(target.scan.capture, index)
        problem = registrar.problem([sample])
        pose = rigid_mean(problem, registrar.solve(problem).unknowns)
        rotation, translation, scale = in_scan(sample, pose, 0)
        vertices = scale * head.mean_vertices().double().numpy() @ rotation.T + translation
        errors.append(distance(head, vertices, target.points))
        vertex_errors += vertex_distance(vertices, target)
    return Row(
        name="mean head, rigid",
        coefficients=0,
        errors=np.array(errors),
        vertex_errors=np.array(vertex_errors),
        seconds=float("nan"),
    )


def compare(
    targets: Sequence[Target], people: Sequence[int], config: RegistrationConfig
) -> tuple[list[Row], list[Row]]:
    """Rows of the linear models, and all others."""
    ict = load_head("ict")
    assert isinstance(ict, LinearHead)
    ict = identity_only(ict)
    asm = load_head("asm-ict")
    preset = fast.FastSettings()
    longer = longer_than(preset)
    curve = [
        fitted(f"linear, {n} people", linear_of(ict, n), targets, config, settings=preset, people=n)
        for n in people
    ]
    others = [
        mean_row(ict, targets, config),
        fitted("ICT, all 100 modes", ict, targets, config, settings=preset),
        fitted("asm-ict", asm, targets, config, settings=preset),
        fitted("asm-ict, to convergence", asm, targets, config, settings=longer),
    ]
    return curve, others


def longer_than(settings: fast.FastSettings) -> fast.FastSettings:
    """The same schedule with more steps and a tighter end."""

    def level(one: fast.Level) -> fast.Level:
        solver = replace(
            one.solver, iterations=LONGER * one.solver.iterations, tolerance=one.solver.tolerance / LONGER
        )
        return replace(one, solver=solver)

    return fast.FastSettings(levels=tuple(level(one) for one in settings.levels), late=level(settings.late))


def crossing(curve: Sequence[Row], level: float) -> str:
    """Between which numbers of people the curve falls below a level."""
    last = 0
    for row in curve:
        if row.errors.mean() <= level:
            return f"between {last} and {row.people} people" if last else f"at {row.people} people or fewer"
        last = row.people
    return f"not up to {last} people"


def draw(kinds: Sequence[tuple[str, Sequence[Row], Sequence[Row]]], path: Path) -> None:
    """The curves, with the other rows as lines."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(kinds), figsize=(5.5 * len(kinds), 4), squeeze=False)
    for (kind, curve, others), axis in zip(kinds, axes[0], strict=True):
        means = [row.errors.mean() for row in curve]
        axis.plot([row.people for row in curve], means, "o-", label="linear model of n people")
        for row, style in zip(others, ("k:", "g-.", "r--", "r-"), strict=True):
            axis.axhline(row.errors.mean(), color=style[0], linestyle=style[1:], label=row.name)
        axis.set_title(f"targets: {kind}")
        axis.set_xlabel("people in the linear model")
        axis.set_ylabel("distance of true points to the fit, mm")
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def table(curve: Sequence[Row], others: Sequence[Row]) -> list[str]:
    """Markdown, best last."""
    lines = [
        "| | coefficients | mean mm | worst target mm | vertices, mean mm | seconds a scan |",
        "|---|---|---|---|---|---|",
    ]
    for row in (others[0], *curve, *others[1:]):
        seconds = "" if np.isnan(row.seconds) else f"{row.seconds:.2f}"
        count = row.coefficients or ""
        vertex = f"{row.vertex_errors.mean():.3f}" if len(row.vertex_errors) else ""
        cells = (row.name, count, f"{row.errors.mean():.3f}", f"{row.errors.max():.3f}", vertex, seconds)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=6, help="people of each kind")
    parser.add_argument("--people", default="20,30,50,80", help="in the linear models")
    parser.add_argument("--points", type=int, default=5000)
    parser.add_argument("--prior-weight", type=float, default=1.0)
    parser.add_argument("--write", action="store_true", help="write a dated file and a drawing")
    options = parser.parse_args()
    torch.set_num_threads(1)
    people = [int(n) for n in options.people.split(",")]
    config = RegistrationConfig(
        points=options.points, expression=False, prior_weight=options.prior_weight, unit="mm"
    )
    lines, kinds = [], []
    for kind, off_span in (("ict", False), ("builtin", True)):
        head = load_head(kind)
        assert isinstance(head, LinearHead)
        targets = make_targets(identity_only(head), options.targets, off_span=off_span)
        curve, others = compare(targets, people, config)
        kinds.append((kind, curve, others))
        lines += [f"## Targets: {kind}", "", *table(curve, others), ""]
        lines += [f"The curve falls to {row.name} {crossing(curve, row.errors.mean())}." for row in others[2:]]
        lines += [""]
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    text = "\n".join(
        [
            f"# ASM against linear models, {date}",
            "",
            (
                f"{options.targets} people a kind, {options.points} points a scan, prior weight "
                f"{options.prior_weight:g}; {platform.machine()}, one thread, load average "
                f"{os.getloadavg()[0]:.1f}, seconds are this process' own. "
                "`python -m benchmarks.asm_against_linear`"
            ),
            "",
            (__doc__ or "").split("\n\n", 2)[2].strip(),
            "",
            *lines,
        ]
    )
    print(text)
    if options.write:
        (RESULTS / f"asm_against_linear_{date}.md").write_text(text + "\n", encoding="utf-8")
        draw(kinds, RESULTS / f"asm_against_linear_{date}.svg")


if __name__ == "__main__":
    main()
