import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.corpora.contained import contained
from facescale.structures import CaptureRejected


@pytest.mark.parametrize(
    ("path", "folder", "found"),
    [
        ("a/b.jpg", "", "a/b.jpg"),
        ("./a//b.jpg", "", "a/b.jpg"),
        ("../images/00001.png", "views", "images/00001.png"),
        ("b.jpg", "a", "a/b.jpg"),
        ("..b/c", "", "..b/c"),
    ],
)
def test_a_path_below_the_root_is_normalised(path, folder, found):
    assert contained(path, folder) == found


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("", ""),
        (".", ""),
        ("..", "a"),
        ("../x", ""),
        ("a/../../x", ""),
        ("../../x", "a"),
        ("/etc/passwd", ""),
        ("~/x", ""),
        ("C:\\x", ""),
        ("c:/x", ""),
        ("a\\..\\x", ""),
        ("s3://bucket/x", ""),
        ("file:///x", ""),
        ("a\x00b", ""),
        ("a\nb", ""),
    ],
)
def test_a_path_that_leaves_the_root_is_refused(path, folder):
    with pytest.raises(CaptureRejected, match="expected a path inside the corpus"):
        contained(path, folder)


@given(st.text(max_size=40), st.sampled_from(["", "a", "a/b"]))
def test_whatever_is_let_through_stays_inside(path, folder):
    try:
        found = contained(path, folder)
    except CaptureRejected:
        return
    assert found
    assert not found.startswith("/")
    assert ".." not in found.split("/")
