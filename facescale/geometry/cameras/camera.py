"""What every camera is: points of the world to pixels and back. Knows nothing of files or images.

World to camera; OpenCV axes: +x right, +y down, +z forward. Pixels are (column, row) from the image's top-left
corner, so that the centre of the first pixel is (0.5, 0.5).
"""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

# Not Self: the checker that the tests run with does not know it in single methods.
Camera = TypeVar("Camera", bound="AbstractCamera")


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Where points of the world appear."""

    pixels: Float[Tensor, "*b n 2"]
    """Column and row; NaN with a gradient of zero where `usable` is False."""
    depth: Float[Tensor, "*b n"]
    """Along the optical axis, in the world's unit."""
    usable: Bool[Tensor, "*b n"]
    """False behind the camera and beyond the radius to which its distortion is one-to-one."""


@dataclass(frozen=True, kw_only=True)
class Rays:
    """What pixels look along, in the world."""

    origins: Float[Tensor, "*b n 3"]
    directions: Float[Tensor, "*b n 3"]
    """Unit length, into the scene; NaN where `usable` is False."""
    usable: Bool[Tensor, "*b n"]
    """False where no point of the world appears at that pixel."""


class AbstractCamera(ABC):
    """One camera, or a batch of them in the leading dimensions of every field."""

    rotation: Float[Tensor, "*b 3 3"]
    """World to camera."""
    size: Int[Tensor, "*b 2"]
    """Width and height of the image, pixels."""

    @abstractmethod
    def project(self, points: Float[Tensor, "*b n 3"]) -> Projection:
        """See points of the world."""

    @abstractmethod
    def rays(self, pixels: Float[Tensor, "*b n 2"]) -> Rays:
        """Look along pixels."""

    @abstractmethod
    def crop(self, corner: Float[Tensor, "*b 2"], size: Int[Tensor, "*b 2"]) -> "AbstractCamera":
        """The camera of a cut-out: `corner` (column, row) becomes the origin; it may lie outside the image."""

    @abstractmethod
    def resize(self, size: Int[Tensor, "*b 2"]) -> "AbstractCamera":
        """The camera of the image resampled to another width and height; no half-pixel term."""

    @abstractmethod
    def flip(self) -> "AbstractCamera":
        """The camera that sees the mirrored world as the mirrored image.

        A mirrored image of the same world needs a left-handed camera, which does not exist. So the world is
        mirrored too, in its plane x = 0 (a head's symmetry plane): a point (x, y, z) at column u before is the
        point (-x, y, z) at column width - u after. Rotation R becomes M R M and translation t becomes M t,
        M = diag(-1, 1, 1).
        """

    def to(self: Camera, target: torch.device | torch.dtype | str) -> Camera:  # noqa: PYI019
        """Copy to a device or a floating type."""

        def moved(x: Tensor) -> Tensor:
            return x if isinstance(target, torch.dtype) and not x.is_floating_point() else x.to(target)

        return self.with_tensors(moved)

    def select(self: Camera, index: int | slice | Tensor) -> Camera:  # noqa: PYI019
        """Cameras of a batch, by the first dimension."""
        return self.with_tensors(lambda x: x[index])

    def with_tensors(self: Camera, function: Callable[[Tensor], Tensor]) -> Camera:  # noqa: PYI019
        """Apply a function to every field: `lambda x: x[:, None]`, `lambda x: x.detach()`."""
        # Every final camera is a dataclass of tensors; only the abstract class is not.
        names = [field.name for field in dataclasses.fields(self)]  # type: ignore[arg-type]
        return dataclasses.replace(self, **{name: function(getattr(self, name)) for name in names})  # type: ignore[type-var]


def mirrored_rotation(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3 3"]:
    """M R M with M = diag(-1, 1, 1): the rotation between the mirrored world and the mirrored image."""
    sign = rotation.new_tensor([-1.0, 1.0, 1.0])
    return sign[:, None] * rotation * sign


def mirrored_column(position: Float[Tensor, "*b 2"], size: Int[Tensor, "*b 2"]) -> Float[Tensor, "*b 2"]:
    """A position in the image after the image is mirrored left to right."""
    return torch.stack([size[..., 0] - position[..., 0], position[..., 1]], dim=-1)


def turned(points: Float[Tensor, "*b n 3"], rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b n 3"]:
    """Rotate rows of points."""
    return points @ rotation.mT


def by_turning(turned_points: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*b n 3 3"]:
    """Derivative of exp(w) R x by a small rotation vector w in camera axes, at w = 0, given R x: -[R x]."""
    x, y, z = turned_points.unbind(-1)
    nothing = torch.zeros_like(x)
    rows = (nothing, z, -y, -z, nothing, x, y, -x, nothing)
    return torch.stack(rows, dim=-1).unflatten(-1, (3, 3))
