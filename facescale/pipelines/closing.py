"""The end that all jobs share: report, aggregates, last words. Joins runtime and reporting."""

import io
import json
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from markupsafe import Markup

from facescale.corpora.files import join
from facescale.pipelines.corpus_source import CorpusSource
from facescale.pipelines.job_tracking import JobTracking
from facescale.pipelines.report_heads import ItemHeads
from facescale.reporting.frame_plot import frame_plot
from facescale.reporting.report import ReportInputs, write_full_report, write_report
from facescale.runtime import manifest, results
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.run import SUMMARY_PATH, RunReport
from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.runtime.summary import ExitStatus, summarise
from facescale.structures.outcome import Status
from facescale.tracking.tracker import RunState

REPORT = "report.html"
FULL_FOLDER = "report"
PREVIEW = "preview.webp"
FRAMES = "frames.parquet"
PACKAGES = ("facescale", "numpy", "torch", "warp-lang", "ray", "pyarrow")
STATES: Mapping[ExitStatus, RunState] = {
    ExitStatus.FINE: "FINISHED",
    ExitStatus.TOO_MANY_FAILED: "FINISHED",
    ExitStatus.INTERRUPTED: "KILLED",
}


def close_job(report: RunReport, *, out: str, tracking: JobTracking) -> int:
    """Write the report, record the aggregates, say how it went.

    Returns:
        The run's exit status.
    """
    if report.summary is None or report.results is None:
        print(f"stopped: {report.why}", file=sys.stderr)
        return int(report.exit_status)
    if str(report.merged):
        print(report.merged)
    print(report.summary)
    artefacts = {"summary.json": report.summary.to_json(), "table.parquet": manifest.to_parquet(report.results)}
    try:
        write_run_report(out)
        print(f"report: {join(out, REPORT)}")
        print(tracking.close(aggregates(report.results), artefacts, STATES.get(report.exit_status, "FAILED")))
    except StorageUnavailable as error:
        print(f"no report was written: {error}", file=sys.stderr)
    if report.why:
        print(f"stopped: {report.why}", file=sys.stderr)
    return int(report.exit_status)


def write_run_report(out: str, *, full: bool = False) -> str:
    """Write report.html of an OUT from what its storage holds, whether a run is going on or not.

    Args:
        out: folder or s3:// prefix of a run.
        full: write the folder `report/` instead, in which every item has its head in 3D.

    Returns:
        The address of the page.

    Raises:
        ValueError: there are no results at `out`.
        StorageUnavailable: it cannot be read or written.
    """
    storage = Storage.open(out)
    table = results.load_results(OutcomeLedger(storage))
    if table is None:
        raise ValueError(f"expected the results of a run at {out}, found none")
    config = storage.read(manifest.CONFIG_PATH).decode()
    run = tomllib.loads(config).get("run", {})
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    images, rigs = "preset" not in run and "method" in run, "examples" in run
    task = "Reconstruction with" if images else "Rigs of" if rigs else "Registration to"
    how = run["method"] if images else f"preset {run.get('preset', 'unknown')}"
    how += " and non-rigid ICP" if not images and run.get("method") == "nicp" else ""
    if rigs:
        how = f"examples {run['examples']}"
    holds = "views" if images else "scan"
    source = CorpusSource(corpus=run.get("corpus", "scans"), options=tuple(run.get("option", ())), holds=holds)
    inputs = ReportInputs(
        title=f"{task} {run.get('head', 'a head model')}",
        subtitle=f"{run.get('root', '')} to {out}, {how}, {when}",
        table=table,
        summary=_summary(storage, table),
        config=config,
        versions={package: version(package) for package in PACKAGES},
        picture=lambda row: _picture(storage, row),
        head=ItemHeads(storage, source.load),
        **(_of_images(storage) if images else _OF_RIGS if rigs else {}),
    )
    if full:
        return write_full_report(join(out, FULL_FOLDER), inputs)
    write_report(join(out, REPORT), inputs)
    return join(out, REPORT)


def aggregates(table: pa.Table) -> dict[str, float]:
    """Counts, and mean and median over the done items of every column in millimetres or seconds."""
    rows = [row for row in table.to_pylist() if row["status"] == Status.DONE]
    counts = table["status"].value_counts().to_pylist()
    metrics = {entry["values"]: float(entry["counts"]) for entry in counts}
    for name in table.column_names:
        if name.endswith("_mm") or name.startswith("seconds"):
            values = np.array([row[name] for row in rows if isinstance(row[name], int | float)], dtype=float)
            values = values[np.isfinite(values)]
            if values.size:
                metrics[f"{name}.mean"] = float(values.mean())
                metrics[f"{name}.median"] = float(np.median(values))
    return metrics


def _summary(storage: Storage, table: pa.Table) -> dict[str, Any]:
    """The counts of the table that is shown, with what the last run said of itself."""
    summary = json.loads(summarise(results.statuses(table)).to_json())
    try:
        summary["this_run"] = json.loads(storage.read(SUMMARY_PATH))["this_run"]
    except FileNotFoundError:
        del summary["this_run"]
    return summary


_OF_RIGS: Mapping[str, Any] = {
    "picture_columns": ("neutral", "jaw open", "blink and smile"),
    "files": ("head.glb", "head.npz", "record.json"),
}
"""What a report on rigs shows in place of scans."""


def _of_images(storage: Storage) -> dict[str, Any]:
    """What a report on reconstructions from images shows in place of scans."""
    return {
        "picture_columns": ("photograph", "landmarks", "head"),
        "plot": lambda row: _frame_errors(storage, row),
        "files": ("fit.ply", "head.glb", "parameters.npz", "frames.npz", "frames.parquet"),
    }


def _frame_errors(storage: Storage, row: Mapping[str, Any]) -> Markup:
    try:
        frames = pq.read_table(io.BytesIO(storage.read(f"{row['attempt']}/{FRAMES}")))
    except FileNotFoundError:
        return Markup("")
    if frames.num_rows <= 1:
        return Markup("")
    errors = frames["landmark_error_percent"].to_pylist()
    return frame_plot(errors, label="landmark error by view", unit="% of the face's height")


def _picture(storage: Storage, row: Mapping[str, Any]) -> bytes | None:
    if not row.get("attempt"):
        return None
    try:
        return storage.read(f"{row['attempt']}/{PREVIEW}")
    except FileNotFoundError:
        return None
