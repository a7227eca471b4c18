"""Whom a death speaks against: item, worker or nobody. Pure; processes, clocks and storage are the caller's.

Evidence is only what a living supervisor saw while an item was alone. Where a worker may itself be broken, it
is asked to repeat an item known to be good (a rehearsal) before anything is held against an item.
"""

import signal
import typing
from collections.abc import Sequence
from dataclasses import dataclass, field

KILLS = 2
"""An item that kills that many children while alone is quarantined."""
DEATHS_IN_A_ROW = 3
"""After that many children with nothing finished in between, the worker is in doubt."""
LOSSES = 5
"""An item that was alone in that many losses of a whole worker is failed as lost."""


@dataclass(frozen=True)
class Together:
    """Run these items in one child."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Alone:
    """Run this item with nothing else in the child."""

    key: str


@dataclass(frozen=True)
class Rehearse:
    """Repeat an item that was done before and keep nothing: does a child survive it here?"""


@dataclass(frozen=True)
class Convict:
    """Quarantine this item."""

    key: str


@dataclass(frozen=True)
class GiveBack:
    """Leave these items to another worker; with `out`, this one gets no more work."""

    keys: tuple[str, ...]
    out: bool


Step = Together | Alone | Rehearse | Convict | GiveBack


@dataclass
class Standing:
    """What is known of a worker beyond the shard at hand."""

    deaths: int = 0
    """Children that died in a row since an item was done."""
    failed_starts: int = 0
    """Children in a row that died or failed before they were ready."""
    undecided: int = 0
    """Shards given back in a row for want of an item known to be good."""
    unheard: int = 0
    """Items quarantined in a row without one."""
    broken: bool = False
    """A rehearsal died here."""

    def well(self) -> None:
        """Note that an item was done: the worker is sound."""
        self.deaths = self.failed_starts = self.undecided = self.unheard = 0

    @property
    def out(self) -> bool:
        """Whether the worker gets no more work."""
        return self.broken or DEATHS_IN_A_ROW in {self.failed_starts, self.undecided}


@typing.final
@dataclass
class Docket:
    """The items of one shard until each has an end or is given back.

    Ask `next_step`, do it, report what came of it, and repeat until there is no step.
    """

    keys: Sequence[str]
    standing: Standing
    apart: bool = False
    """One by one from the start: the shard was lost with its worker before."""
    witness: bool = False
    """An item known to be good is at hand for a rehearsal."""
    last_instance: bool = False
    """Nobody else can be asked: judge without a rehearsal where no item is known to be good."""
    open: list[str] = field(init=False)
    """Items without an end, in the order in which they go on."""
    _kills: dict[str, int] = field(init=False, default_factory=dict)
    _heard: set[str] = field(init=False, default_factory=set)
    _died_here: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.open = _spread(self.keys) if self.apart else list(self.keys)

    def next_step(self) -> Step | None:
        """Return what to do next, None when every item has an end."""
        if not self.open:
            return None
        if self.standing.out:
            return self._give_back()
        if self._died_here and self.standing.deaths >= DEATHS_IN_A_ROW and not self._judges_unheard():
            return self._doubt_worker()
        if not self.apart and len(self.open) > 1:
            return Together(tuple(self.open))
        return self._judge()

    def _judge(self) -> Step:
        tried = [key for key in self.open if self._kills.get(key, 0) >= KILLS]
        if tried and tried[0] in self._heard:
            return Convict(tried[0])
        if len(tried) < len(self.open):
            return Alone(next(key for key in self.open if key not in tried))
        if self._judges_unheard():
            self.standing.unheard += 1
            return Convict(tried[0])
        return self._doubt_worker()

    def _doubt_worker(self) -> Step:
        if self.witness:
            return Rehearse()
        self.standing.undecided += 1
        return self._give_back()

    def finished(self, key: str) -> None:
        """Note that an item is done: the worker is sound, and the item can be rehearsed from now on."""
        self.open.remove(key)
        self.witness = True
        self._prove_worker()

    def settled(self, key: str) -> None:
        """Note that an item has an end that proves nothing of the worker."""
        self.open.remove(key)

    def killed(self, key: str) -> None:
        """Note that a child died, or was killed for its silence, while this item was alone in it."""
        self._count_death()
        self._kills[key] = self._kills.get(key, 0) + 1
        self.open.remove(key)
        self.open.append(key)

    def died(self) -> None:
        """Note that a child died with several items in it, or with one that cannot be blamed."""
        self._count_death()
        self.separate()

    def separate(self) -> None:
        """Go on one by one; alone, this holds nothing against anybody."""
        if not self.apart:
            self.apart = True
            self.open = _spread(self.open)

    def failed_to_start(self) -> None:
        """Note that a child died, or failed, before it was ready."""
        self.standing.failed_starts += 1

    def rehearsed(self, *, survived: bool) -> None:
        """Note how a rehearsal ended."""
        if survived:
            self._prove_worker()
        else:
            self.standing.broken = True

    def _prove_worker(self) -> None:
        self.standing.well()
        self._heard.update(self._kills)

    def _count_death(self) -> None:
        self.standing.deaths += 1
        self._died_here = True

    def _judges_unheard(self) -> bool:
        # Two items may be a coincidence; a third is the machine or the stage, and the run should stop and say
        # so rather than quarantine a corpus.
        return self.last_instance and not self.witness and self.standing.unheard < KILLS

    def _give_back(self) -> GiveBack:
        keys = tuple(self.open)
        self.open = []
        return GiveBack(keys, out=self.standing.out)


def _spread(keys: Sequence[str]) -> list[str]:
    # First, last, second, last but one: neighbours in a corpus are alike, and one that ends well clears the
    # worker of all deaths before it.
    middle = (len(keys) + 1) // 2
    front, back = list(keys[:middle]), list(keys[: -middle - 1 : -1]) if len(keys) > 1 else []
    mixed = [key for pair in zip(front, back, strict=False) for key in pair]
    return list(dict.fromkeys([*mixed, *front]))


@dataclass(frozen=True, kw_only=True)
class Death:
    """How a child ended, as its supervisor saw it."""

    returncode: int
    """As in subprocess: negative for a signal."""
    struck: str = ""
    """Why the supervisor killed it: a slug; empty where it died by itself."""
    machine_out_of_memory: bool | None = None
    """Whether the kernel killed for want of memory while it ran; None where the kernel does not say."""


def is_evidence(death: Death) -> bool:
    """Tell whether a death speaks against what ran in the child.

    A SIGKILL that neither the supervisor nor the kernel's out-of-memory killer sent came from outside: an
    operator, a scheduler, a test. It counts like the loss of a worker, against nobody.
    """
    from_outside = death.returncode == -signal.SIGKILL and not death.struck
    return not (from_outside and death.machine_out_of_memory is False)


def reason(death: Death) -> str:
    """Return the slug under which a crash is counted."""
    if death.struck:
        return death.struck
    if death.returncode == -signal.SIGKILL and death.machine_out_of_memory:
        return "out-of-memory"
    if death.returncode < 0:
        return f"crash-{_signal_name(-death.returncode).lower()}"
    return f"crash-exit-{death.returncode}"


def describe(death: Death) -> str:
    """Say how a child ended, in words."""
    if death.returncode < 0:
        return f"killed by signal {_signal_name(-death.returncode)} ({-death.returncode})"
    return f"exited with status {death.returncode}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal-{number}"
