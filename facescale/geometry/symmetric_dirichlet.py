"""The symmetric Dirichlet energy of plane maps of triangles, with what Newton's method needs.

Knows nothing of boundaries or constraints. Infinite where a triangle has turned over, so that a descent from
an injective map never leaves the injective ones. Energy: Smith & Schaefer 2015; projected Hessian:
Smith, de Goes & Kim 2019, "Analytic Eigensystems for Isotropic Distortion Energies".
"""

import typing

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csc_array


@typing.final
class SymmetricDirichlet:
    """Sum over triangles of weight * (|J|^2 + |J^-1|^2), J being the map from the rest shape; 4 at isometry.

    Args:
        triangles: counter-clockwise in the plane.
        rest: corners of each triangle at rest, in any plane of its own.
        weights: of each triangle; its area at rest makes the energy an integral.
    """

    def __init__(
        self,
        triangles: Int[np.ndarray, "f 3"],
        rest: Float[np.ndarray, "f 3 2"],
        weights: Float[np.ndarray, "f"],
    ) -> None:
        self.triangles, self.weights = triangles, weights
        sides = rest[:, 1:] - rest[:, :1]
        inverse = np.linalg.inv(np.swapaxes(sides, 1, 2))
        # of the corners' places: it makes J of them
        self._gradient = np.concatenate([-inverse.sum(axis=1, keepdims=True), inverse], axis=1)

    def jacobians(self, points: Float[np.ndarray, "v 2"]) -> Float[np.ndarray, "f 2 2"]:
        """J of each triangle."""
        return np.einsum("fci,fcj->fij", points[self.triangles], self._gradient)

    def value(self, points: Float[np.ndarray, "v 2"]) -> float:
        """The energy; infinite where a triangle is not counter-clockwise."""
        jacobian = self.jacobians(points)
        area = np.linalg.det(jacobian)
        if area.min() <= 0:
            return np.inf
        squares = np.einsum("fij,fij->f", jacobian, jacobian)
        return float(self.weights @ (squares * (1 + area**-2)))

    def expansion(self, points: Float[np.ndarray, "v 2"]) -> tuple[Float[np.ndarray, "v 2"], csc_array]:
        """Gradient and Hessian, each triangle's part of it made positive semi-definite.

        Returns:
            The gradient, and the Hessian [2v, 2v] over the flattened points.
        """
        left, stretch, right = np.linalg.svd(self.jacobians(points))
        # det > 0: both are turned to rotations together
        turned = np.linalg.det(left) < 0
        left[turned, :, 1] *= -1
        right[turned, 1] *= -1
        large, small = stretch.T
        slopes = 2 * stretch - 2 * stretch**-3.0
        product, squares = (large * small) ** 3, large**2 + small**2
        flip = 2 + 2 * (squares + large * small) / product
        twist = 2 - 2 * (squares - large * small) / product
        curvature = np.stack([2 + 6 * large**-4.0, 2 + 6 * small**-4.0, flip, np.maximum(twist, 0)], axis=1)
        modes = np.einsum("fik,mkl,flj->fmij", left, _MODES, right)
        along = np.einsum("fcj,fmij->fmci", self._gradient, modes).reshape(len(large), 4, 6)
        pull = np.einsum("f,fk,fkc->fc", self.weights, slopes, along[:, :2])
        index = (2 * self.triangles[:, :, None] + np.arange(2)).reshape(-1, 6)
        size = 2 * len(points)
        gradient = np.bincount(index.ravel(), pull.ravel(), minlength=size).reshape(-1, 2)
        scaled = along * (self.weights[:, None] * curvature)[:, :, None]
        blocks = np.swapaxes(scaled, 1, 2) @ along
        rows, columns = np.repeat(index, 6, axis=1), np.tile(index, 6)
        hessian = coo_array((blocks.ravel(), (rows.ravel(), columns.ravel())), shape=(size, size))
        return gradient, csc_array(hessian)


_HALF = np.sqrt(0.5)
_MODES = np.array(
    [
        [[1, 0], [0, 0]],
        [[0, 0], [0, 1]],
        [[0, _HALF], [_HALF, 0]],
        [[0, -_HALF], [_HALF, 0]],
    ]
)
"""Changes of J between its singular vectors: two stretches, flip, twist."""
