import struct
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from facescale.heads.bounded_files import is_stand_in
from facescale.heads.converted import read_head, write_head
from facescale.heads.dna_file import SECTIONS, read_dna
from facescale.heads.dna_skeleton import frame_of
from facescale.heads.metahuman import NOTICE, convert_metahuman
from facescale.heads.stand_ins.dna_writer import dna_bytes
from facescale.heads.stand_ins.metahuman import stand_in_dna

VERTICES, RIM = 900, 60
HEAD = "head_lod0_mesh"


@pytest.fixture(scope="module")
def dna():
    return stand_in_dna(VERTICES, RIM)


@pytest.fixture(scope="module")
def data(dna):
    return dna_bytes(dna)


@pytest.fixture(scope="module")
def path(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("dna") / "Ada.dna"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def head(path):
    return convert_metahuman(path, "metahuman")


@pytest.fixture(scope="module")
def marked(path, head):
    """A file with landmarks beside it, so that each test need not carry them over."""
    sites = head.landmarks["ibug68"]
    np.savez(
        path.with_name("Ada.landmarks.npz"), face=sites.face.numpy(), barycentric=sites.barycentric.numpy()
    )
    return path


def rewritten(marked, tmp_path, dna):
    (tmp_path / "Ada.landmarks.npz").write_bytes(marked.with_name("Ada.landmarks.npz").read_bytes())
    (tmp_path / "Ada.dna").write_bytes(dna_bytes(dna))
    return tmp_path / "Ada.dna"


def test_a_file_is_laid_out_as_the_format_has_it(data, dna):
    assert data[:7] == b"DNA\x00\x02\x00\x01"
    assert data.endswith(b"AND")
    assert is_stand_in(data)
    starts = struct.unpack(">8I", data[7:39])
    assert starts[0] == 39
    assert list(starts) == sorted(starts)
    named = dict(zip(SECTIONS, starts, strict=True))
    # the behaviour begins with its controls, the geometry with the number of meshes and the end of the first
    assert named["behaviour"] == named["controls"]
    meshes, end = struct.unpack_from(">2I", data, named["geometry"])
    assert meshes == 3
    length = struct.unpack_from(">I", data, named["geometry"] + 8)[0]
    assert length == VERTICES
    first = np.frombuffer(data, ">f4", VERTICES, named["geometry"] + 12)
    np.testing.assert_array_equal(first, dna.meshes[HEAD].positions[:, 0].astype(np.float32))
    # the next mesh begins where the first says that it ends
    assert struct.unpack_from(">I", data, end)[0] > end


def test_what_was_written_is_read(data, dna, path):
    found = read_dna(data, path)
    for name in ("name", "unit", "angle", "axes", "joint_names", "channel_names", "mesh_names"):
        assert getattr(found, name) == getattr(dna, name)
    np.testing.assert_array_equal(found.parents, dna.parents)
    np.testing.assert_array_equal(found.rotations, dna.rotations.astype(np.float32))
    for name, mesh in dna.meshes.items():
        other = found.meshes[name]
        for part in ("positions", "uv", "normals", "weights"):
            np.testing.assert_array_equal(getattr(other, part), getattr(mesh, part).astype(np.float32))
        for part in ("layouts", "corners", "faces", "influences", "joints"):
            np.testing.assert_array_equal(getattr(other, part), getattr(mesh, part))
        assert len(other.targets) == len(mesh.targets)
        for mine, target in zip(other.targets, mesh.targets, strict=True):
            assert mine.channel == target.channel
            np.testing.assert_array_equal(mine.vertices, target.vertices)
            np.testing.assert_array_equal(mine.deltas, target.deltas.astype(np.float32))
    assert len(found.meshes[HEAD].targets) > 40


def test_meshes_that_are_not_asked_for_are_passed_over(data, path):
    assert list(read_dna(data, path, ("eyeLeft_lod0_mesh",)).meshes) == ["eyeLeft_lod0_mesh"]


def test_the_resting_skin_is_a_rigid_copy_of_the_file_in_millimetres(head, dna):
    native = np.concatenate([dna.meshes[name].positions for name in dna.mesh_names]) * 10
    shift = head.mean_vertices().double().numpy() - native
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:1], shift.shape), atol=2e-3)
    assert int(head.quads.sum()) > len(head.faces) // 3


def test_the_head_is_the_published_forward_function(head, dna):
    """All joints of the file as 4 x 4 matrices, each in its own rest axes."""
    generator = np.random.default_rng(0)
    posed = {name.rsplit(".", 1)[0] for name in head.blocks[0].names}
    names = [name for name in dna.joint_names if name in posed]
    order = [head.blocks[0].names.index(f"{name}.x") // 3 for name in names]
    tau = {block.name: np.zeros((block.size // 3, 3)) for block in head.blocks}
    for block in head.blocks:
        tau[block.name][order] = generator.normal(size=(len(names), 3)) * 0.7 * float(block.prior_std[0])
    shift = head.mean_vertices().double().numpy()[0] - dna.meshes[HEAD].positions[0] * 10
    rest, moved = [], []
    for joint, name in enumerate(dna.joint_names):
        parent = dna.parents[joint]
        local = matrix(
            Rotation.from_euler("xyz", dna.rotations[joint], degrees=True).as_matrix(),
            dna.translations[joint] * 10,
        )
        rest.append(local if parent == joint else rest[parent] @ local)
        own = np.eye(4)
        if name in posed:
            row = order[names.index(name)]
            axes, place = rest[joint][:3, :3], rest[joint][:3, 3]
            turn = Rotation.from_rotvec(tau["tau_rotation"][row]).as_matrix()
            about = matrix(turn @ axes @ np.diag(np.exp(tau["tau_scale"][row])) @ axes.T, np.zeros(3))
            own = matrix(np.eye(3), place + tau["tau_translation"][row]) @ about @ matrix(np.eye(3), -place)
        moved.append(own if parent == joint else moved[parent] @ own)
    wanted = []
    for mesh in (dna.meshes[name] for name in dna.mesh_names):
        starts = np.cumsum(mesh.influences) - mesh.influences
        for vertex, start in enumerate(starts):
            point = np.append(mesh.positions[vertex] * 10, 1.0)
            span = slice(start, start + mesh.influences[vertex])
            pairs = zip(mesh.weights[span], mesh.joints[span], strict=True)
            wanted.append(sum(weight * (moved[joint] @ point)[:3] for weight, joint in pairs))
    params = {name: torch.from_numpy(value.reshape(1, -1)).float() for name, value in tau.items()}
    found = head.evaluate(params)[0].double().numpy()
    assert np.linalg.norm(found - head.mean_vertices().numpy(), axis=1).max() > 3
    np.testing.assert_allclose(found, np.array(wanted) + shift, atol=0.02)


def matrix(linear, shift):
    return np.block([[linear, shift[:, None]], [np.zeros((1, 3)), np.ones((1, 1))]])


def test_joints_that_carry_nothing_visible_or_most_of_it_are_left_out(head, dna):
    posed = {name.rsplit(".", 1)[0] for name in head.blocks[0].names}
    assert not posed & {"spine_04", "neck_01", "neck_02", "head", "FACIAL_C_FacialRoot"}
    assert {"FACIAL_L_Eye", "FACIAL_R_Eye", "FACIAL_C_Chin"} <= posed
    assert len(posed) == len(head.parents) - 1 > 60
    assert all(block.size == 3 * len(posed) for block in head.blocks)


def test_the_card_tells_what_was_done_and_a_real_file_bears_the_notice(head, marked, dna, tmp_path):
    assert head.card.name == "metahuman(stand-in)"
    assert head.card.notice == ""
    real = convert_metahuman(rewritten(marked, tmp_path, replace(dna, name="Ada")), "metahuman")
    assert (real.card.name, real.card.notice, real.card.synthetic_stand_in) == ("metahuman", NOTICE, False)
    assert real.card.notes[0] == "68 landmarks: Ada.landmarks.npz"
    assert "targets of the file are not used" in real.card.notes[2]


def test_regions_have_the_skin_and_what_shows_of_the_eyes(head):
    skin = torch.arange(head.num_vertices) < VERTICES
    assert torch.equal(head.regions["head"], skin)
    seen = head.regions["scannable"] & ~skin
    assert 20 < int(seen.sum()) < int((~skin).sum()) / 2


@pytest.mark.parametrize(
    ("unit", "angle", "axes"),
    [("m", "radians", ("left", "up", "front")), ("cm", "degrees", ("front", "left", "up"))],
)
def test_units_and_axes_are_those_of_the_file(marked, tmp_path, dna, head, unit, angle, axes):
    """The same head told otherwise is the same head."""
    turn = frame_of(axes).turn
    scale, degrees = (0.01 if unit == "m" else 1.0), (1.0 if angle == "degrees" else np.pi / 180)
    meshes = {name: replace(mesh, positions=mesh.positions @ turn * scale) for name, mesh in dna.meshes.items()}
    root = np.arange(len(dna.parents)) == dna.parents
    first = Rotation.from_euler("xyz", dna.rotations[root], degrees=True).as_matrix()
    angles = dna.rotations * degrees
    angles[root] = Rotation.from_matrix(turn.T @ first).as_euler("xyz", degrees=angle == "degrees")
    translations = np.where(root[:, None], dna.translations @ turn, dna.translations) * scale
    other = replace(
        dna, unit=unit, angle=angle, axes=axes, meshes=meshes, rotations=angles, translations=translations
    )
    found = convert_metahuman(rewritten(marked, tmp_path, other), "metahuman")
    torch.testing.assert_close(found.zero, head.zero, rtol=0, atol=5e-3)
    torch.testing.assert_close(found.place, head.place, rtol=0, atol=5e-3)
    torch.testing.assert_close(found.axes, head.axes, rtol=0, atol=1e-4)


def test_axes_that_would_mirror_the_head_are_the_viewers():
    assert frame_of(("right", "up", "front")).viewers
    np.testing.assert_array_equal(frame_of(("right", "up", "front")).turn, np.eye(3))
    np.testing.assert_array_equal(frame_of(("left", "up", "front")).turn, np.eye(3))
    with pytest.raises(ValueError, match="three axes across each other"):
        frame_of(("left", "right", "front"))


def test_a_converted_head_is_the_same_head(head, tmp_path):
    digest = write_head(head, tmp_path / "m.npz")
    again = read_head(tmp_path / "m.npz")
    params = {block.name: block.prior_std[None] * 0.7 for block in head.blocks}
    assert torch.equal(again.evaluate(params), head.evaluate(params))
    assert again.card.assets == {**head.card.assets, "converted": digest}
    assert again.blocks[0].names == head.blocks[0].names


def with_head(dna, **changes):
    mesh = dna.meshes[HEAD]
    found = {name: change(getattr(mesh, name).copy()) for name, change in changes.items()}
    return replace(dna, meshes={**dna.meshes, HEAD: replace(mesh, **found)})


def put(index, value):
    def change(array):
        array[index] = value
        return array

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: with_head(d, positions=put((0, 0), np.nan)), "finite numbers in positions of head_lod0"),
        (lambda d: with_head(d, positions=lambda a: a * 10), "60 to 130 mm apart with coordinates in cm"),
        (lambda d: with_head(d, weights=lambda a: a * 2), "weights of head that sum to 1"),
        (lambda d: with_head(d, weights=put(0, -1)), "weights of head above zero"),
        (lambda d: with_head(d, joints=put(0, 9999)), "indices of joints of head"),
        (lambda d: with_head(d, faces=put(0, 10**6)), "indices of layouts of head"),
        (lambda d: with_head(d, layouts=put((0, 0), 10**6)), "indices of positions of head"),
        (lambda d: with_head(d, layouts=put((0, 1), 10**6)), "indices of texture coordinates of head"),
        (lambda d: replace(d, parents=put(3, 4)(d.parents.copy())), "a tree of joints, got"),
        (lambda d: replace(d, parents=put(3, 9999)(d.parents.copy())), "parents among"),
        (lambda d: replace(d, joint_names=("x", *d.joint_names)), "as many names, parents and places"),
        (lambda d: replace(d, axes=("right", "up", "back")), "FACIAL_L_Eye to the subject's left"),
        (
            lambda d: replace(d, joint_names=tuple(n.replace("FACIAL", "FACE") for n in d.joint_names)),
            r"joints named FACIAL_\* that carry skin",
        ),
        (
            lambda d: replace(
                d,
                mesh_names=("body", *d.mesh_names[1:]),
                meshes={"body": d.meshes[HEAD], **{n: d.meshes[n] for n in d.mesh_names[1:]}},
            ),
            "a mesh head_lod0_mesh",
        ),
    ],
)
def test_a_malformed_model_is_refused_saying_why(marked, tmp_path, dna, change, said):
    with pytest.raises(ValueError, match=said):
        convert_metahuman(rewritten(marked, tmp_path, change(dna)), "metahuman")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda b: b"XYZ" + b[3:], "expected a MetaHuman DNA file"),
        (lambda b: b[:3] + b"\x00\x03" + b[5:], r"generation and version \(2, 1\)"),
        (lambda b: b[:-3] + b"xxx", "at the end of the geometry"),
        (lambda b: b[:-1], "expected 3 bytes for the end mark"),
        (lambda b: b[: len(b) // 2], "expected"),
        (lambda b: b[:7] + b"\x00\x00\x00\x03" + b[11:], "the descriptor of .* between bytes"),
        (lambda b: b[:35] + b"\xff\xff\xff\xff" + b[39:], "the geometry of .* between bytes"),
        (lambda b: b[:39] + b"\xff\xff\xff\xff" + b[43:], "expected 4294967295 bytes for the name"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "the pointer that git keeps"),
        (lambda _: b"", "expected 3 bytes for the signature"),
    ],
)
def test_a_damaged_file_is_refused_saying_where(data, tmp_path, spoil, said):
    (tmp_path / "m.dna").write_bytes(spoil(data))
    with pytest.raises(ValueError, match=said):
        convert_metahuman(tmp_path / "m.dna", "metahuman")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(
            st.floats(0, 1), st.sampled_from([b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff", b"\x80"])
        ),
        min_size=1,
        max_size=4,
    ),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_random_damage_is_refused_and_costs_no_more_memory_than_the_file(tiny, path, edits, kept):
    spoiled = bytearray(tiny)
    for place, value in edits:
        at = int(place * (len(spoiled) - 4))
        spoiled[at : at + len(value)] = value
    tracemalloc.start()
    try:
        read_dna(bytes(spoiled[: int(kept * len(spoiled))]), path)
    except ValueError:
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 12 * len(tiny) + 100_000


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), value=st.binary(min_size=1, max_size=4))
def test_a_damaged_file_makes_a_head_or_is_refused_and_nothing_else(data, marked, tmp_path, place, value):
    at = int(place * (len(data) - len(value)))
    (tmp_path / "Ada.landmarks.npz").write_bytes(marked.with_name("Ada.landmarks.npz").read_bytes())
    (tmp_path / "Ada.dna").write_bytes(data[:at] + value + data[at + len(value) :])
    try:
        found = convert_metahuman(tmp_path / "Ada.dna", "metahuman")
    except ValueError:
        return
    assert torch.isfinite(found.evaluate({"tau_scale": torch.zeros(1, found.blocks[2].size)})).all()


@pytest.fixture(scope="module")
def tiny(dna):
    """A corner of the head, some kilobytes: damage hits every field."""
    mesh = dna.meshes[HEAD]
    cut = {
        name: getattr(mesh, name)[:12]
        for name in ("positions", "uv", "normals", "layouts", "corners", "targets")
    }
    few = mesh.influences[:12]
    small = replace(
        mesh,
        **cut,
        faces=mesh.faces[: int(cut["corners"].sum())],
        influences=few,
        weights=mesh.weights[: int(few.sum())],
        joints=mesh.joints[: int(few.sum())],
    )
    return dna_bytes(replace(dna, meshes={HEAD: small}, mesh_names=(HEAD,)))


def test_a_count_without_the_bytes_for_it_allocates_nothing(tiny, path):
    """Rows of the smallest size: a count that the rest of the file could not hold."""
    start = struct.unpack(">8I", tiny[7:39])[1]
    spoiled = tiny[:start] + struct.pack(">2I", 0, 2**31) + tiny[start + 8 :]
    tracemalloc.start()
    with pytest.raises(ValueError, match="2147483648 joints of a level"):
        read_dna(spoiled, path)
    assert tracemalloc.get_traced_memory()[1] < 10 * len(tiny)
    tracemalloc.stop()
