import os

import pytest

from facescale.corpora.files import list_files, read_input, write_bytes
from facescale.structures import InputFile


def make(root, *paths):
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.encode())


def listed(root, path, size=0):
    return InputFile(role="scan", uri=str(root / path), path=path, size=size)


def names(root):
    return [entry.path for entry in list_files(str(root))]


def test_files_come_in_the_order_of_their_whole_paths(tmp_path):
    make(tmp_path, "b/x.ply", "a/z.ply", "a.ply", "a-b/q.ply", "a/B.ply", "a/b.ply", "b.ply", "Z.ply")
    assert names(tmp_path) == sorted(names(tmp_path))
    assert len(names(tmp_path)) == 8


def test_hidden_and_truth_folders_are_left_out(tmp_path):
    make(
        tmp_path,
        "a.ply",
        ".cache/b.ply",
        "._a.ply",
        "x-truth/c.ply",
        "__MACOSX/d.ply",
        "e/.f/g.ply",
        "h-truth.ply",
    )
    assert names(tmp_path) == ["a.ply", "h-truth.ply"]


def test_a_root_below_a_hidden_folder_is_listed(tmp_path):
    make(tmp_path, ".data/x-truth/a.ply")
    assert names(tmp_path / ".data" / "x-truth") == ["a.ply"]


def test_linked_folders_are_followed_once_and_dangling_links_are_shown(tmp_path):
    make(tmp_path, "real/a.ply")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.ply").symlink_to(tmp_path / "nowhere.ply")
    found = names(tmp_path)
    assert found == ["gone.ply", "linked/a.ply", "real/a.ply"]
    with pytest.raises(FileNotFoundError):
        read_input(listed(tmp_path, "gone.ply"), limit=10)


def test_a_name_that_is_no_text_is_named(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"a\xff.ply")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(ValueError, match=r"a\\xff\.ply"):
        names(tmp_path)


@pytest.mark.parametrize("path", ["missing", "file.ply"])
def test_a_root_that_is_no_folder_is_a_bad_setting(tmp_path, path):
    make(tmp_path, "file.ply")
    with pytest.raises(ValueError, match="expected a folder"):
        names(tmp_path / path)


def test_a_file_above_the_limit_is_not_read(tmp_path):
    make(tmp_path, "abc")
    assert read_input(listed(tmp_path, "abc"), limit=3) == b"abc"
    for size in (3, 1):
        with pytest.raises(ValueError, match="at most 2 bytes"):
            read_input(listed(tmp_path, "abc", size), limit=2)


def test_writing_leaves_nothing_but_the_file(tmp_path):
    write_bytes(f"file://{tmp_path}/a/b.bin", b"1")
    write_bytes(str(tmp_path / "a" / "b.bin"), b"22")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.bin"]
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"22"
