"""`facescale corpus rehearse`: a synthetic corpus in a real layout, with its truth in a folder apart.

Joins heads, synthesis and corpora. What it writes depends on the seed alone, never on the number of workers.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

from facescale.corpora.files import join, list_files, read_input, write_bytes
from facescale.pipelines.rehearsals.registry import REHEARSED, find_rehearsal
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import PARTICULAR, RehearseConfig
from facescale.structures.item import InputFile

RECORD = "rehearsal.json"
RECORD_LIMIT = 1 << 16
SUFFIX = ".npz"
LIBRARY_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def truth_root(corpus_root: str) -> str:
    """Where the truth of a rehearsed corpus lies: beside it, never below it."""
    return corpus_root.rstrip("/") + "-truth"


def truth_path(item: str) -> str:
    """Path of an item's truth below `truth_root`."""
    return item + SUFFIX


def rehearse(config: RehearseConfig) -> int:
    """Make the subjects that are not there yet.

    A subject's truth is written last, and so tells that its scan or its pictures are whole. Files that name all
    subjects come at the very end.

    Returns:
        Exit status: 0, or 2 where the head model is not on this machine.

    Raises:
        ValueError: a layout that cannot be rehearsed or not with these settings, or the folder holds a
            rehearsal of another configuration.
        OSError: it cannot be written.
    """
    from facescale.heads.library import find_head

    try:
        find_head(config.head)
    except FileNotFoundError as absent:
        print(absent, file=sys.stderr)
        return 2
    rehearsal = find_rehearsal(config.layout)
    _refuse_foreign(config, rehearsal)
    rehearsal.items(config, 0)
    _claim(config, rehearsal)
    missing = _missing(config, rehearsal)
    done = config.subjects - len(missing)
    if done:
        print(f"{done} of {config.subjects} subjects are there already")
    if missing:
        workers = min(config.workers or os.cpu_count() or 1, len(missing))
        _make_all(config, missing, workers)
    rehearsal.lists(config)
    truth = truth_root(config.out)
    print(f"{rehearsal.unit} of {config.subjects} subjects in {config.out}, their truth in {truth}")
    return 0


def _refuse_foreign(config: RehearseConfig, rehearsal: Rehearsal) -> None:
    """A setting that the layout has no use for is a misunderstanding."""
    for field in fields(config):
        if field.name in PARTICULAR - rehearsal.settings and getattr(config, field.name) != field.default:
            able = ", ".join(name for name in REHEARSED if field.name in find_rehearsal(name).settings)
            raise ValueError(f"expected {field.name} only with the layouts {able}, got it with {config.layout}")


def _claim(config: RehearseConfig, rehearsal: Rehearsal) -> None:
    """Record what the folder is a rehearsal of, or check that it is one of the same."""
    foreign = {"out", "subjects", "workers", *PARTICULAR} - rehearsal.settings
    belongs = {name: value for name, value in asdict(config).items() if name not in foreign}
    record = InputFile(role="record", uri=join(truth_root(config.out), RECORD), path=RECORD, size=0)
    try:
        found = json.loads(read_input(record, limit=RECORD_LIMIT))
    except FileNotFoundError:
        write_bytes(record.uri, json.dumps(belongs, indent=1, sort_keys=True).encode())
        return
    if found != belongs:
        raise ValueError(f"expected {config.out} to be empty or a rehearsal of {belongs}, got one of {found}")


def _missing(config: RehearseConfig, rehearsal: Rehearsal) -> list[int]:
    there = {entry.path for entry in list_files(truth_root(config.out), skip_folder="/")}
    return [
        index
        for index in range(config.subjects)
        if any(truth_path(item) not in there for item in rehearsal.items(config, index))
    ]


def _make_all(config: RehearseConfig, missing: list[int], workers: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("rehearsing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    context = multiprocessing.get_context("spawn")
    with (
        _single_threaded(),
        ProcessPoolExecutor(workers, context, initializer=_prepare, initargs=(config,)) as pool,
        Progress(*columns, disable=not sys.stdout.isatty()) as progress,
    ):
        bar = progress.add_task("", total=len(missing))
        futures = [pool.submit(_make, index) for index in missing]
        try:
            for number, future in enumerate(as_completed(futures), 1):
                future.result()
                progress.advance(bar)
                if progress.disable and (number % 100 == 0 or number == len(missing)):
                    print(f"rehearsed {number} of {len(missing)}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Children inherit one thread for every numerical library: sums must not depend on the machine."""
    before = {name: os.environ.get(name) for name in LIBRARY_THREADS}
    os.environ.update(dict.fromkeys(LIBRARY_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_worker: dict[str, Any] = {}
"""What a child process holds from `_prepare` on: where to write, and what makes a subject."""


def _prepare(config: RehearseConfig) -> None:
    """Load the head, once a child."""
    import torch

    torch.set_num_threads(1)
    _worker["out"] = config.out
    _worker["make"] = find_rehearsal(config.layout).maker(config)


def _make(index: int) -> None:
    """Make and write one subject."""
    for item, truth in _worker["make"](index).items():
        write_bytes(join(truth_root(_worker["out"]), truth_path(item)), truth)
