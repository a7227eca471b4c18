import pytest

from facescale.structures.formats import NewerFormat, check_format


def test_formats_up_to_ours_are_read_and_later_ones_refused_with_what_to_do():
    check_format("a thing", 1, 2)
    check_format("a thing", "2", 2)
    with pytest.raises(NewerFormat, match=r"format 2 or older, got 3.*update"):
        check_format("a thing", 3, 2)


@pytest.mark.parametrize("nonsense", ["", None, "x", 0])
def test_what_is_no_version_is_an_error_of_another_kind(nonsense):
    with pytest.raises(ValueError, match="a thing") as raised:
        check_format("a thing", nonsense, 2)
    assert not isinstance(raised.value, NewerFormat)
