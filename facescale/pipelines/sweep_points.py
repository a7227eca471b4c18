"""The points of a sweep of registrations: corpus x head x preset, each a job of its own in a folder of its own.

A point that breaks is remembered with its reason, and the next one runs. Knows nothing of tables or pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from facescale.corpora.files import join
from facescale.pipelines.job_tracking import ParentRun
from facescale.pipelines.register import RegisterConfig, manifest_of, register
from facescale.pipelines.sweep_corpora import SweepCorpus
from facescale.pipelines.sweep_heads import SweepHead
from facescale.registration.config import Preset
from facescale.runtime import guard, results
from facescale.runtime.options import Engine
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.storage import Storage
from facescale.runtime.summary import ExitStatus
from facescale.structures.outcome import FINAL

FOLDER = "points"
CONVERGED = "+converge"
"""After the name of a preset: run to convergence."""


@dataclass(frozen=True, kw_only=True)
class SweepSettings:
    """What every sweep of registrations shares: presets, size, and how its jobs are carried out."""

    out: str
    """Where results go: a folder or s3://bucket/prefix. A second call does only what is missing."""
    presets: tuple[str, ...] = get_args(Preset)
    """Presets of `facescale register`; "fast+converge" is "fast" run until its loss stands still."""
    converge: bool = False
    """Run every preset to convergence, too, beside its own schedule."""
    points: int = 5000
    """Scan points that drive each fit."""
    limit: int | None = None
    """Take only the first so many items of every corpus."""
    engine: Engine = "ray"
    """"ray": actors on this machine or a cluster. "local": child processes of this process, no Ray."""
    workers: int = 0
    """Workers; 0 takes one a core, or one a GPU with --device cuda."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where fits run; "auto" takes CUDA where this machine has a device. On a cluster, say which."""
    batch_size: int = 0
    """Items that one solve takes; 0 chooses."""
    address: str = ""
    """Ray cluster to join; empty takes RAY_ADDRESS, and without that starts Ray on this machine."""
    deadline_s: float = 3600.0
    """Longest silence of a worker before it is killed: slow presets are what a sweep compares."""
    max_failed: float = 0.05
    """Share of failed, quarantined and pending items of a point that still counts as fine."""
    takeover: bool = False
    """Take the points' folders from another run at once."""
    tracking: str = ""
    """MLflow server; empty records to OUT/mlflow.db, "off" to nowhere."""

    def __post_init__(self) -> None:
        for preset in self.presets:
            if preset.removesuffix(CONVERGED) not in get_args(Preset):
                raise ValueError(f"expected presets out of {get_args(Preset)}, got {preset!r}")
        if not self.presets:
            raise ValueError("expected at least one preset, got none")

    def all_presets(self) -> tuple[str, ...]:
        """Presets in their order, each once, those run to convergence after their own schedules."""
        every = [p for preset in self.presets for p in (preset, *self._also(preset))]
        return tuple(dict.fromkeys(every))

    def _also(self, preset: str) -> tuple[str, ...]:
        return (preset + CONVERGED,) if self.converge and not preset.endswith(CONVERGED) else ()


@dataclass(frozen=True, kw_only=True)
class Point:
    """One combination."""

    corpus: SweepCorpus
    head: SweepHead
    preset: str

    @property
    def name(self) -> str:
        """In messages, and of the folder."""
        return f"{self.corpus.name}/{self.head.label}/{self.preset}"

    def out(self, sweep: str) -> str:
        """Its folder of results, as `facescale register` leaves one."""
        return join(sweep, f"{FOLDER}/{self.name}")

    def config(self, settings: SweepSettings) -> RegisterConfig:
        """Its job.

        Raises:
            ValueError: settings that do not go together.
        """
        corpus, preset = self.corpus, self.preset.removesuffix(CONVERGED)
        chosen: Any = preset
        return RegisterConfig(
            root=corpus.root,
            out=self.out(settings.out),
            head=self.head.given,
            corpus=corpus.layout_name,
            option=corpus.option,
            subject=corpus.subject,
            truth=corpus.truth,
            where=corpus.where,
            limit=settings.limit if corpus.limit is None else corpus.limit,
            scale=corpus.scale,
            unit=corpus.unit,
            up=corpus.up,
            front=corpus.front,
            preset=chosen,
            converge=self.preset != preset,
            judged_by="common",
            points=settings.points,
            engine=settings.engine,
            workers=settings.workers,
            device=settings.device,
            batch_size=settings.batch_size,
            address=settings.address,
            deadline_s=settings.deadline_s,
            max_failed=settings.max_failed,
            takeover=settings.takeover,
        )


@dataclass(frozen=True, kw_only=True)
class PointEnd:
    """What became of a point in this call."""

    point: Point
    fine: bool
    why: str = ""
    """In one line; empty where it ran as it should."""


def points_of(
    corpora: Sequence[SweepCorpus], heads: Sequence[SweepHead], presets: Sequence[str]
) -> list[Point]:
    """All combinations, corpus by corpus and head by head; one a corpus of a head that is not there."""
    return [
        Point(corpus=corpus, head=head, preset=preset)
        for corpus in corpora
        for head in heads
        for preset in (("all presets",) if head.absent else presets)
    ]


def run_point(point: Point, settings: SweepSettings, parent: ParentRun) -> tuple[PointEnd, ExitStatus]:
    """Do what is missing of a point, whatever happens in it.

    Raises:
        KeyboardInterrupt: is passed on.
    """
    if point.head.absent:
        fine = not point.head.required
        status = ExitStatus.FINE if fine else ExitStatus.TOO_MANY_FAILED
        return PointEnd(point=point, fine=fine, why=f"not run: {point.head.absent}"), status
    found = guard.attempt(lambda: _run(point, settings, parent))
    if isinstance(found, guard.Caught):
        why = str(found.error) if isinstance(found.error, ValueError) else found.words
        first = (why.splitlines() or ["no reason given"])[0]
        return PointEnd(point=point, fine=False, why=f"broken: {first}"), ExitStatus.TOO_MANY_FAILED
    status = ExitStatus(found)
    why = "" if status is ExitStatus.FINE else f"ended with exit status {int(status)}: {_WORDS[status]}"
    return PointEnd(point=point, fine=status is ExitStatus.FINE, why=why), status


_WORDS = {
    ExitStatus.TOO_MANY_FAILED: "too many items failed",
    ExitStatus.BAD_CONFIG: "its configuration cannot be used",
    ExitStatus.BREAKER: "stopped, since its items failed for one reason or storage is gone",
    ExitStatus.FOLDER_IN_USE: "its folder is in use by another run",
    ExitStatus.INTERRUPTED: "interrupted",
}


def _run(point: Point, settings: SweepSettings, parent: ParentRun) -> int:
    config = point.config(settings)
    if config.limit is None and not config.where and _complete(config):
        print("nothing is missing", flush=True)
        return int(ExitStatus.FINE)
    return register(config, parent=replace(parent, part=point.name))


def _complete(config: RegisterConfig) -> bool:
    """Whether every item that the corpus has now came to its end in an earlier call."""
    standing = results.load_results(OutcomeLedger(Storage.open(config.out)))
    if standing is None:
        return False
    rows = standing.select(["key", "status"]).to_pylist()
    ended = {row["key"] for row in rows if row["status"] in FINAL}
    return len(ended) == len(rows) and ended >= set(manifest_of(config)["key"].to_pylist())
