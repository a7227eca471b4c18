"""What a run needs of an engine, and the choice between the two. Knows nothing of manifests or outcomes."""

import math
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from facescale.runtime.options import RunOptions
from facescale.runtime.protocol import Report, Shard, Task, WorkerConfig
from facescale.structures.outcome import Outcome


@runtime_checkable
class Engine(Protocol):
    """Carries shards to supervisors and reports back."""

    @property
    def workers(self) -> int:
        """How many work side by side."""
        ...

    def run(self, shards: Sequence[Shard], *, witness: Task | None = None) -> Iterator[Report]:
        """Run shards to their ends, reporting each item as it ends.

        When no worker is left that may work, the last report is a "stop" for the reason "no-workers".

        Args:
            shards: what to do, in about this order.
            witness: an item known to be good, where there is one.
        """
        ...

    def halt(self) -> None:
        """Have workers finish what they compute and give back the rest, so that `run` ends; from any thread."""
        ...

    def observe(self, outcome: Outcome) -> None:
        """Count an item's end where the engine publishes metrics."""
        ...

    def close(self) -> None:
        """Stop at once; what is going on is lost."""
        ...


def make_engine(config: WorkerConfig, options: RunOptions) -> Engine:
    """Start the engine that the options choose.

    Raises:
        ValueError: this machine or cluster cannot hold a single worker.
    """
    if options.engine == "local":
        from facescale.runtime.local_engine import LocalEngine, cores, gpus

        held = workers_held(config, cpus=cores(), gpus=len(gpus()))
        return LocalEngine(config, workers=options.workers or held)
    from facescale.runtime.ray_engine import RayEngine

    return RayEngine(config, workers=options.workers, address=options.address)


def workers_held(config: WorkerConfig, *, cpus: float, gpus: float) -> int:
    """Return how many workers fit beside each other, at least one.

    Raises:
        ValueError: a worker needs a GPU and there is none.
    """
    if config.num_gpus > 0:
        if gpus < config.num_gpus:
            raise ValueError(f"expected {config.num_gpus:g} GPUs for a worker, got {gpus:g}")
        return math.floor(gpus / config.num_gpus)
    return max(1, math.floor(cpus / config.num_cpus)) if config.num_cpus > 0 else max(1, math.floor(cpus))


def nobody_left(worker: str, message: str) -> Report:
    """Report that every worker is out.

    Args:
        worker: the last one.
        message: why it is out.
    """
    return Report(
        kind="stop",
        worker=worker,
        reason="no-workers",
        message=f"on every worker three children in a row died, and nothing came to an end since. {message}",
    )
