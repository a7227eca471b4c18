"""How long a rerun takes to find out that nothing is left to do: local disk, 100,000 items; LISTs on S3.

Run: python benchmarks/resume_scan.py [--items 100000]
"""

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from facescale.runtime.manifest import build_manifest, load_manifest, save_manifest
from facescale.runtime.outcomes import OutcomeLedger, outcome_path
from facescale.runtime.plan import make_plan
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.structures.item import InputFile, Item
from facescale.structures.outcome import FileRecord, Outcome, Status

FAILED_EACH = 100
PENDING_EACH = 1000


def items(count: int) -> Iterator[Item]:
    for number in range(count):
        path = f"{number // 100:05d}/{number:07d}.ply"
        scan = InputFile(role="scan", uri=f"/data/scans/{path}", path=path, size=1_000_000 + number)
        yield Item(corpus="scans", item=f"{number:07d}", subject=f"{number // 100:05d}", inputs=(scan,))


def outcome_of(key: str, item: str, status: Status) -> Outcome:
    attempt = f"items/{item}-{key[:12]}/0123456789abcdef"
    return Outcome(
        key=key,
        item=item,
        subject=item[:5],
        status=status,
        reason="" if status is Status.DONE else "timeout",
        attempt=attempt,
        files=tuple(
            FileRecord(path=name, size=100_000, sha256=key) for name in ("fit.ply", "fit.npz", "fit.glb")
        ),
        row={f"distance_{n}_mm": n * 0.123 for n in range(20)}
        | {"unit": "mm", "iterations": 15, "free": False},
        run="20261121T000000-000000",
        worker="host-0",
        timings={"load": 0.1, "fit": 0.5, "save": 0.1},
        versions={"torch": "2.13.0", "warp": "1.19.0"},
        licences={"head": "MIT", "corpus": "own"},
    )


def fill(root: Path, count: int) -> None:
    """Write the folder as finished runs leave it, past the storage layer and its flushes."""
    storage = Storage.open(root)
    manifest = build_manifest(items(count), method={"preset": "fast"}, assets={"head": "ab"}, method_version=1)
    save_manifest(storage, manifest)
    for prefix in range(256):
        (root / f"outcomes/{prefix:02x}").mkdir(parents=True)
    keys, names = manifest["key"].to_pylist(), manifest["item"].to_pylist()
    for number, (key, item) in enumerate(zip(keys, names, strict=True)):
        if number % PENDING_EACH == 0:
            continue
        if number % FAILED_EACH == 1:
            folder = root / f"failures/{key}"
            folder.mkdir(parents=True)
            data = outcome_of(key, item, Status.FAILED).to_json()
            (folder / "20261121T000000-000000-0.json").write_bytes(data)
        else:
            (root / outcome_path(key)).write_bytes(outcome_of(key, item, Status.DONE).to_json())
    view = ResultsView(OutcomeLedger(storage))
    view.refresh(manifest)
    view.save()


def scan(root: Path) -> tuple[int, int, dict[str, float]]:
    """Do what a rerun does before it starts work; return items to do, items in all and seconds by step."""
    seconds: dict[str, float] = {}

    def timed(name: str, step: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        value = step()
        seconds[name] = time.perf_counter() - start
        return value

    ledger = OutcomeLedger(Storage.open(root))
    manifest = timed("manifest", lambda: load_manifest(ledger.storage))
    final = timed("final keys", ledger.final_keys)
    failures = timed("failures", ledger.failures)
    runs = {key: record.runs for key, record in failures.items()}
    plan = timed("plan", lambda: make_plan(manifest, final=final, failed_runs=runs))
    return plan.pending.num_rows, plan.total, seconds


def refresh_seconds(root: Path) -> float:
    """Time a refresh of the results table from the last one, as each minute of a run does it."""
    ledger = OutcomeLedger(Storage.open(root))
    manifest = load_manifest(ledger.storage)
    assert manifest is not None
    view = ResultsView(ledger)
    view.refresh(manifest)
    start = time.perf_counter()
    view.refresh(manifest)
    return time.perf_counter() - start


def s3_lists(count: int) -> int:
    """Count the LISTs that finding the final keys takes on a server of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        backend.create_bucket("bucket", "us-east-1")
        for number in range(count):
            key = hashlib.sha256(str(number).encode()).hexdigest()
            backend.put_object("bucket", f"out/{outcome_path(key)}", b"")
        storage = Storage.open("s3://bucket/out")
        assert len(OutcomeLedger(storage).final_keys()) == count
        return storage.operations["list"]
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.stop()


def measure(count: int = 100_000, *, repeats: int = 3, s3_count: int = 3_000) -> dict[str, Any]:
    """Fill a temporary folder, scan it and count LISTs on S3.

    Returns:
        "items", "pending", "seconds" (best of the repeats), "steps" of that repeat, "build_manifest_s",
        "refresh_s", "s3_items", "s3_lists" and "s3_lists_allowed".
    """
    with tempfile.TemporaryDirectory(prefix="facescale-resume-") as folder:
        root = Path(folder) / "out"
        start = time.perf_counter()
        build_manifest(items(count), method={"preset": "fast"}, assets={"head": "ab"}, method_version=1)
        build = time.perf_counter() - start
        fill(root, count)
        scans = [scan(root) for _ in range(repeats)]
        pending, total, steps = min(scans, key=lambda found: sum(found[2].values()))
        refresh = refresh_seconds(root)
    return {
        "items": total,
        "pending": pending,
        "seconds": sum(steps.values()),
        "steps": steps,
        "build_manifest_s": build,
        "refresh_s": refresh,
        "s3_items": s3_count,
        "s3_lists": s3_lists(s3_count),
        "s3_lists_allowed": -(-s3_count // 1000) + 256,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--s3-items", type=int, default=3_000)
    options = parser.parse_args()
    found = measure(options.items, s3_count=options.s3_items)
    print(f"resume scan of {found['items']} local items: {found['seconds']:.2f} s, {found['pending']} to do")
    for name, seconds in found["steps"].items():
        print(f"  {name:12s} {seconds:.3f} s")
    print(f"manifest of {found['items']} items built from their index: {found['build_manifest_s']:.2f} s")
    print(f"results table brought up to date: {found['refresh_s']:.2f} s")
    print(f"S3: {found['s3_lists']} LISTs for {found['s3_items']} items ({found['s3_lists_allowed']} allowed)")


if __name__ == "__main__":
    main()
