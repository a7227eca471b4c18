"""What the ICT judge says of shapes whose worth is known: ICT's own random heads, plain and spoiled.

Run: python -m benchmarks.judge_calibration [--heads 10] [--threads 2] [--write]

Heads are judged at the midpoints of their edges, so that no judged point is a vertex of ICT's. They are spoiled
by smooth random fields that no ICT coefficient explains (wavelengths 15-80 mm, RMS over the outer skin).
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.builtin_head import random_identities
from benchmarks.head_anatomy import NOSE_TIP
from benchmarks.ict_judge import IctJudge, Verdict, seen_from_outside
from facescale.geometry.topology import undirected_edges
from facescale.heads.crop import crop
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.synthesis.off_span import OffSpan

RESULTS = Path(__file__).parent / "results"
SPOILS_MM = (0.0, 0.8, 2.0, 4.0)
WAVELENGTHS_MM = (15.0, 80.0)
RADIUS_MM = 95.0


def split(vertices: Tensor, faces: Tensor) -> tuple[Tensor, Tensor]:
    """Cut every face in four; the midpoints come behind the old vertices."""
    edges, edge_of = undirected_edges(faces)
    a, b, c = faces.unbind(1)
    # The edge opposite a is between b and c.
    bc, ca, ab = (edge_of + len(vertices)).unbind(1)
    corners = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    finer = torch.cat([torch.stack(corner, dim=1) for corner in corners])
    return torch.cat([vertices, vertices[edges].mean(dim=1)]), finer


def judged(judge: IctJudge, vertices: Tensor, faces: Tensor, nose_tip: int) -> Verdict:
    fine, fine_faces = split(vertices, faces)
    middle = torch.arange(len(fine)) >= len(vertices)
    near = (fine - fine[nose_tip]).norm(dim=1) < RADIUS_MM
    used = seen_from_outside(fine, fine_faces, middle & near)
    return judge.judge(fine, fine_faces, nose_tip=nose_tip, skin=middle, used=used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heads", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    load_average = os.getloadavg()[0]
    head = load_head("ict")
    assert isinstance(head, LinearHead)
    small = crop(head, head.regions["head"])
    site = head.landmarks["ibug68"]
    tip = int(head.faces[site.face[NOSE_TIP], site.barycentric[NOSE_TIP].argmax()])
    nose_tip = int((small.vertices == tip).nonzero()[0, 0])
    fields, judge = OffSpan(head), IctJudge(head)
    shapes = head.evaluate({"identity": random_identities(head, options.heads)})
    lines = [
        "| spoiled by mm RMS | coefficient RMS, median (range) | mean distance mm | not converged |",
        "|---|---|---|---|",
    ]
    for spoil in SPOILS_MM:
        verdicts = []
        for row, shape in enumerate(shapes):
            rng = np.random.default_rng(row)
            field = fields.field(rng, rms=spoil, wavelengths=WAVELENGTHS_MM)
            spoiled = (shape + torch.from_numpy(field).float())[small.vertices]
            verdicts.append(judged(judge, spoiled, small.head.faces.long(), nose_tip))
        sizes, far = np.array([v.rms for v in verdicts]), np.array([v.mean_mm for v in verdicts])
        stuck = sum(not v.converged for v in verdicts)
        cells = [f"{np.median(x):.3f} ({x.min():.3f}-{x.max():.3f})" for x in (sizes, far)]
        lines.append(f"| {spoil:g} | {cells[0]} | {cells[1]} | {stuck} |")
    text = "\n".join(
        [
            f"# The ICT judge's scale, {datetime.now(UTC):%Y-%m-%d}",
            "",
            (
                f"{options.heads} random ICT heads within 2.5 SD, whose own coefficients have 0.9 RMS; "
                f"`python -m benchmarks.judge_calibration`; load average at the start {load_average:.1f}."
            ),
            "",
            *lines,
        ]
    )
    print(text)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"ict_judge_{datetime.now(UTC):%Y-%m-%d}.md"
        path.write_text(text + "\n", encoding="utf-8")
        print(f"written to {path}")


if __name__ == "__main__":
    main()
