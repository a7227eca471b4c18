import pytest

from facescale.corpora.subjects import match_subject, subject_pattern


def subject(pattern, stem):
    return match_subject(subject_pattern(pattern), stem)


@pytest.mark.parametrize(
    ("pattern", "stem", "expected"),
    [
        ("", "s01/neutral", "s01"),
        ("", "s01/day2/neutral", "s01"),
        ("", "s01", "s01"),
        ("{subject}/{name}", "s01/day2/neutral", "s01"),
        ("scans/{subject}/{name}", "scans/007/a", "007"),
        ("{subject}_{name}", "007_smile_2", "007"),
        ("{site}/{subject}/{name}", "york/12/x", "12"),
        (r"(?:.*/)?(?P<subject>\d+)_.*", "raw/2020/0042_neutral", "0042"),
    ],
)
def test_the_subject_is_where_the_pattern_says(pattern, stem, expected):
    assert subject(pattern, stem).subject == expected


def test_other_fields_become_the_sequence_and_attributes():
    found = subject("{site}/{subject}/{sequence}", "york/12/smile")
    assert (found.sequence, dict(found.attributes)) == ("smile", {"site": "york"})


def test_a_path_that_does_not_match_keeps_the_default_and_says_so():
    found = subject("{subject}_{name}", "s01/neutral")
    assert (found.subject, dict(found.attributes)) == ("s01", {"subject_pattern": "unmatched"})


def test_dots_in_a_template_are_dots():
    assert subject("{subject}.v1/{name}", "axv1/b").attributes == {"subject_pattern": "unmatched"}


@pytest.mark.parametrize("pattern", ["{person}/{name}", "(?P<subject>[", "{subject}/{subject}", "plain"])
def test_a_pattern_that_cannot_work_is_a_bad_setting(pattern):
    with pytest.raises(ValueError, match="expected"):
        subject_pattern(pattern)
