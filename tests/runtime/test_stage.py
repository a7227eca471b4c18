import pytest

from facescale.runtime.stage import AbstractStage, Saved, StageSpec


class Echo(AbstractStage):
    def __init__(self, word):
        self.word = word

    def setup(self):
        pass

    def load(self, item):
        return item

    def fit(self, samples):
        return samples

    def save(self, result, folder):
        return Saved(row={})


def test_a_spec_builds_what_its_factory_returns():
    spec = StageSpec(factory="tests.runtime.test_stage:Echo", arguments={"word": "hello"})
    assert spec.build().word == "hello"


@pytest.mark.parametrize("factory", ["fractions", "fractions.Fraction", "a b:c", ""])
def test_a_factory_that_is_no_import_path_is_refused(factory):
    with pytest.raises(ValueError, match="expected a factory like"):
        StageSpec(factory=factory)
