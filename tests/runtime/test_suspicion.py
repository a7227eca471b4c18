from facescale.runtime.protocol import Report
from facescale.runtime.suspicion import Suspicion
from facescale.structures.outcome import Outcome, Status


def end(suspicion, name, status=Status.FAILED, reason="fit-runtime-error"):
    key = name * 64
    outcome = Outcome(key=key, item=name, subject=name, status=status, reason=reason)
    report = Report(kind="outcome", worker="w", key=key, outcome=outcome.to_json().decode(), committed=True)
    return [one.key[0] for one in suspicion.take(report, outcome)]


def test_failures_of_the_fit_are_held_until_something_is_done():
    suspicion = Suspicion(proved=True)
    assert end(suspicion, "a") == []
    assert end(suspicion, "b") == []
    assert end(suspicion, "c", Status.DONE, "") == ["a", "b", "c"]
    assert not suspicion.is_grave
    assert suspicion.believe() == []


def test_what_is_wrong_with_inputs_says_nothing_of_the_worker():
    suspicion = Suspicion(proved=True)
    for name in "abc":
        assert end(suspicion, name, reason="input-unavailable") == [name]
        assert end(suspicion, name, Status.REJECTED, "no-face") == [name]
    assert not suspicion.is_grave


def test_three_failures_in_a_row_are_grave_and_may_be_given_back():
    suspicion = Suspicion(proved=True)
    for name in "abc":
        assert not suspicion.is_grave
        end(suspicion, name)
    assert suspicion.is_grave
    given = suspicion.disbelieve()
    assert [(one.kind, one.key[0], one.outcome, one.committed) for one in given] == [
        ("returned", name, "", False) for name in "abc"
    ]


def test_one_failure_is_enough_where_nothing_was_ever_done():
    suspicion = Suspicion()
    assert not suspicion.is_grave
    end(suspicion, "a")
    assert suspicion.is_grave
