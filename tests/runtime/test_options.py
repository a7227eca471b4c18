import pytest

from facescale.runtime.options import RunOptions


def test_the_defaults_are_those_of_the_design():
    options = RunOptions()
    assert (options.engine, options.deadline_s, options.setup_deadline_s) == ("ray", 300.0, 600.0)
    assert options.max_failed == 0.05


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": -1}, "workers"),
        ({"deadline_s": 0.0}, "deadline_s"),
        ({"setup_deadline_s": -1.0}, "setup_deadline_s"),
        ({"max_failed": 1.5}, "max_failed"),
        ({"engine": "local", "address": "ray://head:10001"}, "address"),
    ],
)
def test_what_cannot_be_is_refused_with_expected_and_got(options, said):
    with pytest.raises(ValueError, match=rf"expected.*{said}.*got"):
        RunOptions(**options)
