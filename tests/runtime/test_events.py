import json

import pytest

from facescale.runtime import events
from facescale.structures.outcome import Outcome, Status

ENDED = Outcome(
    key="ab" * 32,
    item="s1/neutral",
    subject="s1",
    status=Status.REJECTED,
    reason="not-a-head",
    run="run-1",
    worker="w-1",
    timings={"load": 0.5, "fit": 0.25},
)


def test_an_item_that_ends_is_one_json_line_with_its_key(monkeypatch, capsys):
    monkeypatch.setenv(events.VARIABLE, "json")
    events.item_ended(ENDED)
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "event": "item",
        "key": ENDED.key,
        "item": "s1/neutral",
        "subject": "s1",
        "status": "rejected",
        "reason": "not-a-head",
        "run": "run-1",
        "worker": "w-1",
        "seconds": 0.75,
    }


@pytest.mark.parametrize("value", ["", "text"])
def test_nobody_who_did_not_ask_is_told(monkeypatch, capsys, value):
    monkeypatch.setenv(events.VARIABLE, value)
    events.item_ended(ENDED)
    events.emit("run", counts=3)
    assert capsys.readouterr().err == ""


def test_ray_s_counters_get_every_item_by_status_and_every_second_by_stage(monkeypatch):
    from ray.util import metrics

    counted = []

    class Recorder:
        def __init__(self, name, description, tag_keys):
            self.name, self.tag_keys = name, tag_keys
            assert description

        def inc(self, value, tags):
            assert set(tags) == set(self.tag_keys)
            counted.append((self.name, value, tags))

    monkeypatch.setattr(metrics, "Counter", Recorder)
    from facescale.runtime.ray_engine import Metrics

    Metrics().observe(ENDED)
    assert counted == [
        ("facescale_items", 1.0, {"status": "rejected", "reason": "not-a-head"}),
        ("facescale_seconds", 0.5, {"stage": "load"}),
        ("facescale_seconds", 0.25, {"stage": "fit"}),
    ]
