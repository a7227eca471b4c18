import pytest

from facescale.runtime.deadlines import culprit, limit_s, missed, no_progress_s


def test_a_child_that_is_not_ready_has_the_setup_deadline():
    assert limit_s(ready=False, deadline_s=1, setup_deadline_s=9) == 9
    assert limit_s(ready=True, deadline_s=1, setup_deadline_s=9) == 1


@pytest.mark.parametrize(
    ("phases", "phase"),
    [
        ({}, "start"),
        ({"a": "load"}, "load"),
        ({"a": "fit"}, "fit"),
        ({"a": "save"}, "save"),
        ({"a": "save", "b": "fit", "c": "load"}, "fit"),
        ({"a": "save", "c": "load"}, "save"),
    ],
)
def test_a_fit_in_progress_explains_any_silence_then_a_save_then_a_load(phases, phase):
    assert culprit(phases) == phase


@pytest.mark.parametrize(
    ("phase", "guilt", "reason"),
    [
        ("start", "worker", "slow-start"),
        ("load", "input", "slow-input"),
        ("fit", "item", "hang"),
        ("save", "output", "slow-output"),
    ],
)
def test_only_a_hang_in_fit_is_evidence_against_the_item(phase, guilt, reason):
    verdict = missed(phase, 300.0)
    assert (verdict.guilt, verdict.reason) == (guilt, reason)
    assert "within 300 s" in verdict.message


def test_ray_waits_longer_than_the_worst_shard_can_take():
    limit = no_progress_s(longest_shard=7, deadline_s=300, setup_deadline_s=600)
    assert limit > 7 * 2 * 900
