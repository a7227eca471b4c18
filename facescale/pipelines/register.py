"""`facescale register`: a corpus of scans in, a head model fitted to every one of them out.

Joins corpora, registration and runtime on the driver's side; what happens to one scan is in `register_stage`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import pyarrow as pa

from facescale.pipelines.corpus_source import CorpusSource, method_part
from facescale.pipelines.job_tracking import JobTracking
from facescale.pipelines.run_settings import MAY_DIFFER, RunSettings, with_digests, with_truth
from facescale.registration.config import METHOD_VERSION, Axis, Preset, RegistrationConfig, ScaleMode
from facescale.runtime.dry_run import dry_run
from facescale.runtime.manifest import build_manifest
from facescale.runtime.run import RunReport, run
from facescale.runtime.stage import StageSpec
from facescale.structures.item import Item
from facescale.structures.units import Unit


@dataclass(frozen=True, kw_only=True)
class RegisterConfig(RunSettings):
    """One registration job."""

    head: str = "builtin"
    """Head model to fit: a name that `facescale heads list` has, or the path of a converted head."""
    corpus: str = "scans"
    """Layout of the corpus, one of those with scans; `facescale corpus layouts` lists them."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE; `facescale corpus layouts --corpus NAME` lists them."""
    subject: str = ""
    """Of plain scans: where a path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    preset: Preset = "fast"
    """"fast": Gauss-Newton, coarse to fine. "paper-asm": Adam 1e-3 x 300 on point-to-face distance."""
    scale: ScaleMode = "fixed"
    """"free" fits a similarity scale: photogrammetry only; results are flagged non-metric."""
    expression: Literal["on", "off"] = "on"
    """Whether expression coefficients are fitted."""
    points: int = 5000
    """Scan points that drive each fit."""
    unit: Unit | None = None
    """Unit of all scans; None chooses from mm, cm, m and inch, scan by scan."""
    up: Axis | None = None
    """The scans' axis that points to the top of the head; goes with --front."""
    front: Axis | None = None
    """The scans' axis that points out of the face; goes with --up."""

    def __post_init__(self) -> None:
        super().__post_init__()
        # Built here only to have their checks made before anything starts.
        self.method()
        self.source()

    def source(self) -> CorpusSource:
        """Where scans come from."""
        given = (f"subject={self.subject}",) if self.subject else ()
        return CorpusSource(corpus=self.corpus, options=(*given, *self.option), holds="scan")

    def method(self) -> RegistrationConfig:
        """The part that determines results."""
        return RegistrationConfig(
            preset=self.preset,
            scale=self.scale,
            expression=self.expression == "on",
            points=self.points,
            unit=self.unit,
            up=self.up,
            front=self.front,
        )


SECONDS_A_SCAN = 0.6
SECONDS_A_MEGABYTE = 0.1
"""First guesses of a CPU worker's time for one scan, for cutting shards until some are measured."""


def register(config: RegisterConfig) -> int:
    """Register a corpus and write its report; returns the exit status of `runtime.summary.ExitStatus`.

    Raises:
        ValueError: a corpus, selection or folder that cannot be used.
    """
    from facescale.heads.library import find_head
    from facescale.pipelines.closing import close_job
    from facescale.pipelines.head_notice import load_with_notice

    try:
        find_head(config.head)
    except FileNotFoundError as absent:
        raise ValueError(str(absent)) from absent
    card = load_with_notice(config.head).card
    source = config.source()
    print(f"looking for {source.layout.name} in {config.root}", flush=True)
    manifest = build_manifest(
        _items(config),
        # by its card: where a converted head lies is no part of what a result is
        method={"head": card.name, **asdict(config.method()), **method_part(source)},
        assets=card.assets,
        method_version=METHOD_VERSION,
        cost=lambda item: SECONDS_A_SCAN + SECONDS_A_MEGABYTE * item.size / 1e6,
    )
    if manifest.num_rows == 0:
        raise ValueError(f"expected {source.corpus} in {config.root}, found none ({source.layout.title})")
    if config.plan:
        print(dry_run(manifest, config.out, config.options(), selection=config.selection()))
        return 0
    tracking = JobTracking(config.out, config.tracking, name="register", params=config.recorded())
    return close_job(_run(config, manifest, tracking), out=config.out, tracking=tracking)


def _run(config: RegisterConfig, manifest: pa.Table, tracking: JobTracking) -> RunReport:
    device = config.chosen_device()
    spec = StageSpec(
        factory="facescale.pipelines.register_stage:make_stage",
        arguments={
            "head": config.head,
            "corpus": config.corpus,
            "options": config.source().options,
            "method": asdict(config.method()),
            "device": device,
            "batch_size": config.batch_size or (64 if device == "cuda" else 8),
        },
    )
    return run(
        spec,
        manifest,
        config.out,
        config.options(),
        config={"run": config.recorded(), "method": asdict(config.method()), "method_version": METHOD_VERSION},
        may_differ=MAY_DIFFER,
        selection=config.selection(),
        seconds_per_cost=1.0,
        observer=tracking.observe,
    )


def _items(config: RegisterConfig) -> Iterator[Item]:
    found = config.source().index(config.root)
    return with_digests(with_truth(found, config.truth), config.identity)
