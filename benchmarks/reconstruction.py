"""How true `facescale reconstruct` is on rehearsed photographs, beside the mean head.

    FACESCALE_ASSETS=... python -m benchmarks.reconstruction [--subjects 20] [--corpora DIR] [--write]

Two corpora of people off the head's span, by the ray-casting shader, are rehearsed into DIR (an interrupted run
goes on): a rig of three calibrated cameras each, and five photographs each of different pose, expression and
light without calibration. Landmarks come from the detector. The shape at rest is aligned rigidly, without
scale, to the true face; the mean head is aligned alike. An interval is the paired bootstrap over subjects.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.closest_point import hardware
from facescale.evaluation.statistics import paired_change
from facescale.pipelines.reconstruct import ReconstructConfig, reconstruct
from facescale.pipelines.rehearse import rehearse
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.photo.image_truth import ImageTruth

FIT, MEAN_HEAD = "face_scan_to_mesh_mean_mm", "mean_head_face_scan_to_mesh_mean_mm"
CORPORA: dict[str, dict[str, Any]] = {
    "rig": {"photos": 3, "calibrated": True, "seed": 101},
    "photographs": {"photos": 5, "calibrated": False, "seed": 102},
}
SIZE = "480x480"


def one_camera(truths: Path) -> list[str]:
    """Subjects all of whose photographs come from one camera at one zoom."""
    found = [ImageTruth.from_npz(path.read_bytes()) for path in sorted(truths.glob("*.npz"))]
    return [truth.subject for truth in found if len(set(map(tuple, truth.focals.tolist()))) == 1]


def done_rows(name: str, root: Path, out: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Rehearse and reconstruct one corpus; the rows of its subjects."""
    corpus = RehearseConfig(
        layout="images", head=options.head, subjects=options.subjects, size=SIZE, workers=options.workers,
        out=str(root / name), **CORPORA[name],
    )  # fmt: skip
    assert rehearse(corpus) == 0
    job = ReconstructConfig(
        root=str(root / name), truth=f"{root / name}-truth", out=str(out / name), head=options.head,
        engine="local", workers=options.workers, tracking="off", max_failed=1.0,
    )  # fmt: skip
    assert reconstruct(job) == 0
    return rows_of(out / name)


def shared_rows(root: Path, out: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The photographs of one camera a subject again, with one focal length for all of a subject."""
    chosen = out / "one-camera.txt"
    chosen.write_text("\n".join(one_camera(root / "photographs-truth")) + "\n")
    job = ReconstructConfig(
        root=str(root / "photographs"), truth=f"{root / 'photographs'}-truth", out=str(out / "shared"),
        head=options.head, engine="local", workers=options.workers, tracking="off", max_failed=1.0,
        lens="shared", subjects=str(chosen),
    )  # fmt: skip
    assert reconstruct(job) == 0
    return [row for row in rows_of(out / "shared") if row["status"] != "pending"]


def rows_of(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "results" / "table.parquet").to_pylist()


def values(rows: Sequence[dict[str, Any]], column: str) -> np.ndarray:
    return np.array([row[column] for row in rows if row.get(column) is not None], dtype=float)


def line(name: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Cells of one corpus."""
    done = [row for row in rows if row["status"] == "done"]
    fit, mean = values(done, FIT), values(done, MEAN_HEAD)
    change = paired_change(mean, fit)
    assert change is not None, "no subject was reconstructed"
    better = f"{change.fell} of {change.pairs} better"
    landmarks = (f"{np.median(values(done, f'{who}landmark_error_percent')):.2f}" for who in ("", "mean_head_"))
    return [
        name,
        f"{len(done)} of {len(rows)}",
        f"{fit.mean():.3f}",
        f"{mean.mean():.3f}",
        f"{100 * (fit.mean() / mean.mean() - 1):+.0f} %",
        f"{change.change:+.3f} ({change.low:+.3f} to {change.high:+.3f}); {better}",
        f"{np.median(values(done, 'rotation_error_deg')):.2f}",
        focal_cell(done),
        " / ".join(landmarks) + " %",
    ]


def focal_cell(done: Sequence[dict[str, Any]]) -> str:
    """Median error, and the standard deviation that the fit states where a subject has one focal length."""
    errors = values(done, "focal_error_percent")
    if not errors.size:
        return "known"
    stated = values(done, "focal_sd_px") / values(done, "focal_px")
    within = f"{np.median(errors):.1f} %, {int((errors <= 10).sum())} of {errors.size} within 10 %"
    return f"{within}; stated sd {100 * np.median(stated):.0f} %" if stated.size else within


def main() -> int:
    """Print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--head", default="builtin")
    parser.add_argument("--subjects", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--corpora", type=Path, default=None)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    head = ("subjects", "face error, mm", "mean head", "", "paired change, mm (95 %)", "pose, degrees")
    head += ("focal length", "landmarks: fit / mean head")
    with TemporaryDirectory() as scratch:
        root, out = options.corpora or Path(scratch), Path(scratch) / "out"
        cells = [line(name, done_rows(name, root, out, options)) for name in CORPORA]
        cells.append(line("photographs of one camera, `--lens shared`", shared_rows(root, out, options)))
    lines = [f"| {' | '.join(row)} |" for row in (("", *head), *cells)]
    lines.insert(1, "|---" * (len(head) + 1) + "|")
    text = f"# landmark_fit on rehearsed photographs, {options.head}\n\n{hardware('cpu')}\n\n" + "\n".join(
        lines
    )
    print(text)
    if options.write:
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        path = Path(__file__).parent / "results" / f"reconstruction_{options.head}_{today}.md"
        path.write_text(text + "\n")
        print(f"written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
