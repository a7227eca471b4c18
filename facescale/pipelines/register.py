"""`facescale register`: a corpus of scans in, a head model fitted to every one of them out.

Joins corpora, registration and runtime on the driver's side; what happens to one scan is in `register_stage`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyarrow as pa

from facescale.pipelines.corpus_source import CorpusSource, method_part
from facescale.pipelines.job_tracking import JobTracking, ParentRun
from facescale.pipelines.registration_evidence import JudgedBy
from facescale.pipelines.run_settings import MAY_DIFFER, RunSettings, with_digests, with_truth
from facescale.registration.config import METHOD_VERSION, Axis, Method, Preset, RegistrationConfig, ScaleMode
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
    """"fast": Gauss-Newton, coarse to fine. "paper-asm": Adam 1e-3 x 300 on point-to-face distance. "adam":
    Adam at its best, with tuned rate and units, on the energy of "fast"."""
    method: Method = "model"
    """"model": the head model's own fit. "nicp": non-rigid ICP from there on, in the head's topology but beyond
    its span: for training data."""
    converge: bool = False
    """Let the preset go on until its loss stands still: some ten times slower."""
    judged_by: JudgedBy = "own"
    """Whose first pose places held-out points and face region: the fitted head's own, or "common": the built-in
    head's, so that the scores of different heads are measured at the same points."""
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
        self.registration()
        self.source()

    def source(self) -> CorpusSource:
        """Where scans come from."""
        given = (f"subject={self.subject}",) if self.subject else ()
        return CorpusSource(corpus=self.corpus, options=(*given, *self.option), holds="scan")

    def registration(self) -> RegistrationConfig:
        """The part that determines results."""
        return RegistrationConfig(
            method=self.method,
            preset=self.preset,
            converge=self.converge,
            scale=self.scale,
            expression=self.expression == "on",
            points=self.points,
            unit=self.unit,
            up=self.up,
            front=self.front,
        )

    def method_record(self) -> dict[str, Any]:
        """What of the method decides results, as plain values."""
        later = {"judged_by": self.judged_by} if self.judged_by != "own" else {}
        return {**self.registration().recorded(), **later}

    def recorded(self) -> dict[str, Any]:
        """The configuration as it was given.

        Settings that came later are left out at their defaults, so that folders from before may be continued.
        """
        defaults = {"method": "model", "converge": False, "judged_by": "own"}
        given = super().recorded()
        return {name: value for name, value in given.items() if value != defaults.get(name, object)}


SECONDS_A_SCAN = 0.6
SECONDS_A_MEGABYTE = 0.1
"""First guesses of a CPU worker's time for one scan, for cutting shards until some are measured."""


def register(config: RegisterConfig, *, parent: ParentRun | None = None) -> int:
    """Register a corpus and write its report; returns the exit status of `runtime.summary.ExitStatus`.

    Args:
        config: the job.
        parent: the tracked run that this job is a part of; None where it stands alone.

    Raises:
        ValueError: a corpus, selection or folder that cannot be used.
    """
    from facescale.pipelines.closing import close_job

    manifest = manifest_of(config)
    if config.plan:
        print(dry_run(manifest, config.out, config.options(), selection=config.selection()))
        return 0
    tracking = JobTracking(
        config.out, config.tracking, name="register", params=config.recorded(), parent=parent
    )
    return close_job(_run(config, manifest, tracking), out=config.out, tracking=tracking)


def manifest_of(config: RegisterConfig) -> pa.Table:
    """The items of a job with their keys.

    Raises:
        ValueError: an unknown head or corpus, or one without items.
    """
    from facescale.heads.library import find_head
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
        method={"head": card.name, **config.method_record(), **method_part(source)},
        assets=card.assets,
        method_version=METHOD_VERSION,
        cost=lambda item: SECONDS_A_SCAN + SECONDS_A_MEGABYTE * item.size / 1e6,
    )
    if manifest.num_rows == 0:
        raise ValueError(f"expected {source.corpus} in {config.root}, found none ({source.layout.title})")
    return manifest


def _run(config: RegisterConfig, manifest: pa.Table, tracking: JobTracking) -> RunReport:
    device = config.chosen_device()
    # first-order presets take minutes for some heads, and a batch must not look like silence
    quick = config.preset == "fast" and not config.converge
    usual = 64 if device == "cuda" else 8 if quick else 1
    spec = StageSpec(
        factory="facescale.pipelines.register_stage:make_stage",
        arguments={
            "head": config.head,
            "corpus": config.corpus,
            "options": config.source().options,
            "method": asdict(config.registration()),
            "device": device,
            "batch_size": config.batch_size or usual,
            "judge": config.judged_by,
        },
    )
    return run(
        spec,
        manifest,
        config.out,
        config.options(),
        config={
            "run": config.recorded(),
            "method": config.registration().recorded(),
            "method_version": METHOD_VERSION,
        },
        may_differ=MAY_DIFFER,
        selection=config.selection(),
        seconds_per_cost=1.0,
        observer=tracking.observe,
    )


def _items(config: RegisterConfig) -> Iterator[Item]:
    found = config.source().index(config.root)
    return with_digests(with_truth(found, config.truth), config.identity)
