"""How far one driver scales: the engine's own decisions on a virtual clock, with costs measured here.

Shards are cut by `shards.cut`, what is redone is bounded by `begun.bound`; a heap of workers stands for the
dispatch of Ray Data (first idle, first served). Durations, overheads and memory are measured first, and the
clock is checked against real actors. Run: python -m benchmarks.scale [--real 2,4] [--write]
"""

import argparse
import heapq
import math
import os
import platform
import random
import resource
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine import manifest_of, measured_run, sleeper
from facescale.runtime.begun import bound
from facescale.runtime.driver import Driver
from facescale.runtime.manifest import items_of
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.progress import Progress
from facescale.runtime.protocol import Report, Task
from facescale.runtime.results import ResultsView
from facescale.runtime.shards import cut
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Outcome, Status

RESULTS = Path(__file__).parent / "results"
MIB = 2**20
REQUESTS_A_SHARD, REQUESTS_AN_ITEM = 2, 3
"""A note and its end; an item's files (2 here) and its outcome. See facescale/runtime/design.md."""
LISTED = 1000
"""Names that one LIST returns."""
REFRESH_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What the virtual clock is told."""

    dispatch_s: float
    """From the end of a shard to the first item of the next, on one worker."""
    block_s: float
    """Of the driver, for each shard, before the first one starts."""
    report_s: float
    """Of the driver, for each item that ends."""
    refresh_s: float
    """Of the driver's other thread, for each item of the manifest, once a minute."""
    memory: float
    """Bytes of the driver for each item."""


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """One simulated run."""

    items: int
    workers: int
    shards: int
    seconds: float
    efficiency: float
    """Work / (workers x seconds)."""
    tail: float
    """Share of the worker seconds spent waiting for the last shard."""
    driver_busy: float
    """Share of the time that the driver's main thread works."""
    refresh_share: float
    """Seconds of one refresh of the results, a minute."""
    memory_mib: float
    requests: int
    redone: int


def simulate(
    *, items: int, workers: int, seconds: float, costs: Costs, losses_an_hour: float = 0.0, seed: int = 1
) -> Scaled:
    """Run the engine's decisions on a virtual clock.

    Args:
        items: of the manifest; their real seconds scatter log-normally (sigma 0.5) about the estimate.
        workers: of the pool.
        seconds: mean of an item.
        costs: see there.
        losses_an_hour: of each worker: its shard goes on elsewhere, less what has an outcome.
        seed: of durations and losses.
    """
    chance = random.Random(seed)
    parts = [len(part) for part in cut([seconds] * items, workers=workers)]
    scatter = math.exp(0.5**2 / 2)
    work = 0.0
    idle = [(costs.block_s * len(parts), number, 0) for number in range(workers)]
    heapq.heapify(idle)
    waiting = list(reversed(parts))
    driver_free = redone = 0.0
    dispatched = 0
    ends = [0.0] * workers
    while waiting:
        count = waiting.pop()
        ended, worker, reports = heapq.heappop(idle)
        # Reports of a shard are taken one shard after another: a driver that is behind holds everybody up.
        driver_free = max(driver_free, ended) + costs.report_s * reports
        start = driver_free
        durations = [seconds * chance.lognormvariate(0.0, 0.5) / scatter for _ in range(count)]
        length = math.fsum(durations)
        dispatched += 1
        lost_after = chance.expovariate(losses_an_hour / 3600.0) if losses_an_hour else math.inf
        if lost_after < length:
            done, held = 0, 0.0
            while done < count and held + durations[done] <= lost_after:
                held += durations[done]
                done += 1
            work += held
            redone += bound(count - done, batch_size=1)
            waiting.append(count - done)
            end = start + costs.dispatch_s + lost_after
            count = done
        else:
            work += length
            end = start + costs.dispatch_s + length
        ends[worker] = end
        heapq.heappush(idle, (end, worker, count))
    last = max(*ends, driver_free)
    minutes = last / REFRESH_S
    lists = (minutes + 3) * (items / LISTED + 1) * 2
    return Scaled(
        items=items,
        workers=workers,
        shards=len(parts),
        seconds=last,
        efficiency=work / (workers * last),
        tail=sum(last - end for end in ends) / (workers * last),
        driver_busy=(costs.report_s * items + costs.block_s * len(parts)) / last,
        refresh_share=costs.refresh_s * items,
        memory_mib=costs.memory * items / MIB,
        requests=int(REQUESTS_A_SHARD * dispatched + REQUESTS_AN_ITEM * items + lists),
        redone=int(redone),
    )


def driver_costs(count: int) -> tuple[float, float, float]:
    """Measure the driver's seconds for a report, those of a refresh for an item, and bytes for an item."""
    manifest = manifest_of(count)
    with tempfile.TemporaryDirectory(prefix="facescale-scale-") as folder:
        view = ResultsView(OutcomeLedger(Storage.open(folder)))
        view.refresh(manifest)
        tracemalloc.start()
        tasks = {key: Task(key=key, item=item) for key, item in items_of(manifest)}
        seconds = dict.fromkeys(tasks, 1.0)
        progress = Progress({Status.PENDING: count}, seconds, now=0.0, workers=1)
        driver = Driver(tasks, seconds, standing={}, progress=progress, view=view)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        reports = [_report(task) for task in list(tasks.values())[:5000]]
        begin = time.perf_counter()
        for report in reports:
            driver._take(report)  # noqa: SLF001 - what it costs is the question
        report_s = (time.perf_counter() - begin) / len(reports)
        begin = time.perf_counter()
        view.refresh(manifest)
        refresh_s = (time.perf_counter() - begin) / count
    return report_s, refresh_s, (held + manifest.nbytes) / count


def _report(task: Task) -> Report:
    outcome = Outcome(
        key=task.key,
        item=task.item.item,
        subject=task.item.subject,
        status=Status.DONE,
        run="run",
        worker="worker",
        attempt=f"items/{task.item.item}",
        timings={"load": 0.1, "fit": 0.5, "save": 0.1},
        row={f"error_{number}_mm": 0.1 * number for number in range(20)},
    )
    text = outcome.to_json().decode()
    return Report(kind="outcome", worker="worker", key=task.key, outcome=text, committed=True)


def measured_costs(*, count: int = 100_000, dispatch_s: float = 0.0) -> Costs:
    """Measure on this machine what the clock is told; a dispatch only where it is not given."""
    report_s, refresh_s, memory = driver_costs(count)
    if dispatch_s:
        return Costs(
            dispatch_s=dispatch_s, block_s=0.003, report_s=report_s, refresh_s=refresh_s, memory=memory
        )
    one = measured_run(sleeper(0.5), manifest_of(64), engine="ray", workers=1, seconds_per_cost=0.5)
    shards = len(cut([0.5] * 64, workers=1))
    dispatch = max(0.0, (one.work_s - one.fit_s) / max(1, shards - 1))
    return Costs(dispatch_s=dispatch, block_s=0.003, report_s=report_s, refresh_s=refresh_s, memory=memory)


def calibration(workers: Sequence[int], costs: Costs, *, count: int = 160, seconds: float = 0.5) -> list[str]:
    """Compare the clock with real actors on sleeping items."""
    lines = ["| workers | items | real s | clock s | clock / real |", "| ---: | ---: | ---: | ---: | ---: |"]
    for number in workers:
        real = measured_run(
            sleeper(seconds), manifest_of(count), engine="ray", workers=number, seconds_per_cost=seconds
        )
        clock = simulate(items=count, workers=number, seconds=seconds, costs=costs)
        lines.append(
            f"| {number} | {count} | {real.work_s:.1f} | {clock.seconds:.1f} "
            f"| {clock.seconds / real.work_s:.2f} |"
        )
        print(lines[-1], flush=True)
    return lines


def table(costs: Costs, *, seconds: float, losses: float) -> list[str]:
    """Lay out 10,000 and 1,000,000 items on 2 to 256 workers."""
    lines = [
        "| items | workers | shards | hours | efficiency | tail | driver | refresh | MiB | requests | redone |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for items in (10_000, 1_000_000):
        for workers in (2, 8, 32, 128, 256):
            found = simulate(items=items, workers=workers, seconds=seconds, costs=costs, losses_an_hour=losses)
            lines.append(
                f"| {items} | {workers} | {found.shards} | {found.seconds / 3600:.2f} | {found.efficiency:.3f} "
                f"| {found.tail:.3f} | {found.driver_busy:.3f} | {found.refresh_share:.2f} "
                f"| {found.memory_mib:.0f} | {found.requests} | {found.redone} |"
            )
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", default="2,4", help="numbers of real actors to check the clock against")
    parser.add_argument("--dispatch-s", type=float, default=0.0, help="as measured before; 0 measures it")
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    options = parser.parse_args()
    costs = measured_costs(dispatch_s=options.dispatch_s)
    measured = (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}) that others used as well: a dispatch "
        f"{costs.dispatch_s:.3f} s, {costs.report_s * 1e6:.0f} us of the driver a report, "
        f"{costs.refresh_s * 1e6:.1f} us a row once a minute, {costs.memory / 1024:.1f} KiB a row, 3 ms "
        "a shard before the start. The rest is arithmetic with its decisions. `python -m benchmarks.scale`"
    )
    lines = [
        f"# One driver from 2 to 256 workers, {datetime.now(UTC):%Y-%m-%d}",
        "",
        measured,
        "",
        "## The clock against real actors",
        "",
        *calibration([int(word) for word in options.real.split(",")], costs),
        "",
        "driver: share of the time that its main thread works. refresh s: of its other thread, once a minute.",
    ]
    for seconds, losses in ((0.7, 0.1), (10.0, 0.1)):
        lines += ["", f"## Items of {seconds:g} s, {losses:g} losses of a worker an hour", ""]
        lines += table(costs, seconds=seconds, losses=losses)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += ["", f"This script held {peak:.0f} MiB at most, with 100,000 real rows."]
    text = "\n".join(lines) + "\n"
    if options.write:
        path = RESULTS / f"scale_cpu_{datetime.now(UTC):%Y-%m-%d}.md"
        path.write_text(text, encoding="utf-8")
        print(f"written to {path}")


if __name__ == "__main__":
    main()
