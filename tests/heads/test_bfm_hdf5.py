import h5py
import numpy as np
import pytest
import torch

from facescale.heads.bfm_hdf5 import convert_bfm_hdf5
from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.converted import read_head, write_head
from facescale.heads.hdf5_files import dataset, hdf5
from facescale.heads.stand_ins.bfm import Sizes, write_bfm

SIZES = Sizes(vertices=900, faces=1700, identity=8, colour=3, expression=5)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("bfm") / "model.h5"
    write_bfm(path, SIZES)
    return path


@pytest.fixture(scope="module")
def head(path):
    return convert_bfm_hdf5(path, "bfm2017")


@pytest.fixture
def copy(path, tmp_path):
    (tmp_path / "m.h5").write_bytes(path.read_bytes())
    # carried-over landmarks take a second, and are tested once
    face = np.load(path.parent / "sites.npz") if (path.parent / "sites.npz").is_file() else None
    if face is not None:
        (tmp_path / "m.landmarks.npz").write_bytes((path.parent / "sites.npz").read_bytes())
    return tmp_path / "m.h5"


@pytest.fixture(scope="module", autouse=True)
def sites(head, path):
    sites = head.landmarks["ibug68"]
    np.savez(path.parent / "sites.npz", face=sites.face.numpy(), barycentric=sites.barycentric.numpy())


def test_the_stand_in_has_the_keys_shapes_and_types_of_the_published_file(path):
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, entry: found.update({name: entry}) if isinstance(entry, h5py.Dataset) else None
        )
        for group, size in (("shape", 8), ("color", 3), ("expression", 5)):
            expected = {
                "model/mean": ((2700,), "f4"),
                "model/pcaBasis": ((2700, size), "f4"),
                "model/pcaVariance": ((size,), "f4"),
                "model/noiseVariance": ((1,), "f4"),
                "representer/points": ((3, 900), "f4"),
                "representer/cells": ((3, 1700), "i4"),
                "version/majorVersion": ((), "i4"),
                "version/minorVersion": ((), "i4"),
            }
            assert {
                n: (found[f"{group}/{n}"].shape, found[f"{group}/{n}"].dtype.str[1:]) for n in expected
            } == expected
        assert file["color/representer/colorspace"][()] == b"RGB"
        assert "metadata/landmarks/json" in file


def test_a_shape_is_mean_and_scaled_components_of_both_parts(path, head):
    with h5py.File(path, "r") as file:
        parts = {
            g: {n: file[f"{g}/model/{n}"][()] for n in ("mean", "pcaBasis", "pcaVariance")}
            for g in ("shape", "expression")
        }
    alpha, beta = np.linspace(-1, 1, 8), np.linspace(2, -1, 5)
    expected = sum(
        p["mean"] + p["pcaBasis"] @ (np.sqrt(p["pcaVariance"]) * c)
        for p, c in zip(parts.values(), (alpha, beta), strict=True)
    )
    rest = parts["shape"]["mean"] + parts["expression"]["mean"]
    found = head.evaluate(
        {"identity": torch.tensor(alpha)[None].float(), "expression": torch.tensor(beta)[None].float()}
    )
    moved = (found[0] - head.mean_vertices()).double().numpy()
    np.testing.assert_allclose(moved, (expected - rest).reshape(-1, 3), atol=1e-4)


def test_coefficients_come_back_from_vertices(head):
    wanted = torch.randn(1, 8, generator=torch.Generator().manual_seed(0))
    moved = (head.evaluate({"identity": wanted}) - head.mean_vertices()).reshape(-1, 1).double()
    found = torch.linalg.lstsq(head.basis[..., :8].reshape(-1, 8).double(), moved).solution[:, 0]
    torch.testing.assert_close(found, wanted[0].double(), rtol=0, atol=1e-4)


def test_the_head_keeps_the_contract(head, tmp_path):
    assert head.card.name == "bfm2017(stand-in)"
    assert {"scannable", "face", "head"} <= head.regions.keys()
    assert len(head.landmarks["ibug68"].face) == 68
    assert "carried over" in head.card.notes[-1]
    assert [(b.name, b.size, b.scope) for b in head.blocks] == [
        ("identity", 8, "subject"),
        ("expression", 5, "frame"),
    ]
    write_head(head, tmp_path / "h.npz")
    assert torch.equal(read_head(tmp_path / "h.npz").basis, head.basis)


@pytest.mark.parametrize(
    ("minor", "orthonormal", "odd"), [(9, True, 0), (8, False, 0), (8, True, 1), (9, False, 1)]
)
def test_columns_are_believed_before_the_version(copy, head, minor, orthonormal, odd):
    write_bfm(copy, SIZES, minor=minor, orthonormal=orthonormal)
    found = convert_bfm_hdf5(copy, "bfm2017")
    torch.testing.assert_close(found.basis, head.basis, rtol=1e-3, atol=1e-4)
    assert sum("columns, which were believed" in note for note in found.card.notes) == odd


def test_the_older_layout_and_faces_as_floats_are_read(copy, head):
    with h5py.File(copy, "r+") as file:
        cells = file["shape/representer/cells"][()]
        del (
            file["shape/representer/cells"],
            file["shape/version"],
            file["version" if "version" in file else "catalog"],
        )
        file["shape/representer/reference-mesh/triangle-list"] = cells.T.astype(np.float32)
    assert torch.equal(convert_bfm_hdf5(copy, "bfm2017").faces, head.faces)


def change(name, edit):
    def apply(file):
        array = edit(file[name][()])
        del file[name]
        file[name] = array

    return apply


def put(index, value):
    def edit(array):
        array[index] = value
        return array

    return edit


def linked(link):
    def apply(file):
        del file["shape/model/mean"]
        file["shape/model/mean"] = link

    return apply


def elsewhere(file):
    del file["shape/model/mean"]
    file["shape/model"].create_dataset("mean", (2700,), "f4", external=[("/etc/passwd", 0, 10800)])


def bomb(file):
    del file["shape/model/pcaBasis"]
    file["shape/model"].create_dataset(
        "pcaBasis", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip"
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: f.pop("expression"), "expected the groups shape and expression"),
        (lambda f: f["shape/model"].pop("mean"), "expected shape/model/mean"),
        (lambda f: f["shape/representer"].pop("cells"), "expected shape/representer/cells"),
        (change("shape/model/mean", put(0, np.nan)), "finite numbers in shape/model/mean"),
        (change("shape/model/pcaBasis", put((0, 0), np.inf)), "finite numbers in shape/model/pcaBasis"),
        (change("shape/model/pcaBasis", lambda a: a[:-3]), "shape/model/pcaBasis of shape"),
        (change("shape/model/pcaBasis", lambda a: 3 * a), "components of unit length or of their deviations"),
        (change("shape/model/pcaVariance", put(0, -1.0)), "positive variances"),
        (change("shape/representer/cells", put((0, 0), 900)), "indices of faces in 0..899"),
        (change("shape/representer/cells", lambda a: a + 0.5), "whole numbers in the faces"),
        (change("shape/model/mean", lambda a: 1e-3 * a), "60 to 130 mm apart with coordinates in mm"),
        (change("shape/model/mean", lambda a: np.array([b"x"] * 9)), "expected numbers in shape/model/mean"),
        (linked(h5py.SoftLink("/color/model/mean")), "a link to somewhere else"),
        (linked(h5py.ExternalLink("other.h5", "/mean")), "a link to somewhere else"),
        (elsewhere, "data elsewhere or in an unknown packing"),
        (bomb, "expected at most .* bytes"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(copy, spoil, said):
    with h5py.File(copy, "r+") as file:
        spoil(file)
    with pytest.raises(ValueError, match=said):
        convert_bfm_hdf5(copy, "bfm2019")


@pytest.mark.parametrize("content", [b"", b"no HDF5", b"\x89HDF\r\n\x1a\n cut"])
def test_what_is_no_hdf5_is_refused(tmp_path, content):
    (tmp_path / "m.h5").write_bytes(content)
    with pytest.raises(ValueError, match="expected an HDF5 file of plain arrays"):
        convert_bfm_hdf5(tmp_path / "m.h5", "bfm2017")


def test_a_truncated_model_is_refused(copy):
    copy.write_bytes(copy.read_bytes()[:30_000])
    with pytest.raises(ValueError, match="expected"):
        convert_bfm_hdf5(copy, "bfm2017")


def test_a_group_is_no_array(copy):
    with (
        hdf5(copy.read_bytes(), copy) as file,
        pytest.raises(ValueError, match="expected an array shape/model"),
    ):
        dataset(file, "shape/model", copy)


def test_landmarks_beside_the_model_are_used_and_checked(copy, head):
    beside = copy.with_name("m.landmarks.npz")
    np.savez(beside, vertex=head.faces[head.landmarks["ibug68"].face.long(), 0].numpy())
    found = convert_bfm_hdf5(copy, "bfm2017")
    assert found.card.notes == ("68 landmarks: m.landmarks.npz",)
    assert set(found.card.assets) == {"m.h5", "m.landmarks.npz"}
    for bad, said in (
        ({"vertex": np.arange(67)}, "vertex of m.landmarks.npz of shape"),
        ({"vertex": np.arange(68) + 899}, "indices of vertex"),
        ({"face": np.arange(68)}, "expected vertex, or face and barycentric"),
        ({"face": np.arange(68), "barycentric": np.ones((68, 3))}, "sum to 1"),
        ({"face": np.arange(68) + 1690, "barycentric": np.full((68, 3), 1 / 3)}, "indices of face"),
    ):
        np.savez(beside, **bad)
        with pytest.raises(ValueError, match=said):
            convert_bfm_hdf5(copy, "bfm2017")


def test_without_the_mark_it_is_the_model(copy):
    copy.write_bytes(copy.read_bytes().removesuffix(STAND_IN_MARK))
    card = convert_bfm_hdf5(copy, "bfm2017").card
    assert (card.name, card.synthetic_stand_in) == ("bfm2017", False)
    assert "non-commercial" in card.licence
