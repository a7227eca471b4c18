"""The subjects of a rig job as items: from results of `facescale register`, or from folders of meshes.

Knows nothing of what is done with them.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from facescale.corpora.files import as_input, join, list_files
from facescale.corpora.meshes import MESH_SUFFIXES
from facescale.runtime import manifest as manifests
from facescale.runtime.outcomes import CorruptOutcome, OutcomeLedger
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.structures.item import InputFile, Item
from facescale.structures.outcome import Outcome, Status

NEUTRAL, EXAMPLE, PARAMETERS = "neutral", "example", ".parameters"
"""Roles of an item's files: meshes, and with the last ending what was fitted to them."""
LICENCE = "licence/"
"""Before an attribute that says under which licence something is."""
FIT, FITTED = "fit.ply", "parameters.npz"
UNKNOWN = float("inf")


def is_results(root: str) -> bool:
    """Whether a folder holds results of a run."""
    return manifests.load_manifest(Storage.open(root)) is not None


def result_items(root: str) -> Iterator[Item]:
    """One item a subject of a run: the neutral of its done items, and all others as examples.

    Neutral is the item that says so in its name or sequence; of several, or where none does, the one whose
    fitted expression is least.

    Args:
        root: folder or s3:// prefix of results of `facescale register`.
    """
    storage = Storage.open(root)
    manifest = manifests.load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected results of `facescale register` at {root}, found no manifest")
    ledger = OutcomeLedger(storage)
    rows = {row["key"]: row for row in ResultsView(ledger).refresh(manifest).to_pylist()}
    subjects: dict[tuple[str, str], list[Outcome]] = {}
    for _, outcome in ledger.get_many([key for key, row in rows.items() if row["status"] == Status.DONE]):
        if not isinstance(outcome, CorruptOutcome) and outcome.status is Status.DONE:
            subjects.setdefault((rows[outcome.key]["corpus"], outcome.subject), []).append(outcome)
    for (corpus, subject), outcomes in sorted(subjects.items()):
        ordered = sorted(outcomes, key=lambda one: _restlessness(one, rows[one.key]))
        files = [file for rank, one in enumerate(ordered) for file in _files(root, one, first=rank == 0)]
        licences = {f"{LICENCE}{name}": text for one in ordered for name, text in one.licences.items()}
        yield Item(corpus=corpus, item=subject, subject=subject, inputs=tuple(files), attributes=licences)


def mesh_items(root: str) -> Iterator[Item]:
    """One item a folder that holds a mesh called neutral; others in it are examples.

    Args:
        root: folder or s3:// prefix.
    """
    folders: dict[str, list[Any]] = {}
    for entry in list_files(root):
        if posixpath.splitext(entry.path)[1].lower() in MESH_SUFFIXES:
            folders.setdefault(posixpath.dirname(entry.path), []).append(entry)
    for folder, entries in sorted(folders.items()):
        stems = [posixpath.splitext(posixpath.basename(entry.path))[0].lower() for entry in entries]
        if NEUTRAL not in stems:
            continue
        first = stems.index(NEUTRAL)
        others = [as_input(EXAMPLE, entry) for place, entry in enumerate(entries) if place != first]
        name = folder or posixpath.basename(root.rstrip("/"))
        yield Item(
            corpus="meshes", item=name, subject=name, inputs=(as_input(NEUTRAL, entries[first]), *others)
        )


def _restlessness(outcome: Outcome, row: Mapping[str, Any]) -> tuple[bool, float, str]:
    said = NEUTRAL in f"{outcome.item} {row.get('sequence') or ''}".lower()
    value = row.get("expression_rms_sigma")
    return not said, UNKNOWN if value is None else float(value), outcome.item


def _files(root: str, outcome: Outcome, *, first: bool) -> Iterator[InputFile]:
    role = NEUTRAL if first else EXAMPLE
    for name, ending in ((FIT, ""), (FITTED, PARAMETERS)):
        record = next((file for file in outcome.files if file.path == name), None)
        if record is not None:
            path = f"{outcome.attempt}/{name}"
            yield InputFile(
                role=role + ending, uri=join(root, path), path=path, size=record.size, digest=record.sha256
            )
