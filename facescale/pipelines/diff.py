"""`facescale diff OUT_A OUT_B`: what a change of method or settings did to every item that both have.

Joins runtime, evaluation and reporting; reads two results and changes neither.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pyarrow as pa
import tyro

from facescale.corpora.files import write_bytes
from facescale.evaluation.statistics import PairedChange
from facescale.pipelines.corpus_output import print_table
from facescale.pipelines.paired_results import (
    MetricChange,
    Pair,
    Paired,
    compare,
    config_changes,
    direction,
    metrics_of,
    pair_up,
    ranked,
)
from facescale.pipelines.run_settings import MAY_DIFFER
from facescale.reporting import columns, numbers
from facescale.reporting.diff_page import DiffCard, DiffPage, DiffPoint, render_diff
from facescale.runtime import manifest as manifests
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Status

PREVIEW = "preview.webp"
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class DiffConfig:
    """Which results to compare, and how closely."""

    outs: Annotated[tuple[str, str], tyro.conf.Positional]
    """OUT_A and OUT_B, before and after: folders or s3:// prefixes."""
    metric: str = columns.FIT
    """Column by which items are ranked."""
    metrics: tuple[str, ...] = ()
    """Columns of the table; empty: all errors in mm, coverage and seconds that both have."""
    threshold: float = 0.05
    """A change counts as worse or better beyond this, in the metric's unit; other units are not counted."""
    worst: int = 10
    """Regressions to list; the page shows as many pictures of both ends."""
    html: str = ""
    """Page to write with a scatter plot and pictures side by side; empty: none."""

    def __post_init__(self) -> None:
        if self.threshold < 0:
            raise ValueError(f"expected threshold >= 0, got {self.threshold}")
        if self.worst < 0:
            raise ValueError(f"expected worst >= 0, got {self.worst}")


@dataclass(frozen=True, kw_only=True)
class _Results:
    """One side."""

    uri: str
    storage: Storage
    table: pa.Table
    config: Mapping[str, Any]


def diff(config: DiffConfig) -> int:
    """Print what changed, and write the page where one is asked for.

    Returns:
        Exit status 0, whether things got better or worse: judging is for people.

    Raises:
        ValueError: no results at either place, nothing that pairs, or a metric that not both have.
        OSError: the page cannot be written.
    """
    a, b = (_results(uri) for uri in config.outs)
    paired = pair_up(a.table, b.table)
    settings = config_changes(a.config, b.config)
    done = paired.both_done
    found: list[MetricChange] = []
    order: list[Pair] = []
    if done:
        names = metrics_of(done, config.metrics)
        metrics_of(done, (config.metric,))
        changes = (compare(done, name, threshold=config.threshold) for name in names)
        found = [change for change in changes if change is not None]
        order = ranked(done, config.metric)
    _print(config, paired, settings, found, order)
    if config.html:
        page = _page(config, a, b, paired, settings, found, order)
        write_bytes(config.html, render_diff(page).encode("utf-8"))
        print(f"page: {config.html}")
    return 0


def _results(uri: str) -> _Results:
    storage = Storage.open(uri)
    manifest = manifests.load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the results of a run, found no manifest in {storage.uri}")
    try:
        settings = tomllib.loads(storage.read(manifests.CONFIG_PATH).decode())
    except FileNotFoundError:
        settings = {}
    table = ResultsView(OutcomeLedger(storage)).refresh(manifest)
    return _Results(uri=uri, storage=storage, table=table, config=settings)


def _print(
    config: DiffConfig,
    paired: Paired,
    settings: Sequence[tuple[str, str, str]],
    found: Sequence[MetricChange],
    order: Sequence[Pair],
) -> None:
    for line in counts_of(paired):
        print(line)
    print()
    if settings:
        print_table(("setting", "A", "B", ""), [(*row, effect(row[0])) for row in settings])
    else:
        print("the settings are equal")
    print()
    print_table(("status in A", "in B", "items"), status_rows(paired), right=(2,))
    for line in _status_lines(paired):
        print(line)
    print()
    if not found:
        print("no item is done in both: there are no figures to compare")
        return
    heads, rows = change_table(found, config)
    print_table(heads, rows, right=tuple(range(1, len(heads))))
    shown = [pair for pair in order[: config.worst] if _worsening(pair, config.metric) > 0]
    if shown:
        print(f"\nlargest regressions, {config.metric}:")
        print_table(("item", "A", "B", "change"), [_pair_row(p, config.metric) for p in shown], right=(1, 2, 3))


def counts_of(paired: Paired) -> Iterator[str]:
    """Sentences about what pairs and what does not."""
    yield f"{numbers.counted(len(paired.pairs), 'item')} in both, {len(paired.both_done):,} done in both"
    for side, items in (("A", paired.only_a), ("B", paired.only_b)):
        if items:
            yield f"{len(items):,} only in {side}: {numbers.listed(items, limit=5)}"
    if paired.superseded:
        yield f"{paired.superseded:,} older rows of items whose inputs changed are left aside"


def status_rows(paired: Paired) -> list[tuple[str, str, str]]:
    """Status in A, in B, items; those that stayed the same first."""
    order = [status.value for status in Status]
    entries = sorted(
        paired.statuses.items(),
        key=lambda e: (e[0][0] != e[0][1], order.index(e[0][0]), order.index(e[0][1])),
    )
    return [(before, after, f"{count:,}") for (before, after), count in entries]


def _status_lines(paired: Paired) -> Iterator[str]:
    moved = [pair for pair in paired.pairs if pair.a["status"] != pair.b["status"]]
    for pair in moved[:_SHOWN]:
        reason = pair.b.get("reason") or pair.a.get("reason") or ""
        yield f"  {pair.item}: {pair.a['status']} -> {pair.b['status']}" + (f" ({reason})" if reason else "")
    if len(moved) > _SHOWN:
        yield f"  ... and {len(moved) - _SHOWN:,} more"


def effect(name: str) -> str:
    """Whether a setting may change results at all."""
    return "changes no result" if name in MAY_DIFFER else ""


def change_table(
    found: Sequence[MetricChange], config: DiffConfig
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows of the table of measures, the one that items are ranked by first."""
    heads = (
        "measure", "pairs", "median A", "median B", "paired change", "95 % interval", "rose / fell",
        "sign test p", f"worse by > {config.threshold:g}", f"better by > {config.threshold:g}",
    )  # fmt: skip
    rows = []
    for entry in sorted(found, key=lambda entry: entry.metric != config.metric):
        alike = entry.metric.endswith("_mm") == config.metric.endswith("_mm")
        counts = (f"{entry.worse:,}", f"{entry.better:,}") if alike else ("", "")
        rows.append((entry.metric, *_figures(entry.change), *counts))
    return heads, rows


def _figures(change: PairedChange) -> tuple[str, ...]:
    return (
        f"{change.pairs:,}",
        f"{change.median_a:.4g}",
        f"{change.median_b:.4g}",
        f"{change.change:+.4g}",
        f"{change.low:+.3g} .. {change.high:+.3g}",
        f"{change.rose:,} / {change.fell:,}",
        f"{change.p:.2g}",
    )


def _pair_row(pair: Pair, metric: str) -> tuple[str, ...]:
    change = pair.change(metric)
    assert change is not None, pair.item
    return pair.item, f"{pair.a[metric]:.4g}", f"{pair.b[metric]:.4g}", f"{change:+.4g}"


def _worsening(pair: Pair, metric: str) -> float:
    return (pair.change(metric) or 0.0) * (direction(metric) or 1)


def _page(
    config: DiffConfig,
    a: _Results,
    b: _Results,
    paired: Paired,
    settings: Sequence[tuple[str, str, str]],
    found: Sequence[MetricChange],
    order: Sequence[Pair],
) -> DiffPage:
    worst = [pair for pair in order[: config.worst] if _worsening(pair, config.metric) > 0]
    best = [pair for pair in order[::-1][: config.worst] if _worsening(pair, config.metric) < 0]
    heads, rows = change_table(found, config)
    return DiffPage(
        a=a.uri,
        b=b.uri,
        metric=config.metric,
        measure=dict(columns.MEASURES).get(config.metric, config.metric),
        threshold=config.threshold,
        counts=list(counts_of(paired)),
        settings=[(*row, effect(row[0])) for row in settings],
        statuses=status_rows(paired),
        moved=list(_status_lines(paired)),
        heads=heads,
        rows=rows,
        points=[
            DiffPoint(item=pair.item, a=float(pair.a[config.metric]), b=float(pair.b[config.metric]))
            for pair in order
        ],
        worst=[_card(pair, config.metric, a.storage, b.storage) for pair in worst],
        best=[_card(pair, config.metric, a.storage, b.storage) for pair in best],
    )


def _card(pair: Pair, metric: str, a: Storage, b: Storage) -> DiffCard:
    item, before, after, change = _pair_row(pair, metric)
    pictures = [_picture(storage, row) for storage, row in ((a, pair.a), (b, pair.b))]
    return DiffCard(
        item=item, before=before, after=after, change=change, picture_a=pictures[0], picture_b=pictures[1]
    )


def _picture(storage: Storage, row: Mapping[str, Any]) -> bytes | None:
    try:
        return storage.read(f"{row['attempt']}/{PREVIEW}")
    except FileNotFoundError:
        return None
