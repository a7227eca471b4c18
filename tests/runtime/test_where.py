import pytest

from facescale.runtime.where import compile_where

ROW = {
    "item": "012/neutral",
    "subject": "012",
    "size": 1500,
    "attributes": {"age": "31", "expression": "neutral", "lens mm": "50"},
}


def holds(expression: str, row=None) -> bool:
    test = compile_where(
        expression,
        columns={"item", "subject", "size"},
        attributes={"age", "expression", "lens mm", "glasses"},
    )
    return test(row or ROW)


@pytest.mark.parametrize(
    "expression",
    [
        'subject == "012"',
        'subject == "012" and size > 1000',
        "1000 < size <= 1500",
        'expression in ("neutral", "smile")',
        'expression in ["neutral"]',
        'not expression == "smile"',
        'subject != "013" or size < 0',
        "age >= 31 and age < 32",
        'age == "31"',
        "size * 2 == 3000",
        "size > 1.4 * 1000 - 1",
        "-size < 0",
        'glob(item, "*/neutral")',
        'matches(item, "^0[0-9]{2}/")',
        '"neu" in expression',
        'attributes["lens mm"] == 50',
        'subject not in ("001", "002")',
        "size + 0 != size - 1",
    ],
)
def test_what_is_true_of_the_row_holds(expression):
    assert holds(expression)
    assert not holds(f"not ({expression})")


@pytest.mark.parametrize(
    "expression",
    [
        'glasses == "yes"',
        "glasses > 0",
        'glasses in ("yes", "no")',
        'glob(glasses, "*")',
        "expression > 3",
        'size == "big"',
        "size / 0 > 1",
    ],
)
def test_what_a_row_lacks_or_cannot_be_compared_with_does_not_hold(expression):
    assert not holds(expression)


def test_a_row_without_the_attribute_differs_from_every_value():
    assert holds('glasses != "yes"')
    assert holds('glasses not in ("yes", "no")')


def test_an_unknown_name_is_answered_with_the_names_that_exist():
    with pytest.raises(ValueError, match=r"'subjekt'.*item, size, subject.*age, expression, glasses, lens mm"):
        holds('subjekt == "012"')


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "subject.upper() == 'X'",
        "().__class__",
        "[x for x in size]",
        "(lambda: 1)()",
        "size if subject else 0",
        "subject[0] == '0'",
        "size ** 9999999",
        "f'{subject}'",
        "glob(item, subject)",
        "open('/etc/passwd')",
        "(size := 3)",
        "subject is None",
        "None",
        "~size",
    ],
)
def test_what_is_not_in_the_language_is_refused_before_any_row_is_read(expression):
    with pytest.raises(ValueError, match=r"not in the language"):
        compile_where(expression, columns={"item", "subject", "size"}, attributes=set())


@pytest.mark.parametrize("expression", ["", "size >", 'subject = "012"', "size > 1; size", "\0"])
def test_what_does_not_parse_is_answered_with_an_example(expression):
    with pytest.raises(ValueError, match="expected an expression like"):
        holds(expression)


def test_a_bad_regular_expression_is_refused():
    with pytest.raises(ValueError, match="expected a regular expression"):
        holds('matches(item, "(")')
