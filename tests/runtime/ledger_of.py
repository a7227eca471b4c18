"""A small OUT for the tests of what reads one: manifest, outcomes and failures made directly."""

import pyarrow as pa

from facescale.runtime.manifest import build_manifest, save_manifest
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.storage import Storage
from facescale.structures.item import InputFile, Item
from facescale.structures.outcome import Outcome, Status


class SmallOut:
    """OUT with items "000", "001", ... of which none is done."""

    def __init__(self, uri: str, count: int = 6) -> None:
        self.storage = Storage.open(uri)
        self.ledger = OutcomeLedger(self.storage)
        items = [
            Item(
                corpus="scans",
                item=f"{number:03d}",
                subject=f"s{number}",
                inputs=(InputFile(role="scan", uri=f"/in/{number}", path=f"{number}", size=100),),
            )
            for number in range(count)
        ]
        self.manifest: pa.Table = build_manifest(items, method={}, assets={}, method_version=1)
        save_manifest(self.storage, self.manifest)

    def key(self, number: int) -> str:
        """Return the key of an item."""
        return self.manifest["key"][number].as_py()

    def outcome(self, number: int, status: Status = Status.DONE, **fields) -> Outcome:
        """Make an outcome without committing it."""
        item = f"{number:03d}"
        return Outcome(
            **{
                "key": self.key(number),
                "item": item,
                "subject": f"s{number}",
                "status": status,
                "run": "run-1",
                **fields,
            }
        )

    def end(self, number: int, status: Status = Status.DONE, **fields) -> Outcome:
        """Record that an item ended."""
        one = self.outcome(number, status, **fields)
        if status is Status.FAILED:
            self.ledger.record_failure(one)
        else:
            assert self.ledger.commit(one)
        return one
