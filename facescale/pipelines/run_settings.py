"""What every job shares: where it reads and writes, how it is carried out, which items it takes."""

import hashlib
import posixpath
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from facescale.corpora.files import FileEntry, list_files
from facescale.runtime.options import Engine, RunOptions
from facescale.runtime.plan import Selection, read_subjects
from facescale.structures.item import InputFile, Item

TRUTH_SUFFIX = ".npz"
HASHED_AT_ONCE = 1 << 22
MAY_DIFFER = tuple(
    f"run.{name}"
    for name in (
        "address", "batch_size", "deadline_s", "device", "engine", "grace_s", "limit", "max_failed",
        "recycle_shards", "root", "subjects", "takeover", "tracking", "truth", "where", "workers",
    )
)  # fmt: skip
"""Settings that change no result: a rerun into the same folder may have others. A corpus may have moved."""


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """The part of a job's configuration that no method looks at."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    out: str
    """Where results go: a folder or s3://bucket/prefix. It belongs to this configuration from then on."""
    truth: str = ""
    """Folder of ground truth that `facescale corpus rehearse` wrote; adds the true error to the table."""
    identity: Literal["size", "content"] = "size"
    """What tells one version of a local file from another: path and size, or the sha256 of its bytes."""
    engine: Engine = "ray"
    """"ray": actors on this machine or a cluster. "local": child processes of this process, no Ray."""
    workers: int = 0
    """Workers; 0 takes one a core, or one a GPU with --device cuda."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where fits run; "auto" takes CUDA where this machine has a device. On a cluster, say which."""
    batch_size: int = 0
    """Items that one solve takes; 0 chooses 8 on CPU and 64 on CUDA."""
    address: str = ""
    """Ray cluster to join; empty takes RAY_ADDRESS, and without that starts Ray on this machine."""
    deadline_s: float = 300.0
    """Longest silence of a worker before it is killed."""
    recycle_shards: int = 0
    """Shards after which a worker's process is replaced, against what libraries leak; 0 is never."""
    grace_s: float = 20.0
    """Seconds that an interrupted run waits for what is being computed; a second signal ends it at once."""
    max_failed: float = 0.05
    """Share of failed, quarantined and pending items that still exits with 0."""
    limit: int | None = None
    """Take only the first so many items of the selection."""
    where: str = ""
    """Take only items for which this holds, such as 'subject == "012" and size > 1000000'."""
    subjects: str = ""
    """File of subject ids, one a line: take only theirs."""
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
        self.options()
        self.selection()

    def options(self) -> RunOptions:
        """The part that says how the run is carried out."""
        return RunOptions(
            engine=self.engine,
            workers=self.workers,
            address=self.address,
            deadline_s=self.deadline_s,
            recycle_shards=self.recycle_shards,
            grace_s=self.grace_s,
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

    def recorded(self) -> dict[str, Any]:
        """The configuration as it was given, without what only says what to do with it."""
        return {name: value for name, value in asdict(self).items() if name not in {"out", "plan"}}

    def chosen_device(self) -> str:
        """Choose by the driver's files: this process must not open a context on a GPU that workers will use."""
        if self.device != "auto":
            return self.device
        return "cuda" if Path("/proc/driver/nvidia/gpus").is_dir() and sys.platform == "linux" else "cpu"


def with_truth(items: Iterable[Item], root: str) -> Iterator[Item]:
    """Add to every item its truth, where a folder of truths has one of its name; an empty root has none."""
    truths = _truths(root)
    for item in items:
        # a truth is named like its item, which may carry the ending of its one file
        truth = truths.get(item.item) or truths.get(posixpath.splitext(item.item)[0])
        if truth is None:
            yield item
            continue
        file = InputFile(
            role="truth", uri=truth.uri, path=f"truth/{truth.path}", size=truth.size, digest=truth.digest
        )
        yield replace(item, inputs=(*item.inputs, file))


def with_digests(items: Iterable[Item], identity: Literal["size", "content"]) -> Iterator[Item]:
    """Hash the bytes of every local file where content is what tells its versions apart."""
    for item in items:
        if identity == "size":
            yield item
            continue
        inputs = (
            file if file.digest else replace(file, digest=_sha256(Path(file.uri))) for file in item.inputs
        )
        yield replace(item, inputs=tuple(inputs))


def _truths(root: str) -> Mapping[str, FileEntry]:
    if not root:
        return {}
    entries = (entry for entry in list_files(root) if entry.path.endswith(TRUTH_SUFFIX))
    return {entry.path.removesuffix(TRUTH_SUFFIX): entry for entry in entries}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASHED_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()
