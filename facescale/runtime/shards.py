"""How pending items are cut into shards: what one dispatch carries. Knows nothing of items but their cost."""

import itertools
import math
import statistics
from bisect import bisect_left
from collections.abc import Sequence

SHORTEST_S = 5.0
"""Below this, dispatching shows beside the work."""
LONGEST_S = 30.0
"""Above this, too much is lost with a worker and the last shards keep the others waiting."""
SHARDS_A_WORKER = 4
"""Fewer would leave workers idle at the end; a shard grows longer than SHORTEST_S only beyond that."""
WANTED_A_WORKER = 32
"""With that many shards a worker, the wait for the last one is about 1.5 % of the run."""


def cut(costs: Sequence[float], *, workers: int, batch_size: int = 1) -> list[range]:
    """Cut items, in their order, into shards of about equal cost.

    A shard lasts 5 to 30 s by estimate, less where there would otherwise be fewer than four a worker, more
    only where a single item does. With batches, shards hold whole batches as long as there are four batches
    or more a worker.

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
    total = math.fsum(units)
    target = min(max(total / (workers * WANTED_A_WORKER), SHORTEST_S), LONGEST_S)
    fewest = min(len(units), SHARDS_A_WORKER * workers)
    count = min(len(units), max(fewest, math.ceil(total / target)))
    return [
        range(starts[part.start], ends[part.stop - 1])
        for whole in _equal_parts(units, count)
        for part in _short_enough(whole, units)
    ]


def _equal_parts(units: Sequence[float], count: int) -> list[range]:
    before = list(itertools.accumulate(units, initial=0.0))
    cuts = [0]
    for part in range(1, count):
        wanted = bisect_left(before, before[-1] * part / count)
        # Every part keeps at least one unit, and leaves one for each that follows.
        cuts.append(min(max(wanted, cuts[-1] + 1), len(units) - (count - part)))
    return [range(a, b) for a, b in itertools.pairwise([*cuts, len(units)])]


def _short_enough(part: range, units: Sequence[float]) -> list[range]:
    if len(part) == 1 or math.fsum(units[i] for i in part) <= LONGEST_S:
        return [part]
    middle = part.start + len(part) // 2
    halves = (range(part.start, middle), range(middle, part.stop))
    return [piece for half in halves for piece in _short_enough(half, units)]
