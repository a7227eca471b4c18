import dataclasses
import math

import pytest
import torch

from facescale.geometry.cameras.check import Verdict, check_cameras
from facescale.geometry.rotations import rotation_from_vector, vector_from_rotation
from tests.geometry.cameras import scenes

FLIP = torch.tensor([1.0, -1, -1], dtype=torch.float64)


def inverse(camera):
    rotation = camera.rotation.mT
    return dataclasses.replace(
        camera, rotation=rotation, translation=-(rotation @ camera.translation[..., None])[..., 0]
    )


def axes(camera, signs):
    signs = torch.tensor(signs, dtype=torch.float64)
    return dataclasses.replace(
        camera, rotation=signs[:, None] * camera.rotation, translation=signs * camera.translation
    )


def turned_by(camera, factor):
    vector = vector_from_rotation(camera.rotation) * factor
    return dataclasses.replace(camera, rotation=rotation_from_vector(vector))


def nerf(camera):
    """OpenGL's camera to world, as its numbers stand in the file."""
    return inverse(axes(camera, [1, -1, -1]))


def moved(camera, name, function):
    return dataclasses.replace(camera, **{name: function(getattr(camera, name))})


def scaled(camera, factor):
    return moved(moved(camera, "focal", lambda x: x * factor), "principal", lambda x: x * factor)


MISTAKES = {
    "opengl axes": lambda camera: axes(camera, [1, -1, -1]),
    "pytorch3d axes": lambda camera: axes(camera, [-1, -1, 1]),
    "looking backwards": lambda camera: axes(camera, [-1, 1, -1]),
    "camera to world": inverse,
    "camera to world, opengl axes": nerf,
    "rotation transposed": lambda camera: moved(camera, "rotation", lambda r: r.mT),
    "centre for translation": lambda camera: dataclasses.replace(camera, translation=camera.centre),
    "rotation in radians read as degrees": lambda camera: turned_by(camera, math.pi / 180),
    "rotation in degrees read as radians": lambda camera: turned_by(camera, 180 / math.pi),
    "principal point swapped": lambda camera: moved(camera, "principal", lambda c: c.flip(-1)),
    "half a pixel too little": lambda camera: moved(camera, "principal", lambda c: c - 0.5),
    "half a pixel too much": lambda camera: moved(camera, "principal", lambda c: c + 0.5),
    "K of another resolution": lambda camera: scaled(camera, 0.5),
    "translation in another unit": lambda camera: moved(camera, "translation", lambda t: t / 1000),
}
"""Name -> how it spoils right cameras."""


def scene(seed=0, views=4, *, distorted=True, noise=0.2, count=68):
    """Right cameras, points and what they see, with noise, a tenth unobserved and one in twenty far off."""
    camera = scenes.pinhole(seed, views, distorted=distorted)
    points = scenes.points(seed + 7, 1, count)[0]
    observed = camera.project(points.expand(views, -1, 3)).pixels
    observed = observed + noise * scenes.random(seed + 8, views, count, 2)
    lot = torch.rand(views, count, generator=torch.Generator().manual_seed(seed))
    observed = torch.where(
        (lot < 0.05)[..., None], observed + 60 * scenes.random(seed + 9, views, count, 2), observed
    )
    return camera, points, torch.where((lot > 0.9)[..., None], torch.nan, observed)


def assert_found(check, name):
    assert check.verdict is Verdict.MISTAKE, check.message
    assert [trial.name for trial in check.explanations] == [name], check.message
    assert check.explanations[0].error < 1
    assert check.explanations[0].sentence in check.message


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_cameras_fit(seed):
    check = check_cameras(*scene(seed))
    assert check.verdict is Verdict.FITS, check.message
    assert check.explanations == ()
    assert check.given.error < 1
    assert check.message.startswith("the cameras fit")


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_planted_mistake_is_named(name, seed):
    camera, points, observed = scene(seed)
    assert_found(check_cameras(MISTAKES[name](camera), points, observed), name)


@pytest.mark.parametrize("name", MISTAKES)
def test_most_mistakes_show_in_a_single_view(name):
    camera, points, observed = scene(3, views=1)
    check = check_cameras(MISTAKES[name](camera), points, observed)
    assert name in [trial.name for trial in check.explanations], check.message


@pytest.mark.parametrize("seed", [0, 1])
def test_mistakes_of_the_observed_points_are_named(seed):
    camera, points, observed = scene(seed)
    width, height = camera.size[0].tolist()
    mirrored = torch.stack([width - observed[..., 0], observed[..., 1]], dim=-1)
    assert_found(check_cameras(camera, points, mirrored), "mirrored columns")
    upside = torch.stack([observed[..., 0], height - observed[..., 1]], dim=-1)
    assert_found(check_cameras(camera, points, upside), "rows from the bottom")
    assert_found(check_cameras(camera, points, observed.flip(-1)), "columns and rows swapped")
    left_handed = points * torch.tensor([-1.0, 1, 1])
    assert_found(check_cameras(camera, left_handed, observed), "mirrored world")


@pytest.mark.parametrize("factor", [0.25, 2 / 3, 1.5, 3.0])
def test_the_factor_of_another_resolution_is_measured(factor):
    camera, points, observed = scene(1)
    check = check_cameras(scaled(camera, factor), points, observed)
    assert_found(check, "K of another resolution")
    assert f"by {1 / factor:.4g}"[:6] in check.message


def test_points_behind_the_cameras_are_counted():
    camera, points, observed = scene(0)
    check = check_cameras(axes(camera, [1, -1, -1]), points, observed)
    assert check.given.behind == 1
    assert check.given.inside == 0
    assert check.explanations[0].behind == 0
    assert check.explanations[0].inside > 0.5


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_what_no_single_mistake_explains_is_not_explained(seed):
    camera, points, observed = scene(seed)
    turn = rotation_from_vector(torch.tensor([0.5, -0.4, 0.6], dtype=torch.float64))
    check = check_cameras(camera, points @ turn.mT + 40, observed)
    assert check.verdict is Verdict.NONE_FITS, check.message
    assert check.explanations == ()
    assert "no single known mistake" in check.message
    shuffled = points[torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))]
    assert check_cameras(camera, shuffled, observed).verdict is Verdict.NONE_FITS
    two = moved(axes(camera, [1, -1, -1]), "principal", lambda c: c.flip(-1))
    assert check_cameras(two, points, observed).verdict is Verdict.NONE_FITS


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4])
def test_approximate_points_neither_raise_an_alarm_nor_hide_a_mistake(seed):
    """Three millimetres and three per cent of size: what a mean head in place of the subject's gives."""
    camera, points, observed = scene(seed)
    rough = 1.03 * points + 3 * scenes.random(seed + 20, len(points), 3)
    assert check_cameras(camera, rough, observed).verdict is Verdict.FITS
    gross = set(MISTAKES) - {
        "half a pixel too little",
        "half a pixel too much",
        "rotation in degrees read as radians",
    }
    for name in sorted(gross):
        check = check_cameras(MISTAKES[name](camera), rough, observed)
        assert [trial.name for trial in check.explanations] == [name], check.message


def test_two_mistakes_that_come_to_the_same_are_both_named():
    """Without a rotation the inverse of a pose is its translation negated, as is the camera's position."""
    camera, points, observed = scene(0, views=2, distorted=False)
    right = dataclasses.replace(
        camera,
        rotation=torch.eye(3).double().expand(2, 3, 3),
        translation=torch.tensor([[0.0, 0, 900]] * 2).double(),
    )
    observed = right.project(points.expand(2, -1, 3)).pixels
    check = check_cameras(inverse(right), points, observed)
    assert check.verdict is Verdict.AMBIGUOUS
    assert {trial.name for trial in check.explanations} == {"camera to world", "centre for translation"}
    assert "; or " in check.message


def test_half_a_pixel_is_not_claimed_where_errors_hide_it():
    camera, points, observed = scene(0, noise=4.0)
    spoiled = MISTAKES["half a pixel too little"](camera)
    assert check_cameras(spoiled, points, observed).verdict is Verdict.FITS


def test_too_little_to_judge_is_refused():
    camera, points, observed = scene(0)
    with pytest.raises(ValueError, match="at least 6 observed points, got 0"):
        check_cameras(camera, points, torch.full_like(observed, torch.nan))
    with pytest.raises(ValueError, match="expected pixels"):
        check_cameras(camera, points, observed[:2])
