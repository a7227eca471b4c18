"""Cameras as wire types carry them, as cameras that compute. Knows no corpus."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.structures.view import PinholeRecord


def pinhole_of(records: Sequence[PinholeRecord]) -> PinholeCamera:
    """Stack cameras into one batch, float64.

    Args:
        records: at least one.
    """

    def stacked(name: str) -> Tensor:
        return torch.from_numpy(np.stack([np.asarray(getattr(one, name), np.float64) for one in records]))

    return PinholeCamera(
        rotation=stacked("rotation"),
        translation=stacked("translation"),
        focal=stacked("focal"),
        principal=stacked("principal"),
        distortion=stacked("distortion"),
        size=torch.tensor([one.size for one in records]),
    )
