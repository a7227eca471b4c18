"""`facescale export`: registered heads as files for other programs, from what outcomes name and nothing else.

Joins runtime, heads and reporting. May be stopped and started at any time: what is there and right is left.
"""

import hashlib
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from facescale.pipelines.corpus_output import progress, readable_size
from facescale.pipelines.export_files import (
    FIT,
    FORMATS,
    PARAMETERS,
    VERSION,
    Format,
    Frame,
    HeadExporter,
)
from facescale.pipelines.export_record import ExportRecord, Receipt, names_of
from facescale.runtime import manifest as manifests
from facescale.runtime.outcomes import CorruptOutcome, OutcomeLedger
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.runtime.where import compile_where
from facescale.structures.licence import allows_commercial_use
from facescale.structures.outcome import Outcome, Status

if TYPE_CHECKING:
    from facescale.heads.template import AbstractTemplateHead

FINE, INCOMPLETE = 0, 1
_SAVED_EVERY = 50
_SHOWN = 5
_TOLD = ("face_scan_to_mesh_mean_mm", "coverage", "unit", "metric", "review", "review_reason")
"""Columns of the results that index.csv repeats, each where there is one."""


@dataclass(frozen=True, kw_only=True)
class ExportConfig:
    """Which results go where, as what."""

    out: str
    """Results of `facescale register`: a folder or s3://bucket/prefix."""
    to: str
    """Where files go: a folder or s3://bucket/prefix of its own."""
    format: str = "glb"
    """Some of glb,ply,obj,npz. glb: metres, expressions as morph targets; a head of bones has a skin with four
    weights a vertex instead. The others: mm."""
    flat: bool = False
    """All files in one folder, named after their items, instead of a folder an item."""
    frame: Frame = "scan"
    """"scan": as it lies on the scan (glb: by the node's transform). "head": upright, at the origin."""
    where: str = ""
    """Export only rows of the results for which this holds, such as 'face_scan_to_mesh_mean_mm < 0.5'."""
    only_accepted: bool = False
    """Export only what `facescale review` accepted."""
    commercial: bool = False
    """Refuse to export anything whose head, weights or corpus is not known to allow commercial use."""
    workers: int = 2
    """Items that are made at a time; each takes about 200 MB."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"expected at least one worker, got {self.workers}")
        self.formats()

    def formats(self) -> tuple[Format, ...]:
        """The formats that are asked for."""
        words = {word.strip() for word in self.format.split(",")}
        unknown = sorted(words - set(FORMATS))
        if unknown:
            raise ValueError(f"expected formats among {','.join(FORMATS)}, got {self.format!r}")
        return tuple(form for form in FORMATS if form in words)


def _refuse_tainted(outcomes: Sequence[Outcome]) -> None:
    """Raise where anything that an item was made from is not known to allow commercial use."""
    tainted: Counter[str] = Counter()
    for outcome in outcomes:
        if not outcome.licences:
            tainted["no licence on record"] += 1
        for name, flag in outcome.licences.items():
            if not allows_commercial_use(flag):
                tainted[f"{name}: {flag}"] += 1
    if tainted:
        found = "; ".join(f"{count} under {name}" for name, count in tainted.most_common())
        raise ValueError(f"expected results that are free for commercial use, got {found}")


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What became of one item."""

    outcome: Outcome
    receipts: Mapping[str, Receipt]
    """Of all its files that are right now."""
    counts: Counter[str]
    """"there" (left alone), "equal" (made again and no different), "new", "replaced"; "bytes" written."""
    damage: str = ""
    """Why it was not exported."""


def export(config: ExportConfig) -> int:
    """Write the files.

    Returns:
        Exit status: 0, or 1 where an item's artefacts are damaged.

    Raises:
        ValueError: no results at `out`, nothing to export, results not free for commercial use where that is
            asked for, an expression that is none, a folder that holds another export, or a head model that is
            not here or not the one of the run.
        StorageUnavailable: either place cannot be used.
    """
    storage = Storage.open(config.out)
    table, keys = _rows(storage)
    chosen = _chosen(table, config)
    ledger = OutcomeLedger(storage)
    outcomes = list(_outcomes(ledger, [row["key"] for row in chosen]))
    if config.commercial:
        _refuse_tainted(outcomes)
    target = Storage.open(config.to)
    record = ExportRecord(target)
    stems = names_of(zip(table["key"].to_pylist(), table["item"].to_pylist(), strict=True), flat=config.flat)
    places: dict[str, dict[Format, str]] = {
        o.key: {form: _path(stems[o.key], form, config.flat) for form in config.formats()} for o in outcomes
    }
    record.check_owner({path: key for key, paths in places.items() for path in paths.values()}, keys)
    exporter = HeadExporter(_head(storage), config.frame)
    maker = _Maker(storage, target, record, exporter, config.frame)
    counts: Counter[str] = Counter()
    damaged: list[_Made] = []
    with progress("exporting", total=len(outcomes)) as advance, ThreadPoolExecutor(config.workers) as pool:
        for number, made in enumerate(
            pool.map(lambda one: maker.make(one, places[one.key]), outcomes), start=1
        ):
            record.receipts.update(made.receipts)
            counts += made.counts
            if made.damage:
                damaged.append(made)
            if number % _SAVED_EVERY == 0:
                record.save()
            advance()
    record.save()
    record.save_for_people(_told(table))
    _say(config, chosen, counts, damaged)
    if exporter.weight_errors:
        mean, worst = (max(errors) for errors in zip(*exporter.weight_errors, strict=True))
        print(
            f"bones with four weights a vertex miss the fitted head by at most {mean:.2f} mm in an item's mean "
            f"and {worst:.2f} mm at a vertex; the morph target of each file makes up for it"
        )
    return INCOMPLETE if damaged else FINE


class _Maker:
    """Makes the files of one item after another, in any thread."""

    def __init__(
        self, source: Storage, target: Storage, record: ExportRecord, exporter: HeadExporter, frame: Frame
    ) -> None:
        self._source = source
        self._target = target
        self._standing = dict(record.receipts)
        self._exporter = exporter
        self._frame = frame

    def make(self, outcome: Outcome, paths: Mapping[Format, str]) -> _Made:
        """Leave alone what is right, make the rest."""
        counts: Counter[str] = Counter()
        receipts: dict[str, Receipt] = {}
        missing: dict[Format, tuple[str, str | None]] = {}
        for form, path in paths.items():
            digest = _digest(self._target, path)
            standing = self._standing.get(path)
            if standing and digest == standing.sha256 and standing.recipe == self._recipe(outcome, form):
                counts["there"] += 1
            else:
                missing[form] = (path, digest)
        if not missing:
            return _Made(outcome=outcome, receipts=receipts, counts=counts)
        try:
            parameters, fit = self._artefact(outcome, PARAMETERS), self._artefact(outcome, FIT)
        except _Damaged as error:
            return _Made(outcome=outcome, receipts={}, counts=counts, damage=str(error))
        if parameters is None:
            why = f"its outcome names no {PARAMETERS}"
            return _Made(outcome=outcome, receipts={}, counts=counts, damage=why)
        item = self._exporter.fitted(outcome, parameters, fit)
        for form, (path, there) in missing.items():
            data = self._exporter.write(item, form)
            digest = hashlib.sha256(data).hexdigest()
            if digest != there:
                self._target.write(path, data)
                counts["bytes"] += len(data)
            counts["new" if there is None else "equal" if digest == there else "replaced"] += 1
            receipts[path] = Receipt(
                key=outcome.key,
                item=outcome.item,
                subject=outcome.subject,
                recipe=self._recipe(outcome, form),
                sha256=digest,
                size=len(data),
                licences=dict(outcome.licences),
            )
        return _Made(outcome=outcome, receipts=receipts, counts=counts)

    def _recipe(self, outcome: Outcome, form: Format) -> str:
        return f"{outcome.attempt} {form} {self._frame} {VERSION}"

    def _artefact(self, outcome: Outcome, name: str) -> bytes | None:
        """A file that the outcome vouches for, None where it names none of this name."""
        record = next((file for file in outcome.files if file.path == name), None)
        if record is None:
            return None
        path = f"{outcome.attempt}/{name}"
        try:
            data = self._source.read(path)
        except FileNotFoundError as error:
            raise _Damaged(f"{path} is gone") from error
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise _Damaged(f"{path} is not the file that its outcome names: its sha256 differs")
        return data


class _Damaged(Exception):  # noqa: N818 - what was found
    """An artefact is not what its outcome says."""


def _digest(storage: Storage, path: str) -> str | None:
    try:
        return hashlib.sha256(storage.read(path)).hexdigest()
    except FileNotFoundError:
        return None


def _path(stem: str, form: Format, flat: bool) -> str:
    return f"{stem}.{form}" if flat else f"{stem}/head.{form}"


def _rows(storage: Storage) -> tuple[pa.Table, list[str]]:
    """The results as outcomes have them now, and all keys of the manifest."""
    manifest = manifests.load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the results of a run, found no manifest in {storage.uri}")
    return ResultsView(OutcomeLedger(storage)).refresh(manifest), manifest["key"].to_pylist()


def _chosen(table: pa.Table, config: ExportConfig) -> list[dict[str, Any]]:
    rows = table.to_pylist()
    keep: Callable[[Mapping[str, Any]], bool] = lambda _: True  # noqa: E731 - one of two functions
    if config.where:
        keep = compile_where(config.where, columns=table.column_names, attributes=())
    done = [row for row in rows if row["status"] == Status.DONE]
    chosen = [row for row in done if keep(row) and (not config.only_accepted or row["review"] == "accept")]
    if not chosen:
        asked = f"of {len(rows)} items {len(done)} are done"
        accepted = sum(row["review"] == "accept" for row in done)
        raise ValueError(
            f"expected items to export, found none: {asked}, {accepted} of them accepted in review"
        )
    return chosen


def _outcomes(ledger: OutcomeLedger, keys: Sequence[str]) -> Iterator[Outcome]:
    for _, outcome in ledger.get_many(keys):
        # The table was made from these a moment ago; one reopened or spoilt since is the next run's business.
        if not isinstance(outcome, CorruptOutcome) and outcome.status is Status.DONE:
            yield outcome


def _head(storage: Storage) -> "AbstractTemplateHead":
    from facescale.heads.library import load_head

    try:
        run = tomllib.loads(storage.read(manifests.CONFIG_PATH).decode()).get("run", {})
    except FileNotFoundError:
        run = {}
    if "head" not in run:
        raise ValueError(f"expected results of a head model, found no run.head in {storage.uri}/config.toml")
    try:
        return load_head(run["head"])
    except FileNotFoundError as absent:
        raise ValueError(f"the results were fitted with {run['head']!r}: {absent}") from absent


def _told(table: pa.Table) -> dict[str, dict[str, object]]:
    there = [name for name in _TOLD if name in table.column_names]
    return {row.pop("key"): row for row in table.select(["key", *there]).to_pylist()}


def _say(
    config: ExportConfig, chosen: Sequence[Mapping[str, Any]], counts: Counter[str], damaged: Sequence[_Made]
) -> None:
    words = {
        "new": "written",
        "replaced": "replaced",
        "equal": "made again and equal",
        "there": "there already",
    }
    told = ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts[name]) or "none"
    items = f"{len(chosen) - len(damaged):,} items as {','.join(config.formats())} in {config.to}"
    print(f"{items}; files: {told}; {readable_size(counts['bytes'])} written")
    refused = sum(row["review"] == "reject" for row in chosen)
    if refused:
        print(f"{refused:,} of them were rejected in review; --only-accepted leaves them out")
    for made in damaged[:_SHOWN]:
        print(f"not exported: {made.outcome.item}: {made.damage}", file=sys.stderr)
    if len(damaged) > _SHOWN:
        print(f"... and {len(damaged) - _SHOWN:,} more", file=sys.stderr)
