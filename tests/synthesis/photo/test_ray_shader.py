import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy.ndimage import binary_dilation

from facescale.synthesis.photo.lens import project
from facescale.synthesis.photo.lights import Lamp, Lighting, Room
from facescale.synthesis.photo.painted_head import CHILDREN, Material
from facescale.synthesis.photo.person import posed
from facescale.synthesis.photo.ray_shader import expose
from facescale.synthesis.photo.response_of_surfaces import Surfaces, lamp_light
from facescale.synthesis.photo.scene import build_scene
from facescale.synthesis.photo.skylight import skylight
from tests.synthesis.photo.people import builtin, frontal, painted, person, plain_sitter, scene_of

SIZE = 160
WHITE = Room(
    below=np.ones(3), above=np.ones(3), directions=np.array([[0.0, 1, 0]]),
    sharpness=np.ones(1), colours=np.zeros((1, 3))
)  # fmt: skip
LIGHT = Lighting(room=WHITE, lamps=())


def smiling() -> np.ndarray:
    values = np.zeros(builtin().blocks[1].size, np.float32)
    values[[builtin().blocks[1].names.index(n) for n in ("mouthSmileLeft", "jawOpen")]] = 0.6
    return values


@pytest.fixture(scope="module")
def before_the_camera():
    someone = person(5)
    vertices = posed(painted(), someone, smiling())
    scene = build_scene(painted(), someone, vertices, coat=None, garment=None)
    return plain_sitter(someone), vertices, scene


def plane_and_occluder():
    """A floor of 400 mm at y = 0 and a square of 60 mm at y = 100 over its middle, facing up."""
    square = np.array([[-1, 0, -1], [-1, 0, 1], [1, 0, 1], [1, 0, -1]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    vertices = np.concatenate([200 * square, 30 * square + [0, 100, 0]])
    return scene_of(vertices, np.concatenate([faces, faces + 4]), int(Material.SKIN))


def floor_points(scene, points: np.ndarray) -> Surfaces:
    count = len(points)
    up = np.tile(np.float32([0, 1, 0]), (count, 1))
    return Surfaces(
        points=points.astype(np.float32), normals=up, view=up, material=np.full(count, int(Material.SKIN)),
        albedo=np.ones((count, 3), np.float32), gloss=np.zeros(count, np.float32),
        strand=np.zeros((count, 3), np.float32), node=np.zeros((count, 3), int),
        weights=np.tile(np.float32([1, 0, 0]), (count, 1)),
    )  # fmt: skip


def test_a_lamp_casts_the_shadow_that_geometry_says():
    scene = plane_and_occluder()
    lamp = Lamp(position=np.array([100.0, 1000, 0]), radius=1e-3, irradiance=np.ones(3))
    x, z = (axis.ravel() for axis in np.meshgrid(np.linspace(-150, 150, 61), np.linspace(-150, 150, 61)))
    where = floor_points(scene, np.stack([x, 0 * x, z], axis=1))
    diffuse, _ = lamp_light(scene, where, lamp, np.random.default_rng(0))
    # from the lamp through the square at a tenth of the height
    crossing = np.stack([x + 0.1 * (100 - x), 0.9 * z])
    beside = np.abs(np.abs(crossing) - 30).min(axis=0) < 1
    shadowed = (np.abs(crossing) < 30).all(axis=0)
    assert shadowed.sum() > 50
    assert (diffuse[shadowed & ~beside] == 0).all()
    assert (diffuse[~shadowed & ~beside] > 0).all()
    ahead = np.argmin(np.hypot(x - 100, z))
    np.testing.assert_allclose(diffuse[ahead], lamp.distance**2 / 1000**2 / np.pi, rtol=1e-3)


def test_a_large_lamp_has_a_soft_shadow():
    scene = plane_and_occluder()
    lamp = Lamp(position=np.array([0.0, 1000, 0]), radius=200.0, irradiance=np.ones(3))
    edge = np.tile([33.0, 0, 0], (4000, 1))
    diffuse, _ = lamp_light(scene, floor_points(scene, edge), lamp, np.random.default_rng(0))
    assert 0.3 < (diffuse[:, 0] > 0).mean() < 0.7


def test_the_sky_is_hidden_below_an_occluder_and_open_beside_it():
    scene = plane_and_occluder()
    vertices = np.concatenate([scene.node_points, np.float32([[0, 0, 0], [190, 0, 190]])])
    up = np.float32([[0, 1, 0]])
    asked = type(scene)(
        **{name: getattr(scene, name) for name in scene.__dataclass_fields__ if not name.startswith("node_")},
        node_points=vertices,
        node_normals=np.concatenate([scene.node_normals, up, up]),
    )
    wanted = np.arange(len(vertices)) >= 8
    sky = skylight(asked, WHITE, wanted, np.full(3, 0.5), np.random.default_rng(0))
    # the square seen from 100 mm below hides this share of the cosine-weighted sky
    a = 0.3
    hidden = 4 / np.pi * (a / np.sqrt(1 + a * a)) * np.arctan(a / np.sqrt(1 + a * a))
    assert sky.openness[8] == pytest.approx(1 - hidden, abs=0.06)
    assert sky.openness[9] > 0.97
    np.testing.assert_allclose(sky.irradiance[9], 1, atol=0.03)
    assert np.isnan(sky.irradiance[:8]).all()


@pytest.mark.parametrize("turn", [0.0, 0.6])
def test_the_picture_shows_the_true_shape_through_the_true_camera(before_the_camera, turn):
    sitter, vertices, scene = before_the_camera
    camera = frontal(SIZE, turn=turn)
    cover = expose(sitter, scene, camera, LIGHT, np.random.default_rng(0)).cover > 0.5
    drawn = Image.new("1", (16 * SIZE, 16 * SIZE))
    draw = ImageDraw.Draw(drawn)
    pixels = project(camera, vertices)
    for face in painted().template.faces:
        draw.polygon([tuple(16 * pixels[k] - 0.5) for k in face], fill=1)
    wanted = np.asarray(drawn).reshape(SIZE, 16, SIZE, 16).mean(axis=(1, 3)) > 0.5
    # of some 4,800 pixels 300 lie on the outline, where a pixel is in or out by a hair
    assert (cover & wanted).sum() / (cover | wanted).sum() > 0.985
    assert not (cover & ~binary_dilation(wanted)).any()


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_a_mark_on_the_skin_lands_on_its_projected_pixel(before_the_camera, turn):
    sitter, vertices, scene = before_the_camera
    camera, sites = frontal(320, turn=turn), builtin().landmarks["ibug68"]
    plain = expose(sitter, scene, camera, LIGHT, np.random.default_rng(0)).light
    for landmark in (27, 30, 51, 8):
        layers = np.full((1024, 1024, 7), 0, np.float32)
        layers[..., :3] = 0.4
        corners = builtin().faces_uv[sites.face[landmark]]
        at = (builtin().uv[corners] * sites.barycentric[landmark][:, None]).sum(dim=0).numpy()
        row, column = np.mgrid[:1024, :1024] + 0.5
        near = np.hypot(column - 1024 * at[0], row - 1024 * (1 - at[1])) < 5
        layers[near, :3] = 0.9
        marked = type(sitter)(**(vars(sitter) | {"skin": type(sitter.skin)(layers=layers)}))
        light = expose(marked, scene, camera, LIGHT, np.random.default_rng(0)).light
        weight = np.clip((light - plain).mean(axis=2), 0, None)
        weight[weight < 0.3 * weight.max()] = 0
        rows, columns = np.mgrid[:320, :320] + 0.5
        found = np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()
        face = builtin().faces[sites.face[landmark]].numpy()
        point = (vertices[face] * sites.barycentric[landmark].numpy()[:, None]).sum(axis=0)
        assert np.linalg.norm(found - project(camera, point[None])[0]) < 0.5


def test_quarters_of_a_face_tile_it():
    weights = np.random.default_rng(0).dirichlet((1, 1, 1), 500)
    triangle = np.random.default_rng(1).standard_normal((3, 2))

    def area(corners):
        (ax, ay), (bx, by) = corners[1] - corners[0], corners[2] - corners[0]
        return abs(ax * by - ay * bx) / 2

    parts = [child @ triangle for child in CHILDREN[:4]]
    assert sum(area(part) for part in parts) == pytest.approx(area(triangle))
    np.testing.assert_allclose((weights @ CHILDREN[2]).sum(axis=1), 1)
