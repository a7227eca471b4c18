"""What photographs need of a head model, worked out once: what each face is made of, and where its paint lies.

The skin of every head is painted by the built-in head's painter: another head's skin borrows the chart through
a warp that takes its landmarks to the built-in head's. Knows nothing of people, lights or cameras.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.interpolate import RBFInterpolator

from facescale.geometry.sites import Sites, points_at
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.head import load_builtin
from facescale.heads.linear import LinearHead
from facescale.heads.regions import region_faces
from facescale.synthesis.template import Part, Template


class Material(IntEnum):
    """What light meets."""

    SKIN = 0
    EYE = 1
    TEETH = 2
    GUMS = 3
    TONGUE = 4
    LINING = 5
    HAIR = 6
    CLOTHES = 7


WITHIN = {
    "lining": Material.LINING,
    "sockets": Material.LINING,
    "gums": Material.GUMS,
    "upper_teeth": Material.GUMS,
    "lower_teeth": Material.GUMS,
    "teeth": Material.TEETH,
    "upper_teeth.teeth": Material.TEETH,
    "lower_teeth.teeth": Material.TEETH,
    "tongue": Material.TONGUE,
    "eyeballs.left": Material.EYE,
    "eyeballs.right": Material.EYE,
}
"""Region of a head -> what it is made of; later ones win."""
CHILDREN = np.array(
    [
        [[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]],
        [[0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5]],
        [[0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 1]],
        [[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]],
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ],
    np.float32,
)
"""Corners of `tessellate.quadrisect`'s four faces in barycentrics of their parent; the last is a whole face."""
WIDEST_SPAN = 0.03
"""Of a face's paint, in texture coordinates: beyond it the corners lie on different islands."""


@dataclass(frozen=True, kw_only=True)
class PaintedHead:
    """A head's opaque faces with their materials and paint."""

    head: LinearHead
    template: Template
    material: Int[np.ndarray, "f"]
    """A `Material` for each of the template's faces."""
    chart: Float[np.ndarray, "f 3 2"]
    """Corners of each face on the built-in head's skin texture; zero where the face is no skin."""
    parent: Int[np.ndarray, "g"]
    """The template's face that each of its fine faces is part of."""
    child: Int[np.ndarray, "g"]
    """Which part: a row of `CHILDREN`."""
    eyes: Float[np.ndarray, "2 4"]
    """Centre and radius of the mean's left and right eyeball, mm."""

    @classmethod
    def of(cls, head: LinearHead) -> "PaintedHead":
        """Work a head out.

        Raises:
            ValueError: a head that does not name its eyeballs.
        """
        if not {"eyeballs.left", "eyeballs.right"} <= head.regions.keys():
            raise ValueError(f"expected a head with eyeballs to photograph, got {head.card.name}")
        template = Template.of(head)
        opaque = head.regions.get("opaque", torch.ones(head.num_vertices, dtype=torch.bool))
        kept = opaque[head.faces].all(dim=1).numpy()
        material = np.full(len(head.faces), int(Material.SKIN))
        for region, made_of in WITHIN.items():
            if region in head.regions:
                material[region_faces(head, region).numpy()] = int(made_of)
        split = np.flatnonzero(template.part != Part.INSIDE)
        whole = np.flatnonzero(template.part == Part.INSIDE)
        return cls(
            head=head,
            template=template,
            material=material[kept],
            chart=_chart(head, template, material[kept], kept),
            parent=np.concatenate([np.repeat(split, 4), whole]),
            child=np.concatenate([np.tile(np.arange(4), len(split)), np.full(len(whole), 4)]),
            eyes=np.stack([_globe(head, side) for side in ("left", "right")]),
        )


def _globe(head: LinearHead, side: str) -> Float[np.ndarray, "4"]:
    """Centre and radius; from the width across the gaze, because a cornea bulges along it."""
    points = head.mean_vertices()[head.regions[f"eyeballs.{side}"]].numpy()
    low, high = points.min(axis=0), points.max(axis=0)
    radius = (high - low)[:2].mean() / 2
    centre = (low + high) / 2
    # the sphere through the globe's sides; behind it may hang a nerve, before it bulges the cornea
    widest = points[np.abs(points[:, 0] - centre[0]) > 0.97 * radius, 2]
    return np.array([*centre[:2], widest.mean(), radius])


def _chart(
    head: LinearHead, template: Template, material: Int[np.ndarray, "f"], kept: np.ndarray
) -> Float[np.ndarray, "f 3 2"]:
    skin = material == Material.SKIN
    chart = np.zeros((len(template.faces), 3, 2), np.float32)
    if head.card.name == "builtin":
        assert head.uv is not None
        assert head.faces_uv is not None
        chart[skin] = head.uv.numpy()[head.faces_uv.numpy()[kept][skin]]
    else:
        chart[skin] = _borrowed(head, template.mean, template.faces[skin])
    return chart


def _borrowed(
    head: LinearHead, points: Float[np.ndarray, "v 3"], of_skin: Int[np.ndarray, "n 3"]
) -> Float[np.ndarray, "n 3 2"]:
    """The built-in chart at corners of faces of another head's mean."""
    lender = load_builtin()
    assert lender.uv is not None
    assert lender.faces_uv is not None
    skin = lender.regions["head"][lender.faces].all(dim=1)
    faces, uv = lender.faces[skin], lender.uv[lender.faces_uv[skin].long()].numpy()
    mean = lender.mean_vertices()
    warp = RBFInterpolator(_anchors(head), _anchors(lender), kernel="thin_plate_spline")
    used, corner = np.unique(of_skin, return_inverse=True)
    warped = warp(points[used]).astype(np.float32)[corner.reshape(-1, 3)]
    tree = SurfaceBvh(mean[None], faces)
    middle = tree.closest(torch.from_numpy(warped.mean(axis=1))[None]).sites.face[0].numpy()
    found = tree.closest(torch.from_numpy(warped.reshape(-1, 3))[None]).sites
    at = uv[found.face[0].numpy()] * found.barycentric[0].numpy()[..., None]
    chart = at.sum(axis=1).reshape(-1, 3, 2)
    # across a cut, all three corners are laid out around the face under their middle
    torn = (np.ptp(chart, axis=1) > WIDEST_SPAN).any(axis=1)
    chart[torn] = _laid_out(mean.numpy()[faces.numpy()[middle[torn]]], uv[middle[torn]], warped[torn])
    return chart.astype(np.float32)


def _laid_out(
    corners: Float[np.ndarray, "n 3 3"], uv: Float[np.ndarray, "n 3 2"], points: Float[np.ndarray, "n 3 3"]
) -> Float[np.ndarray, "n 3 2"]:
    """Continue each face's map from space to its chart, which is affine, to points beside it."""
    sides = corners[:, 1:] - corners[:, :1]
    off = points - corners[:, :1]
    normal = sides @ sides.transpose(0, 2, 1)
    weights = np.linalg.solve(normal, sides @ off.transpose(0, 2, 1)).transpose(0, 2, 1)
    return uv[:, :1] + weights @ (uv[:, 1:] - uv[:, :1])


def _anchors(head: LinearHead) -> Float[np.ndarray, "n 3"]:
    """Homologous points of heads: 68 landmarks and a few of skull and neck, which have none."""
    mean = head.mean_vertices()
    marks = points_at(mean[None], head.faces, _whole(head.landmarks["ibug68"]))[0].double().numpy()
    skin = mean[head.regions["head"]].double().numpy()
    collar = marks[8, 1] - 50
    neck = skin[np.abs(skin[:, 1] - collar) < 6]  # noqa: PLR2004 - mm, a slice of the neck
    neck = neck[np.abs(neck[:, 0]) < 90]  # noqa: PLR2004 - mm, no shoulder
    chosen = [skin[skin[:, 1].argmax()], skin[skin[:, 2].argmin()]]
    chosen += [neck[neck[:, 2].argmax()], neck[neck[:, 2].argmin()]]
    middle = [point * [0, 1, 1] for point in chosen]
    return np.concatenate([marks, middle, [neck[neck[:, 0].argmin()], neck[neck[:, 0].argmax()]]])


def _whole(sites: Sites) -> Sites:
    return Sites(face=sites.face.long(), barycentric=sites.barycentric)
