"""`facescale status | retry | gc | forget | report`: what operators ask of results. Reads storage alone."""

import sys
from dataclasses import dataclass
from typing import Annotated, Literal

import tyro

from facescale.structures.outcome import Status

FOLDER_IN_USE = 4


@dataclass(frozen=True, kw_only=True)
class StatusConfig:
    """Which results to look at."""

    out: str
    """Folder or s3:// prefix of a run, running or not."""
    json: bool = False
    """Print one JSON object instead of tables."""


def status(config: StatusConfig) -> int:
    """Print how a run stands.

    Raises:
        ValueError: there is no run at `out`.
    """
    from facescale.runtime.status import read_status, render

    found = read_status(config.out)
    if config.json:
        print(found.to_json())
    else:
        from rich.console import Console

        Console().print(render(found))
    return 0


@dataclass(frozen=True, kw_only=True)
class RetryConfig:
    """Which items to reopen."""

    out: str
    """Folder or s3:// prefix of a run."""
    reason: Annotated[tuple[str, ...], tyro.conf.arg(name="class")] = ()
    """Reasons as `facescale status` prints them, such as not-a-head; empty takes every reason of --status."""
    status: tuple[Literal["rejected", "quarantined", "failed"], ...] = ()
    """Empty takes all of them."""


def retry(config: RetryConfig) -> int:
    """Reopen items, print which, and say how to go on.

    Raises:
        ValueError: neither a reason nor a status is given, or a reason that no item has.
    """
    from facescale.runtime.lease import FolderInUse
    from facescale.runtime.retry import retry as reopen

    try:
        report = reopen(config.out, reasons=config.reason, statuses=tuple(map(Status, config.status)))
    except FolderInUse as error:
        print(error, file=sys.stderr)
        return FOLDER_IN_USE
    print(report)
    return 0


@dataclass(frozen=True, kw_only=True)
class GcConfig:
    """Which leftovers to delete."""

    out: str
    """Folder or s3:// prefix of a run."""
    older_than_days: float = 7.0
    """Leave what is younger: it may belong to a worker that still lives."""
    delete: bool = False
    """Delete; without it, only say what would be."""

    def __post_init__(self) -> None:
        if not self.older_than_days >= 0:
            raise ValueError(f"expected older_than_days >= 0, got {self.older_than_days}")


def gc(config: GcConfig) -> int:
    """Delete attempt folders that no outcome names, or say which they are.

    Raises:
        ValueError: an outcome cannot be read, which may name any folder.
    """
    from facescale.runtime.collect import collect
    from facescale.runtime.lease import FolderInUse

    try:
        found = collect(config.out, delete=config.delete, age_s=config.older_than_days * 86400.0)
    except FolderInUse as error:
        print(error, file=sys.stderr)
        return FOLDER_IN_USE
    for folder in found.folders:
        print(folder)
    print(found)
    return 0


@dataclass(frozen=True, kw_only=True)
class ForgetConfig:
    """Whose data to delete."""

    out: str
    """Folder or s3:// prefix of a run."""
    subject: str
    """The subject's id, as results and `facescale corpus index` have it."""
    delete: bool = False
    """Delete; without it, only say what would be."""


def forget(config: ForgetConfig) -> int:
    """Delete everything of a subject from a folder of results and prove it, or say what there is.

    Returns:
        Exit status: 0, or 1 where something of the subject is left.

    Raises:
        ValueError: there is no run at `out`, or no such subject in it.
    """
    from facescale.runtime.forget import forget as forget_subject
    from facescale.runtime.lease import FolderInUse

    try:
        found = forget_subject(config.out, config.subject, delete=config.delete)
    except FolderInUse as error:
        print(error, file=sys.stderr)
        return FOLDER_IN_USE
    for path in () if found.deleted else (*found.files, *found.rewritten):
        print(path)
    print(found)
    if found.deleted:
        print("take the subject out of the corpus too, or the next run does it again")
        print("exports, and copies on an MLflow server, are not in this folder: delete those where they are")
    return 1 if found.left else 0


@dataclass(frozen=True, kw_only=True)
class ReportConfig:
    """Which results to report on."""

    out: str
    """Folder or s3:// prefix of a run."""
    full: bool = False
    """Write a folder in which every item has its head in 3D, instead of one file with a chosen few."""


def report(config: ReportConfig) -> int:
    """Write report.html anew.

    Raises:
        ValueError: there are no results at `out`.
    """
    from facescale.pipelines.closing import write_run_report

    print(write_run_report(config.out, full=config.full))
    return 0
