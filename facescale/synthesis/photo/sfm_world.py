"""A world as structure from motion leaves it: of unknown origin, axes and unit. Renders nothing."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from facescale.structures.mesh import Mesh
from facescale.structures.view import PinholeRecord


@dataclass(frozen=True, kw_only=True)
class SfmWorld:
    """X = (rotation x + translation) / unit for a point x of a metric world in mm."""

    unit: float
    """mm in a unit."""
    rotation: Float[np.ndarray, "3 3"]
    translation: Float[np.ndarray, "3"]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "SfmWorld":
        """Any: turned at random, some decimetres away, of a unit between millimetres and decimetres."""
        quaternion = rng.normal(size=4)
        return cls(
            unit=float(np.exp(rng.uniform(2, 5))),
            rotation=Rotation.from_quat(quaternion / np.linalg.norm(quaternion)).as_matrix(),
            translation=rng.normal(0, 300, 3),
        )

    def mesh(self, mesh: Mesh) -> Mesh:
        """A mesh in this world."""
        moved = (mesh.vertices.astype(np.float64) @ self.rotation.T + self.translation) / self.unit
        return Mesh(vertices=moved, faces=mesh.faces)

    def camera(self, camera: PinholeRecord) -> PinholeRecord:
        """A camera in this world: it sees the same pixels."""
        turn = camera.rotation @ self.rotation.T
        return replace(
            camera, rotation=turn, translation=(camera.translation - turn @ self.translation) / self.unit
        )
