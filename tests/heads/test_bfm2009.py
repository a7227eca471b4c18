import numpy as np
import pytest
import torch
from scipy.io import loadmat, savemat

from facescale.heads import bfm2009
from facescale.heads.bfm2009 import convert_bfm2009, convert_bfm2009_front
from facescale.heads.bounded_files import is_stand_in
from facescale.heads.stand_ins import bfm2009 as stand_in

PUBLISHED = (bfm2009.VERTICES, bfm2009.COMPONENTS, bfm2009.EXPRESSION_VERTICES, bfm2009.FRONT_VERTICES)
SMALL = {
    "VERTICES": 1200, "COMPONENTS": 90, "EXPRESSION_VERTICES": 1150, "FRONT_VERTICES": 900, "FACES": 2300,
}  # fmt: skip
MODEL = "01_MorphableModel.mat"


@pytest.fixture(scope="module", autouse=True)
def small():
    """The published sizes take a minute; a test of its own has them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in SMALL.items():
            for module in (bfm2009, stand_in):
                if hasattr(module, name):
                    patch.setattr(module, name, size)
        yield


@pytest.fixture(scope="module")
def path(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("bfm") / MODEL
    stand_in.write_stand_in(path, "bfm2009")
    return path


@pytest.fixture(scope="module")
def whole(path):
    return convert_bfm2009(path, "bfm2009")


@pytest.fixture(scope="module")
def front(path):
    return convert_bfm2009_front(path, "bfm2009-front")


@pytest.fixture
def copy(path, whole, tmp_path):
    for file in path.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / MODEL


def test_the_stand_in_has_the_keys_shapes_and_types_of_the_published_files(path):
    model = loadmat(path)
    found = {name: (array.shape, array.dtype) for name, array in model.items() if not name.startswith("__")}
    colour = {"texMU": (3600, 1), "texPC": (3600, 90), "texEV": (90, 1), "segbin": (1200, 4), "tl": (2300, 3)}
    shapes = {"shapeMU": (3600, 1), "shapePC": (3600, 90), "shapeEV": (90, 1), **colour}
    assert found == {name: (shape, np.float32) for name, shape in shapes.items()}
    assert (model["tl"].min(), model["tl"].max()) == (1, 1200)
    assert is_stand_in(path.read_bytes())
    trim, idx = (
        loadmat(path.parent / name)[key]
        for name, key in (("BFM_exp_idx.mat", "trimIndex"), ("BFM_front_idx.mat", "idx"))
    )
    assert (trim.shape, trim.dtype, idx.shape, idx.dtype) == ((1150, 1), np.uint16, (900, 1), np.float32)
    raw = (path.parent / "Exp_Pca.bin").read_bytes()
    assert np.frombuffer(raw[:4], "<i4")[0] == 79 == len((path.parent / "std_exp.txt").read_text().split())
    assert len(raw) == 4 + 4 * 3 * 1150 * 80


def test_the_whole_model_is_mean_and_deviations_times_components(path, whole):
    model = loadmat(path)
    alpha = np.linspace(-1, 1, 90)
    moved = whole.evaluate({"identity": torch.tensor(alpha)[None].float()})[0] - whole.mean_vertices()
    expected = (model["shapePC"] @ (model["shapeEV"][:, 0] * alpha)).reshape(-1, 3) / 1000
    np.testing.assert_allclose(moved.double().numpy(), expected, atol=1e-3)
    assert [block.name for block in whole.blocks] == ["identity"]
    assert whole.card.name == "bfm2009(stand-in)"


def test_faces_look_outwards(whole, front):
    for head in (whole, front):
        corners = head.mean_vertices()[head.faces]
        normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert float((normals[:, 2] > 0).float().mean()) > 0.9


def test_the_front_crop_follows_both_indices(path, whole, front):
    trim, idx = (
        loadmat(path.parent / name)[key].ravel().astype(int) - 1
        for name, key in (("BFM_exp_idx.mat", "trimIndex"), ("BFM_front_idx.mat", "idx"))
    )
    kept = trim[idx]
    torch.testing.assert_close(front.basis[..., :80], whole.basis[kept][..., :80])
    apart = front.mean_vertices() - whole.mean_vertices()[kept]
    torch.testing.assert_close(apart, apart[:1].expand_as(apart), rtol=0, atol=1e-3)
    raw = np.frombuffer((path.parent / "Exp_Pca.bin").read_bytes()[4:], "<f4").reshape(80, -1)[1:]
    deviations = np.array((path.parent / "std_exp.txt").read_text().split(), float)
    third = (raw[2] * deviations[2] / 1000).reshape(-1, 3)[idx]
    np.testing.assert_allclose(front.basis[..., 82].numpy(), third, atol=1e-4)
    assert [(b.name, b.size) for b in front.blocks] == [("identity", 80), ("expression", 64)]
    assert front.num_vertices == 900
    assert set(front.card.assets) == {
        MODEL,
        "Exp_Pca.bin",
        "std_exp.txt",
        "BFM_exp_idx.mat",
        "BFM_front_idx.mat",
    }


def resaved(copy, name=MODEL, **changes):
    arrays = {key: value for key, value in loadmat(copy.with_name(name)).items() if not key.startswith("__")}
    savemat(copy.with_name(name), {**arrays, **{key: change(arrays[key]) for key, change in changes.items()}})


def put(index, value):
    def edit(array):
        array[index] = value
        return array

    return edit


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shapeMU": lambda a: a[:-3]}, r"shapeMU of shape \(3600, 1\)"),
        ({"shapeMU": put((0, 0), np.nan)}, "finite numbers in shapeMU"),
        ({"shapeMU": lambda a: 1e-3 * a}, "60 to 130 mm apart with coordinates in um"),
        ({"shapePC": lambda a: 2 * a}, "components of unit length"),
        ({"shapeEV": put((0, 0), -1)}, "positive deviations"),
        ({"tl": lambda a: a - 1}, r"indices of tl - 1"),
        ({"tl": lambda a: a[:, :2]}, "tl of shape"),
        ({"shapeEV": lambda _: np.array(["a"], dtype=object)}, "expected numbers in shapeEV"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(copy, changes, said):
    resaved(copy, **changes)
    with pytest.raises(ValueError, match=said):
        convert_bfm2009(copy, "bfm2009")


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("Exp_Pca.bin", lambda b: b[:-4], "expected .* bytes and 79 components"),
        ("Exp_Pca.bin", lambda b: b"\x40" + b[1:], "got .* bytes and 64"),
        ("Exp_Pca.bin", lambda b: b[:-4] + b"\xff\xff\xff\x7f", "finite numbers in Exp_Pca.bin"),
        ("std_exp.txt", lambda b: b + b" one", "numbers with blanks between them"),
        ("std_exp.txt", lambda b: b" ".join(b.split()[:9]), "64 or more positive numbers"),
        ("std_exp.txt", lambda b: b + b" 1", "and 80 components"),
        ("BFM_exp_idx.mat", lambda _: b"no matlab", "a MATLAB 5 file of plain arrays"),
        ("BFM_front_idx.mat", lambda b: b[:60], "a MATLAB 5 file of plain arrays"),
    ],
)
def test_malformed_parts_of_the_crop_are_refused(copy, name, spoil, said):
    copy.with_name(name).write_bytes(spoil(copy.with_name(name).read_bytes()))
    with pytest.raises(ValueError, match=said):
        convert_bfm2009_front(copy, "bfm2009-front")


def test_a_missing_part_is_named_and_an_index_may_not_repeat(copy):
    resaved(copy, "BFM_front_idx.mat", idx=put((0, 0), 2.0))
    resaved(copy, "BFM_front_idx.mat", idx=put((1, 0), 2.0))
    with pytest.raises(ValueError, match="some twice"):
        convert_bfm2009_front(copy, "bfm2009-front")
    copy.with_name("std_exp.txt").unlink()
    with pytest.raises(ValueError, match=r"expected a file at .*std_exp\.txt, found none"):
        convert_bfm2009_front(copy, "bfm2009-front")


def test_a_missing_array_is_named(copy):
    savemat(copy, {"other": np.zeros(3)})
    with pytest.raises(ValueError, match=r"found only \['other'\], no shapeMU"):
        convert_bfm2009(copy, "bfm2009")


def test_an_array_that_claims_too_much_is_refused_unread(copy, monkeypatch):
    monkeypatch.setattr("facescale.heads.matlab_files.MAX_BYTES", 10_000)
    monkeypatch.setattr("scipy.io.loadmat", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(ValueError, match="at most 10000 bytes"):
        convert_bfm2009(copy, "bfm2009")


def test_the_published_sizes_are_asked_for():
    assert PUBLISHED == (53490, 199, 53215, 35709)
