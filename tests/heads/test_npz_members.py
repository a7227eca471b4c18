import io
import zipfile

import numpy as np
import pytest

from facescale.heads.npz_members import digest, read_members, read_npy

ROOM = 1 << 20


def saved(tmp_path, **arrays):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, **arrays)
    return path


def test_numbers_text_and_objects_are_read_and_only_those_wanted(tmp_path):
    numbers = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    table = {1: 2, 3: -1}
    path = saved(
        tmp_path,
        numbers=numbers,
        text=np.array(["a", "b"]),
        table=np.array(table, dtype=object),
        rows=np.array([[1, 2], [3]], dtype=object),
        other=np.zeros(9),
    )
    found = read_members(path, ("numbers", "text", "table", "rows", "absent"), limit=ROOM)
    assert found.keys() == {"numbers", "text", "table", "rows"}
    np.testing.assert_array_equal(found["numbers"], numbers)
    assert found["text"].tolist() == ["a", "b"]
    assert found["table"] == table
    assert found["rows"] == [[1, 2], [3]]


def test_an_npy_is_read_as_an_array_of_an_npz_is(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(6, dtype=np.int16).reshape(2, 3))
    path.write_bytes(path.read_bytes() + b"what follows")
    assert read_npy(path, limit=ROOM).tolist() == [[0, 1, 2], [3, 4, 5]]


class Runs:
    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


def test_hostile_objects_are_refused_and_do_nothing(tmp_path):
    victim = tmp_path / "victim"
    path = saved(tmp_path, table=np.array({1: Runs(victim)}, dtype=object))
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        read_members(path, ("table",), limit=ROOM)
    np.save(tmp_path / "a.npy", np.array([Runs(victim)], dtype=object))
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        read_npy(tmp_path / "a.npy", limit=ROOM)
    assert not victim.exists()


def test_what_claims_too_much_is_refused_before_room_is_made(tmp_path, monkeypatch):
    path = saved(tmp_path, zeros=np.zeros(ROOM))
    assert path.stat().st_size < ROOM / 10
    monkeypatch.setattr(np, "empty", lambda *_, **__: pytest.fail("room was made"))
    with pytest.raises(ValueError, match=f"at most {ROOM} bytes"):
        read_members(path, ("zeros",), limit=ROOM)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }".ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zeros.npy", b"\x93NUMPY\x01\x00v\x00" + header)
    with pytest.raises(ValueError, match=r"0 bytes for the shape \(99999999999,\)"):
        read_members(path, ("zeros",), limit=ROOM)


@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_damage_anywhere_is_a_value_error_or_does_no_harm(tmp_path, kind):
    """Every byte of a small file in turn: what is read is numbers, or nothing."""
    stream = io.BytesIO()
    if kind == "npz":
        np.savez_compressed(stream, a=np.arange(5.0), b=np.array({1: [2, 3]}, dtype=object))
    else:
        np.save(stream, np.array([1, [2, 3]], dtype=object), allow_pickle=True)
    whole, path = stream.getvalue(), tmp_path / f"a.{kind}"
    refused = 0
    rng = np.random.default_rng(0)
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(spoilt))
        try:
            if kind == "npz":
                read_members(path, ("a", "b"), limit=ROOM)
            else:
                read_npy(path, limit=ROOM)
        except ValueError:
            refused += 1
    assert refused > len(whole) / 4


def test_a_digest_tells_a_made_up_file_and_a_pointer(tmp_path):
    from facescale.heads.bounded_files import STAND_IN_MARK, sha256

    path = tmp_path / "a"
    path.write_bytes(b"plain")
    assert digest(path, ROOM) == (sha256(b"plain"), False)
    path.write_bytes(b"plain" + STAND_IN_MARK)
    assert digest(path, ROOM)[1]
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match="the pointer that git keeps"):
        digest(path, ROOM)
    with pytest.raises(ValueError, match="at most 3 bytes"):
        digest(path, 3)
