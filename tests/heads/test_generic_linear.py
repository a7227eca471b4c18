import h5py
import numpy as np
import pytest
import torch

from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.generic_linear import convert_linear
from facescale.heads.stand_ins.linear import write_linear


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("linear") / "mine.npz"
    write_linear(path, "mine", vertices=800, faces=1500)
    return path


@pytest.fixture(scope="module")
def arrays(path):
    with np.load(path) as file:
        return dict(file)


@pytest.fixture(scope="module")
def head(path):
    return convert_linear(path, "linear")


def test_the_head_is_the_file_in_millimetres_about_the_eyes(head, arrays):
    shift = head.mean_vertices().double().numpy() - 1000 * arrays["mean"]
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:1], shift.shape), atol=1e-4)
    weights = {"identity": torch.randn(1, 52), "expression": torch.rand(1, 52)}
    moved = (head.evaluate(weights)[0] - head.mean_vertices()).double().numpy()
    expected = sum(arrays[name] @ weights[name][0].double().numpy() for name in weights)
    np.testing.assert_allclose(moved, 1000 * expected, atol=1e-3)


def test_named_expressions_are_activations_and_unnamed_ones_components(head, arrays, tmp_path):
    named = head.blocks[1]
    assert (float(named.lower.min()), float(named.upper.max())) == (0.0, 1.0)
    assert named.names == tuple(arrays["expression_names"])
    np.savez(tmp_path / "m.npz", **{k: v for k, v in arrays.items() if k != "expression_names"})
    plain = convert_linear(tmp_path / "m.npz", "linear").blocks[1]
    assert (plain.names, float(plain.lower.min())) == ((), -4.0)


def test_deviations_scale_components_and_a_model_may_lack_expressions(head, arrays, tmp_path):
    kept = {k: v for k, v in arrays.items() if not k.startswith("expression")}
    np.savez(tmp_path / "m.npz", **kept, identity_std=np.full(52, 2.0))
    found = convert_linear(tmp_path / "m.npz", "linear")
    torch.testing.assert_close(found.basis, 2 * head.basis[..., :52])
    assert [block.name for block in found.blocks] == ["identity"]


def test_an_hdf5_file_is_the_same_model(head, arrays, tmp_path):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        for name, array in arrays.items():
            if array.dtype.kind == "U":
                file.attrs[name] = " ".join(array.ravel())
            else:
                file[name] = array
    found = convert_linear(tmp_path / "m.h5", "linear")
    assert torch.equal(found.basis, head.basis)
    assert found.blocks[1].names == head.blocks[1].names


def test_the_mark_survives_in_the_zip_and_names_the_head(path, head, tmp_path, arrays):
    assert path.read_bytes().endswith(STAND_IN_MARK)
    assert head.card.name == "mine(stand-in)"
    np.savez(tmp_path / "m.npz", **arrays)
    assert convert_linear(tmp_path / "m.npz", "linear").card.name == "mine"


def test_the_landmarks_are_the_files(head, arrays):
    assert head.landmarks["ibug68"].face.tolist() == arrays["landmark_face"].tolist()
    assert head.card.notes == ("68 landmarks: mine.npz",)


def without(name):
    return lambda a: {k: v for k, v in a.items() if k != name}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("unit"), "expected unit in .* found only"),
        (without("identity"), "expected identity in"),
        (lambda a: {**a, "unit": np.array("ft")}, "one of the units"),
        (lambda a: {**a, "unit": np.array(3)}, "unit of shape .* kind U"),
        (lambda a: {**a, "unit": np.array("mm")}, "60 to 130 mm apart with coordinates in mm"),
        (lambda a: {**a, "mean": a["mean"] * np.nan}, "finite numbers in the mean"),
        (lambda a: {**a, "mean": a["mean"] * (-1, 1, -1)}, r"expected \+x to the subject's left"),
        (lambda a: {**a, "identity": a["identity"][:-1]}, r"identity of shape \(800, 3, any\)"),
        (lambda a: {**a, "identity": a["identity"][..., :0]}, "one component"),
        (lambda a: {**a, "faces": a["faces"] + 1}, "indices of faces in 0..799"),
        (lambda a: {**a, "identity_std": np.zeros(52)}, "positive deviations"),
        (lambda a: {**a, "expression_names": np.array(["one"])}, "52 names of expressions, got 1"),
        (lambda a: {**a, "uv": np.zeros((4, 2))}, "faces_uv beside uv"),
        (lambda a: {**a, "identity": np.array([None], dtype=object)}, "an npz of plain arrays"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(arrays, tmp_path, change, said):
    np.savez(tmp_path / "m.npz", **change(arrays))
    with pytest.raises(ValueError, match=said):
        convert_linear(tmp_path / "m.npz", "linear")
