"""Many short items under random faults: seeded, bounded, and read back to the last one.

What `spot_faults` does one at a time happens here in one job, on S3, with items that crash among the others.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.runtime.harness import wait_until
from tests.runtime.s3_server import puts_under
from tests.runtime.spot_faults import strike
from tests.runtime.trial import Count, Trial

_EVERY = 250
"""Items between two faults."""


@dataclass
class Soaked:
    """What a soak did and what came of it."""

    count: Count
    faults: Counter = field(default_factory=Counter)
    said: str = ""


def soak(fleet, folder, server, *, items, seed, every=_EVERY, calm=False):
    """Run a job under random faults.

    Args:
        fleet: of two nodes with two workers each.
        folder: for the journal.
        server: behind s3://bucket.
        items: how many; two crash and one in a hundred is rejected.
        seed: of everything that is random.
        every: items between two faults.
        calm: leave the faults out: what the same job takes without them.
    """
    chance = random.Random(seed)
    names = [f"s-{number:04d}" for number in range(items)]
    attributes = {name: {"fit_s": round(chance.uniform(0.004, 0.05), 4)} for name in names}
    special = chance.sample(names, 2 + items // 100)
    expected = dict.fromkeys(special[:2], "quarantined") | dict.fromkeys(special[2:], "rejected")
    for name, status in expected.items():
        attributes[name] |= {"fit": "segfault"} if status == "quarantined" else {"load": "reject"}
    out = f"s3://bucket/soak-{seed}-{calm}"
    trial = Trial(
        fleet,
        folder,
        out=out,
        server=server,
        count=items,
        expected=expected,
        attributes=attributes,
        timeout_s=900,
    )
    trial.lose(4)  # what two crashes take with them, and the good items that are repeated after them
    done = Counter()
    trial.start()
    if not calm:
        for wanted in sorted(chance.sample(range(items // 20, items - items // 10), items // every)):
            trial.until(wanted)
            done[_one(trial, chance)] += 1
    count = trial.finish(status=None)
    return Soaked(count=count, faults=done, said=trial.said)


def _one(trial, chance):
    """Let one fault happen."""
    kind = chance.choice(
        ["worker", "child", "node", "leave", "announce", "freeze", "driver", "refuse", "stall", "lose-answers"]
    )
    server = trial.server
    match kind:
        case "worker" | "child":
            strike(trial, chance, supervisor=kind == "worker")
        case "refuse":
            server.fail(40, "SlowDown", probability=0.5)
        case "stall":
            server.delay(10, 1.5, match=puts_under("items/"))
        case "lose-answers":
            server.lose_answers(15, match=puts_under("outcomes/"))
        case "driver":
            trial.kill_driver()
            trial.start(takeover=True)
        case _:
            _lose_node(trial, chance, kind)
    return kind


def _lose_node(trial, chance, kind):
    fleet = trial.fleet
    victim = chance.choice(fleet.nodes)
    trial.lose(2)
    trial.away(2)
    if kind == "node":
        fleet.kill(victim)
    elif kind == "leave":
        fleet.leave(victim)
    elif kind == "announce":
        fleet.drain(victim, seconds=3)
        time.sleep(3)
        fleet.kill(victim)
    else:
        before = fleet.alive()
        fleet.freeze(victim)
        wait_until(lambda: fleet.alive() < before, timeout=60, what="the loss of a silent node")
        fleet.thaw(victim)
        fleet.kill(victim)
    fleet.add()
    trial.away(2, back=True)
