"""Which columns of a results table a report knows, under which names it finds them. Reads no file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

FIT = "face_scan_to_mesh_mean_mm"
MEAN_HEAD = "mean_head_face_scan_to_mesh_mean_mm"
LANDMARKS = "landmark_error_percent"
MEAN_HEAD_LANDMARKS = "mean_head_landmark_error_percent"
COVERAGE = "coverage"
NO_MEAN_HEAD = ""
FROM_MODEL = "face_from_models_own_rms_mm"
AFTER_EXAMPLES, BEFORE_EXAMPLES = "example_after_rms_mm", "example_before_rms_mm"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The figure that a page judges items by."""

    fit: str
    """Column."""
    mean_head: str
    """Column of the same for the mean head."""
    unit: str
    label: str
    text: str
    """What it is, for people."""


SURFACE = Measure(
    fit=FIT,
    mean_head=MEAN_HEAD,
    unit="mm",
    label="face, scan to fit",
    text="Mean distance in mm from scan points of the face that did not drive the fit to the fitted surface, "
    "one value an item. The mean head, which fits nothing but the pose, is scored on the same points: "
    "a fit has to beat it.",
)
TRUE_SURFACE = Measure(
    fit=FIT,
    mean_head=MEAN_HEAD,
    unit="mm",
    label="face, true surface to fit",
    text="Mean distance in mm from points of the true face, which is known since the corpus was rehearsed, to "
    "the fitted shape at rest, aligned rigidly without scale, one value an item. The mean head is aligned "
    "alike: a fit has to beat it.",
)
REPROJECTION = Measure(
    fit=LANDMARKS,
    mean_head=MEAN_HEAD_LANDMARKS,
    unit="%",
    label="landmarks to fit",
    text="Root mean square distance in the image from the landmarks to the fitted head, as a share of the "
    "face's height, median over the views of an item. The landmarks drove the fit: this says how well the "
    "model explains them, not how true the shape is. The mean head fits pose and focal length alone.",
)


OWN_EXPRESSIONS = Measure(
    fit=FROM_MODEL,
    mean_head=NO_MEAN_HEAD,
    unit="mm",
    label="own expressions to the model's",
    text="Root mean square distance in mm between the subject's own expressions and those of the head model, "
    "over the face and all expressions at full activation, one value an item. It is no error: a face unlike "
    "the model's mean should have other expressions. It says whom to look at first.",
)


def measure_of(rows: Iterable[Mapping[str, Any]]) -> Measure:
    """The surface's where any row has one, the landmarks' where only they are known, and that of rigs."""
    rows = list(rows)
    if present(rows, FROM_MODEL):
        return OWN_EXPRESSIONS
    if not present(rows, LANDMARKS):
        return SURFACE
    return TRUE_SURFACE if present(rows, FIT) else REPROJECTION


_SYNONYMS = {COVERAGE: ("coverage", "face_coverage", "face_observed")}
"""Names under which runs store what a report shows as one column, the first that is there wins."""

MEASURES = (
    (FIT, "face, scan to fit, mean"),
    (MEAN_HEAD, "face, scan to mean head, mean"),
    ("face_scan_to_mesh_median_mm", "face, scan to fit, median"),
    ("face_scan_to_mesh_p90_mm", "face, scan to fit, p90"),
    ("face_mesh_to_scan_mean_mm", "face, fit to scan, mean"),
    ("head_scan_to_mesh_mean_mm", "head, scan to fit, mean"),
    ("mean_head_head_scan_to_mesh_mean_mm", "head, scan to mean head, mean"),
    ("face_vertex_error_mean_mm", "face, vertex to true vertex, mean"),
    ("mean_head_face_vertex_error_mean_mm", "face, mean head's vertex to true vertex, mean"),
    (LANDMARKS, "landmarks to fit, RMS, % of the face's height"),
    (MEAN_HEAD_LANDMARKS, "landmarks to mean head, RMS, % of the face's height"),
    ("rotation_error_deg", "pose, angle to the true one, degrees"),
    ("focal_error_percent", "focal length, error, %"),
    (FROM_MODEL, "own expressions to the model's, RMS"),
    (BEFORE_EXAMPLES, "examples to transferred expressions, RMS"),
    (AFTER_EXAMPLES, "examples to refined expressions, RMS"),
)
"""Rows of the accuracy table, each where the run has it; in mm where the label says nothing else."""

_TEXT = ("key", "item", "subject", "status", "reason", "message", "hint", "attempt", "unit")
_TIMES = ("seconds", "load_s", "fit_s", "save_s", "seconds_load", "seconds_fit", "seconds_save")
_OTHER = ("metric",)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Rows with the columns that a report looks at; a column that the table lacks is absent from every row."""
    wanted: dict[str, str] = {name: name for name in (*_TEXT, *_TIMES, *_OTHER, *(m for m, _ in MEASURES))}
    for name, synonyms in _SYNONYMS.items():
        wanted[name] = next((s for s in synonyms if s in table.column_names), name)
    there = {name: source for name, source in wanted.items() if source in table.column_names}
    arrays = {name: table[source].to_pylist() for name, source in there.items()}
    return [dict(zip(arrays, values, strict=True)) for values in zip(*arrays.values(), strict=True)]


def seconds_of(row: Mapping[str, Any]) -> float | None:
    """What an item took in all: the column "seconds", or the sum of the parts that the row has."""
    if row.get("seconds") is not None:
        return row["seconds"]
    for parts in (("load_s", "fit_s", "save_s"), ("seconds_load", "seconds_fit", "seconds_save")):
        found = [row[name] for name in parts if row.get(name) is not None]
        if found:
            return float(sum(found))
    return None


def present(rows: Iterable[Mapping[str, Any]], name: str) -> bool:
    """Whether any row has a value of this name."""
    return any(row.get(name) is not None for row in rows)
