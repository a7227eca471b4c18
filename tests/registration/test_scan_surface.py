import numpy as np
import pytest

from facescale.registration.scan_surface import draw, faces_inwards, scan_surface, within
from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh
from tests.synthesis.spheres import unit_sphere

NO_FACES = np.zeros((0, 3), dtype=np.int32)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def sphere(splits: int = 5, radius: float = 90.0, at: float = 0.0) -> Mesh:
    vertices, faces = unit_sphere(splits)
    return Mesh(vertices=radius * vertices.astype(np.float64) + at, faces=faces)


@pytest.mark.parametrize(
    ("mesh", "reason"),
    [
        (Mesh(vertices=np.zeros((2, 3)), faces=NO_FACES), "too-few-vertices"),
        (Mesh(vertices=np.zeros((0, 3)), faces=NO_FACES), "too-few-vertices"),
        (Mesh(vertices=np.full((500, 3), np.nan), faces=NO_FACES), "not-finite"),
        (Mesh(vertices=np.ones((500, 3)), faces=NO_FACES), "no-extent"),
        (
            Mesh(vertices=rng().normal(size=(500, 3)), faces=np.array([[0, 1, 900]], dtype=np.int32)),
            "bad-face-index",
        ),
    ],
)
def test_what_cannot_be_drawn_from_is_rejected_with_what_was_found(mesh, reason):
    with pytest.raises(CaptureRejected) as caught:
        scan_surface(mesh, rng())
    assert caught.value.reason == reason
    assert "found" in caught.value.detail


def test_points_are_drawn_evenly_by_area():
    mesh = sphere()
    # one hemisphere in far finer triangles than the other
    fine, faces = unit_sphere(6)
    keep = (fine[faces][:, :, 2] > 0).all(axis=1)
    coarse = (mesh.vertices[mesh.faces][:, :, 2] <= 0).any(axis=1)
    both = Mesh(
        vertices=np.concatenate([mesh.vertices, 90.0 * fine]),
        faces=np.concatenate([mesh.faces[coarse], faces[keep] + len(mesh.vertices)]).astype(np.int32),
    )
    drawn = draw(scan_surface(both, rng()), 8000, rng())
    assert (drawn.positions[:, 2] > 0).mean() == pytest.approx(0.5, abs=0.03)
    assert drawn.area * 8000 == pytest.approx(4 * np.pi * 90**2, rel=0.03)
    np.testing.assert_allclose(np.linalg.norm(drawn.positions, axis=1), 90, atol=0.2)


def test_no_face_is_ever_in_both_halves():
    surface = scan_surface(sphere(4), rng())
    drawn = draw(surface, 20_000, rng())
    middles = surface.vertices[surface.faces].mean(axis=1)
    face = np.argmin(((drawn.positions[:2000, None] - middles[None]) ** 2).sum(-1), axis=1)
    halves = [set(face[drawn.held_out[:2000] == half]) for half in (False, True)]
    shared = halves[0] & halves[1]
    # nearest middles name a neighbour now and then
    assert len(shared) < 0.2 * len(halves[0])
    assert drawn.held_out.mean() == pytest.approx(0.5, abs=0.05)


def test_a_scan_far_from_its_origin_keeps_its_digits():
    far = draw(scan_surface(sphere(at=1e7), rng()), 1000, rng())
    assert np.abs(np.linalg.norm(far.positions, axis=1) - 90).max() < 0.3


def test_vertices_that_are_not_finite_are_left_out_and_noted():
    mesh = sphere()
    mesh.vertices[::50] = np.inf
    surface = scan_surface(mesh, rng())
    assert "NaN or infinity" in surface.notes[0]
    drawn = draw(surface, 2000, rng())
    assert np.isfinite(drawn.positions).all()
    assert np.linalg.norm(drawn.positions, axis=1).min() > 80


def test_a_cloud_is_thinned_evenly_whatever_its_density():
    points = rng().normal(size=(60_000, 3))
    points *= 90 / np.linalg.norm(points, axis=1, keepdims=True)
    dense = points[(points[:, 2] > 0) | (rng().random(len(points)) < 0.15)]
    surface = scan_surface(Mesh(vertices=dense, faces=NO_FACES), rng())
    drawn = draw(surface, 3000, rng())
    assert ((drawn.positions + surface.origin)[:, 2] > 0).mean() == pytest.approx(0.5, abs=0.06)
    assert drawn.area * len(drawn.positions) == pytest.approx(4 * np.pi * 90**2, rel=0.25)
    assert not drawn.normals.any()


def test_a_very_fine_scan_stands_for_its_whole_area():
    surface = scan_surface(sphere(8), rng())
    assert surface.fraction < 1
    drawn = draw(surface, 4000, rng())
    assert drawn.area * 4000 == pytest.approx(4 * np.pi * 90**2, rel=0.02)


def test_a_mask_limits_where_points_come_from():
    surface = scan_surface(sphere(), rng())
    mask = within(surface, np.array([90.0, 0, 0]), 60.0)
    drawn = draw(surface, 500, rng(), mask=mask)
    assert np.linalg.norm(drawn.positions - [90, 0, 0], axis=1).max() < 70


def test_inward_faces_are_told_from_outward_ones():
    mesh = sphere()
    assert not faces_inwards(draw(scan_surface(mesh, rng()), 2000, rng()))
    flipped = Mesh(vertices=mesh.vertices, faces=np.ascontiguousarray(mesh.faces[:, ::-1]))
    assert faces_inwards(draw(scan_surface(flipped, rng()), 2000, rng()))
