"""The unknowns of a batch of fits and how a step moves them. Knows nothing of landmarks or energies.

Local columns of an instant: rotation (3), translation (3), log focal length (1), expression (m).
Shared columns of a lane: identity (n), then its shared log focal lengths.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.fitting.schur import per_block
from facescale.geometry.rotations import rotation_from_vector
from facescale.reconstruction.landmark_fit.batch import LandmarkBatch

FOCAL = 6
"""The local column of the log focal length."""
POSE = 7
"""Local columns before those of the expression."""


@dataclass(frozen=True, kw_only=True)
class LandmarkUnknowns:
    """Values, float64. A head point p lies at R p + t in the world, mm."""

    rotation: Float[Tensor, "i 3 3"]
    translation: Float[Tensor, "i 3"]
    log_focal: Float[Tensor, "i"]
    """An instant's own, relative to `LandmarkBatch.focal`; zero where it has none."""
    expression: Float[Tensor, "i m"]
    identity: Float[Tensor, "b n"]
    shared_log_focal: Float[Tensor, "b g"]

    def log_focals(self, batch: LandmarkBatch) -> Float[Tensor, "v"]:
        """Of each view."""
        own = self.log_focal[batch.instant]
        if not batch.focals:
            return own
        lane = batch.lane_of_instant()[batch.instant]
        shared = self.shared_log_focal[lane, batch.shared_focal.clamp_min(0)]
        return own + torch.where(batch.shared_focal >= 0, shared, 0.0)

    def stepped(
        self, local: Float[Tensor, "i l"], shared: Float[Tensor, "b s"], batch: LandmarkBatch
    ) -> "LandmarkUnknowns":
        """Move by one step.

        A longer focal length takes the head away with it, so that its size in the image stays: along the
        valley in which the two are hardly told apart, steps are straight.
        """
        size = self.identity.shape[1]
        lane = batch.lane_of_instant()
        grow = local[:, FOCAL]
        if batch.focals:
            # Instants whose focal length is shared are one view each.
            which = torch.full_like(lane, -1).index_put((batch.instant,), batch.shared_focal)
            found = shared[lane, size + which.clamp_min(0)]
            grow = grow + torch.where(which >= 0, found, 0.0)
        along = torch.ones_like(self.translation)
        along[:, 2] = grow.exp()
        return LandmarkUnknowns(
            rotation=rotation_from_vector(local[:, :3]) @ self.rotation,
            translation=self.translation * along + local[:, 3:FOCAL],
            log_focal=self.log_focal + local[:, FOCAL],
            expression=self.expression + local[:, POSE:],
            identity=self.identity + shared[:, :size],
            shared_log_focal=self.shared_log_focal + shared[:, size:],
        )

    def where(
        self, keep: Bool[Tensor, "b"], other: "LandmarkUnknowns", counts: tuple[int, ...]
    ) -> "LandmarkUnknowns":
        """These values in the lanes of `keep`, `other` in the rest."""
        block = per_block(keep, counts)
        return LandmarkUnknowns(
            rotation=torch.where(block[:, None, None], self.rotation, other.rotation),
            translation=torch.where(block[:, None], self.translation, other.translation),
            log_focal=torch.where(block, self.log_focal, other.log_focal),
            expression=torch.where(block[:, None], self.expression, other.expression),
            identity=torch.where(keep[:, None], self.identity, other.identity),
            shared_log_focal=torch.where(keep[:, None], self.shared_log_focal, other.shared_log_focal),
        )

    def select(self, lanes: Bool[Tensor, "b"], counts: tuple[int, ...]) -> "LandmarkUnknowns":
        """Some of the lanes."""
        block = per_block(lanes, counts)
        return LandmarkUnknowns(
            rotation=self.rotation[block],
            translation=self.translation[block],
            log_focal=self.log_focal[block],
            expression=self.expression[block],
            identity=self.identity[lanes],
            shared_log_focal=self.shared_log_focal[lanes],
        )

    def put(
        self, lanes: Bool[Tensor, "b"], counts: tuple[int, ...], part: "LandmarkUnknowns"
    ) -> "LandmarkUnknowns":
        """With the lanes of `lanes` replaced by those of `part`."""
        block = per_block(lanes, counts)
        return LandmarkUnknowns(
            rotation=self.rotation.index_put((block,), part.rotation),
            translation=self.translation.index_put((block,), part.translation),
            log_focal=self.log_focal.index_put((block,), part.log_focal),
            expression=self.expression.index_put((block,), part.expression),
            identity=self.identity.index_put((lanes,), part.identity),
            shared_log_focal=self.shared_log_focal.index_put((lanes,), part.shared_log_focal),
        )
