"""What the silence of a child means, and how long it may last. Pure; clocks and signals are the caller's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Phase = Literal["start", "load", "fit", "save"]
"""What a child does with an item: the phase that it announced last. "start" stands for its set-up."""

Guilt = Literal["item", "input", "output", "worker"]
"""Whom a missed deadline speaks against. Only "item" is evidence that can quarantine."""

_GUILT: Mapping[Phase, Guilt] = {"start": "worker", "load": "input", "fit": "item", "save": "output"}
_WAIT_FOR_NODES_S = 1800.0


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A missed deadline, judged."""

    phase: Phase
    guilt: Guilt
    reason: str
    message: str
    hint: str


def limit_s(*, ready: bool, deadline_s: float, setup_deadline_s: float) -> float:
    """Return how long a child may be silent: until it is ready it starts up, then it works."""
    return deadline_s if ready else setup_deadline_s


def culprit(phases: Mapping[str, Phase]) -> Phase:
    """Return the phase that a silent child hangs in.

    Loads and saves overlap the fit and wait for it, so that a fit in progress explains any silence. A save
    comes next: loading runs at most two batches ahead and then waits for what is saved.

    Args:
        phases: the phase of each item in the child; none means that it never became ready.
    """
    for phase in ("fit", "save", "load"):
        if phase in phases.values():
            return phase
    return "start"


def missed(phase: Phase, limit: float) -> Missed:
    """Judge a deadline that was missed in a phase.

    Args:
        phase: from `culprit`.
        limit: the deadline, in seconds.
    """
    reason = {"start": "slow-start", "load": "slow-input", "fit": "hang", "save": "slow-output"}[phase]
    option = "setup_deadline_s" if phase == "start" else "deadline_s"
    where = {
        "start": "the worker was not ready",
        "load": "loading did not end",
        "fit": "computing did not end",
        "save": "saving did not end",
    }[phase]
    hint = {
        "start": f"raise {option} if models or kernels take that long here",
        "load": f"check the input's storage, or raise {option}",
        "fit": f"raise {option} if one batch may take that long",
        "save": f"check OUT's storage, or raise {option}",
    }[phase]
    message = f"{where} within {limit:g} s"
    return Missed(phase=phase, guilt=_GUILT[phase], reason=reason, message=message, hint=hint)


def no_progress_s(*, longest_shard: int, deadline_s: float, setup_deadline_s: float) -> float:
    """Return how long Ray Data may see no shard end, before it is right to give up.

    The worst shard dies once as a whole, then each of its items dies twice alone, each time after a start
    and a silence as long as they may be; and the first shard may wait for nodes to come up.

    Args:
        longest_shard: items in the longest shard.
        deadline_s: longest silence of a child.
        setup_deadline_s: longest start of a child.
    """
    return (1 + 2 * longest_shard) * (deadline_s + setup_deadline_s) + _WAIT_FOR_NODES_S
