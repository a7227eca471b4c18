"""The usual mistakes of camera conventions, each as the cameras that it hides. Judges nothing.

A hypothesis takes cameras as they were given and says what they would be if that mistake had been made.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import Tensor

from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.geometry.rotations import rotation_from_vector, vector_from_rotation

HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One mistake and the cameras without it."""

    name: str
    """Stable: what a report groups by."""
    sentence: str
    """What was wrong and what to do."""
    cameras: Callable[[PinholeCamera], PinholeCamera]
    pixels: Callable[[Tensor, Tensor], Tensor] = lambda pixels, _: pixels
    """What the observed pixels [v, n, 2] should be, given sizes [v, 2]: a mistake may be theirs."""
    shift: float = 0.0
    """Pixels by which it moves every point, for mistakes too small to be seen otherwise."""


def _pose(rotation: Callable, translation: Callable) -> Callable[[PinholeCamera], PinholeCamera]:
    def changed(camera: PinholeCamera) -> PinholeCamera:
        r, t = camera.rotation, camera.translation[..., None]
        return dataclasses.replace(camera, rotation=rotation(r), translation=translation(r, t)[..., 0])

    return changed


def _axes(*signs: float) -> Callable[[PinholeCamera], PinholeCamera]:
    def changed(camera: PinholeCamera) -> PinholeCamera:
        sign = camera.rotation.new_tensor(signs)
        return dataclasses.replace(
            camera, rotation=sign[:, None] * camera.rotation, translation=sign * camera.translation
        )

    return changed


def _inverse(camera: PinholeCamera) -> PinholeCamera:
    return _pose(lambda r: r.mT, lambda r, t: -r.mT @ t)(camera)


def _principal(change: Callable[[Tensor], Tensor]) -> Callable[[PinholeCamera], PinholeCamera]:
    return lambda camera: dataclasses.replace(camera, principal=change(camera.principal))


def _from_radians(camera: PinholeCamera) -> PinholeCamera:
    """Rotation vectors that were radians and were read as degrees."""
    vector = vector_from_rotation(camera.rotation) * (180 / math.pi)
    return dataclasses.replace(camera, rotation=rotation_from_vector(vector))


def _flip(pixels: Tensor, sizes: Tensor, axis: int) -> Tensor:
    flipped = pixels.clone()
    flipped[..., axis] = sizes[:, None, axis] - pixels[..., axis]
    return flipped


AS_GIVEN = Hypothesis(name="as given", sentence="the cameras fit as they are", cameras=lambda camera: camera)

FIXED = (
    Hypothesis(
        name="opengl axes",
        sentence="camera axes are OpenGL's (+y up, looking along -z): negate rows two and three of [R|t]",
        cameras=_axes(1.0, -1.0, -1.0),
    ),
    Hypothesis(
        name="pytorch3d axes",
        sentence="camera axes are PyTorch3D's (+x left, +y up): negate rows one and two of [R|t]",
        cameras=_axes(-1.0, -1.0, 1.0),
    ),
    Hypothesis(
        name="looking backwards",
        sentence="cameras look away from the points (+x left, along -z): negate rows one and three of [R|t]",
        cameras=_axes(-1.0, 1.0, -1.0),
    ),
    Hypothesis(
        name="mirrored columns",
        sentence="observed columns count from the right: images or points are mirrored left to right",
        cameras=lambda camera: camera,
        pixels=lambda pixels, sizes: _flip(pixels, sizes, 0),
    ),
    Hypothesis(
        name="mirrored world",
        sentence="the points are mirrored in x = 0: their frame is left-handed",
        cameras=_pose(lambda r: r * r.new_tensor([-1.0, 1.0, 1.0]), lambda _, t: t),
    ),
    Hypothesis(
        name="rows from the bottom",
        sentence="observed rows count from the bottom: use height - row",
        cameras=lambda camera: camera,
        pixels=lambda pixels, sizes: _flip(pixels, sizes, 1),
    ),
    Hypothesis(
        name="columns and rows swapped",
        sentence="observed points are (row, column) instead of (column, row)",
        cameras=lambda camera: camera,
        pixels=lambda pixels, _: pixels.flip(-1),
    ),
    Hypothesis(
        name="camera to world",
        sentence="poses are camera-to-world instead of world-to-camera: invert them",
        cameras=_inverse,
    ),
    Hypothesis(
        name="camera to world, opengl axes",
        sentence="poses are camera-to-world with OpenGL's axes: invert them, then negate rows two and three",
        cameras=lambda camera: _axes(1.0, -1.0, -1.0)(_inverse(camera)),
    ),
    Hypothesis(
        name="rotation transposed",
        sentence="rotations are transposed: rows and columns were confused",
        cameras=_pose(lambda r: r.mT, lambda _, t: t),
    ),
    Hypothesis(
        name="centre for translation",
        sentence="translations are the cameras' positions c: use t = -R c",
        cameras=_pose(lambda r: r, lambda r, t: -r @ t),
    ),
    Hypothesis(
        name="rotation in radians read as degrees",
        sentence="rotation vectors are radians and were read as degrees",
        cameras=_from_radians,
    ),
    Hypothesis(
        name="principal point swapped",
        sentence="the principal point is (row, column) instead of (column, row)",
        cameras=_principal(lambda principal: principal.flip(-1)),
    ),
    Hypothesis(
        name="half a pixel too little",
        sentence="the first pixel's centre is (0, 0) in the source: add 0.5 to the principal point",
        cameras=_principal(lambda principal: principal + HALF),
        shift=HALF,
    ),
    Hypothesis(
        name="half a pixel too much",
        sentence="the principal point has 0.5 twice, or the observed points lack it: subtract 0.5",
        cameras=_principal(lambda principal: principal - HALF),
        shift=-HALF,
    ),
)
"""Mistakes without a free parameter."""

FACTORS = (1e-3, 1e-2, 1e-1, 1 / 25.4, 25.4, 10.0, 100.0, 1000.0)


def units() -> Iterator[Hypothesis]:
    """Translations in another unit than the points."""
    for factor in FACTORS:
        yield Hypothesis(
            name="translation in another unit",
            sentence=f"translations are in another unit than the points: multiply them by {factor:g}",
            cameras=lambda camera, factor=factor: dataclasses.replace(
                camera, translation=camera.translation * factor
            ),
        )


def resolution(factor: float) -> Hypothesis:
    """K of an image that is larger or smaller by a factor."""
    return Hypothesis(
        name="K of another resolution",
        sentence=f"K belongs to images of another size: multiply its first two rows by {factor:.4g}",
        cameras=lambda camera: dataclasses.replace(
            camera, focal=camera.focal * factor, principal=camera.principal * factor
        ),
    )


def degrees(turns: Tensor) -> Hypothesis:
    """Rotation vectors in degrees that were read as radians.

    Args:
        turns: [..., v], whole turns that each camera's angle lost when its degrees became radians.
    """

    def changed(camera: PinholeCamera) -> PinholeCamera:
        vector = vector_from_rotation(camera.rotation)
        angle = vector.norm(dim=-1, keepdim=True)
        axis = vector / angle.clamp_min(1e-12)
        meant = (angle + 2 * math.pi * turns[..., None]) * (math.pi / 180)
        return dataclasses.replace(camera, rotation=rotation_from_vector(axis * meant))

    return Hypothesis(
        name="rotation in degrees read as radians",
        sentence="rotation vectors are degrees and were read as radians",
        cameras=changed,
    )


MOST_TURNS = 28
"""180 degrees read as radians are 28.6 turns."""
