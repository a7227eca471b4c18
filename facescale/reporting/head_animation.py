"""Fitted expressions and poses over time as an animation of a head's GLB. Knows glTF and no results."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from facescale.reporting.glb_body import GlbBody

METRES = 0.001
"""glTF's unit in millimetres. Its axes (+y up, +z the front, so +x the subject's left) are the head frame's."""
_TO_GLTF = np.diag([1.0, -1.0, -1.0])
"""OpenCV's camera axes (+y down, +z away) to glTF's (+y up, +z towards the viewer)."""


@dataclass(frozen=True, kw_only=True)
class HeadAnimation:
    """A head over f frames before a camera that stands at the origin and looks along -z, as glTF's do."""

    times_s: Float[np.ndarray, "f"]
    """Strictly ascending, from 0."""
    weights: Float[np.ndarray, "f k"]
    """Of the morph targets."""
    rotations: Float[np.ndarray, "f 3 3"]
    """Head frame to OpenCV camera axes."""
    translations_mm: Float[np.ndarray, "f 3"]
    """Head frame to OpenCV camera axes."""

    def __post_init__(self) -> None:
        count = len(self.times_s)
        if count == 0 or not (np.diff(self.times_s) > 0).all() or self.times_s[0] < 0:
            raise ValueError(f"expected ascending times from 0 on, got {self.times_s}")
        for name in ("weights", "rotations", "translations_mm"):
            if len(getattr(self, name)) != count:
                raise ValueError(f"expected {count} {name}, got {len(getattr(self, name))}")

    def animation(self, body: GlbBody, *, node: int, weighted: bool) -> Any:
        """Write the key frames into a file's body.

        Args:
            body: of the file.
            node: that carries the mesh.
            weighted: whether the mesh has morph targets.
        """
        import pygltflib as gltf
        from scipy.spatial.transform import Rotation

        turns = Rotation.from_matrix(_TO_GLTF @ self.rotations).as_quat()
        # the shorter way from key to key
        flips = np.cumprod(np.where((turns[1:] * turns[:-1]).sum(axis=1) < 0, -1.0, 1.0))
        turns[1:] *= flips[:, None]
        tracks: dict[str, np.ndarray] = {
            "rotation": turns,
            "translation": self.translations_mm @ _TO_GLTF * METRES,
        }
        if weighted:
            tracks["weights"] = self.weights.reshape(-1)
        times = body.key_frames(self.times_s.astype(np.float32), bounds=True)
        samplers, channels = [], []
        for path, values in tracks.items():
            output = body.key_frames(values.astype(np.float32))
            samplers.append(gltf.AnimationSampler(input=times, output=output, interpolation=gltf.ANIM_LINEAR))
            target = gltf.AnimationChannelTarget(node=node, path=path)
            channels.append(gltf.AnimationChannel(sampler=len(samplers) - 1, target=target))
        return gltf.Animation(name="fitted", samplers=samplers, channels=channels)
