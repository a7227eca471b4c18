"""`facescale register`: a corpus of scans in, a head model fitted to every one of them out.

Joins corpora, registration and runtime on the driver's side; what happens to one scan is in `register_stage`.
"""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from facescale.corpora.files import FileEntry, list_files
from facescale.corpora.scans import ScansConfig
from facescale.corpora.scans import index as index_scans
from facescale.pipelines.job_tracking import JobTracking
from facescale.registration.config import METHOD_VERSION, Axis, Preset, RegistrationConfig, ScaleMode
from facescale.runtime.dry_run import dry_run
from facescale.runtime.manifest import build_manifest
from facescale.runtime.options import Engine, RunOptions
from facescale.runtime.plan import Selection, read_subjects
from facescale.runtime.run import RunReport, run
from facescale.runtime.stage import StageSpec
from facescale.structures.item import InputFile, Item
from facescale.structures.units import Unit


@dataclass(frozen=True, kw_only=True)
class RegisterConfig:
    """One registration job."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    out: str
    """Where results go: a folder or s3://bucket/prefix. It belongs to this configuration from then on."""
    head: str = "builtin"
    """Head model to fit: a name that `facescale heads list` has, or the path of a converted head."""
    corpus: Literal["scans"] = "scans"
    """Layout of the corpus."""
    subject: str = ""
    """Where a scan's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    truth: str = ""
    """Folder of ground truth that `facescale corpus rehearse` wrote; adds the true error to the table."""
    identity: Literal["size", "content"] = "size"
    """What tells one version of a local file from another: path and size, or the sha256 of its bytes."""

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

    engine: Engine = "ray"
    """"ray": actors on this machine or a cluster. "local": child processes of this process, no Ray."""
    workers: int = 0
    """Workers; 0 takes one a core, or one a GPU with --device cuda."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where fits run; "auto" takes CUDA where this machine has a device. On a cluster, say which."""
    batch_size: int = 0
    """Scans that one solve takes; 0 chooses 8 on CPU and 64 on CUDA."""
    address: str = ""
    """Ray cluster to join; empty takes RAY_ADDRESS, and without that starts Ray on this machine."""
    deadline_s: float = 300.0
    """Longest silence of a worker before it is killed."""
    max_failed: float = 0.05
    """Share of failed, quarantined and pending scans that still exits with 0."""
    limit: int | None = None
    """Register only the first so many scans of the selection."""
    where: str = ""
    """Register only scans for which this holds, such as 'subject == "012" and size > 1000000'."""
    subjects: str = ""
    """File of subject ids, one a line: register only theirs."""
    plan: bool = False
    """Say how many items, bytes and hours it would be, and stop."""
    takeover: bool = False
    """Take OUT from another run at once."""
    tracking: str = ""
    """MLflow server; empty records to OUT/mlflow.db, "off" to nowhere."""

    def __post_init__(self) -> None:
        if self.batch_size < 0:
            raise ValueError(f"expected batch_size >= 0, got {self.batch_size}")
        # Built here only to have their checks made before anything starts.
        self.method()
        self.options()
        self.selection()
        ScansConfig(subject=self.subject)

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

    def options(self) -> RunOptions:
        """The part that says how the run is carried out."""
        return RunOptions(
            engine=self.engine,
            workers=self.workers,
            address=self.address,
            deadline_s=self.deadline_s,
            max_failed=self.max_failed,
            takeover=self.takeover,
        )

    def selection(self) -> Selection:
        """The part of the corpus that is asked for."""
        return Selection(
            limit=self.limit,
            where=self.where,
            subjects=read_subjects(Path(self.subjects)) if self.subjects else None,
        )


MAY_DIFFER = tuple(
    f"run.{name}"
    for name in (
        "address", "batch_size", "deadline_s", "device", "engine", "limit", "max_failed", "root", "subjects",
        "takeover", "tracking", "truth", "where", "workers",
    )
)  # fmt: skip
"""Settings that change no result: a rerun into the same folder may have others. A corpus may have moved."""

SECONDS_A_SCAN = 0.6
SECONDS_A_MEGABYTE = 0.1
"""First guesses of a CPU worker's time for one scan, for cutting shards until some are measured."""

HASHED_AT_ONCE = 1 << 22


def register(config: RegisterConfig) -> int:
    """Register a corpus and write its report; returns the exit status of `runtime.summary.ExitStatus`.

    Raises:
        ValueError: a corpus, selection or folder that cannot be used.
    """
    from facescale.heads.library import find_head, load_head
    from facescale.pipelines.closing import close_job

    try:
        find_head(config.head)
    except FileNotFoundError as absent:
        raise ValueError(str(absent)) from absent
    card = load_head(config.head).card
    print(f"looking for scans in {config.root}", flush=True)
    manifest = build_manifest(
        _items(config),
        # by its card: where a converted head lies is no part of what a result is
        method={"head": card.name, **asdict(config.method())},
        assets=card.assets,
        method_version=METHOD_VERSION,
        cost=lambda item: SECONDS_A_SCAN + SECONDS_A_MEGABYTE * item.size / 1e6,
    )
    if manifest.num_rows == 0:
        raise ValueError(f"expected scans (.ply, .obj, .stl, .glb) in {config.root}, found none")
    if config.plan:
        print(dry_run(manifest, config.out, config.options(), selection=config.selection()))
        return 0
    tracking = JobTracking(config.out, config.tracking, name="register", params=_flat(config))
    return close_job(_run(config, manifest, tracking), out=config.out, tracking=tracking)


def _run(config: RegisterConfig, manifest: pa.Table, tracking: JobTracking) -> RunReport:
    device = _device(config.device)
    spec = StageSpec(
        factory="facescale.pipelines.register_stage:make_stage",
        arguments={
            "head": config.head,
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
        config={"run": _flat(config), "method": asdict(config.method()), "method_version": METHOD_VERSION},
        may_differ=MAY_DIFFER,
        selection=config.selection(),
        seconds_per_cost=1.0,
        observer=tracking.observe,
    )


def _flat(config: RegisterConfig) -> dict[str, Any]:
    """The configuration as it was given, without what only says what to do with it."""
    return {name: value for name, value in asdict(config).items() if name not in {"out", "plan"}}


def _items(config: RegisterConfig) -> Iterator[Item]:
    truths = _truths(config.truth)
    for item in index_scans(config.root, ScansConfig(subject=config.subject)):
        inputs = item.inputs
        truth = truths.get(item.item)
        if truth is not None:
            inputs += (
                InputFile(
                    role="truth",
                    uri=truth.uri,
                    path=f"truth/{truth.path}",
                    size=truth.size,
                    digest=truth.digest,
                ),
            )
        if config.identity == "content":
            inputs = tuple(
                file if file.digest else replace(file, digest=_sha256(Path(file.uri))) for file in inputs
            )
        yield replace(item, inputs=inputs)


def _truths(root: str) -> dict[str, FileEntry]:
    if not root:
        return {}
    return {entry.path.removesuffix(".npz"): entry for entry in list_files(root) if entry.path.endswith(".npz")}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASHED_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()


def _device(wanted: Literal["auto", "cpu", "cuda"]) -> str:
    """Choose by the driver's files: this process must not open a context on a GPU that workers will use."""
    if wanted != "auto":
        return wanted
    return "cuda" if Path("/proc/driver/nvidia/gpus").is_dir() and sys.platform == "linux" else "cpu"
