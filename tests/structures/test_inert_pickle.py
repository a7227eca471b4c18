import builtins
import io
import os
import pickle
import pickletools
import struct
from collections import OrderedDict

import numpy as np
import pytest
from scipy.sparse import csc_matrix

from facescale.heads.stand_ins.python2_pickle import Chumpy, python2_pickle
from facescale.structures.inert_pickle import Record, read_pickle
from facescale.structures.pickled_arrays import array_of


class Runs:
    """What an attacker pickles."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


HOSTILE = {
    "system": Runs(os.system, ("touch {}",)),
    "eval": Runs(eval, ("open('{}', 'w')",)),
    "exec": Runs(exec, ("open('{}', 'w')",)),
    "open": Runs(builtins.open, ("{}", "w")),
    "getattr": Runs(getattr, ("{}", "encode")),
    "numpy load": Runs(np.load, ("{}",)),
    "import": Runs(__import__, ("os",)),
    "map": Runs(map, (str, [1])),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("protocol", range(6))
def test_a_hostile_pickle_is_refused_and_does_nothing(tmp_path, name, protocol):
    victim = tmp_path / "victim"
    call, arguments = HOSTILE[name].call
    filled = tuple(a.format(victim) if isinstance(a, str) else a for a in arguments)
    data = pickle.dumps({"v_template": Runs(call, filled)}, protocol=protocol)
    with pytest.raises(ValueError, match=r"got a reference to .*, which no model needs"):
        read_pickle(data)
    assert not victim.exists()


def test_the_attack_is_real(tmp_path):
    """The same bytes, given to Python's own reader, do run."""
    victim = tmp_path / "victim"
    data = pickle.dumps(Runs(builtins.open, (str(victim), "w")))
    pickle.loads(data).close()  # noqa: TID251 - our own bytes
    assert victim.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Pid\n.", "PERSID"),
        (b"K\x01Q.", "BINPERSID"),
        (b"\x82\x01.", "EXT1"),
        (b"\x83\x01\x00.", "EXT2"),
        (b"\x84\x01\x00\x00\x00.", "EXT4"),
        (b"(S'touch x'\nios\nsystem\n.", "INST"),
        (b"(cnumpy\nndarray\nK\x01o.", "OBJ"),
        (b"\x96" + struct.pack("<Q", 1 << 62) + b".", "expected a pickle"),
        (b"\x97.", "NEXT_BUFFER"),
        (b"cos\nsystem\n.", "os.system"),
        (b"cnumpy\nndarray.tofile\n.", "ndarray.tofile"),
        (b"\x8c\x05numpy\x8c\x0endarray.tofile\x93.", "ndarray.tofile"),
        (b"cnumpy\nndarray\n}b.", "a state for something that has none"),
        (b"}}b.", "a state for something that has none"),
        (b"K\x01K\x02\x85R.", "a call of something that is not on the list"),
        (b"cnumpy\nndarray\n]R.", "a call of something that is not on the list"),
        (b"cnumpy\nndarray\n)}(K\x01K\x02u\x92.", "named arguments"),
        (b"T\xff\xff\xff\x7fabc.", "expected a pickle"),
        (b"\x8e" + struct.pack("<Q", 1 << 60) + b"abc.", "expected a pickle"),
        (b"", "EOF|Ran out|expected a pickle"),
        (b"\xff", "no instruction"),
        (b"h\x07.", "expected a pickle"),
        (b"0.", "expected a pickle"),
        (b"}]K\x01s.", "unhashable"),
        (b"PK\x03\x04", "expected a pickle"),
    ],
)
def test_instructions_that_reach_outside_or_make_no_sense_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        read_pickle(data)


def test_many_small_instructions_are_refused_before_they_fill_memory():
    with pytest.raises(ValueError, match="more instructions"):
        read_pickle(b"(" + b"}" * 1000 + b"l.", steps=100)


def test_shared_references_that_would_unfold_to_terabytes_stay_references():
    lines = [b"]q\x00"] + [
        b"](" + b"h" + bytes([k]) * 1 + (b"h" + bytes([k])) * 9 + b"eq" + bytes([k + 1]) for k in range(30)
    ]
    found = read_pickle(b"".join(lines) + b".")
    assert isinstance(found, list)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(5, dtype=">i4"),
        np.array([True, False]),
        np.ones((1, 3), np.float32),
        np.float64(2.5),
        csc_matrix(np.eye(4)[:3] * 2),
    ],
    ids=lambda a: f"{type(a).__name__}-{a.dtype.str}-{a.shape}",
)
def test_arrays_of_todays_libraries_come_back(array, protocol):
    found = array_of(read_pickle(pickle.dumps({"x": array}, protocol=protocol))["x"], "x")
    expected = array.toarray() if isinstance(array, csc_matrix) else array
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.asarray(expected).dtype.newbyteorder("=")


def test_what_python_2_and_chumpy_wrote_comes_back():
    x = np.random.default_rng(0).normal(size=(7, 3, 2))
    data = python2_pickle({"a": Chumpy(x), "b": csc_matrix(x[..., 0]), "c": x.astype(np.uint32), "d": "lbs"})
    names = {arg for op, arg, _ in pickletools.genops(io.BytesIO(data)) if op.name == "GLOBAL"}
    assert {"chumpy.ch Ch", "scipy.sparse.csc csc_matrix", "numpy.core.multiarray _reconstruct"} <= names
    found = read_pickle(data)
    np.testing.assert_array_equal(array_of(found["a"], "a"), x)
    np.testing.assert_array_equal(array_of(found["b"], "b"), x[..., 0])
    np.testing.assert_array_equal(array_of(found["c"], "c"), x.astype(np.uint32))
    assert found["d"] == "lbs"


def test_a_chumpy_selection_is_taken_from_what_it_selects():
    whole = read_pickle(python2_pickle({"a": Chumpy(np.arange(6.0)), "i": np.array([5, 0, 3, 1])}))
    state = {"a": whole["a"], "idxs": whole["i"], "preferred_shape": (2, 2)}
    found = array_of(Record(kind="chumpy-select", arguments=(), state=state), "x")
    np.testing.assert_array_equal(found, [[5, 0], [3, 1]])
    for spoilt in ({"idxs": 7}, {"preferred_shape": (3, 3)}, {"a": OrderedDict()}):
        with pytest.raises(ValueError, match="expected an array of numbers in x"):
            array_of(Record(kind="chumpy-select", arguments=(), state={**state, **spoilt}), "x")


def array_record(shape=(2,), dtype="f8", order="<", raw=bytes(16)):
    kind = Record(kind="dtype", arguments=(dtype, False, True), state=(3, order, None, None, None, -1, -1, 0))
    return Record(kind="array", arguments=(), state=(1, shape, kind, False, raw))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (array_record(shape=(1 << 40,)), "16 bytes for the shape"),
        (array_record(shape=(1 << 80, 1 << 80)), "16 bytes for the shape"),
        (array_record(shape=(-1, -2)), "the shape"),
        (array_record(shape=("2",)), "the shape"),
        (array_record(shape=(1,) * 40 + (2,)), "the shape"),
        (array_record(dtype="O8", raw=[1, 2]), "in place of an array's bytes"),
        (array_record(dtype="O8"), "numbers of the type 'O8'"),
        (array_record(dtype="V16"), "numbers of the type"),
        (array_record(dtype="f16"), "numbers of the type"),
        (array_record(order="x"), "the byte order"),
        (array_record(raw="\u1234" * 8), "latin-1"),
        (array_record(raw=[1, 2]), "in place of an array's bytes"),
        (Record(kind="array", arguments=(), state=None), "expected an array"),
        (Record(kind="chumpy", arguments=(), state={}), "'x'"),
        (Record(kind="set", arguments=()), "a set"),
        ({"a": 1}, "a dict"),
        ("text", "a str"),
        ([1, "2"], "a list"),
    ],
)
def test_arrays_that_are_not_what_they_claim_are_refused(value, said):
    with pytest.raises(ValueError, match=said):
        array_of(value, "shapedirs")


def test_wrappers_that_contain_themselves_end():
    record = Record(kind="chumpy", arguments=(), state={})
    record.state["x"] = record
    with pytest.raises(ValueError, match="wrappers within wrappers"):
        array_of(record, "x")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shape": (1 << 20, 1 << 20)}, "a matrix of"),
        ({"indices": [0, 9]}, "a sparse matrix's rows"),
        ({"indptr": [0, 1]}, "do not fit"),
        ({"indptr": [0, 3, 2]}, "do not fit"),
        ({"indptr": [1, 1, 2]}, "do not fit"),
        ({"data": [1.0]}, "do not fit"),
    ],
)
def test_sparse_matrices_that_do_not_hold_together_are_refused(change, said):
    state = {"shape": (3, 2), "data": [1.0, 2.0], "indices": [0, 2], "indptr": [0, 1, 2]}
    matrix = array_of(Record(kind="sparse-columns", arguments=(), state=state), "J_regressor")
    np.testing.assert_array_equal(matrix, [[1, 0], [0, 0], [0, 2]])
    with pytest.raises(ValueError, match=said):
        array_of(Record(kind="sparse-columns", arguments=(), state={**state, **change}), "J_regressor")
