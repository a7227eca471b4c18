import pickle

import numpy as np
import pytest
import torch

from facescale.geometry.sites import points_at
from facescale.heads.bilinear_reference import evaluate_reference
from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.converted import read_head, write_head
from facescale.heads.facescape import convert_facescape, convert_facescape_v1
from facescale.heads.facescape_files import read_v16
from facescale.heads.facescape_v1_files import FACES, FRONT, INDICES, TEXCOORDS
from facescale.heads.stand_ins.facescape import Sizes, write_v1, write_v16

SMALL = Sizes(vertices=1200, faces=2300, identity=8)
FILE = "facescape_bm_v1.6_847_50_52_id_front.npz"
CORE = "core_847_50_52.npy"
FACTORS = "factors_id_847_50_52.npy"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("facescape") / FILE
    write_v16(path, SMALL)
    return path


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    path = tmp_path_factory.mktemp("facescape-v1") / CORE
    write_v1(path, SMALL)
    return path


@pytest.fixture(scope="module")
def model(path):
    with np.load(path, allow_pickle=True) as file:
        return dict(file)


@pytest.fixture(scope="module")
def head(path):
    return convert_facescape(path, "facescape")


@pytest.fixture
def old_copy(old, tmp_path):
    for file in old.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / CORE


def test_the_stand_in_has_the_keys_and_shapes_of_the_published_file(model):
    front = len(model["v_indices_front"])
    shapes = {
        "shape_bm_core": (3600, 52, 8), "color_bm_core": (3 * front, 100), "color_bm_mean": (3 * front,),
        "fv_indices": (2300, 3), "ft_indices": (2300, 3), "texcoords": (1200, 2), "sym_dict": (1200,),
        "lm_list_v16": (68,), "id_mean": (8,), "id_var": (8,), "vc_dict_front": (front,),
        "exp_gmm_weights": (1,), "exp_gmm_means": (1, 51), "exp_gmm_covariances": (1, 51, 51),
    }  # fmt: skip
    assert {name: model[name].shape for name in shapes} == shapes
    others = {
        "fv_indices_front", "ft_indices_front", "v_indices_front", "vert_num", "face_num", "frontal_vert_num",
        "frontal_face_num", "facial_mask", "vert_10to16_dict", "vert_16to10_dict",
    }  # fmt: skip
    assert model.keys() == shapes.keys() | others
    assert model["fv_indices"].min() == 1
    assert model["vert_10to16_dict"].dtype == object
    assert Sizes() == Sizes(vertices=26278, faces=52254, identity=50)


def toolkit(model, identity, expression):
    """The published forward function: neutral taken off the others, neutral weight 1."""
    core = model["shape_bm_core"].astype(np.float64)
    residual = core - core[:, :1]
    residual[:, 0] = core[:, 0]
    return (residual @ identity @ np.r_[1.0, expression]).reshape(-1, 3)


def test_the_head_is_the_published_forward_function(head, model):
    rng = np.random.default_rng(0)
    deviations, expression = rng.normal(size=8), rng.uniform(0, 0.5, 51)
    identity = model["id_mean"] + deviations * np.sqrt(model["id_var"])
    expected = toolkit(model, identity, expression)
    params = {"identity": deviations, "expression": expression}
    found = head.evaluate({name: torch.tensor(value)[None].float() for name, value in params.items()})[0]
    origin = head.mean_vertices().double().numpy() - toolkit(model, model["id_mean"], np.zeros(51))
    missed = np.linalg.norm(found.double().numpy() - (expected + origin[:1]), axis=1)
    assert np.sqrt((missed**2).mean()) < 0.1
    weights = np.r_[1 - expression.sum(), expression]
    tied = (model["shape_bm_core"].astype(np.float64) @ identity @ weights).reshape(-1, 3)
    np.testing.assert_allclose(tied, expected, atol=1e-6)


def test_each_expression_alone_is_as_near_as_the_card_says(head, model):
    said = next(note for note in head.card.notes if note.startswith("core: "))
    assert float(said.split(" mm RMS")[0].split(", ")[-1]) <= 0.02
    origin = head.mean_vertices().double().numpy() - toolkit(model, model["id_mean"], np.zeros(51))
    for index in range(0, 51, 10):
        expression = np.eye(51)[index]
        found = head.evaluate({"expression": torch.from_numpy(expression)[None].float()})[0].double().numpy()
        missed = found - toolkit(model, model["id_mean"], expression) - origin[:1]
        assert np.sqrt((missed**2).sum(axis=1).mean()) < 0.021


def test_the_head_equals_its_twin(head):
    rng = torch.Generator().manual_seed(0)
    params = {b.name: torch.rand(2, b.size, generator=rng) * b.prior_std for b in head.blocks}
    torch.testing.assert_close(
        head.evaluate(params).double(), evaluate_reference(head, params), rtol=0, atol=1e-3
    )


def test_the_origin_lies_between_the_eyes_and_landmarks_are_the_files_vertices(head, model):
    mean = head.mean_vertices()
    points = points_at(mean[None], head.faces, head.landmarks["ibug68"])[0]
    torch.testing.assert_close(points, mean[torch.from_numpy(model["lm_list_v16"])])
    assert points[[36, 39, 42, 45]].mean(dim=0).norm() < 1e-3
    assert points[36, 0] < points[39, 0] < 0 < points[42, 0] < points[45, 0]


def test_faces_look_outwards_and_uvs_are_the_files(head, model):
    corners = head.mean_vertices()[head.faces.long()]
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outwards = (normals * (corners.mean(dim=1) - torch.tensor([0.0, -10.0, -75.0]))).sum(dim=1) > 0
    assert float(outwards.float().mean()) > 0.95
    assert head.faces_uv.tolist() == (model["ft_indices"] - 1).tolist()
    np.testing.assert_allclose(head.uv, model["texcoords"], atol=1e-6)


def test_blocks_are_deviations_and_activations_of_comparable_scale(head):
    identity, expression = head.blocks
    assert (identity.name, identity.size, identity.scope) == ("identity", 8, "subject")
    assert (expression.name, expression.size, expression.scope) == ("expression", 51, "frame")
    assert (float(expression.lower.min()), float(expression.upper.max())) == (0.0, 1.0)
    for block in head.blocks:
        step = torch.zeros(block.size, block.size)
        step.fill_diagonal_(block.unit_scale)
        moved = (head.evaluate({block.name: step}) - head.mean_vertices()).norm(dim=-1)
        assert float(moved.square().mean(dim=1).sqrt().max()) == pytest.approx(1.0, abs=0.15)


def test_published_regions_are_masks(head, model):
    front = head.regions["facescape.front"]
    assert front.nonzero()[:, 0].tolist() == model["v_indices_front"].tolist()
    assert torch.equal(head.regions["facescape.mask"] & front, front)
    assert {"scannable", "face", "head"} <= head.regions.keys()


def test_the_old_files_give_the_same_model(head, old):
    again = convert_facescape_v1(old, "facescape-v1")
    assert set(again.card.assets) == {CORE, FACTORS, FACES, TEXCOORDS, FRONT, INDICES}
    assert (again.card.name, again.card.synthetic_stand_in) == ("facescape-v1(stand-in)", True)
    assert torch.equal(again.faces, head.faces)
    params = {b.name: torch.full((1, b.size), 0.1) for b in head.blocks}
    apart = (again.evaluate(params) - head.evaluate(params)).norm(dim=-1)
    assert float(apart.square().mean().sqrt()) < 0.05
    assert torch.equal(again.landmarks["ibug68"].face, head.landmarks["ibug68"].face)


def test_a_converted_head_is_the_same_head(head, tmp_path):
    digest = write_head(head, tmp_path / "f.npz")
    again = read_head(tmp_path / "f.npz")
    params = {b.name: b.prior_std[None] * 0.7 for b in head.blocks}
    assert torch.equal(again.evaluate(params), head.evaluate(params))
    assert again.card.assets == {**head.card.assets, "converted": digest}


def test_the_mark_tells_a_stand_in(head, model, tmp_path):
    assert (head.card.name, head.card.synthetic_stand_in) == ("facescape(stand-in)", True)
    np.savez(tmp_path / FILE, **model)
    card = convert_facescape(tmp_path / FILE, "facescape").card
    assert (card.name, card.synthetic_stand_in) == ("facescape", False)
    assert "non-commercial" in card.licence


def put(index, value):
    def change(array):
        array = array.copy()
        array[index] = value
        return array

    return change


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shape_bm_core": None}, "expected shape_bm_core in .* found only"),
        ({"id_mean": None}, "expected id_mean in .* before 2021-05-13"),
        ({"id_var": None}, "expected id_var in .* before 2021-05-13"),
        ({"shape_bm_core": lambda a: a[:-1]}, "three coordinates a vertex"),
        ({"shape_bm_core": lambda a: a[:, :, 0]}, "three axes of floating numbers in shape_bm_core"),
        ({"shape_bm_core": lambda a: a.astype(int)}, "three axes of floating numbers"),
        ({"shape_bm_core": lambda _: np.array(3.0)}, "three axes of floating numbers"),
        ({"shape_bm_core": put((9, 3, 1), np.nan)}, "expected finite numbers"),
        ({"shape_bm_core": lambda a: 0.001 * a}, "60 to 130 mm apart"),
        ({"shape_bm_core": lambda a: a - a[:, :1] * (np.arange(52) > 0)[:, None]}, "are no activations"),
        ({"id_mean": lambda a: -a}, r"expected \+x to the subject's left"),
        ({"id_mean": lambda a: a[:-1]}, r"the identity's mean of shape \(8\)"),
        ({"id_mean": put(0, np.nan)}, "finite numbers in the identity's mean"),
        ({"id_var": put(2, -1.0)}, "positive variances"),
        ({"id_var": put(2, 1e200)}, "beyond all numbers"),
        ({"fv_indices": lambda a: a - 1}, "indices of faces - 1"),
        ({"fv_indices": lambda a: a[:, :2]}, "three corners a face in fv_indices"),
        ({"fv_indices": lambda a: a + 0.5}, "whole numbers in fv_indices"),
        ({"ft_indices": lambda a: a[:-1]}, "the faces of texcoords of shape"),
        ({"texcoords": put((0, 0), np.inf)}, "finite numbers in texcoords"),
        ({"lm_list_v16": lambda a: a[:-1]}, r"landmarks of shape \(68\)"),
        ({"lm_list_v16": put(0, 1200)}, "indices of landmarks"),
        ({"sym_dict": put(0, 1200)}, r"indices of sym_dict \+ 1"),
        ({"sym_dict": lambda _: np.array({0: 5000}, dtype=object)}, r"indices of sym_dict \+ 1"),
        ({"sym_dict": lambda _: np.array({-7: 1}, dtype=object)}, "vertices of sym_dict"),
        ({"v_indices_front": put(0, -1)}, "indices of front vertices"),
        ({"facial_mask": lambda _: np.array("x")}, "array of numbers in facial_mask"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(model, tmp_path, changes, said):
    arrays = {**model, **{name: change and change(model[name]) for name, change in changes.items()}}
    np.savez(tmp_path / FILE, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(ValueError, match=said):
        convert_facescape(tmp_path / FILE, "facescape")


def test_objects_are_read_where_arrays_are_expected(model, tmp_path, head):
    """Nobody outside knows which entries of the published file are arrays of objects."""
    held = {
        "fv_indices": np.array(model["fv_indices"].tolist(), dtype=object),
        "lm_list_v16": np.array(model["lm_list_v16"].tolist(), dtype=object),
        "sym_dict": np.array(dict(enumerate(model["sym_dict"].tolist())), dtype=object),
        "facial_mask": np.array([row.tolist() for row in model["facial_mask"]] + [None], dtype=object)[:-1],
    }
    np.savez(tmp_path / FILE, **{**model, **held})
    again = convert_facescape(tmp_path / FILE, "facescape")
    assert torch.equal(again.faces, head.faces)
    assert torch.equal(again.regions["facescape.mask"], head.regions["facescape.mask"])
    assert again.landmarks["ibug68"].face.tolist() == head.landmarks["ibug68"].face.tolist()


class Runs:
    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


@pytest.mark.parametrize("key", ["shape_bm_core", "sym_dict", "facial_mask"])
def test_hostile_objects_are_refused_and_do_nothing(model, tmp_path, key):
    victim = tmp_path / "victim"
    np.savez(tmp_path / FILE, **{**model, key: np.array({0: Runs(victim)}, dtype=object)})
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        convert_facescape(tmp_path / FILE, "facescape")
    assert not victim.exists()


@pytest.mark.parametrize("name", [FACES, TEXCOORDS, FRONT])
def test_hostile_pickles_of_the_old_files_are_refused_and_do_nothing(old_copy, tmp_path, name):
    victim = tmp_path / "victim"
    old_copy.with_name(name).write_bytes(pickle.dumps([Runs(victim)]))
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        convert_facescape_v1(old_copy, "facescape-v1")
    assert not victim.exists()


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        (FACTORS, None, "factors_id_847_50_52.npy beside it"),
        (FACES, None, "predef_faces.pkl and predef_texcoords.pkl beside"),
        (FACES, pickle.dumps([[1, 2, 3]]), r"\(vertices, normals, texture coordinates, material\)"),
        (FACES, pickle.dumps([([1, 2], [], [1, 2], "")]), "three corners a face"),
        (FACES, pickle.dumps([([0, 1, 2], [], [1, 2, 3], "")]), "indices of faces - 1"),
        (FRONT, pickle.dumps([1200]), "indices of front vertices"),
        (TEXCOORDS, b"no pickle", "a pickle of arrays"),
        (CORE, b"no npy", "expected an npy"),
        (INDICES, b"no npz", "expected an npz of arrays"),
    ],
)
def test_malformed_old_files_are_refused(old_copy, name, spoil, said):
    old_copy.with_name(name).unlink()
    if spoil is not None:
        old_copy.with_name(name).write_bytes(spoil)
    with pytest.raises(ValueError, match=said):
        convert_facescape_v1(old_copy, "facescape-v1")


def test_without_landmarks_they_are_carried_over(old_copy):
    old_copy.with_name(INDICES).unlink()
    carried = convert_facescape_v1(old_copy, "facescape-v1")
    assert any("carried over" in note for note in carried.card.notes)


def test_random_damage_is_a_value_error_or_does_no_harm(path, tmp_path):
    """The archive keeps its arrays as they are: damage reaches headers, pickles and numbers alike."""
    whole = path.read_bytes()
    assert whole.endswith(STAND_IN_MARK)
    rng = np.random.default_rng(0)
    for _ in range(25):
        spoilt = bytearray(whole)
        # most at the ends, where headers and the directory are
        for place in rng.integers(0, len(whole), 2).tolist() + (len(whole) - rng.integers(1, 4000, 3)).tolist():
            spoilt[place] = int(rng.integers(256))
        (tmp_path / FILE).write_bytes(bytes(spoilt[: rng.integers(len(whole) // 2, len(whole) + 1)]))
        with pytest.raises(ValueError, match="expected"):
            read_v16(tmp_path / FILE)
