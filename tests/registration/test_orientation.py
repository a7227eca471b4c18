import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from facescale.registration.orientation import orient
from facescale.registration.point_pool import PointPool
from facescale.registration.rigid import angles_between
from facescale.registration.scan_surface import draw, scan_surface
from facescale.registration.surface_pose import LEAST_RATIO
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER
from tests.heads.ict_assets import needs_ict
from tests.registration.ict_scans import honest_scan, registrar

pytestmark = needs_ict


def found_in(scan: Mesh, millimetres: float, **known):
    rng = np.random.default_rng(0)
    pool = PointPool.of(draw(scan_surface(scan, rng), 8000, rng), millimetres, count=8000)
    return orient(registrar().template, pool, rng, **known)


@pytest.mark.parametrize(
    ("index", "kind"),
    [
        (0, {"cameras": 3}),
        (1, {"cameras": 8, "shoulders": 1.0}),
        (2, {"cameras": 3, "hair": 1.0, "shoulders": 1.0}),
        (3, {"cameras": 5, "hair": 1.0}),
    ],
    ids=["front-only", "bust", "front-only-hair-bust", "hair"],
)
def test_a_face_is_found_in_any_rotation(index, kind):
    scan = honest_scan(index, **kind)
    found = found_in(scan.capture.scan, MILLIMETRES_PER[scan.truth.unit])
    assert np.rad2deg(angles_between(scan.truth.rotation, found.rotation[None]))[0] < 12
    assert found.ratio > LEAST_RATIO
    assert found.score < 2.0


def test_a_cloud_without_normals_is_oriented_too():
    scan = honest_scan(0, cameras=3)
    cloud = Mesh(vertices=scan.capture.scan.vertices, faces=np.zeros((0, 3), dtype=np.int32))
    found = found_in(cloud, MILLIMETRES_PER[scan.truth.unit])
    assert np.rad2deg(angles_between(scan.truth.rotation, found.rotation[None]))[0] < 12
    assert found.ratio > LEAST_RATIO


@pytest.mark.parametrize(
    "solid",
    [
        trimesh.creation.box((180, 230, 200)),
        trimesh.creation.icosphere(subdivisions=4, radius=100),
        trimesh.creation.capsule(120, 80),
        trimesh.creation.cone(90, 200),
        trimesh.creation.torus(90, 40),
    ],
    ids=["box", "sphere", "capsule", "cone", "torus"],
)
def test_no_orientation_of_a_solid_stands_out(solid):
    turn = Rotation.random(random_state=3).as_matrix()
    scan = Mesh(vertices=np.asarray(solid.vertices) @ turn.T, faces=np.asarray(solid.faces, dtype=np.int32))
    if len(scan.vertices) < 300:
        fine = solid.subdivide().subdivide().subdivide().subdivide()
        scan = Mesh(vertices=np.asarray(fine.vertices) @ turn.T, faces=np.asarray(fine.faces, dtype=np.int32))
    assert found_in(scan, 1.0).ratio < LEAST_RATIO


def test_a_known_rotation_leaves_only_the_place_to_be_found():
    scan = honest_scan(1)
    off = Rotation.from_rotvec([0.2, -0.15, 0.1]).as_matrix()
    found = found_in(scan.capture.scan, MILLIMETRES_PER[scan.truth.unit], rotation=off @ scan.truth.rotation)
    assert np.rad2deg(angles_between(scan.truth.rotation, found.rotation[None]))[0] < 8
