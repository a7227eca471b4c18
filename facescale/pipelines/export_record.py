"""What an export folder holds and from what it was made: names, receipts, index and licences for people.

Pure but for reading and writing its own files; knows nothing of meshes.
"""

import csv
import io
import json
import typing
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from facescale.runtime.outcomes import KEY12, readable_name
from facescale.runtime.storage import Storage

RECEIPTS, INDEX, LICENCES = "export.json", "index.csv", "LICENCES.txt"
FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Why a file of an export is as it is."""

    key: str
    item: str
    subject: str
    recipe: str
    """All that determines the bytes: attempt, format, frame and the exporter's version."""
    sha256: str
    size: int
    licences: Mapping[str, str]


def names_of(items: Iterable[tuple[str, str]], *, flat: bool) -> dict[str, str]:
    """Key -> name of an item's folder, or with `flat` the stem of its files.

    A flat name is the item's id made readable; where ids become alike, also for file systems that take
    capitals for small letters, all of them carry the beginning of their keys.

    Args:
        items: key and item id of the whole manifest, so that a selection changes no name.
        flat: one folder for all.
    """
    pairs = list(items)
    readable = {key: readable_name(item) for key, item in pairs}
    twins = Counter(name.casefold() for name in readable.values())
    return {
        key: name if flat and twins[name.casefold()] == 1 else f"{name}-{key[:KEY12]}"
        for key, name in readable.items()
    }


@typing.final
class ExportRecord:
    """The receipts of one export folder: path -> receipt."""

    def __init__(self, storage: Storage) -> None:
        """Read what is there.

        Raises:
            ValueError: the receipts cannot be read.
        """
        self._storage = storage
        self.receipts: dict[str, Receipt] = {}
        try:
            fields = json.loads(storage.read(RECEIPTS))
            _check_version(fields["format_version"])
            self.receipts = {path: Receipt(**receipt) for path, receipt in fields["files"].items()}
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"expected receipts of an export in {storage.uri}/{RECEIPTS}, got: {error}"
            ) from error

    def check_owner(self, paths: Mapping[str, str], keys: Iterable[str]) -> None:
        """Refuse to write over the export of other results.

        Args:
            paths: path -> key of what is to be written.
            keys: all keys of these results.

        Raises:
            ValueError: a path belongs to a key that these results do not have.
        """
        own = set(keys)
        for path in paths:
            there = self.receipts.get(path)
            if there is not None and there.key not in own:
                raise ValueError(
                    f"expected {self._storage.uri} to hold no other export, found {path} of other results; "
                    "choose another folder"
                )

    def save(self) -> None:
        """Write receipts, index and licences."""
        files = {path: asdict(self.receipts[path]) for path in sorted(self.receipts)}
        text = json.dumps({"format_version": FORMAT_VERSION, "files": files}, indent=1, sort_keys=True)
        self._storage.write(RECEIPTS, text.encode())

    def save_for_people(self, rows: Mapping[str, Mapping[str, object]]) -> None:
        """Write index.csv, a line an item, and LICENCES.txt.

        Args:
            rows: key -> what the index tells of an item beside its files; all with the same names.
        """
        self._storage.write(INDEX, index_csv(self.receipts, rows))
        self._storage.write(LICENCES, licences_text(self.receipts).encode())


def index_csv(receipts: Mapping[str, Receipt], rows: Mapping[str, Mapping[str, object]]) -> bytes:
    """One line an item: names first, then its row, licences and files."""
    files: dict[str, list[str]] = {}
    by_key = {}
    for path in sorted(receipts):
        files.setdefault(receipts[path].key, []).append(path)
        by_key[receipts[path].key] = receipts[path]
    more = list(next(iter(rows.values()), {}))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["item", "subject", *more, "licences", "files", "key"])
    for key, receipt in sorted(by_key.items(), key=lambda entry: (entry[1].item, entry[0])):
        row = rows.get(key, {})
        values = [_cell(row.get(name)) for name in more]
        licences = "; ".join(f"{name}: {text}" for name, text in sorted(receipt.licences.items()))
        writer.writerow([receipt.item, receipt.subject, *values, licences, " ".join(files[key]), key])
    return out.getvalue().encode()


def licences_text(receipts: Mapping[str, Receipt]) -> str:
    """Say under which licences the exported files stand, and which items have none on record."""
    items = {receipt.key: receipt for receipt in receipts.values()}
    counts = Counter(entry for one in items.values() for entry in one.licences.items())
    silent = sorted(one.item for one in items.values() if not one.licences)
    lines = [
        "What these files were made with, and its licence. The scans themselves have terms of their own.",
        "",
    ]
    lines += [f"{name}: {text} ({count} items)" for (name, text), count in sorted(counts.items())]
    if silent:
        lines += ["", f"No licence is on record for {len(silent)} items:", *(f"  {item}" for item in silent)]
    return "\n".join([*lines, ""])


def _check_version(found: object) -> None:
    if found != FORMAT_VERSION:
        raise ValueError(f"format {found} instead of {FORMAT_VERSION}")


def _cell(value: object) -> object:
    return "" if value is None else value
