"""The part of a head that scans are matched to, as a head of its own where its family can be cut."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

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

    Other families than the linear one are kept whole.

    Args:
        head: the whole head.
        keypoint_sites: by its faces.
    """
    if not isinstance(head, LinearHead):
        return MatchingHead(head=head, keypoint_sites=keypoint_sites)
    small = crop(head, head.regions["scannable"])
    face_of = {int(whole): index for index, whole in enumerate(small.faces.tolist())}
    vertex_of = {int(whole): index for index, whole in enumerate(small.vertices.tolist())}
    whole_faces, faces = head.faces.cpu(), small.head.faces.cpu()
    sites: dict[str, tuple[int, np.ndarray]] = {}
    for name, (face, barycentric) in keypoint_sites.items():
        corner = int(barycentric.argmax())
        vertex = vertex_of.get(int(whole_faces[face, corner]))
        if face in face_of:
            sites[name] = (face_of[face], barycentric)
        elif barycentric[corner] > WHOLE_CORNER and vertex is not None:
            holder, slot = (faces == vertex).nonzero()[0].tolist()
            sites[name] = (holder, np.eye(3)[slot])
    return MatchingHead(head=small.head, keypoint_sites=sites)
