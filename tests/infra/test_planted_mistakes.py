"""Each mistake is planted into the real files, and must be found by the rule that is there for it."""

import re

import pytest

from infra.validate.check import check
from tests.infra.checkout import ROOT, copy_checkout, planted
from tests.infra.mistakes import MISTAKES


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


def test_the_files_as_they_are_have_nothing_wrong():
    assert [str(finding) for finding in check(ROOT)] == []


def test_a_copy_of_them_has_nothing_wrong_either(checkout):
    assert check(checkout) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_it_is_found_by_the_rule_that_is_there_for_it(mistake, checkout):
    file, old, new, rule = MISTAKES[mistake]
    with planted(checkout, file, old, new):
        findings = check(checkout)
    found = [finding for finding in findings if finding.rule == rule]
    assert found, [str(finding) for finding in findings]
    assert all("expected" in finding.message for finding in found)


def test_every_rule_has_a_mistake_that_it_finds():
    sources = "".join(path.read_text() for path in (ROOT / "infra/validate").rglob("*.py"))
    named = re.findall(r'finding\(\s*"([a-z-]+)"|rule="([a-z-]+)"|"([a-z-]+)": \(r"|step, "([a-z-]+)"', sources)
    rules = {name for names in named for name in names if name}
    assert len(rules) > 50
    assert rules - {rule for _, _, _, rule in MISTAKES.values()} == set()
