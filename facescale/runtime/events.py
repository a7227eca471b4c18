"""One JSON line on standard error for every item and every run that ends, where FACESCALE_LOG=json asks for it.

Holds what outcomes hold and nothing of the environment, so that no credential can get in.
"""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from facescale.structures.outcome import Outcome

VARIABLE = "FACESCALE_LOG"


def wanted() -> bool:
    """Whether anybody reads events."""
    return os.environ.get(VARIABLE, "") == "json"


def item_ended(outcome: Outcome) -> None:
    """Tell that an item came to an end."""
    if not wanted():
        return
    emit(
        "item",
        key=outcome.key,
        item=outcome.item,
        subject=outcome.subject,
        status=outcome.status.value,
        reason=outcome.reason,
        run=outcome.run,
        worker=outcome.worker,
        seconds=round(sum(outcome.timings.values()), 4),
    )


def emit(event: str, **fields: Any) -> None:
    """Write one event."""
    if wanted():
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **fields}, sort_keys=False)
        print(line, file=sys.stderr, flush=True)
