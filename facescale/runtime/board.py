"""What the workers of one pass under Ray tell each other: shards that ended, who is out or must go, what works.

Lives in an actor beside the driver. Knows nothing of Ray; how to ask for nodes that must go is handed in.
"""

import time
import typing
from collections.abc import Callable, Collection

from facescale.runtime.protocol import Task

_NEWS_S = 1.0


@typing.final
class Board:
    """One pass over shards."""

    def __init__(self, shards: int, workers: int, leaving: Callable[[], Collection[str]] = frozenset) -> None:
        """Start empty.

        Args:
            shards: how many there are.
            workers: how many share them.
            leaving: returns the ids of nodes that were announced to go.
        """
        self._shards = shards
        self._workers = workers
        self._leaving = leaving
        self._ended: set[int] = set()
        self._out: set[str] = set()
        self._joined: set[str] = set()
        self._doubting: set[str] = set()
        self._witness: Task | None = None
        self._halted = False
        self._leaving_nodes: frozenset[str] = frozenset()
        self._asked = float("-inf")

    def join(self, worker: str) -> None:
        """Note that a worker has come."""
        self._joined.add(worker)

    def joined(self) -> int:
        """Return how many have come so far."""
        return len(self._joined)

    def end(self, number: int, witness: Task | None = None) -> None:
        """Note that a shard has ended, and an item that was done on the way."""
        self._ended.add(number)
        self._witness = witness or self._witness

    def leave(self, worker: str) -> None:
        """Note that a worker is out."""
        self._out.add(worker)

    def halt(self) -> None:
        """Note that the run is to end."""
        self._halted = True

    def must_go(self, node: str) -> bool:
        """Tell a worker whether to finish what it computes and hand the rest back."""
        now = time.monotonic()
        if now - self._asked > _NEWS_S:
            self._asked = now
            self._leaving_nodes = frozenset(self._leaving())
        return self._halted or node in self._leaving_nodes

    def doubt(self, worker: str) -> tuple[Task | None, bool]:
        """Ask for an item known to be good, for a worker whose items all failed.

        Returns:
            The item, where there is one; and whether waiting may bring one: not where everybody doubts.
        """
        self._doubting.add(worker)
        idle = len(self._out | self._doubting)
        hopeless = idle >= self._workers or self._shards - len(self._ended) <= idle or self._halted
        return self._witness, self._witness is None and not hopeless

    def trust(self, worker: str) -> None:
        """Note that a worker doubts no longer."""
        self._doubting.discard(worker)

    def only_held_left(self) -> bool:
        """Tell whether nothing is left but what workers that are out hold."""
        # A worker that is out holds one shard at the most.
        left = self._shards - len(self._ended)
        return self._halted or left <= len(self._out) or len(self._out) >= self._workers
