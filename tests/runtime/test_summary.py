import pytest

from facescale.runtime.summary import ExitStatus, Summary, ThisRun, exit_status, summarise


def statuses(**counts: int) -> list[str]:
    return [status for status, count in counts.items() for _ in range(count)]


def test_the_counts_describe_every_item_of_the_manifest():
    summary = summarise(statuses(done=7, rejected=1, failed=2, quarantined=3, pending=4))
    assert (summary.total, summary.done, summary.rejected) == (17, 7, 1)
    assert (summary.failed, summary.quarantined, summary.pending) == (2, 3, 4)


def test_counts_that_do_not_add_up_are_a_broken_invariant():
    with pytest.raises(AssertionError, match="4 items are accounted for, 5 are in the manifest"):
        Summary(total=5, done=4, rejected=0, failed=0, quarantined=0, pending=0, this_run=ThisRun())


def test_an_unknown_status_is_never_counted_as_something_else():
    with pytest.raises(ValueError, match="sleeping"):
        summarise(["done", "sleeping"])


def test_a_summary_survives_its_file():
    summary = summarise(statuses(done=2, pending=1), ThisRun(committed=2, skipped=5, seconds=1.5))
    assert Summary.from_json(summary.to_json()) == summary


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"done": 100}, ExitStatus.FINE),
        ({}, ExitStatus.FINE),
        ({"done": 95, "failed": 5}, ExitStatus.FINE),
        ({"done": 94, "failed": 6}, ExitStatus.TOO_MANY_FAILED),
        ({"done": 94, "failed": 2, "quarantined": 2, "pending": 2}, ExitStatus.TOO_MANY_FAILED),
        ({"done": 1, "rejected": 99}, ExitStatus.FINE),
        ({"pending": 1}, ExitStatus.TOO_MANY_FAILED),
    ],
)
def test_a_run_is_fine_up_to_the_share_that_may_fail(counts, expected):
    assert exit_status(summarise(statuses(**counts))) is expected


def test_no_failure_at_all_is_allowed_where_the_share_is_zero():
    assert exit_status(summarise(statuses(done=99, failed=1)), max_failed=0.0) is ExitStatus.TOO_MANY_FAILED
    assert exit_status(summarise(statuses(done=99)), max_failed=0.0) is ExitStatus.FINE


def test_items_that_the_user_left_out_are_not_missing():
    summary = summarise(statuses(done=10, pending=190))
    assert exit_status(summary) is ExitStatus.TOO_MANY_FAILED
    assert exit_status(summary, left_out=190) is ExitStatus.FINE
    assert exit_status(summary, left_out=180) is ExitStatus.TOO_MANY_FAILED
