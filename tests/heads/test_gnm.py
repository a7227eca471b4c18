import numpy as np
import pytest
import torch

from facescale.geometry.sites import points_at
from facescale.heads.converted import read_head, write_head
from facescale.heads.gnm import LANDMARK_FILE, MIRRORED, convert_gnm
from facescale.heads.gnm_files import read_gnm
from facescale.heads.skinned_reference import evaluate_reference
from facescale.heads.stand_ins.gnm import Sizes, write_gnm

FILE = "gnm_head.npz"
SMALL = Sizes(vertices=300, faces=520)
VERTICES = 2 * (300 + 520) - 1 + 2 * 578 + 3 * 362


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("gnm") / FILE
    write_gnm(path, SMALL)
    return path


@pytest.fixture(scope="module")
def model(path):
    with np.load(path) as file:
        arrays = dict(file)
    # the published ones are zero, and would hide their own layout
    drawn = np.random.default_rng(0).normal(size=(36, 3 * VERTICES)) * 1e-3
    return {**arrays, "pose_correctives_regressor": drawn.astype(np.float32)}


@pytest.fixture(scope="module")
def posed(model, path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gnm-posed")
    np.savez(folder / FILE, **model)
    (folder / LANDMARK_FILE).write_bytes((path.parent / LANDMARK_FILE).read_bytes())
    return convert_gnm(folder / FILE, "gnm")


@pytest.fixture(scope="module")
def head(path):
    return convert_gnm(path, "gnm")


def test_the_stand_in_has_the_keys_and_shapes_of_the_published_file(model):
    corners = len(model["quads"])
    v, g = VERTICES, len(model["vertex_group_names"])
    assert {name: array.shape for name, array in model.items()} == {
        "version": (), "variant": (), "template_vertex_positions": (v, 3), "vertex_identity_basis": (253, v, 3),
        "expression_basis": (383, v, 3), "template_joint_positions": (4, 3),
        "joint_identity_basis": (253, 4, 3), "identity_names": (253,), "expression_names": (383,),
        "joint_names": (4,), "joint_parent_indices": (4,), "skinning_weights": (4, v), "quads": (corners, 4),
        "triangles": (2 * corners, 3), "quad_uvs": (corners, 4, 2), "triangle_uvs": (2 * corners, 3, 2),
        "mesh_component_names": (g,), "mirror_indices": (v,), "joint_regressor": (4, v),
        "pose_correctives_regressor": (36, 3 * v), "bone_aligned_template_joint_orientations": (4, 3, 3),
        "vertex_groups": (g, v), "vertex_group_names": (g,),
    }  # fmt: skip
    published = Sizes()
    assert 2 * (published.vertices + published.faces) - 1 + 2 * 578 + 3 * 362 == 17821
    assert (str(model["version"]), str(model["variant"])) == ("3.0", "head")


def test_the_head_is_the_published_forward_function(posed, model):
    """Written anew from its description: bases, correctives of all joints, skinning; the root at rest."""
    rng = np.random.default_rng(0)
    identity, expression = rng.normal(size=253), rng.normal(size=383)
    turns = {"head": [0.2, 0.3, -0.1], "eyes": [0.1, 0.2, 0.0, -0.1, 0.3, 0.0]}
    shaped = (
        model["template_vertex_positions"].astype(float)
        + np.tensordot(identity, model["vertex_identity_basis"], 1)
        + np.tensordot(expression, model["expression_basis"], 1)
    )
    joints = model["template_joint_positions"] + np.tensordot(identity, model["joint_identity_basis"], 1)
    rotations = [rodrigues(v) for v in (np.zeros(3), *np.reshape(turns["head"] + turns["eyes"], (3, 3)))]
    feature = np.concatenate([(r - np.eye(3)).ravel() for r in rotations])
    shaped = shaped + (feature @ model["pose_correctives_regressor"]).reshape(-1, 3)
    worlds = []
    for joint, parent in enumerate((-1, 0, 1, 1)):
        local = np.eye(4)
        local[:3, :3] = rotations[joint]
        local[:3, 3] = joints[joint] - (joints[parent] if parent >= 0 else 0)
        worlds.append(local if parent < 0 else worlds[parent] @ local)
    moved = [w[:3, :3] @ (shaped - j).T + w[:3, 3:] for w, j in zip(worlds, joints, strict=True)]
    expected = np.einsum("jv,jdv->vd", model["skinning_weights"], np.stack(moved))
    params = {"identity": identity, "expression": expression, **turns}
    found = posed.evaluate(
        {n: torch.tensor(np.asarray(v), dtype=torch.float32)[None] for n, v in params.items()}
    )[0]
    origin = posed.mean_vertices().double().numpy() - 1000 * model["template_vertex_positions"]
    np.testing.assert_allclose(found.double().numpy(), 1000 * expected + origin[:1], atol=5e-3)


def rodrigues(vector):
    angle = np.linalg.norm(vector) + 1e-12
    x, y, z = vector / angle
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew


def test_the_head_equals_its_twin(posed):
    rng = torch.Generator().manual_seed(0)
    params = {b.name: torch.randn(1, b.size, generator=rng) * b.prior_std for b in posed.blocks}
    torch.testing.assert_close(
        posed.evaluate(params).double(), evaluate_reference(posed, params), rtol=0, atol=2e-3
    )


def test_blocks_carry_the_published_names(head, model):
    assert {b.name: (b.size, b.scope) for b in head.blocks} == {
        "identity": (253, "subject"),
        "expression": (383, "frame"),
        "head": (3, "frame"),
        "eyes": (6, "frame"),
    }
    assert list(head.blocks[0].names) == model["identity_names"].tolist()
    assert list(head.blocks[1].names) == model["expression_names"].tolist()
    for block in head.blocks:
        assert bool(((block.lower <= block.prior_mean) & (block.prior_mean <= block.upper)).all())


def test_quads_are_two_triangles_in_a_row_with_their_texture_coordinates(head, model):
    assert bool(head.quads[::2].all())
    assert not bool(head.quads[1::2].any())
    assert head.faces[::2].tolist() == model["quads"][:, [0, 1, 2]].tolist()
    assert head.faces[1::2].tolist() == model["quads"][:, [0, 2, 3]].tolist()
    np.testing.assert_allclose(head.uv[head.faces_uv.long()][::2], model["quad_uvs"][:, [0, 1, 2]], atol=1e-7)
    assert len(head.uv) < 1.2 * VERTICES


def test_a_quad_of_three_corners_is_one_triangle(model, path, tmp_path):
    quads = model["quads"].copy()
    quads[5, 3] = quads[5, 2]
    np.savez(tmp_path / FILE, **{**model, "quads": quads})
    (tmp_path / LANDMARK_FILE).write_bytes((path.parent / LANDMARK_FILE).read_bytes())
    found = convert_gnm(tmp_path / FILE, "gnm")
    assert len(found.faces) == 2 * len(quads) - 1
    assert found.faces[10].tolist() == quads[5, :3].tolist()
    assert not bool(found.quads[10])
    assert bool(found.quads[11])


def test_teeth_and_tongue_and_the_backs_of_the_eyes_are_not_scanned(head):
    for name in ("upper_teeth_and_gums", "lower_teeth_and_gums", "tongue"):
        assert not bool((head.regions["scannable"] & head.regions[f"gnm.{name}"]).any())
    assert torch.equal(head.regions["head"], head.regions["gnm.skin"])
    for side in ("left_eye", "right_eye"):
        ball = head.regions[f"gnm.{side}"]
        assert 0 < int((head.regions["scannable"] & ball).sum()) < 0.5 * int(ball.sum())


def test_landmarks_are_the_files_and_in_the_order_of_ibug_even_from_a_mirrored_file(head, path, tmp_path):
    points = points_at(head.mean_vertices()[None], head.faces, head.landmarks["ibug68"])[0]
    assert points[36, 0] < points[39, 0] < 0 < points[42, 0] < points[45, 0]
    assert points[8, 1] == points[:17, 1].min()
    assert LANDMARK_FILE in head.card.assets
    rows = (path.parent / LANDMARK_FILE).read_text().splitlines()
    (tmp_path / FILE).write_bytes(path.read_bytes())
    (tmp_path / LANDMARK_FILE).write_text("\n".join(rows[k] for k in MIRRORED))
    again = convert_gnm(tmp_path / FILE, "gnm")
    assert torch.equal(again.landmarks["ibug68"].face, head.landmarks["ibug68"].face)
    assert any("in the mirror" in note for note in again.card.notes)


def test_the_mirrored_order_undoes_itself():
    assert sorted(MIRRORED) == list(range(68))
    assert [MIRRORED[k] for k in MIRRORED] == list(range(68))


def test_without_landmarks_they_are_carried_over_onto_the_skin(path, tmp_path):
    (tmp_path / FILE).write_bytes(path.read_bytes())
    carried = convert_gnm(tmp_path / FILE, "gnm")
    corners = carried.faces[carried.landmarks["ibug68"].face.long()].long()
    assert bool(carried.regions["gnm.skin"][corners].all())
    assert any("carried over" in note for note in carried.card.notes)


def test_a_converted_head_is_the_same_head(head, tmp_path):
    digest = write_head(head, tmp_path / "g.npz")
    again = read_head(tmp_path / "g.npz")
    params = {b.name: b.prior_std[None] * 0.7 for b in head.blocks}
    assert torch.equal(again.evaluate(params), head.evaluate(params))
    assert again.card.assets == {**head.card.assets, "converted": digest}
    assert (again.card.name, again.card.synthetic_stand_in) == ("gnm(stand-in)", True)


def put(index, value):
    def change(array):
        array = array.copy()
        array[index] = value
        return array

    return change


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quads": None}, "expected quads in .* found only"),
        ({"version": lambda _: np.array("2.0")}, "expected GNM head 3.0 .* got the version '2.0'"),
        ({"variant": lambda _: np.array("body")}, "got the variant 'body'"),
        ({"template_vertex_positions": lambda a: 1000 * a}, "60 to 130 mm apart with coordinates in m"),
        ({"template_vertex_positions": lambda a: a[:-1]}, "vertex_groups of shape"),
        ({"expression_basis": lambda a: a[:, :-1]}, "expression_basis of shape"),
        ({"template_vertex_positions": put((0, 0), np.nan)}, "finite numbers in template_vertex_positions"),
        ({"template_vertex_positions": lambda _: np.array(1.0)}, "an array in template_vertex_positions"),
        ({"expression_basis": lambda a: a[:-1]}, "a name for each of 382 or more entries in expression_names"),
        ({"identity_names": lambda a: a.astype("S")}, r"numbers of the type \|S"),
        ({"skinning_weights": lambda a: 2 * a}, "skinning_weights that sum to 1"),
        ({"pose_correctives_regressor": lambda a: a[:27]}, r"pose_correctives_regressor of shape \(36,"),
        ({"joint_names": lambda a: a[::-1]}, "the first of them the root"),
        ({"joint_parent_indices": put(1, 3)}, "each joint after its parent"),
        ({"quads": put((0, 0), VERTICES)}, "indices of quads"),
        ({"quads": lambda a: a[:, :3]}, "quad"),
        ({"mirror_indices": put(0, -1)}, "indices of mirror_indices"),
        ({"vertex_groups": lambda a: a[:, :-1]}, "vertex_groups of shape"),
        ({"vertex_groups": lambda a: 0 * a}, "vertices in the group skin"),
        ({"vertex_group_names": lambda a: a[1:]}, "vertex_groups of shape"),
    ],
)
def test_a_malformed_model_is_refused_saying_why(model, path, tmp_path, changes, said):
    arrays = {**model, **{name: change and change(model[name]) for name, change in changes.items()}}
    np.savez(tmp_path / FILE, **{name: array for name, array in arrays.items() if array is not None})
    (tmp_path / LANDMARK_FILE).write_bytes((path.parent / LANDMARK_FILE).read_bytes())
    with pytest.raises(ValueError, match=said):
        convert_gnm(tmp_path / FILE, "gnm")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 0.5 2 0.5 3 0\n" * 67, r"head_sparse_68\.txt of shape \(68, 6\)"),
        ("1 0.5 2 0.5 3\n" * 68, r"of shape \(68, 6\)"),
        ("1 x\n", "rows of six numbers"),
        ("1 0.5 2 0.5\n1\n", "rows of six numbers"),
        ("1 0.9 2 0.5 3 0\n" * 68, "weights that sum to 1"),
        ("1.5 0.5 2 0.5 3 0\n" * 68, "whole vertices"),
        ("99999 0.5 2 0.5 3 0\n" * 68, "indices of vertices of head_sparse_68"),
        ("nan 0.5 2 0.5 3 0\n" * 68, "finite numbers"),
    ],
)
def test_malformed_landmarks_are_refused(path, tmp_path, text, said):
    (tmp_path / FILE).write_bytes(path.read_bytes())
    (tmp_path / LANDMARK_FILE).write_text(text)
    with pytest.raises(ValueError, match=said):
        convert_gnm(tmp_path / FILE, "gnm")


class Runs:
    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


def test_hostile_objects_are_refused_and_do_nothing(model, tmp_path):
    victim = tmp_path / "victim"
    np.savez(tmp_path / FILE, **{**model, "joint_names": np.array([Runs(victim)], dtype=object)})
    with pytest.raises(ValueError, match=r"got a reference to _?io\.open"):
        convert_gnm(tmp_path / FILE, "gnm")
    assert not victim.exists()


def test_random_damage_is_a_value_error(path, tmp_path):
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(15):
        spoilt = bytearray(whole[: rng.integers(len(whole) // 2, len(whole) + 1)])
        for place in (len(spoilt) - rng.integers(1, 4000, 5)).tolist():
            spoilt[place] ^= int(rng.integers(1, 256))
        (tmp_path / FILE).write_bytes(bytes(spoilt))
        with pytest.raises(ValueError, match="expected"):
            read_gnm(tmp_path / FILE)
