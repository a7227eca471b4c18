"""`facescale rig`: registered subjects in, one head of ARKit blendshapes each out.

Joins heads and runtime on the driver's side; what happens to one subject is in `rig_stage`.
"""

import tomllib
from dataclasses import asdict, dataclass
from typing import Literal

from facescale.fitting.example_rig import RefineSettings
from facescale.pipelines.job_tracking import JobTracking
from facescale.pipelines.rig_items import is_results, mesh_items, result_items
from facescale.pipelines.run_settings import MAY_DIFFER, RunSettings, with_digests
from facescale.runtime.dry_run import dry_run
from facescale.runtime.manifest import CONFIG_PATH, build_manifest
from facescale.runtime.run import run
from facescale.runtime.stage import StageSpec
from facescale.runtime.storage import Storage

METHOD_VERSION = 1
"""Raised by hand whenever the same meshes would give another rig."""
SECONDS_A_SUBJECT, SECONDS_A_FILE = 3.0, 0.3
"""First guesses of a worker's time, for cutting shards until some are measured."""


@dataclass(frozen=True, kw_only=True)
class RigConfig(RunSettings):
    """One rig job.

    The root is a folder of results of `facescale register`, or one of meshes: a folder a subject with
    neutral.obj (or .ply) and examples beside it, named after the expression that they show where they show one.
    """

    head: str = ""
    """Head model whose topology the meshes have; empty takes the one that the results were registered to."""
    examples: Literal["on", "off"] = "on"
    """Whether a subject's other shapes refine what was transferred."""

    def settings(self) -> RefineSettings:
        """How examples are followed."""
        return RefineSettings()


def rig(config: RigConfig) -> int:
    """Rig subjects and write a report; returns the exit status of `runtime.summary.ExitStatus`.

    Raises:
        ValueError: a root, head or folder that cannot be used.
    """
    from facescale.heads.library import find_head, load_head
    from facescale.heads.rig.transfer import expression_names
    from facescale.pipelines.closing import close_job

    results = is_results(config.root)
    name = config.head or (_head_of(config.root) if results else "")
    if not name:
        raise ValueError("expected --head beside meshes, which do not say whose topology they have")
    try:
        find_head(name)
    except FileNotFoundError as absent:
        raise ValueError(str(absent)) from absent
    head = load_head(name)
    expression_names(head)
    method = {"head": head.card.name, "examples": config.examples, **asdict(config.settings())}
    found = result_items(config.root) if results else mesh_items(config.root)
    manifest = build_manifest(
        with_digests(found, config.identity),
        method=method,
        assets=head.card.assets,
        method_version=METHOD_VERSION,
        cost=lambda item: SECONDS_A_SUBJECT + SECONDS_A_FILE * len(item.inputs),
    )
    if manifest.num_rows == 0:
        raise ValueError(f"expected subjects with a neutral shape in {config.root}, found none")
    if config.plan:
        print(dry_run(manifest, config.out, config.options(), selection=config.selection()))
        return 0
    tracking = JobTracking(config.out, config.tracking, name="rig", params=config.recorded())
    spec = StageSpec(
        factory="facescale.pipelines.rig_stage:make_stage",
        arguments={
            "head": name,
            "examples": config.examples == "on",
            "settings": asdict(config.settings()),
        },
    )
    report = run(
        spec,
        manifest,
        config.out,
        config.options(),
        config={"run": {**config.recorded(), "head": name}, "method": method, "method_version": METHOD_VERSION},
        may_differ=MAY_DIFFER,
        selection=config.selection(),
        seconds_per_cost=1.0,
        observer=tracking.observe,
    )
    return close_job(report, out=config.out, tracking=tracking)


def _head_of(root: str) -> str:
    run_config = tomllib.loads(Storage.open(root).read(CONFIG_PATH).decode()).get("run", {})
    return str(run_config.get("head", ""))
