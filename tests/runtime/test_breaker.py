from facescale.runtime.breaker import LIMIT, WINDOW, Breaker
from facescale.structures.outcome import Status


def fed(*entries):
    breaker = Breaker()
    return [breaker.add(status, reason) for status, reason in entries]


def test_forty_failures_for_one_reason_trip_it():
    said = fed(*[(Status.FAILED, "fit-value-error")] * LIMIT)
    assert said[:-1] == [""] * (LIMIT - 1)
    assert "fit-value-error" in said[-1]


def test_rejections_count_like_failures():
    assert fed(*[(Status.REJECTED, "empty-mesh")] * LIMIT)[-1]


def test_failures_for_different_reasons_do_not_trip_it():
    assert not any(fed(*[(Status.FAILED, f"reason-{i % 2}") for i in range(200)]))


def test_the_same_reason_under_two_statuses_is_two_reasons():
    assert not any(fed(*[(Status.FAILED, "x"), (Status.REJECTED, "x")] * 100))


def test_ten_done_among_fifty_do_not_save_a_run_but_eleven_do():
    bad, good = (Status.FAILED, "x"), (Status.DONE, "")
    assert any(fed(*[good] * 10, *[bad] * 40))
    assert not any(fed(*([good] * 11 + [bad] * 39) * 10))


def test_what_left_the_window_is_forgotten():
    bad, good = (Status.FAILED, "x"), (Status.DONE, "")
    assert not any(fed(*[bad] * (LIMIT - 1), *[good] * WINDOW, *[bad] * (LIMIT - 1)))


def test_quarantined_items_do_not_trip_it():
    assert not any(fed(*[(Status.QUARANTINED, "crash-sigsegv")] * 100))
