"""Samples as one padded batch of tensors, in the head frame that their first poses define."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.registration.sample import Sample, ScanPoints
from facescale.registration.scan_problem import Data

INDEPENDENT_MM2 = 30.0
"""Surface that counts as one independent observation: what a model cannot follow is correlated over it."""
RESIDUAL_STD_MM = 1.0
"""Its standard deviation; with the area above, the weight of data against priors, at any density of points."""
KEYPOINT_STD_MM = 3.0
"""A click, and the semantic slack of a landmark on a fitted head."""


@dataclass(frozen=True, kw_only=True)
class Precisions:
    """How much each kind of data weighs against the priors."""

    independent_mm2: float = INDEPENDENT_MM2
    residual_std_mm: float = RESIDUAL_STD_MM
    keypoint_std_mm: float = KEYPOINT_STD_MM


def batched(
    samples: Sequence[Sample],
    sites: Mapping[str, tuple[int, np.ndarray]],
    *,
    precisions: Precisions,
    device: torch.device | str,
) -> Data:
    """Bring samples into their head frames, in float64, and pad them to the longest.

    Args:
        samples: a lane each.
        sites: keypoint name -> face and barycentrics on the head.
        precisions: what the data weigh.
        device: where the tensors go.
    """
    fit = [_local(sample, sample.fit) for sample in samples]
    weight = 1.0 / (precisions.independent_mm2 * precisions.residual_std_mm**2)
    precision = [s.fit.weights * (s.fit.area_mm2 / s.scale**2 * weight) for s in samples]
    known = [[(n, k) for n, k in enumerate(s.keypoint_names) if k in sites] for s in samples]
    count = max(len(names) for names in known)
    face = np.zeros((len(samples), count), dtype=np.int32)
    bary = np.zeros((len(samples), count, 3))
    bary[..., 0] = 1.0
    points = np.zeros((len(samples), count, 3))
    trust = np.zeros((len(samples), count))
    for lane, sample in enumerate(samples):
        moved = _to_head(sample, sample.keypoint_positions)
        for slot, (row, name) in enumerate(known[lane]):
            face[lane, slot], bary[lane, slot] = sites[name]
            points[lane, slot] = moved[row]
            trust[lane, slot] = precisions.keypoint_std_mm**-2
    return Data(
        points=_padded([p for p, _ in fit], np.nan, device),
        normals=_padded([n for _, n in fit], 0.0, device),
        precision=_padded([p[:, None] for p in precision], 0.0, device)[..., 0],
        keypoints=_tensor(points, device),
        keypoint_sites=Sites(face=torch.from_numpy(face).to(device), barycentric=_tensor(bary, device)),
        keypoint_precision=_tensor(trust, device),
    )


def _to_head(sample: Sample, positions: np.ndarray) -> np.ndarray:
    return (positions - sample.translation) @ sample.rotation / sample.scale


def _local(sample: Sample, points: ScanPoints) -> tuple[np.ndarray, np.ndarray]:
    return _to_head(sample, points.positions), points.normals @ sample.rotation


def _tensor(array: np.ndarray, device: torch.device | str) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(device)


def _padded(rows: list[np.ndarray], fill: float, device: torch.device | str) -> Tensor:
    longest = max(len(row) for row in rows)
    block = np.full((len(rows), longest, rows[0].shape[1]), fill, dtype=np.float32)
    for lane, row in enumerate(rows):
        block[lane, : len(row)] = row
    return _tensor(block, device)
