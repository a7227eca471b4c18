"""Is the built-in head a human head? Every acceptance figure of it, measured, beside what is asked.

Run: python -m benchmarks.builtin_head [--head builtin] [--heads 50] [--jaw-open 0.0] [--threads 2] [--write]

Crossings shallower than 0.01 mm are contact. `--head ict` puts ICT-FaceKit through the same: its own figures
say what a head made from scans reaches. Fitting ICT needs its asset (`facescale assets list`).
Exit status: 0 where every figure is met, else 1.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from benchmarks import head_checks
from benchmarks.head_anatomy import EYES, Anatomy
from benchmarks.head_checks import CrossingCount
from benchmarks.ict_judge import IctJudge, Verdict
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.heads.prior import draw_prior

RESULTS = Path(__file__).parent / "results"
TRUNCATION = 2.5
BLINKS = (0.25, 0.5, 0.75, 1.0)
ARKIT = 52
ON_OPEN_JAW = ("mouthClose", "tongueOut")
CLOSING = ("mouthClose", "mouthPress", "mouthPucker", "mouthRoll", "mouthShrug")
"""Expressions that push lip against lip."""
TOLD = 6
"""Offenders that a row names, the deepest first."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    asked: str
    got: str
    met: bool | None
    """None where nothing is asked."""


def load(name: str) -> LinearHead:
    """A head of the linear family by name."""
    if name == "builtin":
        from facescale.heads.builtin.head import load_builtin

        return load_builtin()
    head = load_head(name)
    if not isinstance(head, LinearHead):
        raise ValueError(f"expected a linear head, got {name}")  # noqa: TRY004 - the name is the user's
    return head


def random_identities(head: LinearHead, count: int, seed: int = 0) -> Float[Tensor, "b k"]:
    """Identities from the prior and its correlations, none beyond 2.5 standard deviations."""
    block = next(block for block in head.blocks if block.name == "identity")
    rng = np.random.default_rng(seed)
    drawn = np.stack([draw_prior(block, rng, truncation=TRUNCATION) for _ in range(count)])
    return torch.from_numpy(drawn).float()


def on_jaw(name: str) -> dict[str, float]:
    """What an expression is judged on top of: two of ARKit's only make sense on an open jaw."""
    return {"jawOpen": 1.0} if name in ON_OPEN_JAW else {}


def crossing_rows(anatomy: Anatomy, heads: Float[Tensor, "b v 3"]) -> Iterator[Row]:
    mean = head_checks.crossings(anatomy, anatomy.head.mean_vertices())
    whole = mean.elsewhere + mean.lips == 0
    yield Row(what="crossing faces, mean head", asked="0", got=str(mean), met=whole)
    counts = [head_checks.crossings(anatomy, shape) for shape in heads]
    bad = [count for count in counts if count.elsewhere + count.lips]
    worst = max(counts, key=lambda count: count.deepest_mm)
    yield Row(
        what=f"random heads with crossing faces, of {len(heads)}",
        asked="0",
        got=f"{len(bad)}; the worst: {worst}",
        met=not bad,
    )
    names = anatomy.expression_names
    found = {
        name: head_checks.crossings(anatomy, anatomy.expression({name: 1.0} | on_jaw(name))) for name in names
    }
    crossed = {n: c for n, c in found.items() if c.elsewhere + (0 if n.startswith(CLOSING) else c.lips)}
    yield Row(
        what=f"expressions at 1 with crossing faces, of {len(names)} (lip contact when closing excepted)",
        asked=f"0 of {ARKIT}",
        got=offenders(crossed),
        met=not crossed and len(names) == ARKIT,
    )


def offenders(counts: dict[str, CrossingCount]) -> str:
    """How many, and the deepest of them."""
    worst = sorted(counts, key=lambda name: -counts[name].deepest_mm)[:TOLD]
    return "; ".join([str(len(counts)), *(f"{name} {counts[name]}" for name in worst)])


def closure_rows(anatomy: Anatomy, jaw_open: float) -> Iterator[Row]:
    shape = anatomy.expression({"jawOpen": jaw_open}) if jaw_open else anatomy.head.mean_vertices()
    closed = head_checks.closure(anatomy, shape)
    at = f"jawOpen {jaw_open:g}" if jaw_open else "at rest"
    yield Row(
        what=f"skin with sockets, {at}: openings; faults with the neck closed; TetGen",
        asked="1; none; fills it",
        got=f"{closed.openings}; {closed.faults}; {closed.filled}",
        met=closed.sound,
    )
    opened = head_checks.open_pieces(anatomy)
    yield Row(
        what=f"other pieces that are not closed, of {len(opened)}",
        asked="",
        got=str(int(opened.sum())),
        met=None,
    )


def lid_rows(anatomy: Anatomy) -> Iterator[Row]:
    for side in EYES:
        name = f"eyeBlink{side}"
        cuts = {w: head_checks.lid_crossings(anatomy, anatomy.expression({name: w})) for w in BLINKS}
        yield Row(
            what=f"{name}: lids cutting the eyeball at " + ", ".join(f"{w:g}" for w in BLINKS),
            asked="0",
            got="; ".join(str(count) for count in cuts.values()),
            met=not any(count.elsewhere + count.lips for count in cuts.values()),
        )
        slit = head_checks.slit_mm(anatomy, anatomy.expression({name: 1.0}), side)
        rest = head_checks.slit_mm(anatomy, anatomy.head.mean_vertices(), side)
        yield Row(
            what=f"{name} at 1: eyeball showing between the lids",
            asked="<= 0.3 mm",
            got=f"{slit:.2f} mm (at rest {rest:.2f})",
            met=slit <= 0.3 < rest,
        )
    looks = [n for n in anatomy.expression_names if n.startswith(("eyeLook", "eyeSquint", "eyeWide"))]
    cut = {n: head_checks.lid_crossings(anatomy, anatomy.expression({n: 1.0})) for n in looks}
    worst = {n: count for n, count in cut.items() if count.elsewhere + count.lips}
    yield Row(
        what=f"eyeLook, eyeSquint, eyeWide at 1: lids cutting an eyeball, of {len(looks)}",
        asked="0",
        got=offenders(worst),
        met=not worst,
    )


def deviation_row(anatomy: Anatomy, heads: Float[Tensor, "b v 3"]) -> Row:
    deviation = head_checks.vertex_deviation(anatomy, heads)
    low, middle, high = (float(x) for x in (deviation.min(), deviation.mean(), deviation.max()))
    return Row(
        what=f"mean vertex deviation of {len(heads)} random heads from the mean head, within 95 mm of the nose",
        asked="2-4 mm (ICT: 3.0)",
        got=f"{middle:.2f} mm, from {low:.2f} to {high:.2f}",
        met=2 <= middle <= 4,
    )


def judged_rows(anatomy: Anatomy, heads: Float[Tensor, "b v 3"]) -> Iterator[Row]:
    ict = load_head("ict")
    assert isinstance(ict, LinearHead)
    judge = IctJudge(ict)

    def verdict(vertices: Tensor) -> Verdict:
        return judge.judge(vertices, anatomy.faces, nose_tip=anatomy.nose_tip, skin=anatomy.skin_vertices)

    mean = verdict(anatomy.head.mean_vertices())
    yield Row(
        what="ICT fit of the mean head",
        asked="mean <= 0.5 mm, RMS <= 1.0, at most 3.0",
        got=str(mean),
        met=mean.mean_mm <= 0.5 and mean.rms <= 1.0 and mean.largest <= 3.0,
    )
    verdicts = [verdict(shape) for shape in heads]
    sizes = torch.tensor([v.rms for v in verdicts])
    distance = torch.tensor([v.mean_mm for v in verdicts])
    stuck = sum(not v.converged for v in verdicts)
    yield Row(
        what=f"ICT fit of {len(heads)} random heads",
        asked="RMS <= 1.3 each",
        got=f"RMS median {sizes.median():.3f}, largest {sizes.max():.3f}; {int((sizes > 1.3).sum())} above; "
        f"mean distance median {distance.median():.3f} mm, largest {distance.max():.3f}; "
        f"{stuck} not converged",
        met=bool((sizes <= 1.3).all()),
    )


def table(rows: list[Row]) -> str:
    lines = ["| | asked | measured | |", "|---|---|---|---|"]
    marks = {True: "yes", False: "NO", None: ""}
    lines += [f"| {row.what} | {row.asked} | {row.got} | {marks[row.met]} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--head", default="builtin", help="builtin or ict")
    parser.add_argument("--heads", type=int, default=50, help="random heads")
    parser.add_argument("--jaw-open", type=float, default=0.0, help="at which the inside is filled")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    start, load_average = time.perf_counter(), os.getloadavg()[0]
    head = load(options.head)
    anatomy = Anatomy.of(head)
    heads = anatomy.shape(identity=random_identities(head, options.heads))
    rows = [
        *crossing_rows(anatomy, heads),
        *closure_rows(anatomy, options.jaw_open),
        *lid_rows(anatomy),
        deviation_row(anatomy, heads),
        *judged_rows(anatomy, heads),
    ]
    missed, met = (sum(row.met is wanted for row in rows) for wanted in (False, True))
    text = "\n".join(
        [
            f"# The {options.head} head, {datetime.now(UTC):%Y-%m-%d}",
            "",
            (
                f"{head.num_vertices} vertices, {len(head.faces)} faces; {options.heads} random heads within "
                f"{TRUNCATION} SD; `python -m benchmarks.builtin_head --head {options.head}`; "
                f"{time.perf_counter() - start:.0f} s, load average at the start {load_average:.1f}."
            ),
            "",
            table(rows),
            "",
            f"{met} of {met + missed} met.",
        ]
    )
    print(text)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"head_{options.head}_{datetime.now(UTC):%Y-%m-%d}.md"
        path.write_text(text + "\n", encoding="utf-8")
        print(f"written to {path}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
