"""What faults cost: one job a fault against the same job in peace, and a long one under random faults.

Clusters of several Ray nodes on this machine, a fake stage of milliseconds, no faces.
Run: python -m benchmarks.soak [--items 5000] [--seed 1] [--faults node_killed,zombie] [--write]
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.runtime import spot_faults
from tests.runtime.fleet import Fleet
from tests.runtime.s3_server import empty_bucket, environment_of, serving
from tests.runtime.soak import soak
from tests.runtime.trial import Trial

RESULTS = Path(__file__).parent / "results"
NODES, CPUS = 2, 2
GOAL_S = 15.0
HEAD = (
    "| fault | items | lost | second outcomes | false quarantines | redone | in flight | extra s | met |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)

LOCAL: tuple[Callable[[Any], Any], ...] = (
    spot_faults.node_killed,
    spot_faults.workers_killed,
    spot_faults.driver_killed,
    spot_faults.node_leaves,
    spot_faults.node_announced,
    spot_faults.nodes_late,
    spot_faults.zombie,
    spot_faults.taken_over,
    spot_faults.two_drivers,
    spot_faults.gpu_raises,
    spot_faults.gpu_crashes,
)
"""Faults of machines; OUT is a folder."""
REMOTE: tuple[Callable[[Any], Any], ...] = (spot_faults.disk_full, spot_faults.store_storms)
"""Faults of stores; OUT is on S3."""


def one_fault(
    fleet: Fleet, server: Any, fault: Callable[[Any], Any], *, peace: bool = False
) -> tuple[Any, float]:
    """Run one job; return what came of it and the seconds that are the fault's, lost capacity apart."""
    remote = fault in REMOTE
    empty_bucket(server)
    with tempfile.TemporaryDirectory(prefix="facescale-soak-") as folder:
        trial = Trial(
            fleet,
            folder,
            out="s3://bucket/out" if remote else "",
            server=server if remote else None,
            count=96,
            seconds=0.5,
        )
        count = (spot_faults.nothing if peace else fault)(trial)
    return count, count.seconds - count.capacity_s


def table_of_faults(wanted: set[str], server: Any) -> list[str]:
    """Run every fault once, beside the same job without it."""
    lines = []
    with Fleet(nodes=NODES, cpus=CPUS) as fleet:
        peace = {}
        for faults in (LOCAL, REMOTE):
            for fault in faults:
                if wanted and fault.__name__ not in wanted:
                    continue
                if faults not in peace:
                    peace[faults] = one_fault(fleet, server, fault, peace=True)[1]
                    print(f"in peace: {peace[faults]:.1f} s", flush=True)
                count, seconds = one_fault(fleet, server, fault)
                lines.append(
                    line_of((fault.__doc__ or fault.__name__).splitlines()[0], count, seconds - peace[faults])
                )
                print(lines[-1], flush=True)
    return lines


def line_of(name: str, count: Any, extra: float | None) -> str:
    met = "yes" if count.sound() and (extra is None or extra <= GOAL_S) else "**no**"
    seconds = "not measured" if extra is None else f"{extra:.1f}"
    return (
        f"| {name.rstrip('.')} | {count.items} | {count.lost} | {count.second} | {count.false_quarantines} "
        f"| {count.redone} | {count.in_flight} | {seconds} | {met} |"
    )


def long_soak(items: int, seed: int, server: Any, *, every: int, peace: bool) -> list[str]:
    """Run a long job under faults, and the same in peace where wanted."""
    found = {}
    for calm in (True, False) if peace else (False,):
        empty_bucket(server)
        with (
            tempfile.TemporaryDirectory(prefix="facescale-soak-") as folder,
            Fleet(nodes=NODES, cpus=CPUS) as fleet,
        ):
            found[calm] = soak(fleet, folder, server, items=items, seed=seed, every=every, calm=calm)
        print(calm, found[calm].count, dict(found[calm].faults), flush=True)
    rough = found[False]
    number = rough.faults.total()
    faults = ", ".join(f"{number} {name}" for name, number in sorted(rough.faults.items()))
    name = f"{number} random faults, seed {seed}: {faults}"
    if not peace:
        return [line_of(name, rough.count, None), "", f"The last row took {rough.count.seconds:.0f} s in all."]
    calm = found[True].count
    extra = rough.count.seconds - rough.count.capacity_s - calm.seconds
    summary = (
        f"Extra seconds of the last row are a fault's share: {rough.count.seconds:.0f} s against "
        f"{calm.seconds:.0f} s in peace, of which lost capacity explains {rough.count.capacity_s:.0f} s."
    )
    return [line_of(name, rough.count, extra / max(1, number)), "", summary]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=5000, help="of the long soak; 0 leaves it out")
    parser.add_argument("--no-peace", action="store_true", help="leave out the long soak's twin without faults")
    parser.add_argument("--every", type=int, default=250, help="items between two faults of the long soak")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="all", help="names, with commas; all; or none")
    parser.add_argument("--write", action="store_true", help="write a dated file below benchmarks/results")
    options = parser.parse_args()
    lines: list[str] = []
    with serving() as server:
        os.environ.update(environment_of(server))
        if options.faults != "none":
            lines += table_of_faults(set(options.faults.split(",")) - {"all"}, server)
        if options.items:
            lines += long_soak(
                options.items, options.seed, server, every=options.every, peace=not options.no_peace
            )
    text = (
        f"# Faults on a cluster, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{os.cpu_count()} cores ({platform.machine()}) that others used as well, {NODES} Ray nodes of {CPUS} "
        "workers each on one machine, single runs. `python -m benchmarks.soak`\n\n"
        "- lost: items without the outcome that they must have\n"
        "- second outcomes: made twice, or changed after they were made\n"
        "- redone: fits of healthy items beyond their first, from the stage's own journal\n"
        "- in flight: what the workers that were lost can have held\n"
        "- extra s: against the same job in peace, less the time that the workers were away\n\n"
    )
    text += HEAD + "\n" + "\n".join(lines) + "\n"
    print(text)
    if options.write:
        path = RESULTS / f"soak_cpu_{datetime.now(UTC):%Y-%m-%d}.md"
        path.write_text(text, encoding="utf-8")
        print(f"written to {path}")


if __name__ == "__main__":
    main()
