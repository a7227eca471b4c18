from facescale.fitting.status import SolveStatus


def test_every_status_has_a_sentence_of_its_own():
    assert len({status.sentence for status in SolveStatus}) == len(SolveStatus)


def test_only_a_fit_that_followed_its_data_is_usable():
    unusable = {SolveStatus.RUNNING, SolveStatus.STARVED, SolveStatus.NOT_FINITE}
    assert {status for status in SolveStatus if not status.usable} == unusable
