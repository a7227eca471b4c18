"""`facescale sweep registration`: every corpus x head x preset as a job of its own, then one table of them all.

Joins the points, the table, its formats and the page; what happens to one scan is in `register_stage`.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import tomli_w

from facescale.corpora.files import join, write_bytes
from facescale.pipelines.job_tracking import JobTracking
from facescale.pipelines.sweep_corpora import SweepCorpus, read_corpora
from facescale.pipelines.sweep_heads import SweepHead, sweep_head
from facescale.pipelines.sweep_points import Point, PointEnd, SweepSettings, points_of, run_point
from facescale.pipelines.sweep_table import FORMAT_VERSION, Standing, standing_of, table_rows, to_table
from facescale.reporting import columns, numbers
from facescale.reporting.selection import worst_median_best
from facescale.reporting.sweep_page import SweepGallery, SweepPage, SweepPicture, render_sweep
from facescale.reporting.sweep_rows import MEAN_HEAD_PRESET, MEASURES, accuracy_tables, plumbing_tables
from facescale.reporting.text_table import to_latex, to_markdown
from facescale.runtime.manifest import to_parquet
from facescale.runtime.storage import Storage
from facescale.runtime.summary import ExitStatus

TABLE, MARKDOWN, LATEX, PAGE, RECORD = "sweep.parquet", "sweep.md", "sweep.tex", "sweep.html", "sweep.toml"
PREVIEW = "preview.webp"
INTERRUPTED = "pending: the sweep was interrupted before"


@dataclass(frozen=True, kw_only=True)
class SweepConfig(SweepSettings):
    """One sweep of registrations."""

    corpora: tuple[str, ...]
    """Each NAME=ROOT, where NAME is a layout that `facescale corpus layouts` lists, or LAYOUT:NAME=ROOT for a
    name of your own; or a .toml file with a [[corpus]] table each: name, root, and where they are wanted
    layout, option, truth, where, limit, scale, unit, up, front, subject."""
    heads: tuple[str, ...] = ("builtin",)
    """Head models: names that `facescale heads list` has, or paths of converted heads."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.heads:
            raise ValueError("expected at least one head, got none")
        read_corpora(self.corpora)


def sweep_registration(config: SweepConfig) -> int:
    """Run what is missing of every point and write the table of all.

    Returns:
        0 where every point is fine or not expected to run yet, 1 where one is not, 130 after an interrupt.

    Raises:
        ValueError: corpora, heads or presets that cannot be understood.
    """
    return run_sweep(config, read_corpora(config.corpora), config.heads)


def run_sweep(settings: SweepSettings, corpora: Sequence[SweepCorpus], heads: Sequence[str]) -> int:
    """Do the same with corpora that are understood already."""
    found = _distinct([sweep_head(head) for head in heads])
    points = points_of(corpora, found, settings.all_presets())
    for point in points:
        if not point.head.absent:
            point.config(settings)
    record = {"sweep": {**asdict(settings), "heads": list(heads)}, "corpus": [asdict(one) for one in corpora]}
    params = {"heads": ", ".join(one.label for one in found), "corpora": ", ".join(c.name for c in corpora)}
    tracking = JobTracking(
        settings.out, settings.tracking, name="sweep registration", params={**asdict(settings), **params}
    )
    write_bytes(join(settings.out, RECORD), tomli_w.dumps(_plain(record)).encode())
    ends, status = _run_all(points, settings, tracking)
    standings = [standing_of(end, settings.out) for end in ends]
    rows = table_rows(standings)
    files = _write(settings.out, rows, standings, settings)
    state = "FINISHED" if status is not ExitStatus.INTERRUPTED else "KILLED"
    print(tracking.close(_metrics(rows), files, state))
    _say(settings.out, rows)
    return int(status)


def _distinct(heads: list[SweepHead]) -> list[SweepHead]:
    labels = [head.label for head in heads]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ValueError(f"expected distinct heads, got {', '.join(twice)} more than once")
    return heads


def _run_all(
    points: Sequence[Point], settings: SweepSettings, tracking: JobTracking
) -> tuple[list[PointEnd], ExitStatus]:
    """Run points one after the other; an interrupt ends the sweep, nothing else does."""
    parent = tracking.as_parent()
    ends: list[PointEnd] = []
    for number, point in enumerate(points, 1):
        print(f"\npoint {number} of {len(points)}: {point.name}", flush=True)
        try:
            end, status = run_point(point, settings, parent)
        except KeyboardInterrupt:
            status = ExitStatus.INTERRUPTED
            end = PointEnd(point=point, fine=False, why="interrupted")
        ends.append(end)
        if end.why:
            print(f"{point.name}: {end.why}", file=sys.stderr)
        if status is ExitStatus.INTERRUPTED:
            return ends + [_left_out(rest) for rest in points[number:]], status
    fine = all(end.fine for end in ends)
    return ends, ExitStatus.FINE if fine else ExitStatus.TOO_MANY_FAILED


def _left_out(point: Point) -> PointEnd:
    """A point after the interrupt; a head that is away would not have run anyway."""
    away = f"not run: {point.head.absent}" if point.head.absent else ""
    return PointEnd(point=point, fine=bool(away) and not point.head.required, why=away or INTERRUPTED)


def _write(
    out: str, rows: list[dict[str, Any]], standings: Sequence[Standing], settings: SweepSettings
) -> dict[str, bytes]:
    """Write the table in all its formats; returns the small ones."""
    tables = [*accuracy_tables(rows), *plumbing_tables(rows)]
    page = SweepPage(
        subtitle=f"{numbers.counted(len(standings), 'point')} in {out}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        rows=rows,
        galleries=[_gallery(one, out) for one in standings],
        settings=[(name, shown) for name, value in asdict(settings).items() if (shown := _shown(value))],
        report=_reports(standings),
    )
    files = {
        TABLE: to_parquet(to_table(rows), FORMAT_VERSION),
        MARKDOWN: "\n".join(["# Registration sweep\n", *map(to_markdown, tables)]).encode(),
        LATEX: "\n".join(["% needs the package booktabs", *map(to_latex, tables)]).encode(),
    }
    for name, data in {**files, PAGE: render_sweep(page).encode()}.items():
        write_bytes(join(out, name), data)
    return files


def _gallery(one: Standing, out: str) -> SweepGallery:
    """The best, the median and the worst scan of a point."""
    point = one.point
    storage = Storage.open(point.out(out))
    groups = worst_median_best(list(one.done.values()), by=columns.FIT, count=1)
    pictures = []
    for group in reversed(groups):
        (row,) = group.rows
        figures = "scan read, fitted, drawn"
        if not point.head.stand_in:
            figures = (
                f"scan to mesh {numbers.millimetres(row[columns.FIT])} mm, "
                f"mean head {numbers.millimetres(row.get(columns.MEAN_HEAD))} mm"
            )
        name = group.name if len(groups) > 1 else "Only"
        picture = SweepPicture(group=name, item=row["item"], figures=figures, picture=_picture(storage, row))
        pictures.append(picture)
    return SweepGallery(name=point.name.replace("/", ", "), stand_in=point.head.stand_in, pictures=pictures)


def _picture(storage: Storage, row: Mapping[str, Any]) -> bytes | None:
    try:
        return storage.read(f"{row['attempt']}/{PREVIEW}")
    except FileNotFoundError:
        return None


def _reports(standings: Sequence[Standing]) -> Any:
    known = {
        (one.point.corpus.name, one.point.head.label, one.point.preset): f"{one.point.out('.')}/report.html"
        for one in standings
        if one.rows
    }
    return lambda row: known.get((row["corpus"], row["head"], row["preset"]), "")


def _metrics(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Figures of every row by its name; MLflow allows few signs in names."""
    metrics = {}
    for row in rows:
        allowed = "".join(c if c.isalnum() or c in "-_." else "_" for c in f"{row['head']}.{row['preset']}")
        for name in (*MEASURES, "seconds_a_scan"):
            value = row[name]
            if value is not None and math.isfinite(value):
                metrics[f"{row['corpus']}.{allowed}.{name}"] = float(value)
    return metrics


def _say(out: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["preset"] != MEAN_HEAD_PRESET:
            error = row["scan_to_mesh_mean_mm"]
            shown = f"{numbers.millimetres(error)} mm" if error is not None else row["status"]
            print(f"  {row['corpus']}, {row['head']}, {row['preset']}: {shown}")
    print(f"table: {', '.join(join(out, name) for name in (PAGE, MARKDOWN, LATEX, TABLE))}")


def _shown(value: object) -> str:
    if value is None or value is False:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _plain(value: Any) -> Any:
    """Without None, which TOML does not have."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
