"""How pending items are cut into shards: what one dispatch carries. Knows nothing of items but their cost."""

import math
import statistics
from collections.abc import Sequence

SHORTEST_S = 5.0
"""Below this, dispatching shows beside the work."""
LONGEST_S = 30.0
"""Above this, too much is lost with a worker."""
SHARDS_A_WORKER = 4
"""There are at least that many a worker, or workers would wait for the last one."""
_SHARE = 2
"""A shard takes at most one part in so many of what its worker has left to do."""


def cut(costs: Sequence[float], *, workers: int, batch_size: int = 1) -> list[range]:
    """Cut items, in their order, into shards that shrink towards the end.

    A shard lasts 5 to 30 s by estimate, less where there would otherwise be fewer than four a worker, more
    only where a single item does. Long shards come first, because each dispatch costs the same; short ones
    come last, so that no worker waits long for another. With batches, shards hold whole batches as long as
    there are four batches or more a worker.

    Args:
        costs: estimated seconds of each item; anything that is not a positive number counts as the median.
        workers: workers that share the shards.
        batch_size: items that a worker computes at once.

    Returns:
        Index ranges that are never empty and together cover all items once.
    """
    if not costs:
        return []
    known = [cost for cost in costs if math.isfinite(cost) and cost > 0]
    usual = statistics.median(known) if known else 1.0
    seconds = [cost if math.isfinite(cost) and cost > 0 else usual for cost in costs]
    starts = list(range(0, len(seconds), batch_size))
    if len(starts) < SHARDS_A_WORKER * workers:
        starts = list(range(len(seconds)))
    ends = [*starts[1:], len(seconds)]
    units = [math.fsum(seconds[a:b]) for a, b in zip(starts, ends, strict=True)]
    return [range(starts[part.start], ends[part.stop - 1]) for part in _shrinking(units, workers)]


def _shrinking(units: Sequence[float], workers: int) -> list[range]:
    fewest = min(len(units), SHARDS_A_WORKER * workers)
    left = math.fsum(units)
    most = min(LONGEST_S, left / (SHARDS_A_WORKER * workers))
    least = min(SHORTEST_S, most)
    parts: list[range] = []
    start = 0
    while start < len(units):
        target = min(max(left / (_SHARE * workers), least), most)
        owed = max(0, fewest - len(parts) - 1)
        held, stop = units[start], start + 1
        # The hair's breadth keeps sums of equal estimates, which round, from splitting where they should meet.
        while stop < len(units) - owed and held + units[stop] <= target * (1 + 1e-9):
            held += units[stop]
            stop += 1
        parts.append(range(start, stop))
        left -= held
        start = stop
    return parts
