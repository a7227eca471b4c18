"""The contract of head models with a fixed topology. Knows nothing of scans, images or fitting."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites

Scope = Literal["subject", "frame", "camera", "view"]


@dataclass(frozen=True, kw_only=True)
class HeadCard:
    """Where a head model comes from and what may be done with it."""

    name: str
    """As users type it: "ict"."""
    version: str
    licence: str
    source: str
    """Address of the upstream project."""
    assets: Mapping[str, str]
    """File name -> sha256 of every file that it was read from."""
    native_unit: str
    synthetic_stand_in: bool = False
    """True for a made-up model in another's file format: its scores are never accuracy."""
    notice: str = ""
    """What its owner wants to be known before any use."""
    notes: tuple[str, ...] = ()
    """How an import came by what the model's files do not say: landmarks, regions."""


@dataclass(frozen=True, kw_only=True)
class ParameterBlock:
    """One named group of coefficients with its prior and bounds."""

    name: str
    size: int
    scope: Scope
    unit_scale: float
    """A step of this size moves the surface by about a millimetre or less: makes blocks comparable."""
    prior_mean: Float[Tensor, "k"]
    prior_std: Float[Tensor, "k"]
    lower: Float[Tensor, "k"]
    upper: Float[Tensor, "k"]
    names: tuple[str, ...] = ()
    """One name a coefficient ("jawOpen"), or empty where they have none."""
    prior_correlation: Float[Tensor, "k k"] | None = None
    """Of the coefficients among people, where it is known; None where they vary independently. Subjects are
    drawn with it; fits, whose prior must not prefer the usual too strongly, leave it out."""
    late: bool = False
    """True where it moves nothing while all other blocks are at rest: fits begin without it."""

    def to(self, device: torch.device | str) -> "ParameterBlock":
        """Copy to a device."""
        return replace(
            self,
            prior_mean=self.prior_mean.to(device),
            prior_std=self.prior_std.to(device),
            lower=self.lower.to(device),
            upper=self.upper.to(device),
            prior_correlation=None if self.prior_correlation is None else self.prior_correlation.to(device),
        )


def batch_of(params: Mapping[str, Tensor], blocks: Sequence[ParameterBlock]) -> int:
    """The batch size of coefficients.

    Args:
        params: by block name.
        blocks: of the head.

    Raises:
        ValueError: no block, an unknown block, or one of another size or batch.
    """
    sizes = {block.name: block.size for block in blocks}
    found = {name: tuple(value.shape) for name, value in params.items()}
    batches = {shape[0] for shape in found.values()}
    if len(batches) != 1 or any(shape[1] != sizes.get(name) for name, shape in found.items()):
        raise ValueError(f"expected some of the blocks {sizes}, each [batch, size] with one batch, got {found}")
    return batches.pop()


class AbstractTemplateHead(ABC):
    """A head model with a fixed topology, in millimetres and the head frame.

    The head frame is right-handed: +x the subject's left, +y up, +z out of the face. It is a fixed rigid
    transform of the model's mean: coefficients never re-centre it. Pose is not a parameter of a head.
    """

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    """Triangles, counter-clockwise seen from outside; one fixed triangulation of the native polygons."""
    uv: Float[Tensor, "t 2"] | None
    """Texture coordinates, origin bottom-left; None where the model has none."""
    faces_uv: Int[Tensor, "f 3"] | None
    quads: Bool[Tensor, "f"] | None = None
    """True at the first of two consecutive triangles (a, b, c), (a, c, d) that are one native quad; None where
    the native polygons are triangles or not known."""
    mirror: Int[Tensor, "v"] | None = None
    """Each vertex's counterpart on the other side of the face, -1 where it has none; None where the model is
    not symmetric vertex by vertex, or nobody has looked."""
    landmarks: Mapping[str, Sites]
    """Embeddings: "ibug68" (68 sites), "now7" (7 sites, order of structures.NOW7) and, where they were measured
    for this topology, a detector's points under its scheme's name: "mediapipe478" (478 sites)."""
    regions: Mapping[str, Bool[Tensor, "v"]]
    """Vertex masks: at least "scannable" (outer skin and visible eyeball; all that a scanner sees),
    "face" (front of the face, where accuracy is reported) and "head" (all outer skin). "opaque", where some
    parts are not: all that stops light, teeth and sockets included."""
    blocks: tuple[ParameterBlock, ...]
    """In the order in which Jacobian columns are laid out."""

    @property
    @abstractmethod
    def num_vertices(self) -> int:
        """Vertices of the template."""

    @abstractmethod
    def evaluate(
        self, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
    ) -> Float[Tensor, "b n 3"]:
        """Positions of all vertices, or of `sites`, in mm in the head frame.

        A block that `params` lacks is at its prior mean; `params` may be empty only with unbatched use of
        `mean_vertices`.

        Differentiable in: params.
        """

    @abstractmethod
    def directional_jacobian(
        self,
        params: Mapping[str, Float[Tensor, "b _"]],
        sites: Sites,
        directions: Float[Tensor, "b n 3"],
    ) -> Float[Tensor, "b n k"]:
        """d(direction . position) / d(coefficients) at sites, columns ordered as `blocks`.

        Only blocks present in `params` get columns.
        """

    @abstractmethod
    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""

    @abstractmethod
    def to(self, device: torch.device | str) -> "AbstractTemplateHead":
        """Copy to a device."""
