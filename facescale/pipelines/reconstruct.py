"""`facescale reconstruct`: a corpus of photographs or videos in, a head fitted to every subject out.

Joins corpora, reconstruction and runtime on the driver's side; what happens to one item is in
`reconstruct_stage`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import pyarrow as pa

from facescale.corpora.layouts import find_layout
from facescale.pipelines.corpus_source import CorpusSource, method_part
from facescale.pipelines.job_tracking import JobTracking
from facescale.pipelines.run_settings import MAY_DIFFER, RunSettings, with_digests, with_truth
from facescale.reconstruction.landmark_fit.config import METHOD_VERSION, LandmarkFitConfig
from facescale.runtime.dry_run import dry_run
from facescale.runtime.manifest import build_manifest
from facescale.runtime.run import RunReport, run
from facescale.runtime.stage import StageSpec
from facescale.structures.item import Item

SECONDS_A_VIEW = 0.15
SECONDS_A_MEGABYTE = 0.1
"""First guesses of a CPU worker's time, for cutting shards until some items are measured."""


@dataclass(frozen=True, kw_only=True)
class ReconstructConfig(RunSettings):
    """One reconstruction job."""

    corpus: str = "images"
    """Layout of the corpus, one of those with pictures; `facescale corpus layouts` lists them."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE; `facescale corpus layouts --corpus NAME` lists them."""
    method: Literal["landmark_fit"] = "landmark_fit"
    """"landmark_fit": one shape a subject, pose and expression a view, from the detector's landmarks."""
    head: str = "builtin"
    """Head model to fit; `facescale assets list` tells which are here."""
    subject: str = ""
    """Of plain images and videos: where a path names its subject, such as "{subject}/{name}"; empty: the first
    folder."""
    item: Literal["subject", "image"] = "subject"
    """Of photographs: whether all of a subject share one shape, or every image stands alone."""
    cameras: Literal["beside", "ignore"] = "beside"
    """Of photographs: whether a cameras.json beside them is used; focal lengths are estimated without."""
    lens: Literal["each", "shared"] = "each"
    """Of photographs without cameras: whether each may have a focal length of its own, or all of an item were
    taken with one camera at one zoom."""
    frames: int = 60
    """Of videos: frames taken of each, evenly spaced."""
    longest_side: int = 1280
    """Pixels to whose longest side larger pictures are shrunk before faces are looked for; 0 keeps them."""
    focal_ratio: float = 1.2
    """Prior median of an unknown focal length, as a share of the picture's longest side."""
    independence: float = 0.015
    """Share of the landmarks' information that counts: the detector's errors go together, so that its 442
    points say little more than a few would. Measured in benchmarks/reconstruction.py."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.device == "cuda":
            raise ValueError("expected device auto or cpu: the detector and this fit run on the CPU, got cuda")
        # Built here only to have their checks made before anything starts.
        self.fit()
        self.source()

    def fit(self) -> LandmarkFitConfig:
        """The part that the method looks at."""
        return LandmarkFitConfig(focal_ratio=self.focal_ratio, independence=self.independence)

    def source(self) -> CorpusSource:
        """Where views come from: this configuration's own flags are settings of the layouts that have them."""
        flags: dict[str, object] = {"longest_side": self.longest_side}
        if self.corpus == "images":
            flags |= {"subject": self.subject, "item": self.item, "cameras": self.cameras}
        elif self.corpus == "videos":
            flags |= {"subject": self.subject, "frames": self.frames}
        known = {field.name for field in fields(find_layout(self.corpus).options)}
        given = (f"{name}={value}" for name, value in flags.items() if name in known)
        return CorpusSource(corpus=self.corpus, options=(*given, *self.option), holds="views")

    def described(self) -> dict[str, Any]:
        """All that decides a result beside the item, the assets and the method's version."""
        fit = {**asdict(self.fit()), "lens": self.lens}
        return {"method": self.method, "head": self.head, **method_part(self.source()), "fit": fit}


def reconstruct(config: ReconstructConfig) -> int:
    """Reconstruct a corpus and write its report; returns the exit status of `runtime.summary.ExitStatus`.

    Raises:
        ValueError: a corpus, selection or folder that cannot be used, or a detector or head that is not here.
    """
    from facescale.heads.library import find_head
    from facescale.perception.face_landmarker import ASSET, landmarker_path
    from facescale.pipelines.closing import close_job
    from facescale.pipelines.head_notice import load_with_notice
    from facescale.pipelines.view_landmarks import mediapipe_embedding

    try:
        find_head(config.head)
        landmarker_path()
    except FileNotFoundError as absent:
        raise ValueError(str(absent)) from absent
    head = load_with_notice(config.head)
    embedding = mediapipe_embedding(head)
    source = config.source()
    print(f"looking for {source.layout.name} in {config.root}", flush=True)
    sites = hashlib.sha256(embedding.sites.face.numpy().tobytes())
    sites.update(embedding.sites.barycentric.numpy().tobytes())
    manifest = build_manifest(
        _items(config),
        method=config.described(),
        assets={**head.card.assets, **_detector(ASSET), "landmark embedding": sites.hexdigest()},
        method_version=METHOD_VERSION,
        cost=lambda item: _cost(config, source.role, item),
    )
    if manifest.num_rows == 0:
        raise ValueError(f"expected {source.corpus} in {config.root}, found none ({source.layout.title})")
    if config.plan:
        print(dry_run(manifest, config.out, config.options(), selection=config.selection()))
        return 0
    tracking = JobTracking(config.out, config.tracking, name="reconstruct", params=config.recorded())
    return close_job(_run(config, manifest, tracking), out=config.out, tracking=tracking)


def _run(config: ReconstructConfig, manifest: pa.Table, tracking: JobTracking) -> RunReport:
    spec = StageSpec(
        factory="facescale.pipelines.reconstruct_stage:make_stage",
        arguments={
            "head": config.head,
            "corpus": config.corpus,
            "options": config.source().options,
            "fit": asdict(config.fit()),
            "one_lens": config.lens == "shared",
            "batch_size": config.batch_size or (1 if config.source().role == "video" else 8),
        },
    )
    return run(
        spec,
        manifest,
        config.out,
        config.options(),
        config={"run": config.recorded(), "method": config.described(), "method_version": METHOD_VERSION},
        may_differ=MAY_DIFFER,
        selection=config.selection(),
        seconds_per_cost=1.0,
        observer=tracking.observe,
    )


def _items(config: ReconstructConfig) -> Iterator[Item]:
    found = config.source().index(config.root)
    return with_digests(with_truth(found, config.truth), config.identity)


def _cost(config: ReconstructConfig, role: str, item: Item) -> float:
    files = sum(file.role == role for file in item.inputs)
    views = files * (config.frames if role == "video" else 1)
    return SECONDS_A_VIEW * views + SECONDS_A_MEGABYTE * item.size / 1e6


def _detector(name: str) -> Mapping[str, str]:
    from facescale.assets.registry import asset

    return {f"{name}/{file.path}": file.sha256 for file in asset(name).files}
