"""From vertex masks to face lists. Knows nothing of any one head model."""

from jaxtyping import Int
from torch import Tensor

from facescale.heads.template import AbstractTemplateHead


def region_faces(head: AbstractTemplateHead, region: str) -> Int[Tensor, "m"]:
    """Indices of the faces whose three corners lie in a region, ascending.

    Raises:
        ValueError: the head has no such region.
    """
    if region not in head.regions:
        msg = f"expected one of the regions {sorted(head.regions)}, got {region!r}"
        raise ValueError(msg)
    return head.regions[region][head.faces].all(dim=1).nonzero()[:, 0].int()
