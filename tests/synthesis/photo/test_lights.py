import numpy as np
from scipy.spatial.transform import Rotation

from facescale.synthesis.photo.lights import Lamp, Room, draw_lighting


def test_light_turns_with_its_frame():
    lighting = draw_lighting(np.random.default_rng(3))
    turn, shift = Rotation.from_euler("z", 0.4).as_matrix(), np.array([3.0, -20, 7])
    ways = np.random.default_rng(0).standard_normal((50, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    still = Room(
        below=np.ones(3), above=np.ones(3), directions=lighting.room.directions,
        sharpness=lighting.room.sharpness, colours=lighting.room.colours,
    )  # fmt: skip
    room = type(lighting)(room=still, lamps=lighting.lamps).turned(turn, shift)
    np.testing.assert_allclose(room.room.radiance(ways @ turn.T), still.radiance(ways), rtol=1e-5)
    for before, after in zip(lighting.lamps, room.lamps, strict=True):
        np.testing.assert_allclose(after.position, turn @ before.position + shift)


def test_points_of_a_lamp_fill_its_disc_which_faces_the_origin():
    lamp = Lamp(position=np.array([300.0, 800, 500]), radius=120.0, irradiance=np.ones(3))
    points = lamp.points(np.random.default_rng(0), 4000) - lamp.position
    assert np.abs(points @ lamp.position / lamp.distance).max() < 1e-2
    away = np.linalg.norm(points, axis=1)
    assert away.max() <= 120.01
    np.testing.assert_allclose(np.mean(away**2), 120.0**2 / 2, rtol=0.03)


def test_a_lamps_radiance_is_what_its_irradiance_comes_from():
    lamp = Lamp(position=np.array([0.0, 0, 2000]), radius=30.0, irradiance=np.array([1.0, 2, 3]))
    solid_angle = np.pi * lamp.radius**2 / lamp.distance**2
    np.testing.assert_allclose(lamp.radiance() * solid_angle, lamp.irradiance)


def test_a_blurred_room_is_as_bright_as_a_sharp_one():
    room = draw_lighting(np.random.default_rng(5)).room
    ways = np.random.default_rng(0).standard_normal((60_000, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    sharp, blurred = room.radiance(ways), room.radiance(ways, 0.1)
    np.testing.assert_allclose(blurred.mean(axis=0), sharp.mean(axis=0), rtol=0.05)
    assert (blurred.std(axis=0) < sharp.std(axis=0)).all()
