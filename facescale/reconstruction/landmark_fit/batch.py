"""Several prepared subjects side by side, ragged: lanes hold instants, instants hold views.

Knows nothing of head models or solvers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.fitting.schur import per_block
from facescale.reconstruction.landmark_fit.sample import PreparedSubject


@dataclass(frozen=True, kw_only=True)
class LandmarkBatch:
    """v views of i instants of b lanes, in that order; float64. See `PreparedSubject`."""

    pixels: Float[Tensor, "v k 2"]
    whitening: Float[Tensor, "v k 2 2"]
    present: Bool[Tensor, "v k"]
    """False for all landmarks of a view that takes no part."""
    rotation: Float[Tensor, "v 3 3"]
    translation: Float[Tensor, "v 3"]
    focal: Float[Tensor, "v 2"]
    principal: Float[Tensor, "v 2"]
    face_height: Float[Tensor, "v"]
    instant: Int[Tensor, "v"]
    """Ascending."""
    shared_focal: Int[Tensor, "v"]
    """Which of its lane's shared focal lengths; -1 without one."""
    own_focal: Bool[Tensor, "i"]
    """Instants with an unknown focal length that no other instant shares."""
    counts: tuple[int, ...]
    """Instants of each lane."""
    focals: int
    """Shared focal lengths of the lane that has most."""

    @property
    def single(self) -> bool:
        """Whether every instant is one view."""
        return len(self.instant) == len(self.own_focal)

    def lane_of_instant(self) -> Int[Tensor, "i"]:
        """The lane of each instant."""
        lanes = torch.arange(len(self.counts), device=self.pixels.device)
        return per_block(lanes, self.counts)

    def views_per_lane(self) -> tuple[int, ...]:
        """Views of each lane."""
        lanes = self.lane_of_instant()[self.instant]
        return tuple(torch.bincount(lanes, minlength=len(self.counts)).tolist())

    def by_instant(self, values: Float[Tensor, "v *n"]) -> Float[Tensor, "i *n"]:
        """Sum over the views of each instant."""
        if self.single:
            return values
        total = values.new_zeros(len(self.own_focal), *values.shape[1:])
        return total.index_add_(0, self.instant, values)

    def select(self, lanes: Bool[Tensor, "b"]) -> "LandmarkBatch":
        """Some of the lanes."""
        instants = per_block(lanes, self.counts)
        views = instants[self.instant]
        number = instants.long().cumsum(0) - 1
        return LandmarkBatch(
            pixels=self.pixels[views],
            whitening=self.whitening[views],
            present=self.present[views],
            rotation=self.rotation[views],
            translation=self.translation[views],
            focal=self.focal[views],
            principal=self.principal[views],
            face_height=self.face_height[views],
            instant=number[self.instant[views]],
            shared_focal=self.shared_focal[views],
            own_focal=self.own_focal[instants],
            counts=tuple(c for c, keep in zip(self.counts, lanes.tolist(), strict=True) if keep),
            focals=self.focals,
        )


@dataclass(frozen=True, kw_only=True)
class FocalPlace:
    """Where the focal length of one of a subject's groups is an unknown."""

    shared: int
    """Which of the lane's shared ones; -1 where it is an instant's own."""
    instant: int
    """The instant that owns it, within the subject; the first one of a shared group."""


def focal_places(subject: PreparedSubject) -> list[FocalPlace]:
    """One place a group: a group of several instants is shared, any other belongs to its instant."""
    places, shared = [], 0
    for group in range(len(subject.group_names)):
        instants = np.unique(subject.instant[subject.group == group])
        several = len(instants) > 1
        places.append(FocalPlace(shared=shared if several else -1, instant=int(instants[0])))
        shared += several
    return places


def packed(subjects: Sequence[PreparedSubject], device: torch.device | str = "cpu") -> LandmarkBatch:
    """Stack subjects; one lane each, in order. Views are sorted by instant, keeping their order within it."""
    orders = [np.argsort(subject.instant, kind="stable") for subject in subjects]
    counts = tuple(int(subject.instant.max()) + 1 for subject in subjects)
    starts = np.concatenate([[0], np.cumsum(counts)])
    shared, own = [], []
    for subject, order, count in zip(subjects, orders, counts, strict=True):
        places = focal_places(subject)
        lookup = np.array([place.shared for place in places] + [-1])
        shared.append(lookup[subject.group[order]])
        mine = np.zeros(count, dtype=bool)
        mine[[place.instant for place in places if place.shared < 0]] = True
        own.append(mine)

    def joined(name: str) -> Tensor:
        parts = [getattr(s, name)[order] for s, order in zip(subjects, orders, strict=True)]
        return torch.from_numpy(np.concatenate(parts)).to(device)

    used = [np.array([not reason for reason in s.reasons])[o] for s, o in zip(subjects, orders, strict=True)]
    moved = [s.instant[o] + start for s, o, start in zip(subjects, orders, starts[:-1], strict=True)]
    return LandmarkBatch(
        pixels=joined("pixels"),
        whitening=joined("whitening"),
        present=joined("present") & torch.from_numpy(np.concatenate(used)).to(device)[:, None],
        rotation=joined("rotation"),
        translation=joined("translation"),
        focal=joined("focal"),
        principal=joined("principal"),
        face_height=joined("face_height"),
        instant=torch.from_numpy(np.concatenate(moved)).to(device),
        shared_focal=torch.from_numpy(np.concatenate(shared)).to(device),
        own_focal=torch.from_numpy(np.concatenate(own)).to(device),
        counts=counts,
        focals=max(int(part.max()) + 1 for part in shared),
    )
