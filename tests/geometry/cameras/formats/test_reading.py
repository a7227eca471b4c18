import pytest

from facescale.geometry.cameras.formats.reading import matrix, number, numbers, text_of, whole
from facescale.structures.errors import CaptureRejected


@pytest.mark.parametrize("token", ["1", " 1.0 ", "1e0", 1, 1.0])
def test_numbers_are_read(token):
    assert number(token, "test", "x") == 1


@pytest.mark.parametrize(
    "token", ["", "one", "1_0", "nan", "inf", "1e400", "1e13", None, True, [1], {}, 10**400, "0x10"]
)
def test_what_is_no_number_is_refused(token):
    with pytest.raises(CaptureRejected, match="for x"):
        number(token, "test", "x")


@pytest.mark.parametrize("token", ["-1", "1.5", "11"])
def test_what_is_no_count_is_refused(token):
    with pytest.raises(CaptureRejected, match="whole number from 0 to 10"):
        whole(token, "test", "x", largest=10)


def test_counts_and_shapes_must_agree():
    assert numbers(["1", 2], 2, "test", "x").tolist() == [1, 2]
    with pytest.raises(CaptureRejected, match="3 numbers for x, found 2: 1 2"):
        numbers(["1", 2], 3, "test", "x")
    assert matrix([[1, 2]], 1, 2, "test", "x").tolist() == [[1, 2]]
    for bad in ([1, 2], "12", [[1, 2], [3, 4]], None):
        with pytest.raises(CaptureRejected, match="1 rows of 2 numbers"):
            matrix(bad, 1, 2, "test", "x")


def test_text_is_utf8_with_or_without_a_mark():
    assert text_of(b"\xef\xbb\xbf#name", "test") == "#name"
    for data, message in (
        (b"\xff\xfe", "UTF-8"),
        (b"a\0", "zero byte"),
        (b" \n", "without text"),
        (b"ab", "at most 1"),
    ):
        with pytest.raises(CaptureRejected, match=message):
            text_of(data, "test", max_bytes=1 if message == "at most 1" else 100)
