import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads import flame_files
from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.converted import read_head, write_head
from facescale.heads.flame import VARIANTS, assemble_flame, convert_flame
from facescale.heads.flame_files import EYEBALLS, read_embedding, read_flame
from facescale.heads.skinned_reference import directional_jacobian_reference, evaluate_reference
from facescale.heads.stand_ins.flame import write_stand_in
from facescale.heads.stand_ins.python2_pickle import python2_pickle
from facescale.structures.inert_pickle import Record, read_pickle
from facescale.structures.pickled_arrays import array_of


@pytest.fixture(scope="module")
def folder(flame_folder):
    return flame_folder


@pytest.fixture(scope="module")
def files(folder):
    return read_flame(folder / "flame2023.pkl")


@pytest.fixture(scope="module")
def head(folder):
    return convert_flame(folder / "flame2023.pkl", "flame2023")


@pytest.fixture(scope="module")
def model(folder):
    """The stand-in as plain arrays."""
    raw = read_pickle((folder / "flame2023.pkl").read_bytes())
    return {name: array_of(v, name) if isinstance(v, Record) else v for name, v in raw.items()}


def test_the_stand_in_has_the_keys_shapes_and_types_of_the_published_file(folder):
    raw = read_pickle((folder / "flame2023.pkl").read_bytes())
    kinds = {name: value.kind if isinstance(value, Record) else type(value) for name, value in raw.items()}
    assert kinds == {
        "v_template": "chumpy", "shapedirs": "chumpy", "J": "chumpy", "f": "array", "posedirs": "array",
        "weights": "array", "kintree_table": "array", "J_regressor": "sparse-columns", "bs_style": str,
        "bs_type": str,
    }  # fmt: skip
    found = {name: array_of(value, name) for name, value in raw.items() if isinstance(value, Record)}
    assert {name: (array.shape, array.dtype) for name, array in found.items()} == {
        "v_template": ((5023, 3), np.float64),
        "f": ((9976, 3), np.uint32),
        "shapedirs": ((5023, 3, 400), np.float64),
        "posedirs": ((5023, 3, 36), np.float64),
        "J_regressor": ((5, 5023), np.float64),
        "J": ((5, 3), np.float64),
        "weights": ((5023, 5), np.float64),
        "kintree_table": ((2, 5), np.uint32),
    }
    assert found["kintree_table"][0].tolist() == [2**32 - 1, 0, 1, 1, 1]
    np.testing.assert_allclose(found["J_regressor"] @ found["v_template"], found["J"])
    size = np.ptp(found["v_template"], axis=0)
    assert ((size > (0.15, 0.2, 0.15)) & (size < (0.25, 0.35, 0.3))).all(), "metres of a head"


def test_the_open_variant_has_plain_arrays(tmp_path):
    path = tmp_path / "open.pkl"
    write_stand_in(path, "flame2023-open")
    raw = read_pickle(path.read_bytes())
    assert {raw[name].kind for name in ("v_template", "shapedirs", "J")} == {"array"}
    assert convert_flame(path, "flame2023-open").card.name == "flame2023-open(stand-in)"


def test_the_head_says_that_it_is_made_up(head):
    assert head.card.synthetic_stand_in
    assert head.card.name == "flame2023(stand-in)"
    assert head.card.native_unit == "m"
    assert set(head.card.assets) == {
        "flame2023.pkl", "flame_static_embedding.pkl", "FLAME_masks.pkl", "FLAME_texture.npz",
    }  # fmt: skip


def test_a_file_without_the_mark_is_taken_for_the_model(folder, tmp_path):
    data = (folder / "flame2023.pkl").read_bytes().removesuffix(STAND_IN_MARK)
    (tmp_path / "flame2023.pkl").write_bytes(data)
    card = convert_flame(tmp_path / "flame2023.pkl", "flame2023").card
    assert (card.name, card.synthetic_stand_in) == ("flame2023", False)
    assert "non-commercial" in card.licence


def test_the_mean_is_a_rigid_copy_of_the_template_in_millimetres(head, model):
    native = torch.from_numpy(model["v_template"]) * 1000
    shift = head.mean_vertices().double() - native
    torch.testing.assert_close(shift, shift[:1].expand_as(shift), rtol=0, atol=1e-4)
    corners = points_at(head.mean_vertices()[None], head.faces, head.landmarks["ibug68"])[0, [36, 39, 42, 45]]
    assert corners.mean(dim=0).norm() < 1e-3
    assert corners[0, 0] < corners[1, 0] < 0 < corners[2, 0] < corners[3, 0]


def test_the_head_is_the_published_forward_function(head, model):
    """Written anew from its description: shape, joints, rotations, correctives, skinning, in metres."""
    rng = np.random.default_rng(0)
    identity, expression = rng.normal(size=300), rng.normal(size=100)
    turns = {"neck": [0.2, 0.3, -0.1], "jaw": [0.3, 0.05, 0.0], "eyes": [0.1, 0.2, 0.0, -0.1, 0.3, 0.0]}
    shaped = model["v_template"] + model["shapedirs"] @ np.concatenate([identity, expression])
    joints = model["J_regressor"] @ shaped
    vectors = [np.zeros(3), *np.concatenate([turns["neck"], turns["jaw"], turns["eyes"]]).reshape(4, 3)]
    rotations = [rodrigues(v) for v in vectors]
    feature = np.concatenate([(r - np.eye(3)).ravel() for r in rotations[1:]])
    posed = shaped + (model["posedirs"].reshape(-1, 36) @ feature).reshape(-1, 3)
    globals_ = []
    for joint, parent in enumerate((-1, 0, 1, 1, 1)):
        local = np.eye(4)
        local[:3, :3] = rotations[joint]
        local[:3, 3] = joints[joint] - (joints[parent] if parent >= 0 else 0)
        globals_.append(local if parent < 0 else globals_[parent] @ local)
    relative = []
    for joint, world in enumerate(globals_):
        moved = world.copy()
        moved[:3, 3] -= world[:3, :3] @ joints[joint]
        relative.append(moved)
    blended = np.einsum("vj,jab->vab", model["weights"], np.stack(relative))
    expected = np.einsum("vab,vb->va", blended, np.concatenate([posed, np.ones((5023, 1))], axis=1))[:, :3]
    params = {"identity": identity, "expression": expression, **turns}
    found = head.evaluate(
        {n: torch.tensor(np.asarray(v), dtype=torch.float32)[None] for n, v in params.items()}
    )
    origin = head.mean_vertices().double().numpy() - 1000 * model["v_template"]
    np.testing.assert_allclose(found[0].double().numpy(), 1000 * expected + origin[:1], atol=2e-3)


def rodrigues(vector):
    angle = np.linalg.norm(vector + 1e-8)
    x, y, z = vector / angle
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew


def test_the_real_sized_head_equals_its_twin(head):
    rng = torch.Generator().manual_seed(0)
    params = {b.name: torch.randn(1, b.size, generator=rng) * b.prior_std for b in head.blocks}
    sites = Sites(
        face=torch.randint(0, 9976, (6,), generator=rng, dtype=torch.int32),
        barycentric=torch.full((6, 3), 1 / 3),
    )
    directions = torch.nn.functional.normalize(torch.randn(1, 6, 3, generator=rng), dim=-1)
    torch.testing.assert_close(
        head.evaluate(params).double(), evaluate_reference(head, params), rtol=0, atol=1e-3
    )
    torch.testing.assert_close(
        head.directional_jacobian(params, sites, directions).double(),
        directional_jacobian_reference(head, params, sites, directions),
        rtol=1e-4,
        atol=1e-3,
    )


def test_coefficients_come_back_from_vertices(head):
    wanted = torch.randn(1, 300, generator=torch.Generator().manual_seed(3))
    shape = head.evaluate({"identity": wanted}) - head.mean_vertices()
    basis = head.basis[..., :300].reshape(-1, 300).double()
    found = torch.linalg.lstsq(basis, shape.reshape(-1, 1).double()).solution[:, 0]
    torch.testing.assert_close(found, wanted[0].double(), rtol=0, atol=2e-2)


def test_opening_the_jaw_lowers_the_chin_and_leaves_the_brow(head):
    rest, opened = head.mean_vertices()[None], head.evaluate({"jaw": torch.tensor([[0.3, 0.0, 0.0]])})
    before, after = (points_at(v, head.faces, head.landmarks["ibug68"])[0] for v in (rest, opened))
    assert float((after - before)[8, 1]) < -5
    assert float((after - before)[17:27].norm(dim=1).max()) < 1


def test_bounds_hold_the_prior_means_and_frame_blocks_are_those_that_move(head):
    assert {b.name: (b.size, b.scope) for b in head.blocks} == {
        "identity": (300, "subject"),
        "expression": (100, "frame"),
        "neck": (3, "frame"),
        "jaw": (3, "frame"),
        "eyes": (6, "frame"),
    }
    for block in head.blocks:
        assert bool(((block.lower <= block.prior_mean) & (block.prior_mean <= block.upper)).all())
        assert bool((block.prior_std > 0).all())


def test_without_a_jaw_the_jaw_never_turns(folder):
    head = convert_flame(folder / "flame2023.pkl", "flame2023-no-jaw")
    assert [b.name for b in head.blocks] == ["identity", "expression", "neck", "eyes"]


def test_regions_hide_the_backs_of_the_eyeballs(head):
    balls = torch.zeros(5023, dtype=torch.bool)
    for start, stop in EYEBALLS:
        balls[start:stop] = True
    assert not bool((head.regions["head"] & balls).any())
    seen = head.regions["scannable"] & balls
    assert 0 < int(seen.sum()) < 400
    assert bool(head.regions["head"][~balls].all())
    assert bool((head.regions["face"] <= head.regions["head"]).all())
    assert head.regions["flame.left_eyeball"].nonzero()[:, 0].tolist() == list(range(*EYEBALLS[0]))


def test_the_contour_is_carried_over_and_the_rest_is_the_files(head, files):
    face, barycentric = files.landmarks
    assert head.landmarks["ibug68"].face[17:].tolist() == face.tolist()
    torch.testing.assert_close(head.landmarks["ibug68"].barycentric[17:], torch.from_numpy(barycentric).float())
    points = points_at(head.mean_vertices()[None], head.faces, head.landmarks["ibug68"])[0]
    assert bool((points[:8, 0].diff() > 0).all()), "the contour runs from the subject's right to the left"
    assert points[8, 1] == points[:17, 1].min()
    assert any("carried over" in note for note in head.card.notes)


def test_without_an_embedding_all_landmarks_are_carried_over_within_millimetres(head, folder, tmp_path):
    (tmp_path / "m.pkl").write_bytes((folder / "flame2023.pkl").read_bytes())
    bare = convert_flame(tmp_path / "m.pkl", "flame2023")
    own, carried = (
        points_at(h.mean_vertices()[None], h.faces, h.landmarks["ibug68"])[0] - h.mean_vertices()[0]
        for h in (head, bare)
    )
    away = (own - carried).norm(dim=1)[17:]
    assert float(away.median()) < 3
    assert float(away.max()) < 8
    assert "carried over" in bare.card.notes[0]


def test_a_whole_embedding_with_torch_inside_is_read_without_torch(folder, tmp_path, files):
    face = np.arange(68)[None]
    barycentric = np.full((1, 68, 3), 1 / 3, np.float32)
    entries = {
        "static_lmk_faces_idx": face[0, 17:],
        "static_lmk_bary_coords": barycentric[0, 17:].astype(float),
        "dynamic_lmk_faces_idx": torch.zeros(79, 17, dtype=torch.long),
        "dynamic_lmk_bary_coords": torch.zeros(79, 17, 3),
        "full_lmk_faces_idx": face,
        "full_lmk_bary_coords": barycentric,
    }
    path = tmp_path / "landmark_embedding.npy"
    np.save(path, np.array(entries, dtype=object), allow_pickle=True)
    assert b"_load_from_bytes" in path.read_bytes()
    found = read_embedding(path)
    np.testing.assert_array_equal(found[0], face[0])
    np.testing.assert_allclose(found[1], barycentric[0])


def test_a_converted_head_is_the_same_head(head, tmp_path):
    digest = write_head(head, tmp_path / "flame.npz")
    again = read_head(tmp_path / "flame.npz")
    params = {b.name: b.prior_std[None] * 0.7 for b in head.blocks}
    assert torch.equal(again.evaluate(params), head.evaluate(params))
    assert again.card.assets == {**head.card.assets, "converted": digest}
    assert again.card.name == head.card.name
    assert write_head(head, tmp_path / "twice.npz") == digest


class Runs:
    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


def put(index, value):
    def change(array):
        array = array.copy()
        array[index] = value
        return array

    return change


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("shape", lambda a: a[..., :200], r"shapedirs of shape \(5023, 3, 400\).* got \(5023, 3, 200\)"),
        ("template", lambda a: a[:-1], "v_template of shape"),
        ("template", put((0, 0), np.nan), "finite numbers in v_template"),
        ("pose", put((1, 1, 1), np.inf), "finite numbers in posedirs"),
        ("template", lambda a: 1000 * a, "60 to 130 mm apart with coordinates in m"),
        ("template", lambda a: 0.01 * a, "60 to 130 mm apart"),
        ("template", lambda a: a * (-1, 1, -1), r"expected \+x to the subject's left"),
        ("faces", lambda a: a + 1, "indices of f in 0..5022"),
        ("faces", lambda a: a.astype(float), r"f of shape .* kind i\|u"),
        ("weights", lambda a: 2 * a, "rows of weights that sum to 1"),
        ("regressor", lambda a: 0.5 * a, "rows of J_regressor that sum to 1"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(files, head, name, change, said):
    whole = head.landmarks["ibug68"]
    known = replace(files, landmarks=(whole.face.numpy(), whole.barycentric.double().numpy()))
    with pytest.raises(ValueError, match=said):
        assemble_flame(replace(known, **{name: change(getattr(known, name))}), VARIANTS["flame2020"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: {k: v for k, v in m.items() if k != "posedirs"}, "expected posedirs in .* found only"),
        (lambda m: {**m, "weights": "text"}, r"an array of numbers in weights of m\.pkl, got: a str"),
        (lambda m: {**m, "kintree_table": np.zeros((2, 5), np.uint32)}, "joints with the parents"),
        (lambda _: [1, 2], "a dictionary of arrays"),
    ],
)
def test_a_file_without_what_it_should_hold_is_refused(model, tmp_path, change, said):
    path = tmp_path / "m.pkl"
    path.write_bytes(python2_pickle(change({**model, "shapedirs": np.zeros(3)})))
    with pytest.raises(ValueError, match=said):
        convert_flame(path, "flame2020")


@pytest.mark.parametrize("place", ["m.pkl", "flame_static_embedding.pkl", "FLAME_masks.pkl"])
def test_a_hostile_file_is_refused_and_does_nothing(folder, tmp_path, place):
    victim = tmp_path / "victim"
    for name, source in (("m.pkl", "flame2023.pkl"), ("FLAME_masks.pkl", "FLAME_masks.pkl")):
        (tmp_path / name).write_bytes((folder / source).read_bytes())
    (tmp_path / place).write_bytes(pickle.dumps({"face": Runs(victim)}))
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        convert_flame(tmp_path / "m.pkl", "flame2020")
    assert not victim.exists()


def test_a_hostile_embedding_is_refused_and_does_nothing(tmp_path):
    victim, path = tmp_path / "victim", tmp_path / "landmark_embedding.npy"
    np.save(path, np.array({"full_lmk_faces_idx": Runs(victim)}, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="which no model needs"):
        read_embedding(path)
    assert not victim.exists()
    np.save(path, np.zeros(3))
    with pytest.raises(ValueError, match="one dictionary"):
        read_embedding(path)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"lmk_face_idx": np.arange(50), "lmk_b_coords": np.full((50, 3), 1 / 3)}, "51 or 68 landmarks"),
        ({"lmk_face_idx": np.arange(51), "lmk_b_coords": np.ones((51, 3))}, "sum to 1"),
        (
            {"lmk_face_idx": np.arange(51) + 9950, "lmk_b_coords": np.full((51, 3), 1 / 3)},
            "indices of lmk_face_idx",
        ),
        ({"lmk_face_idx": np.arange(51)}, "expected lmk_b_coords"),
    ],
)
def test_a_malformed_embedding_is_refused(tmp_path, entries, said):
    path = tmp_path / "flame_static_embedding.pkl"
    path.write_bytes(python2_pickle(entries))
    with pytest.raises(ValueError, match=said):
        read_embedding(path)


def test_too_large_a_file_is_refused_unread(folder, monkeypatch):
    monkeypatch.setattr("facescale.heads.bounded_files.MAX_BYTES", 1000)
    with pytest.raises(ValueError, match="at most 1000 bytes"):
        read_flame(folder / "flame2023.pkl")


def test_the_pointer_of_a_large_file_is_told_from_a_model(tmp_path):
    path = tmp_path / "m.pkl"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(ValueError, match="the pointer that git keeps"):
        read_flame(path)
    assert flame_files.VERTICES == 5023
