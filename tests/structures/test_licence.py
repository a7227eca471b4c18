import pytest

from facescale.structures.licence import allows_commercial_use


@pytest.mark.parametrize("flag", ["MIT", "Apache-2.0", "CC-BY-4.0, credit needed", "yours"])
def test_known_free_licences_allow_commercial_use(flag):
    assert allows_commercial_use(flag)


@pytest.mark.parametrize(
    "flag",
    [
        "",
        "CC BY-NC 4.0",
        "CC-BY-NC-4.0",
        "MIT-like",
        "non-commercial research, registration needed",
        "nphm (research only)",
        "as its owner says: the file has none",
    ],
)
def test_everything_else_does_not(flag):
    assert not allows_commercial_use(flag)
