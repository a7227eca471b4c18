import numpy as np
import pytest
import torch

from facescale.geometry.sites import points_at
from facescale.geometry.topology import boundary_loops, boundary_vertices
from facescale.heads.ict import load_ict
from facescale.heads.ict_files import IBUG68, read_folder, read_packed
from facescale.heads.regions import region_faces
from tests.heads.ict_assets import ASSETS, FOLDER, PACKED, needs_ict

pytestmark = needs_ict


@pytest.fixture(scope="module")
def packed():
    return load_ict(PACKED)


@pytest.fixture(scope="module")
def folder():
    return load_ict(FOLDER)


def test_the_packed_model_has_all_its_coefficients(packed):
    assert [(block.name, block.size) for block in packed.blocks] == [("identity", 100), ("expression", 57)]
    assert packed.num_vertices == 26719
    assert packed.faces.shape == (2 * 25836 + 548, 3)
    assert "jawOpen" in packed.blocks[1].names


def test_every_number_is_finite(packed):
    for tensor in (packed.zero, packed.basis, packed.uv):
        assert torch.isfinite(tensor).all()


def test_the_left_eye_and_the_left_landmarks_lie_at_positive_x(packed):
    mean = packed.mean_vertices()
    assert mean[21451:23021, 0].mean() > 30
    assert mean[23021:24591, 0].mean() < -30
    points = points_at(mean[None], packed.faces, packed.landmarks["now7"])[0]
    assert (points[[2, 3, 6], 0] > 0).all()
    assert (points[[0, 1, 5], 0] < 0).all()


def test_the_frame_is_millimetres_with_y_up_and_z_out_of_the_face(packed):
    points = points_at(packed.mean_vertices()[None], packed.faces, packed.landmarks["ibug68"])[0]
    outer = (points[36] - points[45]).norm()
    assert outer == pytest.approx(89.2, abs=0.1)
    assert points[27, 1] > points[8, 1] + 50
    assert points[30, 2] == points[:, 2].max()
    assert points[[36, 39, 42, 45]].mean(dim=0).abs().max() < 1e-4


def test_faces_wind_counter_clockwise_seen_from_outside(packed):
    skin = packed.faces[region_faces(packed, "face").long()].long()
    corners = packed.mean_vertices()[skin]
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    # the rest lines nostrils, lids and lips
    assert (normals[:, 2] > 0).float().mean() > 0.8


def test_landmarks_sit_on_the_published_vertices(packed, folder):
    for head in (packed, folder):
        points = points_at(head.zero[None], head.faces, head.landmarks["ibug68"])[0]
        assert torch.equal(points, head.zero[torch.tensor(IBUG68)])


def test_coefficients_never_move_the_frame(packed):
    moved = packed.evaluate({"identity": torch.zeros(1, 100)})
    assert torch.equal(moved[0], packed.zero)


def test_folder_and_packed_npz_agree_to_the_rounding_of_half_precision(packed, folder):
    assert torch.equal(packed.zero, folder.zero)
    assert torch.equal(packed.faces, folder.faces)
    assert torch.equal(packed.faces_uv, folder.faces_uv)
    identities, names = folder.blocks[0].size, folder.blocks[1].names
    assert identities >= 1
    assert {"jawOpen", "eyeBlink_L"} <= set(names)
    columns = [*range(identities), *(100 + packed.blocks[1].names.index(name) for name in names)]
    difference = (packed.basis[..., columns] - folder.basis).abs()
    assert bool((difference <= folder.basis.abs() * 2**-11 + 1e-5).all())
    for name, mask in packed.regions.items():
        assert torch.equal(mask, folder.regions[name])


def test_the_repository_itself_may_be_given_instead_of_its_folder(folder):
    assert load_ict(ASSETS).basis.shape == folder.basis.shape


def test_identities_stop_at_the_first_missing_number(tmp_path):
    for name in ("vertex_indices.json", "generic_neutral_mesh.obj", "identity000.obj"):
        (tmp_path / name).symlink_to(FOLDER / name)
    (tmp_path / "identity002.obj").symlink_to(FOLDER / "identity002.obj")
    assert len(read_folder(tmp_path).identity) == 1


def test_scannable_is_skin_and_the_eyeball_between_the_lids(packed):
    scannable = packed.regions["scannable"]
    assert scannable[:11248].all()
    assert not scannable[11248:21451].any()
    assert not scannable[24591:].any()
    mean = packed.mean_vertices()
    for start, stop in ((21451, 23021), (23021, 24591)):
        visible = mean[start:stop][scannable[start:stop]]
        assert 200 < len(visible) < 500
        assert visible[:, 2].min() > mean[start:stop, 2].mean()


def test_the_border_of_the_skin_is_two_lids_mouth_and_neck(packed):
    faces = packed.faces[region_faces(packed, "head").long()]
    assert sorted(len(loop) for loop in boundary_loops(faces)) == [42, 42, 54, 74]
    assert boundary_vertices(faces, packed.num_vertices).sum() == 42 + 42 + 54 + 74


def test_the_face_lies_around_the_nose_and_within_the_head(packed):
    face, head = packed.regions["face"], packed.regions["head"]
    assert not (face & ~head).any()
    mean = packed.mean_vertices()
    nose = points_at(mean[None], packed.faces, packed.landmarks["ibug68"])[0, 30]
    assert (mean[face] - nose).norm(dim=1).max() < 95
    assert 4000 < face.sum() < 7000


def test_unit_scales_move_the_skin_by_about_a_millimetre(packed):
    start = 0
    for block in packed.blocks:
        columns = packed.basis[:11248, :, start : start + block.size] * block.unit_scale
        rms = columns.square().sum(dim=1).mean(dim=0).sqrt()
        assert float(rms.max()) == pytest.approx(1.0, abs=1e-4)
        start += block.size


def test_the_identity_basis_is_orthogonal_over_the_whole_mesh(packed):
    flat = packed.basis[..., :100].reshape(-1, 100).double()
    norms = flat.norm(dim=0)
    cosines = (flat.T @ flat) / norms[:, None] / norms[None]
    assert float((cosines - torch.eye(100)).abs().max()) < 2e-3
    assert bool((norms[0] / 10).isclose(torch.tensor(61.3, dtype=torch.float64), atol=0.1))


def test_the_card_names_licence_and_digest(packed, folder):
    assert packed.card.licence == "MIT"
    digest = packed.card.assets["ict_facekit_light.npz"]
    assert digest == "5febc70a87feff07dc7b5c7eb67eed95809552895f2ed67a6eb94a3d14d1447d"
    assert np.all([len(value) == 64 for value in folder.card.assets.values()])


def test_quads_are_told_from_triangles_as_the_files_have_them(packed):
    files = read_packed(PACKED)
    first = packed.faces[packed.quads].numpy()
    last = packed.faces[packed.quads.roll(1)][:, 2].numpy()
    quads = files.faces[files.faces[:, 3] >= 0]
    np.testing.assert_array_equal(np.column_stack([first, last]), quads)
    assert len(packed.faces) - 2 * int(packed.quads.sum()) == (files.faces[:, 3] < 0).sum()
