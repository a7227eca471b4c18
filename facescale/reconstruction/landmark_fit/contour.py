"""Sliding landmarks: where on a head the outline that a view sees may lie, and where it does lie.

A face's oval bounds the image of the face: of the skin in front of a curve through the nominal sites. Where the
head is turned away, its image ends at the occluding contour, which moves over the skin with the view; elsewhere
at the curve itself. So each point has a track: vertices from its nominal site forwards, in the plane through
the site and the line of sight of a frontal view. The outline crosses the track where its image reaches furthest
out. Landmarks are compared with that line and may slide along it. Where even the front end of a track reaches
furthest (far cheeks of profiles) the outline is elsewhere, and the point says nothing.

Knows nothing of solvers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.template import AbstractTemplateHead

BEFORE_MM = 60.0
"""How far a track goes forwards from its site: from before the ear to beside the nose."""
STEP_MM = 3.0
"""Between candidates; where the outline is, they differ by hundredths of a millimetre across it."""
INWARDS_MM = 80.0
"""How far towards the middle of the face a track may lead."""
HALF_WIDTH_MM = 5.0
"""Vertices so near a track's plane are candidates: about one mesh edge."""
GAP_DEGREES = 60.0
"""Neighbours around the face further apart than this are not joined by an outline."""


@dataclass(frozen=True, kw_only=True)
class Tracks:
    """Candidates of t sliding landmarks, j each, front to back; the last one is the nominal site's vertex."""

    vertices: Int[Tensor, "t j"]
    """The last one repeated where a track is shorter."""
    length: Int[Tensor, "t"]
    outward: Float[Tensor, "t 3"]
    """Unit vectors in the head frame, from the middle of the face to the point, without depth."""
    before: Int[Tensor, "t"]
    """The neighbour clockwise around the face; the point itself at an open end."""
    after: Int[Tensor, "t"]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Where v views see the outline."""

    candidate: Int[Tensor, "v t"]
    normal: Float[Tensor, "v t 2"]
    """Unit vectors in the image across the outline."""
    seen: Bool[Tensor, "v t"]
    """False where the outline does not cross the track, or not those of its neighbours."""


def tracks(head: AbstractTemplateHead, sites: Sites, middle: Float[Tensor, "3"]) -> Tracks:
    """Find the candidates of sliding landmarks on the mean head.

    Args:
        head: with its skin in the region "head".
        sites: [t] where the points lie in a frontal view.
        middle: a point in the middle of the face.

    Raises:
        ValueError: a site without skin around it.
    """
    mean = head.mean_vertices().double()
    places = points_at(mean[None], head.faces.long(), sites)[0]
    skin = head.regions["head"].nonzero()[:, 0]
    flat = (places - middle.double()) * places.new_tensor([1.0, 1.0, 0.0])
    outward = flat / flat.norm(dim=1, keepdim=True)
    lists = [_track(mean[skin], place, out) for place, out in zip(places, outward, strict=True)]
    longest = max(len(found) for found in lists)
    padded = [found + found[-1:] * (longest - len(found)) for found in lists]
    before, after = _neighbours(outward)
    return Tracks(
        vertices=skin[torch.tensor(padded)],
        length=torch.tensor([len(found) for found in lists]),
        outward=outward,
        before=before,
        after=after,
    )


def _track(points: Tensor, place: Tensor, outward: Tensor) -> list[int]:
    """Rows of `points`, front to back: walked forwards from the place, each step to the nearest candidate."""
    aside = torch.linalg.cross(outward, outward.new_tensor([0.0, 0.0, 1.0]))
    away = points - place
    inside = ((away @ aside).abs() < HALF_WIDTH_MM) & (away @ outward > -INWARDS_MM)
    rows = inside.nonzero()[:, 0]
    if len(rows) == 0:
        raise ValueError(f"expected skin around the sliding site at {place.tolist()} mm, found none")
    here = int(rows[away[rows].norm(dim=1).argmin()])
    walked = [here]
    for _ in range(int(BEFORE_MM / STEP_MM)):
        ahead = points[rows, 2] - points[here, 2]
        fit = (ahead > STEP_MM / 2) & (ahead < STEP_MM * 2)
        if not bool(fit.any()):
            break
        near = rows[fit]
        here = int(near[(points[near] - points[here]).norm(dim=1).argmin()])
        walked.append(here)
    return walked[::-1]


def _neighbours(outward: Tensor) -> tuple[Tensor, Tensor]:
    """Of each point the ones before and after it around the face."""
    angle = torch.atan2(outward[:, 1], outward[:, 0])
    order = angle.argsort()
    count = len(order)
    place = torch.empty_like(order).scatter_(0, order, torch.arange(count))
    sides = []
    for shift in (-1, 1):
        other = order[(place + shift) % count]
        apart = (angle[other] - angle).cos()
        joined = apart > torch.deg2rad(torch.tensor(GAP_DEGREES)).cos()
        sides.append(torch.where(joined, other, torch.arange(count)))
    return sides[0], sides[1]


def find_outline(
    images: Float[Tensor, "v t j 2"], outward: Float[Tensor, "v t 2"], candidates: Tracks
) -> Outline:
    """Find where views see the outline.

    Args:
        images: of the candidates, pixels; any unit will do.
        outward: images of `Tracks.outward`, of any length.
        candidates: the tracks.
    """
    reach = (images * outward[:, :, None]).sum(dim=-1)
    rank = torch.arange(images.shape[2], device=images.device)
    reach = torch.where(rank < candidates.length[:, None], reach, -torch.inf)
    best = reach.argmax(dim=2)
    seen = best > 0
    chosen = images.gather(2, best[..., None, None].expand(-1, -1, 1, 2))[:, :, 0]
    along = chosen[:, candidates.after] - chosen[:, candidates.before]
    length = along.norm(dim=-1, keepdim=True)
    across = torch.stack([-along[..., 1], along[..., 0]], dim=-1) / length.clamp_min(1e-12)
    usable = seen & seen[:, candidates.before] & seen[:, candidates.after]
    return Outline(candidate=best, normal=across, seen=usable & (length[..., 0] > 0))
