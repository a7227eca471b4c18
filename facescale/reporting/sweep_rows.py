"""What a sweep's table measures and how its cells are written: for Markdown, LaTeX and HTML alike. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facescale.reporting import numbers
from facescale.reporting.text_table import TextTable

MEAN_HEAD_PRESET = "mean head, rigid"
MEASURES: Mapping[str, str] = {
    "scan_to_mesh_mean_mm": "face_scan_to_mesh_mean_mm",
    "scan_to_mesh_median_mm": "face_scan_to_mesh_median_mm",
    "scan_to_mesh_p90_mm": "face_scan_to_mesh_p90_mm",
    "mesh_to_scan_mean_mm": "face_mesh_to_scan_mean_mm",
    "mesh_to_scan_median_mm": "face_mesh_to_scan_median_mm",
    "mesh_to_scan_p90_mm": "face_mesh_to_scan_p90_mm",
    "scan_to_mesh_nme_percent": "face_scan_to_mesh_nme_percent",
    "keypoint_nme_percent": "face_keypoint_nme_percent",
    "normal_angle_mean_deg": "face_normal_angle_mean_deg",
}
"""Column of the sweep's table -> column of a registration's results."""

CAPTION = (
    "Means over {scans} of each scan's own mean, median and 90th percentile, in mm unless the head of a column "
    "says otherwise. All rows of a corpus are measured over the same scans, those that each of them has done; "
    "at the same held-out points, which drove no fit; and over the same face region, cut on the scan within "
    "95 mm of the nose tip that the built-in head's first pose gives, whichever head is fitted. Trimmed points "
    "count. Mesh to scan: vertices of the face, where the scan saw them. NME: of the surface, mean scan to "
    "mesh; of the keypoints, their mean error; both in percent of the distance between the scan's outer eye "
    "corners. "
    "Normals: mean angle at the held-out points. Seconds: the solve alone, median over scans. Parameters: "
    "coefficients without the pose."
)
STAND_IN_CAPTION = (
    "Heads made up in the format of a gated model, which only show that its files are read and what its size "
    "costs. They have no accuracy, and none is given."
)

_SHORT = 40
"""Letters of a reason that fits into a cell."""
Form = Callable[[object], str]


def _places(count: int) -> Form:
    def form(value: object) -> str:
        found = numbers.number(value)
        return numbers.ABSENT if found is None else f"{found:.{count}f}"

    return form


def _seconds(value: object) -> str:
    found = numbers.number(value)
    if found is None:
        return numbers.ABSENT
    return f"{found:.3f}" if found < 10 else f"{found:.1f}"  # noqa: PLR2004 - no digits that mean nothing


def _whole(value: object) -> str:
    found = numbers.number(value)
    return numbers.ABSENT if found is None else f"{found:,.0f}"


def _times(value: object) -> str:
    found = numbers.number(value)
    if found is None:
        return numbers.ABSENT
    return f"{found:.1f}" if found < 100 else f"{found:,.0f}"  # noqa: PLR2004


@dataclass(frozen=True, kw_only=True)
class SweepColumn:
    """One column of figures."""

    name: str
    label: str
    form: Form
    low_is_best: bool = False
    """Whether the least of a corpus' fits is set off."""


_SPEED = (
    SweepColumn(name="seconds_a_scan", label="s a scan", form=_seconds, low_is_best=True),
    SweepColumn(name="times_faster_than_adam", label="times faster than adam", form=_times),
    SweepColumn(name="parameters", label="parameters", form=_whole),
)
ACCURACY = (
    SweepColumn(name="rank", label="rank", form=_whole),
    SweepColumn(name="scan_to_mesh_mean_mm", label="scan to mesh, mean", form=_places(3), low_is_best=True),
    SweepColumn(name="scan_to_mesh_median_mm", label="median", form=_places(3), low_is_best=True),
    SweepColumn(name="scan_to_mesh_p90_mm", label="p90", form=_places(3), low_is_best=True),
    SweepColumn(name="mesh_to_scan_mean_mm", label="mesh to scan, mean", form=_places(3), low_is_best=True),
    SweepColumn(name="mesh_to_scan_median_mm", label="median", form=_places(3), low_is_best=True),
    SweepColumn(name="mesh_to_scan_p90_mm", label="p90", form=_places(3), low_is_best=True),
    SweepColumn(name="scan_to_mesh_nme_percent", label="NME, surface, %", form=_places(2), low_is_best=True),
    SweepColumn(name="keypoint_nme_percent", label="NME, keypoints, %", form=_places(2), low_is_best=True),
    SweepColumn(name="normal_angle_mean_deg", label="normals, deg", form=_places(2), low_is_best=True),
    *_SPEED,
)
PLUMBING = (
    *_SPEED,
    SweepColumn(name="iterations", label="steps", form=_whole),
    SweepColumn(name="beat_mean_head", label="nearer than its mean head", form=_whole),
)


def accuracy_tables(rows: Sequence[Mapping[str, Any]]) -> list[TextTable]:
    """One table a corpus, without stand-ins."""
    tables = []
    for corpus in dict.fromkeys(row["corpus"] for row in rows if not row["stand_in"]):
        here = [row for row in rows if row["corpus"] == corpus and not row["stand_in"]]
        compared = max((row["compared"] or 0 for row in here), default=0)
        caption = CAPTION.format(scans=numbers.counted(compared, "scan"))
        tables.append(_table(f"Accuracy on {corpus}", caption, here, ACCURACY))
    return tables


def plumbing_tables(rows: Sequence[Mapping[str, Any]]) -> list[TextTable]:
    """One table of all stand-ins, where there are any."""
    made_up = [row for row in rows if row["stand_in"]]
    if not made_up:
        return []
    return [_table("Speed and plumbing: stand-ins", STAND_IN_CAPTION, made_up, PLUMBING, with_corpus=True)]


def _table(
    title: str,
    caption: str,
    rows: Sequence[Mapping[str, Any]],
    figures: Sequence[SweepColumn],
    *,
    with_corpus: bool = False,
) -> TextTable:
    heads = (*(("corpus",) if with_corpus else ()), "head", "preset", "scans", *(f.label for f in figures))
    texts = len(heads) - len(figures)
    best = {
        figure.name: min(found)
        for figure in figures
        if figure.low_is_best and (found := numbers.finite(r[figure.name] for r in rows if _is_fit(r)).tolist())
    }
    body, marked = [], set()
    for line, row in enumerate(rows):
        first = (row["corpus"],) if with_corpus else ()
        body.append(
            (*first, row["head"], row["preset"], scans_text(row), *(f.form(row[f.name]) for f in figures))
        )
        marked |= {
            (line, texts + k)
            for k, f in enumerate(figures)
            if _is_fit(row) and f.name in best and row[f.name] == best[f.name]
        }
    notes = [f"{row['head']}, {row['preset']}: {row['why']}" for row in rows if row.get("why")]
    return TextTable(
        title=title, caption=caption, heads=heads, rows=tuple(body), right=tuple(range(texts, len(heads))),
        best=frozenset(marked), notes=tuple(notes),
    )  # fmt: skip


def _is_fit(row: Mapping[str, Any]) -> bool:
    return row["preset"] != MEAN_HEAD_PRESET


def scans_text(row: Mapping[str, Any]) -> str:
    """How many scans a row has done, or why none."""
    if not _is_fit(row):
        return numbers.ABSENT
    if row["status"] in {"not run", "broken", "pending"}:
        why = str(row["why"] or "")
        return why if why.startswith(row["status"]) and len(why) <= _SHORT else row["status"]
    return f"{row['done']:,} of {row['scans']:,}"
