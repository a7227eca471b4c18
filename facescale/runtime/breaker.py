"""When a run stops because too much fails for one reason. Pure; knows nothing of engines or storage."""

import typing
from collections import Counter, deque

from facescale.structures.outcome import Status

WINDOW = 50
LIMIT = 40

_COUNTED = frozenset({Status.FAILED, Status.REJECTED})


@typing.final
class Breaker:
    """Trips when LIMIT of the last WINDOW finished items failed or were rejected for the same reason."""

    def __init__(self) -> None:
        self._window: deque[tuple[Status, str]] = deque(maxlen=WINDOW)

    def add(self, status: Status, reason: str) -> str:
        """Count one finished item.

        Args:
            status: how it ended.
            reason: its slug.

        Returns:
            Why the run must stop, in one sentence; empty while it may go on.
        """
        self._window.append((status, reason))
        counted = Counter(entry for entry in self._window if entry[0] in _COUNTED)
        if not counted:
            return ""
        (worst, why), times = counted.most_common(1)[0]
        if times < LIMIT:
            return ""
        return (
            f"{times} of the last {len(self._window)} items were {worst} for the same reason: {why}. "
            "This is not one bad item: look at the inputs and the setup, then run again"
        )
