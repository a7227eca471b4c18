"""What the engines cost: efficiency, time an item, start-up, resume; a real stage against a plain loop.

Run: python -m benchmarks.engine [--sections sleeping,overhead,startup,resume,register] [--write]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from facescale.runtime.committer import Committer, Spent
from facescale.runtime.local_engine import cores
from facescale.runtime.manifest import build_manifest, items_of
from facescale.runtime.options import RunOptions
from facescale.runtime.protocol import Task, WorkerConfig, item_from_json
from facescale.runtime.run import run
from facescale.runtime.shards import LONGEST_S, cut
from facescale.runtime.stage import AbstractStage, Saved, StageSpec
from facescale.structures.item import InputFile, Item

RESULTS = Path(__file__).parent / "results"
ENGINES = ("local", "ray")


@dataclass(frozen=True)
class Row:
    """One measured figure and what it should be."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None


class SleepingStage(AbstractStage):
    """Sleeps in `fit`; saves one small file, or none."""

    def __init__(self, *, seconds: float, artefact: bool) -> None:
        self._seconds = seconds
        self._artefact = artefact

    def setup(self) -> None:
        """There is nothing to load."""

    def load(self, item: Item) -> Item:
        """Pass the item on."""
        return item

    def fit(self, samples: Sequence[Item]) -> Sequence[Item]:
        """Sleep once a sample."""
        for _ in samples:
            if self._seconds:
                time.sleep(self._seconds)
        return samples

    def save(self, result: Item, folder: Path) -> Saved:
        """Write the small file, or nothing."""
        if self._artefact:
            (folder / "result.txt").write_text(result.item)
        return Saved(row={})


def make_sleeper(*, seconds: float, artefact: bool) -> AbstractStage:
    """Build the stage in a worker."""
    return SleepingStage(seconds=seconds, artefact=artefact)


def sleeper(seconds: float, *, artefact: bool = True) -> StageSpec:
    return StageSpec(
        factory="benchmarks.engine:make_sleeper", arguments={"seconds": seconds, "artefact": artefact}
    )


def manifest_of(count: int) -> pa.Table:
    items = [
        Item(
            corpus="sleepers",
            item=f"{number:05d}",
            subject=f"{number:05d}",
            inputs=(InputFile(role="scan", uri=f"/nowhere/{number}", path=f"{number}", size=1),),
        )
        for number in range(count)
    ]
    return build_manifest(items, method={}, assets={}, method_version=1, cost=lambda _: 1.0)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run, seen through its own results table."""

    items: int
    workers: int
    startup_s: float
    """From the call of `run` until the first item was begun."""
    work_s: float
    """From then until the last item was committed."""
    worker_s: float
    """Worker seconds after start-up: each from its first item until the last item of all was committed."""
    total_s: float
    load_s: float
    fit_s: float
    save_s: float

    @property
    def efficiency(self) -> float:
        """Share of the workers' time after start-up that was spent in `fit`."""
        return self.fit_s / self.worker_s


def measured_run(
    spec: StageSpec,
    manifest: pa.Table,
    *,
    engine: str,
    workers: int,
    seconds_per_cost: float | None = None,
    root: str | None = None,
) -> Measured:
    """Run into a temporary folder below `root` and take the times from the table that the run leaves."""
    with tempfile.TemporaryDirectory(prefix="facescale-bench-", dir=root) as folder:
        begin_wall, begin = time.time(), time.monotonic()
        report = run(
            spec,
            manifest,
            f"{folder}/out",
            RunOptions(engine=engine, workers=workers, max_failed=1.0),  # type: ignore[arg-type]
            seconds_per_cost=seconds_per_cost,
        )
        total = time.monotonic() - begin
    assert report.results is not None, report.why
    assert not report.why, report.why
    rows = [row for row in report.results.to_pylist() if row["ended"] is not None]
    assert len(rows) == manifest.num_rows, f"{len(rows)} of {manifest.num_rows} items have an end"
    firsts: dict[str, float] = {}
    for row in rows:
        began = row["ended"] - row["seconds"]
        firsts[row["worker"]] = min(began, firsts.get(row["worker"], began))
    first = min(firsts.values())
    last = max(row["ended"] for row in rows)
    return Measured(
        items=len(rows),
        workers=workers,
        startup_s=first - begin_wall,
        work_s=last - first,
        worker_s=sum(last - began for began in firsts.values()),
        total_s=total,
        load_s=sum(row["seconds_load"] for row in rows),
        fit_s=sum(row["seconds_fit"] for row in rows),
        save_s=sum(row["seconds_save"] for row in rows),
    )


def sleeping(*, count: int = 480, seconds: float = 1.0, workers: int = 4) -> list[Row]:
    """Sum of fit seconds / (workers x wall after start-up)."""
    shards = len(cut([seconds] * count, workers=workers))
    rows = []
    for engine in ENGINES:
        found = measured_run(
            sleeper(seconds), manifest_of(count), engine=engine, workers=workers, seconds_per_cost=seconds
        )
        rows.append(
            Row(
                f"{engine}: {count} x {seconds:g} s asleep in {shards} shards, {workers} workers: "
                "fit / (workers x wall)",
                f"{found.efficiency:.3f}",
                ">= 0.97",
                found.efficiency >= 0.97,
            )
        )
    return rows


def storage_ms(items: int, *, artefact: bool, root: str | None) -> tuple[float, Mapping[str, float]]:
    """Return milliseconds and operations that saving and committing one item costs, with nothing around it."""
    spec = sleeper(0.0, artefact=artefact)
    tasks = [Task(key=key, item=item) for key, item in items_of(manifest_of(items))]
    with tempfile.TemporaryDirectory(prefix="facescale-bench-", dir=root) as folder:
        config = WorkerConfig(spec=spec, out=folder, run="bench", deadline_s=300, setup_deadline_s=600)
        committer = Committer(spec.build(), config, "bench")
        begin = time.perf_counter()
        for task in tasks:
            committer.keep(task, task.item, Spent())
        seconds = time.perf_counter() - begin
        operations = committer._storage.operations  # noqa: SLF001 - counting is what it is for
    return seconds / items * 1e3, {name: count / items for name, count in operations.items()}


def overhead(*, shard: int = 50, count: int = 1600) -> list[Row]:
    """Milliseconds an item: shards of 50, one worker, nothing to do, storage in memory where there is any.

    Saving overlaps, so that the cost of storage cannot be taken off what is measured on a disk. In memory it
    is small, and stays in the figure.
    """
    # An estimate that makes the longest shards hold 50 items; the last few hold less, to our disadvantage.
    seconds = LONGEST_S / shard
    shards = [len(part) for part in cut([seconds] * count, workers=1)]
    assert max(shards) == shard
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    rows = []
    for artefact in (False, True):
        files = "one file" if artefact else "no file"
        for where, root in (("on disk", None), ("in memory", memory)):
            each, operations = min(
                (storage_ms(500, artefact=artefact, root=root) for _ in range(3)), key=lambda found: found[0]
            )
            counted = ", ".join(f"{number:g} {name}" for name, number in sorted(operations.items()))
            what = f"storage operations of an item with {files} {where}, one after another: {counted}"
            rows.append(Row(what, f"{each:.2f} ms"))
        for engine in ENGINES:
            found = measured_run(
                sleeper(0.0, artefact=artefact),
                manifest_of(count),
                engine=engine,
                workers=1,
                seconds_per_cost=seconds,
                root=memory,
            )
            each = found.work_s / count * 1e3
            what = f"{engine}: {count} empty items with {files} in {len(shards)} shards, storage in memory"
            rows.append(Row(what, f"{each:.2f} ms", "<= 3 ms", each <= 3.0))
    return rows


def startup(*, repeats: int = 3) -> list[Row]:
    """Seconds from `run` until the first item is begun, and until an empty run of one item is over."""
    rows = []
    for engine in ENGINES:
        found = [measured_run(sleeper(0.0), manifest_of(1), engine=engine, workers=1) for _ in range(repeats)]
        best = min(found, key=lambda one: one.startup_s)
        rows.append(Row(f"{engine}: start-up until the first item begins", f"{best.startup_s:.2f} s"))
        rows.append(
            Row(f"{engine}: a run of one empty item, all in all", f"{min(one.total_s for one in found):.2f} s")
        )
    return rows


def resume() -> list[Row]:
    """The resume scan of 100,000 items."""
    from benchmarks.resume_scan import measure

    found = measure()
    lists = found["s3_lists"]
    return [
        Row(
            f"resume scan of {found['items']} local items",
            f"{found['seconds']:.2f} s",
            "<= 3 s",
            found["seconds"] <= 3.0,
        ),
        Row(
            f"LISTs for {found['s3_items']} items on S3",
            str(lists),
            f"<= {found['s3_lists_allowed']}",
            lists <= found["s3_lists_allowed"],
        ),
    ]


def against_loop(
    spec: StageSpec,
    manifest: pa.Table,
    *,
    workers: int = 2,
    engines: Sequence[str] = ENGINES,
    seconds_per_cost: float | None = None,
) -> list[Row]:
    """Items a second of a real stage, against one plain loop in one process with one thread.

    Args:
        spec: the stage.
        manifest: its items; enough of them that start-up does not matter.
        workers: of the engines.
        engines: which to measure.
        seconds_per_cost: see `run`.
    """
    loop = loop_apart(spec, manifest)
    plain = loop["items"] / loop["seconds"]
    parts = ", ".join(f"{name} {loop[name]:.1f}" for name in ("load", "fit", "save"))
    rows = [
        Row(
            f"plain loop: {loop['items']:.0f} items in {loop['seconds']:.1f} s "
            f"({parts} s; set-up {loop['setup']:.1f} s apart)",
            f"{plain:.3f} items/s",
        )
    ]
    for engine in engines:
        found = measured_run(spec, manifest, engine=engine, workers=workers, seconds_per_cost=seconds_per_cost)
        rate = found.items / found.work_s
        idle = found.worker_s - found.fit_s
        rows += [
            Row(
                f"{engine}, {workers} workers: {rate:.3f} items/s over {found.work_s:.1f} s, against the loop",
                f"{rate / plain:.2f} x",
                ">= 1.8 x",
                rate / plain >= 1.8,
            ),
            Row(
                f"{engine}: of {found.worker_s:.1f} worker seconds: fit {found.fit_s:.1f}, no fit {idle:.1f}; "
                f"beside it load {found.load_s:.1f}, save {found.save_s:.1f} s; start-up apart",
                f"{found.startup_s:.1f} s",
            ),
        ]
    return rows


def register(*, subjects: int = 96, workers: int = 2) -> list[Row]:
    """Registration of rehearsed scans, batches of eight; needs the head's asset (FACESCALE_ASSETS)."""
    from facescale.corpora.scans import ScansConfig, index
    from facescale.pipelines.rehearse import RehearseConfig, rehearse
    from facescale.registration.config import RegistrationConfig

    with tempfile.TemporaryDirectory(prefix="facescale-bench-") as folder:
        rehearse(RehearseConfig(out=f"{folder}/scans", subjects=subjects))
        method = asdict(RegistrationConfig())
        spec = StageSpec(
            factory="facescale.pipelines.register_stage:make_stage",
            arguments={"head": "ict", "method": method, "device": "cpu", "batch_size": 8},
        )
        items = list(index(f"{folder}/scans", ScansConfig()))
        manifest = build_manifest(items, method=method, assets={}, method_version=1, cost=lambda _: 1.0)
        return against_loop(spec, manifest, workers=workers, seconds_per_cost=0.6)


def loop_apart(spec: StageSpec, manifest: pa.Table) -> dict[str, float]:
    """Run `plain_loop` in a process of its own with one thread."""
    job = {
        "spec": asdict(spec),
        "items": [asdict(item) for _, item in items_of(manifest)],
    }
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory(prefix="facescale-bench-") as folder:
        path = Path(folder, "job.json")
        path.write_text(json.dumps(job), encoding="utf-8")
        said = subprocess.run(
            [sys.executable, "-m", "benchmarks.engine", "--loop", str(path)],
            env={**os.environ, **threads},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(said.stdout.splitlines()[-1])


def plain_loop(stage: AbstractStage, items: Sequence[Item]) -> dict[str, float]:
    """Do the stage's work with nothing around it: load a batch, fit it, save it."""
    spent = dict.fromkeys(("setup", "load", "fit", "save"), 0.0)

    def timed(name: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        value = call()
        spent[name] += time.perf_counter() - start
        return value

    timed("setup", stage.setup)
    size = max(1, stage.batch_size)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="facescale-bench-") as root:
        for start in range(0, len(items), size):
            some = items[start : start + size]
            samples = timed("load", lambda some=some: [stage.load(item) for item in some])
            results = timed("fit", lambda samples=samples: stage.fit(samples))
            for number, result in enumerate(results):
                folder = Path(root, f"{start + number}")
                folder.mkdir()
                timed("save", lambda result=result, folder=folder: stage.save(result, folder))
                shutil.rmtree(folder)
        return {**spent, "seconds": time.perf_counter() - begin, "items": float(len(items))}


SECTIONS: dict[str, Callable[[], list[Row]]] = {
    "sleeping": sleeping,
    "overhead": overhead,
    "startup": startup,
    "resume": resume,
    "register": register,
}


def table_of(rows: Sequence[Row]) -> str:
    """Lay rows out as a Markdown table."""
    lines = ["| what | measured | goal | met |", "| --- | ---: | ---: | --- |"]
    for row in rows:
        met = {True: "yes", False: "**no**", None: ""}[row.met]
        lines.append(f"| {row.what} | {row.value} | {row.goal} | {met} |")
    return "\n".join(lines)


def heading() -> str:
    load = os.getloadavg()[0]
    return (
        f"# Engines, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{cores()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"load average at the start {load:.1f}. `python -m benchmarks.engine`\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", default=",".join(SECTIONS), help="which parts to measure")
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    parser.add_argument("--loop", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        job = json.loads(Path(options.loop).read_text(encoding="utf-8"))
        items = [item_from_json(item) for item in job["items"]]
        print(json.dumps(plain_loop(StageSpec(**job["spec"]).build(), items)))
        return
    text = heading()
    print(text)
    rows: list[Row] = []
    for name in options.sections.split(","):
        rows += (found := SECTIONS[name]())
        print(table_of(found), flush=True)
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"engine_cpu_{datetime.now(UTC):%Y-%m-%d}.md"
        path.write_text(f"{text}\n{table_of(rows)}\n", encoding="utf-8")
        print(f"written to {path}")


if __name__ == "__main__":
    main()
