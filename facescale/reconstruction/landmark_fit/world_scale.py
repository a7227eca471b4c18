"""The unit of a world of cameras that do not know it, from the size of the mean head. Solves nothing else.

A head of known size is so many millimetres before a camera; several cameras that see it at once say how many
units of their world that is.
"""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.reconstruction.landmark_fit.first_pose import posit
from facescale.reconstruction.landmark_fit.sample import PreparedSubject

LEAST_SPREAD = 1e-3
"""Least eigenvalue of the mean of I - dd' over unit directions d: cameras about 4 degrees apart."""


def in_millimetres(
    sample: PreparedSubject,
    points: Float[Tensor, "k 3"],
    index: Int[Tensor, "k"],
    *,
    worst: float,
) -> PreparedSubject:
    """Bring the cameras' translations to mm.

    Where no instant is seen from two places the unit is of no matter, since each instant has a pose of its own,
    and stays.

    Args:
        sample: with translations in any unit.
        points: sites of the mean head, mm.
        index: which landmarks these are.
        worst: median error, as a share of the face's height, above which a view is not asked.
    """
    chosen = index.numpy()
    present = torch.from_numpy(sample.present[:, chosen])
    image = (sample.pixels[:, chosen] - sample.principal[:, None]) / sample.focal[:, None]
    rotation, translation, distance = posit(points, torch.from_numpy(image), present)
    middle = (points.mean(dim=0) @ rotation.mT + translation).numpy()
    error = torch.where(present, distance, torch.nan).nanmedian(dim=1).values.numpy()
    asked = error * sample.focal.mean(axis=1) / sample.face_height <= worst
    asked &= (sample.group < 0) & np.array([not reason for reason in sample.reasons])
    ratios = [np.empty(0)]
    for instant in np.unique(sample.instant):
        views = np.flatnonzero(asked & (sample.instant == instant))
        away = _distances(sample, middle, views)
        if away is not None:
            ratios.append((np.linalg.norm(middle[views], axis=1) / away)[away > 0])
    every = np.concatenate(ratios)
    scale = float(np.median(every)) if len(every) else 1.0
    return replace(sample, translation=scale * sample.translation, millimetres_per_unit=scale)


def _distances(sample: PreparedSubject, middle: np.ndarray, views: np.ndarray) -> np.ndarray | None:
    """(n,) units of the world from each camera to the point that is nearest to all lines of sight.

    Args:
        sample: the cameras.
        middle: (v, 3) the head in each camera's axes; only its direction counts.
        views: which of them see it at once.

    Returns:
        None where the lines are as good as parallel.
    """
    if len(views) < 2:  # noqa: PLR2004 - lines that meet
        return None
    turn = sample.rotation[views].swapaxes(1, 2)
    centre = -(turn @ sample.translation[views, :, None])[..., 0]
    line = (turn @ middle[views, :, None])[..., 0]
    line /= np.linalg.norm(line, axis=1, keepdims=True)
    across = np.eye(3) - line[:, :, None] * line[:, None, :]
    total = across.mean(axis=0)
    if np.linalg.eigvalsh(total)[0] < LEAST_SPREAD:
        return None
    point = np.linalg.solve(total, (across @ centre[..., None])[..., 0].mean(axis=0))
    return ((point - centre) * line).sum(axis=1)
