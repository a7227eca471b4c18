"""`report.html` of one OUT: counts, accuracy beside the mean head's, pictures, failures by reason, all items.

Reads the results table alone; pictures come from a function that the caller passes. Columns that a run does not
have are left out, never invented.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from markupsafe import Markup

from facescale.corpora.files import join, write_bytes
from facescale.rendering.encode import data_address
from facescale.rendering.error_colours import ERROR_RANGE_MM, NOT_MEASURED, colour_table
from facescale.reporting import columns, numbers
from facescale.reporting.head_blob import Head3D
from facescale.reporting.heads import FOLDER, VIEWER, HeadShelf, chunk_script, viewer_options
from facescale.reporting.histogram import histogram
from facescale.reporting.page import render_page
from facescale.reporting.selection import Group, worst_median_best
from facescale.reporting.tables import item_table
from facescale.structures.outcome import Status

Row = Mapping[str, Any]
FULL_PAGE = "index.html"
_EXAMPLES = 4
_MESSAGE = 300
_NAMED = 200


@dataclass(frozen=True, kw_only=True)
class ReportInputs:
    """All that a report is made of."""

    title: str
    table: pa.Table
    """The results: one row an item of the manifest."""
    summary: Mapping[str, Any]
    """summary.json: the five counts, their total, and "this_run" where a run made it."""
    subtitle: str = ""
    """Where the results lie, which head, when."""
    config: str = ""
    """config.toml."""
    versions: Mapping[str, str] = field(default_factory=dict)
    picture: Callable[[Row], bytes | None] = lambda _row: None
    """The WebP of `rendering.item_preview` for a row of the table; None where there is none."""
    picture_columns: tuple[str, str, str] = ("scan", "fit", "distance")
    """What that picture shows from left to right."""
    plot: Callable[[Row], Markup] = lambda _row: Markup("")
    """A figure over the frames of a row; empty where it has none."""
    head: Callable[[Row], Head3D | None] = lambda _row: None
    """Scan and fit of a row to be turned in the page; None where there is neither."""
    rejected_heads: int = 24
    """Rejected items whose scans are shown in 3D, the first ones."""
    max_faces: int = 20_000
    """Of each scan and fit that the page carries."""
    files: Sequence[str] = ("fit.ply", "error.glb", "parameters.npz")
    """Artefacts in an item's attempt folder that are linked; empty where the report lies elsewhere."""
    max_rows: int = 2000
    """Rows of the table of all items; those that did not succeed and the worst come first."""
    pictured: int = 3
    """Items of each of the groups worst, median and best."""

    def __post_init__(self) -> None:
        if self.max_rows < 1 or self.pictured < 0:
            raise ValueError(
                f"expected max_rows >= 1 and pictured >= 0, got {self.max_rows} and {self.pictured}"
            )


def write_report(uri: str, inputs: ReportInputs) -> None:
    """Render and write one self-contained file.

    Args:
        uri: its address, a local path or s3://.
        inputs: what it says.
    """
    write_bytes(uri, render_report(inputs).encode("utf-8"))


def write_full_report(folder: str, inputs: ReportInputs) -> str:
    """Write a folder in which every item has its head: a page, and a script a head, loaded when looked at.

    Args:
        folder: its address, a local path or s3://.
        inputs: what it says; every item with a head becomes a card.

    Returns:
        The address of the page.
    """
    shelf = HeadShelf(max_faces=inputs.max_faces)
    page = _render(inputs, shelf, full=True)
    for name, text in shelf.all_chunks().items():
        write_bytes(join(folder, f"{FOLDER}/{name}.js"), chunk_script(name, text).encode("ascii"))
    write_bytes(join(folder, FULL_PAGE), page.encode("utf-8"))
    return join(folder, FULL_PAGE)


def render_report(inputs: ReportInputs) -> str:
    """Make the page: one file that needs no network; everything from data is escaped."""
    return _render(inputs, HeadShelf(max_faces=inputs.max_faces), full=False)


def _render(inputs: ReportInputs, shelf: HeadShelf, *, full: bool) -> str:
    rows = columns.rows_of(inputs.table)
    done = [row for row in rows if row.get("status") == Status.DONE.value]
    measure = columns.measure_of(done)
    fit = numbers.finite(row.get(measure.fit) for row in done)
    mean = numbers.finite(row.get(measure.mean_head) for row in done)
    parts = [{"name": status.value, "count": int(inputs.summary.get(status.value, 0))} for status in Status]
    total = int(inputs.summary.get("total", len(rows)))
    groups = worst_median_best(done, by=measure.fit, count=len(done) if full else inputs.pictured)
    cards = [_group(group, inputs, shelf, measure) for group in groups]
    rejected = [row for row in rows if row.get("status") == Status.REJECTED.value]
    scans = [_card(row, inputs, shelf, measure) for row in rejected[: None if full else inputs.rejected_heads]]
    scans = [card for card in scans if card["head"]]
    if scans:
        cards.append({"name": f"Rejected: the scans, {len(scans)} of {len(rejected)}", "cards": scans})
    context = {
        "title": inputs.title,
        "subtitle": inputs.subtitle,
        "facts": _facts(done, total, inputs.summary, measure),
        "parts": parts,
        "total": total,
        "run_line": _run_line(inputs.summary.get("this_run")),
        "histogram": histogram(fit, mean, unit=measure.unit),
        "metric": measure.fit,
        "picture_columns": inputs.picture_columns,
        "metric_text": _metric_text(done, measure),
        "accuracy": _accuracy(done),
        "groups": cards,
        "chunks": [] if full else sorted(shelf.all_chunks().items()),
        "viewer_options": Markup(viewer_options()) if shelf.chunks else "",  # noqa: S704 - our own colours
        "legend": _legend(),
        "reasons": _reasons(rows),
        "nothing_failed": "Every item that was tried is done." if done else "No item was tried yet.",
        "table": item_table(rows, max_rows=inputs.max_rows),
        "config": inputs.config or "not recorded",
        "versions": sorted(inputs.versions.items()),
    }
    scripts = (VIEWER,) if shelf.chunks else ()
    return render_page("report.html", context, scripts=scripts, chunks_beside=full and bool(scripts))


def _facts(
    done: Sequence[Row], total: int, summary: Mapping[str, Any], measure: columns.Measure
) -> list[dict[str, str]]:
    """The figures of the head of the page."""
    found = {
        name: numbers.finite(row.get(column) for row in done)
        for name, column in (
            ("fit", measure.fit),
            ("mean", measure.mean_head),
            ("covered", columns.COVERAGE),
        )
    }
    spent = numbers.finite(columns.seconds_of(row) for row in done)
    succeeded = f"{int(summary.get(Status.DONE.value, 0)):,}"
    facts = [{"label": "items done", "value": succeeded, "unit": f"of {total:,}"}]
    if found["fit"].size:
        value = numbers.millimetres(numbers.quantile(found["fit"], 0.5))
        facts.append({"label": f"{measure.label}, median over items", "value": value, "unit": measure.unit})
    if found["mean"].size:
        value = numbers.millimetres(numbers.quantile(found["mean"], 0.5))
        facts.append({"label": "the same for the mean head", "value": value, "unit": measure.unit})
    if found["covered"].size:
        value = numbers.share(numbers.quantile(found["covered"], 0.5)).removesuffix("\N{NO-BREAK SPACE}%")
        facts.append({"label": "coverage of the face, median over items", "value": value, "unit": "%"})
    if spent.size:
        p95 = numbers.seconds(numbers.quantile(spent, 0.95))
        value, unit = numbers.seconds(numbers.quantile(spent, 0.5)).split(" ")
        facts.append({"label": f"an item, median; 95 % within {p95}", "value": value, "unit": unit})
    return facts


def _run_line(run: Mapping[str, Any] | None) -> str:
    if not run:
        return ""
    parts = [
        f"{int(run.get('committed', 0)):,} committed",
        f"{int(run.get('skipped', 0)):,} found done",
        f"{int(run.get('redone', 0)):,} redone",
        numbers.counted(int(run.get("lost_workers", 0)), "worker") + " lost",
        numbers.seconds(run.get("seconds")),
    ]
    return "Last run: " + ", ".join(parts) + "."


def _metric_text(done: Sequence[Row], measure: columns.Measure) -> str:
    text = measure.text
    free = sum(row.get("metric") is False for row in done)
    if free:
        text += f" {numbers.counted(free, 'item')} had a free scale: their figures are no true millimetres."
    return text


def _accuracy(done: Sequence[Row]) -> dict[str, Any] | None:
    """Mean, median, p90 and worst over items of each measure that the run has, the mean head's beside it."""
    rows = []
    for column, label in columns.MEASURES:
        values = numbers.finite(row.get(column) for row in done)
        if values.size:
            over = (values.mean(), *(numbers.quantile(values, q) for q in (0.5, 0.9)), values.max())
            rows.append({"name": label, "cells": [numbers.millimetres(x) for x in over] + [f"{values.size:,}"]})
    heads = ["mean", "median", "p90", "worst", "items"]
    return {"columns": heads, "rows": rows} if rows else None


def _group(group: Group, inputs: ReportInputs, shelf: HeadShelf, measure: columns.Measure) -> dict[str, Any]:
    return {"name": group.name, "cards": [_card(row, inputs, shelf, measure) for row in group.rows]}


def _card(row: Row, inputs: ReportInputs, shelf: HeadShelf, measure: columns.Measure) -> dict[str, Any]:
    head = inputs.head(row)
    picture = None
    if row.get("status") == Status.DONE.value:
        picture = inputs.picture(row)
        figures = [
            f"fit {numbers.millimetres(row.get(measure.fit))} {measure.unit}",
            f"mean head {numbers.millimetres(row.get(measure.mean_head))} {measure.unit}",
        ]
    else:
        figures = [f"{row.get('reason')}: {str(row.get('message') or '')[:_MESSAGE]}"]
    if numbers.number(row.get(columns.COVERAGE)) is not None:
        figures.append(f"coverage {numbers.share(row.get(columns.COVERAGE))}")
    folder = str(row.get("attempt") or "")
    links = [{"href": quote(f"{folder}/{name}"), "text": name} for name in inputs.files] if folder else []
    return {
        "item": str(row.get("item", "")),
        "figures": ", ".join(figures),
        "picture": data_address(picture) if picture else "",
        "head": shelf.add(head) if head else "",
        "both": bool(head and head.scan is not None and head.fit is not None),
        "note": head.note if head else "",
        "plot": inputs.plot(row) if row.get("status") == Status.DONE.value else "",
        "links": links,
    }


def _legend() -> dict[str, Any]:
    stops = ["rgb({},{},{})".format(*colour) for colour in colour_table()[::15].tolist()]
    grey = "rgb({},{},{})".format(*NOT_MEASURED)
    return {"stops": stops, "grey": grey, "middle": f"{ERROR_RANGE_MM / 2:g}", "end": f"{ERROR_RANGE_MM:g} mm"}


def _reasons(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Items that are neither done nor pending, by status and reason, the commonest first."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("status") not in {Status.DONE.value, Status.PENDING.value, None}:
            found[str(row["status"]), str(row.get("reason") or "no reason given")].append(row)
    ordered = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [_reason(status, reason, members) for (status, reason), members in ordered]


def _reason(status: str, reason: str, members: Sequence[Row]) -> dict[str, Any]:
    hints = list(dict.fromkeys(str(row["hint"]) for row in members if row.get("hint")))
    others = [str(row.get("item", "")) for row in members[_EXAMPLES:]]
    return {
        "name": reason,
        "status": status,
        "count_text": numbers.counted(len(members), "item"),
        "hints": hints[:3],
        "examples": [_example(row) for row in members[:_EXAMPLES]],
        "others": numbers.listed(others, limit=_NAMED),
        "others_text": f"{numbers.counted(len(others), 'more item')}",
    }


def _example(row: Row) -> dict[str, str]:
    message = str(row.get("message") or "no message")
    first, _, rest = message.partition("\n")
    long = bool(rest.strip()) or len(first) > _MESSAGE
    return {
        "item": str(row.get("item", "")),
        "message": first[:_MESSAGE] + ("..." if len(first) > _MESSAGE else ""),
        "rest": message if long else "",
    }
