"""The page of a sweep of registrations: rankings, tables, pictures of the best, the median and the worst scan.

Lays out the rows that it is given; knows nothing of storage, corpora or heads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from facescale.rendering.encode import data_address
from facescale.rendering.error_colours import ERROR_RANGE_MM, NOT_MEASURED, colour_table
from facescale.rendering.item_preview import PREVIEW_COLUMNS
from facescale.reporting import numbers
from facescale.reporting.page import render_page
from facescale.reporting.sweep_rows import (
    ACCURACY,
    CAPTION,
    MEAN_HEAD_PRESET,
    PLUMBING,
    STAND_IN_CAPTION,
    SweepColumn,
    scans_text,
)
from facescale.reporting.tables import Cell, Column, PageTable, TableRow

Row = Mapping[str, Any]
_TICKS = 5


@dataclass(frozen=True, kw_only=True)
class SweepPicture:
    """One scan of a point."""

    group: str
    """"Best", "Median" or "Worst"."""
    item: str
    figures: str
    picture: bytes | None
    """WebP of `rendering.item_preview`."""


@dataclass(frozen=True, kw_only=True)
class SweepGallery:
    """The pictures of one point."""

    name: str
    stand_in: bool
    pictures: Sequence[SweepPicture]


@dataclass(frozen=True, kw_only=True)
class SweepPage:
    """All that the page tells."""

    subtitle: str
    rows: Sequence[Row]
    """As `pipelines.sweep_table` makes them."""
    galleries: Sequence[SweepGallery]
    settings: Sequence[tuple[str, str]]
    report: Callable[[Row], str] = lambda _row: ""
    """Address of a row's own report, relative to the page; empty where it has none."""


def render_sweep(page: SweepPage) -> str:
    """Make the page: one file that needs no network; everything from data is escaped."""
    real = [row for row in page.rows if not row["stand_in"]]
    made_up = [row for row in page.rows if row["stand_in"]]
    context = {
        "title": "Registration sweep",
        "subtitle": page.subtitle,
        "facts": _facts(page.rows),
        "corpora": [
            _corpus(name, [r for r in real if r["corpus"] == name], page.report)
            for name in dict.fromkeys(row["corpus"] for row in real)
        ],
        "stand_ins": _table(made_up, PLUMBING, page.report, with_corpus=True) if made_up else None,
        "stand_in_caption": STAND_IN_CAPTION,
        "galleries": [
            {"name": one.name, "stand_in": one.stand_in, "cards": [_card(one, each) for each in one.pictures]}
            for one in page.galleries
            if one.pictures
        ],
        "picture_columns": PREVIEW_COLUMNS,
        "legend": _legend(),
        "problems": [
            {
                "name": f"{row['corpus']}, {row['head']}, {row['preset']}",
                "status": row["status"],
                "why": row["why"],
            }
            for row in page.rows
            if row.get("why")
        ],
        "settings": page.settings,
    }
    return render_page("sweep.html", context)


def _facts(rows: Sequence[Row]) -> list[dict[str, str]]:
    points = [row for row in rows if row["preset"] != MEAN_HEAD_PRESET]
    done = sum(row["status"] == "done" for row in points)
    facts = [{"label": "points done", "value": f"{done:,}", "unit": f"of {len(points):,}"}]
    for row in (row for row in points if row["rank"] == 1):
        value = f"{row['scan_to_mesh_mean_mm']:.3f}"
        label = f"nearest on {row['corpus']}: {row['head']}, {row['preset']}"
        facts.append({"label": label, "value": value, "unit": "mm"})
    timed = [row for row in points if row["seconds_a_scan"] and not row["stand_in"]]
    if timed:
        quick = min(timed, key=lambda row: row["seconds_a_scan"])
        value, unit = numbers.seconds(quick["seconds_a_scan"]).split(" ")
        facts.append({"label": f"quickest: {quick['head']}, {quick['preset']}", "value": value, "unit": unit})
    return facts


def _corpus(name: str, rows: Sequence[Row], report: Callable[[Row], str]) -> dict[str, Any]:
    compared = max((row["compared"] or 0 for row in rows), default=0)
    return {
        "name": name,
        "bars": _bars(rows),
        "table": _table(rows, ACCURACY, report),
        "caption": CAPTION.format(scans=numbers.counted(compared, "scan")),
    }


def _bars(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Mean and p90 of every fit as shares of an axis from zero, the mean head of the same model beside it."""
    fits = [row for row in rows if row["rank"] is not None]
    if not fits:
        return None
    means = {row["head"]: row["scan_to_mesh_mean_mm"] for row in rows if row["preset"] == MEAN_HEAD_PRESET}
    reach = max([row["scan_to_mesh_p90_mm"] for row in fits] + [v for v in means.values() if v is not None])
    step = _step(reach)
    end = step * -(-reach // step)
    place = lambda value: round(100 * value / end, 2)  # noqa: E731 - named once, used three times below
    return {
        "bars": [
            {
                "rank": row["rank"],
                "head": row["head"],
                "preset": row["preset"],
                "mean": place(row["scan_to_mesh_mean_mm"]),
                "p90": place(row["scan_to_mesh_p90_mm"]),
                "mean_head": place(means[row["head"]]) if means.get(row["head"]) is not None else None,
                "text": f"{row['scan_to_mesh_mean_mm']:.3f}",
            }
            for row in fits
        ],
        "ticks": [
            {"place": place(k * step), "text": f"{k * step:g}" + (" mm" if k == round(end / step) else "")}
            for k in range(round(end / step) + 1)
        ],
    }


def _step(reach: float) -> float:
    """A round step that divides the axis into a few parts."""
    steps = [factor * 10.0**power for power in range(-3, 4) for factor in (1, 2, 5)]
    return next((step for step in steps if reach / step <= _TICKS), steps[-1])


def _table(
    rows: Sequence[Row],
    figures: Sequence[SweepColumn],
    report: Callable[[Row], str],
    *,
    with_corpus: bool = False,
) -> PageTable:
    texts = [*(["corpus"] if with_corpus else []), "head", "preset", "scans"]
    heads = [Column(label=text) for text in texts] + [Column(label=f.label, numeric=True) for f in figures]
    fits = [row for row in rows if row["preset"] != MEAN_HEAD_PRESET]
    best = {f.name: numbers.finite(row[f.name] for row in fits) for f in figures if f.low_is_best}
    body = []
    for row in rows:
        cells = [Cell(text=row["corpus"])] if with_corpus else []
        address = report(row)
        cells += [Cell(text=row["head"]), Cell(text=row["preset"], href=quote(address) if address else "")]
        cells.append(Cell(text=scans_text(row), kind="scans", title=row["why"] or ""))
        for figure in figures:
            value = numbers.number(row[figure.name])
            values = best.get(figure.name)
            first = values is not None and values.size > 0 and row in fits and value == values.min()
            cells.append(Cell(text=figure.form(value), kind="n best" if first else "n", value=value))
        body.append(TableRow(status=row["status"], cells=tuple(cells)))
    return PageTable(columns=tuple(heads), rows=tuple(body))


def _card(gallery: SweepGallery, one: SweepPicture) -> dict[str, str]:
    return {
        "group": one.group,
        "title": f"{gallery.name}: {one.item}",
        "item": one.item,
        "figures": one.figures,
        "picture": data_address(one.picture) if one.picture else "",
    }


def _legend() -> dict[str, Any]:
    stops = ["rgb({},{},{})".format(*colour) for colour in colour_table()[::15].tolist()]
    grey = "rgb({},{},{})".format(*NOT_MEASURED)
    return {"stops": stops, "grey": grey, "middle": f"{ERROR_RANGE_MM / 2:g}", "end": f"{ERROR_RANGE_MM:g} mm"}
