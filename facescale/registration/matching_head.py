"""The part of a head that scans are matched to, as a head of its own where its family can be cut."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facescale.heads.asm.head import AsmHead
from facescale.heads.bilinear import BilinearHead
from facescale.heads.boned import BonedHead
from facescale.heads.crop import crop
from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead

WHOLE_CORNER = 0.999
"""A barycentric from which on a site is its corner."""


@dataclass(frozen=True, kw_only=True)
class MatchingHead:
    """A head to be fitted and the keypoints that it has, all by its own faces."""

    head: AbstractTemplateHead
    keypoint_sites: Mapping[str, tuple[int, np.ndarray]]
    """Name -> face and barycentrics; keypoints off the scannable surface are left out."""


def matching_head(
    head: AbstractTemplateHead, keypoint_sites: Mapping[str, tuple[int, np.ndarray]]
) -> MatchingHead:
    """Leave out what no scanner sees: sockets, teeth, lashes are half of some heads and cost half the time.

    Other families than the linear and bilinear ones and those of bones are kept whole.

    Args:
        head: the whole head.
        keypoint_sites: by its faces.
    """
    keep = head.regions["scannable"]
    if isinstance(head, LinearHead | BilinearHead):
        small = crop(head, keep).head
    elif isinstance(head, AsmHead | BonedHead):
        small = head.cropped(keep)
    else:
        return MatchingHead(head=head, keypoint_sites=keypoint_sites)
    kept_faces = keep[head.faces.long()].all(dim=1).nonzero()[:, 0]
    face_of = {int(whole): index for index, whole in enumerate(kept_faces.tolist())}
    vertex_of = {int(whole): index for index, whole in enumerate(keep.nonzero()[:, 0].tolist())}
    whole_faces, faces = head.faces.cpu(), small.faces.cpu()
    sites: dict[str, tuple[int, np.ndarray]] = {}
    for name, (face, barycentric) in keypoint_sites.items():
        corner = int(barycentric.argmax())
        vertex = vertex_of.get(int(whole_faces[face, corner]))
        if face in face_of:
            sites[name] = (face_of[face], barycentric)
        elif barycentric[corner] > WHOLE_CORNER and vertex is not None:
            holder, slot = (faces == vertex).nonzero()[0].tolist()
            sites[name] = (holder, np.eye(3)[slot])
    return MatchingHead(head=small, keypoint_sites=sites)
