import json
import zipfile

import numpy as np
import pytest
import torch

from facescale.heads.converted import FORMAT, read_head, write_head
from tests.heads.random_bilinear_head import random_bilinear_head
from tests.heads.random_boned_head import random_boned_head, random_boned_params
from tests.heads.random_decoded_head import random_decoded_head, random_latent
from tests.heads.random_head import random_head, random_params
from tests.heads.random_skinned_head import random_skinned_head, random_skinned_params

HEADS = {
    "linear": (random_head, random_params, ("identity", "expression", "pose")),
    "skinned": (random_skinned_head, random_skinned_params, ("identity", "jaw", "eyes")),
    "bilinear": (random_bilinear_head, random_params, ("identity", "expression")),
    "decoded": (random_decoded_head, random_latent, ()),
    "boned": (random_boned_head, random_boned_params, ("tau_rotation", "tau_scale")),
}


@pytest.mark.parametrize("family", HEADS)
def test_a_head_comes_back_as_it_was(tmp_path, family):
    make, draw, names = HEADS[family]
    head = make()
    digest = write_head(head, tmp_path / "head.npz")
    again = read_head(tmp_path / "head.npz")
    params = draw(head, 2, names=names)
    assert torch.equal(again.evaluate(params), head.evaluate(params))
    assert torch.equal(again.faces, head.faces)
    assert again.card.assets == {"converted": digest}
    for mine, other in zip(again.blocks, head.blocks, strict=True):
        assert (mine.name, mine.size, mine.scope, mine.unit_scale) == (
            other.name,
            other.size,
            other.scope,
            other.unit_scale,
        )
        assert torch.equal(mine.prior_mean, other.prior_mean)
        assert torch.equal(mine.upper, other.upper)
    assert again.landmarks["now7"].face.tolist() == head.landmarks["now7"].face.tolist()
    assert again.regions.keys() == head.regions.keys()


def test_the_same_head_is_the_same_bytes(tmp_path):
    write_head(random_head(), tmp_path / "a.npz")
    write_head(random_head(), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.npz", "b.npz"], "no temporary file is left"


def rewritten(tmp_path, make, changes):
    write_head(make(), tmp_path / "head.npz")
    with np.load(tmp_path / "head.npz") as file:
        arrays = dict(file)
    arrays = {name: array for name, array in {**arrays, **changes(arrays)}.items() if array is not None}
    np.savez(tmp_path / "head.npz", **arrays)
    return tmp_path / "head.npz"


def put(name, index, value):
    def change(arrays):
        array = arrays[name].copy()
        array[index] = value
        return {name: array}

    return change


def meta(**changes):
    return lambda arrays: {"meta": np.array(json.dumps({**json.loads(str(arrays["meta"])), **changes}))}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (put("zero", (0, 0), np.nan), "finite numbers in zero"),
        (put("basis", (0, 0, 0), np.inf), "finite numbers in basis"),
        (put("faces", (0, 0), 200), "indices of faces in 0..199"),
        (put("faces", (0, 0), -1), "indices of faces"),
        (put("landmarks/now7/face", 0, 4000), "indices of landmarks 'now7'"),
        (put("landmarks/now7/barycentric", (0, 0), np.nan), "finite numbers in barycentrics"),
        (put("blocks/identity/prior_std", 0, 0.0), "positive deviations"),
        (put("blocks/identity/lower", 0, 9.0), "ordered bounds"),
        (lambda a: {"basis": a["basis"][:, :2]}, r"basis of shape \(200, 3, any\)"),
        (lambda a: {"basis": a["basis"][..., :2]}, r"basis of shape \(200, 3, 14\)"),
        (lambda a: {"zero": a["zero"][:-1]}, "expected"),
        (lambda a: {"zero": a["zero"].astype(int)}, "zero of shape .* kind f"),
        (lambda a: {"regions/face": a["regions/face"][:-1]}, "region 'face' of shape"),
        (lambda _: {"regions/face": None}, "none of .'face'."),
        (lambda _: {"faces": None}, "without or with a bad 'faces'"),
        (lambda _: {"blocks/identity/upper": None}, "without or with a bad 'blocks/identity/upper'"),
        (lambda _: {"meta": np.array("{")}, "Expecting"),
        (lambda _: {"meta": np.array(3)}, "that `facescale heads import` wrote"),
        (lambda _: {"format": np.array("other 1")}, "that `facescale heads import` wrote"),
        (meta(family="blob"), "expected one of the families"),
        (meta(card={"name": "x"}), "without or with a bad"),
        (meta(blocks=[{"name": "identity"}]), "without or with a bad 'scope'"),
    ],
)
def test_a_malformed_linear_head_is_refused_saying_why(tmp_path, changes, said):
    with pytest.raises(ValueError, match=said):
        read_head(rewritten(tmp_path, random_head, changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (put("weights", (0, 0), 5.0), "skinning weights that sum to 1"),
        (meta(parents=[-1, 0, 4, 1, 1]), "each joint after its parent"),
        (meta(turned={"neck": [1], "jaw": [2], "eyes": [3, 9]}), "one block each"),
        (lambda a: {"correctives": a["correctives"][..., :-1]}, "expected the shapes"),
    ],
)
def test_a_malformed_skinned_head_is_refused_saying_why(tmp_path, changes, said):
    with pytest.raises(ValueError, match=said):
        read_head(rewritten(tmp_path, random_skinned_head, changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (put("mixing", (1, 1, 1), np.nan), "finite numbers in mixing"),
        (lambda a: {"mixing": a["mixing"][:-1]}, "expected the shapes"),
        (lambda a: {"mixing": a["mixing"][..., :-1]}, "expected the shapes"),
        (lambda a: {"directions": a["directions"][..., :-1]}, "as many directions as are mixed, got 8 and 9"),
        (meta(blocks=[]), "expected two blocks"),
    ],
)
def test_a_malformed_bilinear_head_is_refused_saying_why(tmp_path, changes, said):
    with pytest.raises(ValueError, match=said):
        read_head(rewritten(tmp_path, random_bilinear_head, changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (put("weights", (0, 0), 5.0), "skinning weights that sum to 1"),
        (put("joints", (0, 0), 6), "indices of joints in 0..5"),
        (lambda a: {"joints": a["joints"].astype(np.float32)}, "joints of shape .* kind i"),
        (meta(parents=[-1, 0, 3, 1, 3, 0]), "each bone after its parent"),
    ],
)
def test_a_malformed_boned_head_is_refused_saying_why(tmp_path, changes, said):
    with pytest.raises(ValueError, match=said):
        read_head(rewritten(tmp_path, random_boned_head, changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (put("decoder/ups/1/columns", 0, 48), "columns in 0..47"),
        (put("decoder/ups/1/starts", 1, 10**6), "one after another"),
        (put("decoder/convolutions/0/weight", (0, 0, 0), np.nan), "finite numbers in weight of convolution 0"),
        (put("decoder/convolutions/2/graph", (), 7), "channels and a graph"),
        (
            lambda _: {"decoder/graphs/0/values": None},
            "with a bad 'graphs/0/values'",
        ),
        (lambda a: {"spread": a["spread"][:-1]}, "spread of shape"),
    ],
)
def test_a_malformed_decoded_head_is_refused_saying_why(tmp_path, changes, said):
    with pytest.raises(ValueError, match=said):
        read_head(rewritten(tmp_path, random_decoded_head, changes))


def test_objects_in_the_archive_are_refused_unread(tmp_path):
    path = rewritten(tmp_path, random_head, lambda _: {"zero": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(ValueError, match="an npz of plain arrays"):
        read_head(path)


def test_a_zip_that_claims_to_unpack_to_too_much_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zero.npy", bytes(4_000_000))
    monkeypatch.setattr("facescale.heads.bounded_files.MAX_BYTES", 1_000_000)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(ValueError, match="at most 1000000 bytes"):
        read_head(path)


def test_an_array_that_claims_a_huge_shape_is_refused(tmp_path):
    header = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }".ljust(117)
        + b"\n"
    )
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zero.npy", header)
    with pytest.raises(ValueError, match="an npz of plain arrays"):
        read_head(path)


def test_a_file_of_something_else_is_told_what_to_do(tmp_path):
    np.savez(tmp_path / "x.npz", neutral=np.zeros(3))
    with pytest.raises(ValueError, match=r"`facescale heads import` wrote .* got the arrays \['neutral'\]"):
        read_head(tmp_path / "x.npz")
    assert FORMAT.endswith(" 1")
