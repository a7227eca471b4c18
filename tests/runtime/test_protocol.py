import json
from dataclasses import asdict

import pytest

from facescale.runtime import protocol
from facescale.runtime.protocol import (
    Began,
    Finished,
    GivingUp,
    Ready,
    Start,
    Stopped,
    Task,
    Work,
    WorkerConfig,
    decode,
    encode,
)
from facescale.runtime.stage import StageSpec
from tests.runtime.simulated_stage import item

CONFIG = WorkerConfig(
    spec=StageSpec(factory="a.b:c", arguments={"x": [1, 2]}),
    out="s3://bucket/out",
    run="r",
    deadline_s=1.5,
    setup_deadline_s=2.5,
    num_gpus=0.5,
)
TASK = Task(key="k" * 64, item=item("s-1", load="reject"))
MESSAGES = [
    Start(config=CONFIG, worker="w"),
    Work(tasks=(TASK, TASK), rehearsal=True),
    Ready(seconds=0.5),
    Began(phase="fit", keys=("a", "b")),
    Finished(key="a", outcome="{}", committed=True),
    Stopped(kind="no-space", message="line one\nline two"),
    GivingUp(reason="setup-failed", message="\x00\N{SNOWMAN}"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_survives_the_pipe_as_one_line(message):
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == message


@pytest.mark.parametrize(
    "line", [b"", b"noise from a library\n", b"[]", b"{}", b'{"is":"Nothing"}', b'{"is":"Ready"}']
)
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ValueError, match=r"expected a message|Expecting"):
        decode(line)


def test_a_worker_config_is_plain_values():
    assert protocol.worker_config(json.loads(json.dumps(asdict(CONFIG)))) == CONFIG


def test_an_item_is_plain_values():
    assert protocol.item_from_json(json.loads(json.dumps(asdict(TASK.item)))) == TASK.item
