"""What a head model cannot explain: smooth displacements outside its basis, and wrinkles. No sensors here."""

from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.linear import LinearHead
from facescale.synthesis.noise import WaveField

RANK_TOLERANCE = 1e-6
"""Of the largest eigenvalue: coefficients that hardly move the skin (pupils) span nothing there."""
WRINKLE_LENGTHS = (4.0, 9.0)
FOLLOWED = 8
"""Nearest vertices of the skin that what lies within follows."""


@final
class OffSpan:
    """Random displacement fields, orthogonal over the outer skin to all that a linear head can do.

    Args:
        head: the generator; the outer skin is its region "head".
    """

    def __init__(self, head: LinearHead) -> None:
        self._skin: Bool[np.ndarray, "v"] = head.regions["head"].numpy()
        self._mean = head.mean_vertices().numpy()
        rows = head.basis[head.regions["head"]].reshape(-1, head.basis.shape[-1]).double()
        values, vectors = torch.linalg.eigh(rows.T @ rows)
        kept = values > RANK_TOLERANCE * values[-1]
        self._skin_basis = rows.float().numpy()
        self._followed, self._share = _nearest_skin(self._mean, self._skin)
        self._inverse = ((vectors[:, kept] / values[kept]) @ vectors[:, kept].T).numpy()

    def field(
        self, rng: np.random.Generator, *, rms: float, wavelengths: tuple[float, float]
    ) -> Float[np.ndarray, "v 3"]:
        """Draw one field.

        A sum of vector waves on the mean shape, less its projection on the basis, scaled to `rms` mm. What
        hangs within the head (eyes, sockets, teeth) follows the nearest skin: the basis could explain it only
        with coefficients that the skin hardly feels, which turn an eyeball many times over.

        Args:
            rng: draws the waves.
            rms: root mean square length over the vertices of the outer skin, mm.
            wavelengths: of the waves before the projection, mm.
        """
        field = WaveField(rng, wavelengths, components=3)(self._mean).astype(np.float64)
        explained = self._inverse @ (self._skin_basis.T @ field[self._skin].ravel())
        field[self._skin] -= (self._skin_basis @ explained).reshape(-1, 3)
        field[~self._skin] = (field[self._skin][self._followed] * self._share[..., None]).sum(axis=1)
        return field * (rms / root_mean_square(field[self._skin]))

    def share_in_span(self, field: Float[np.ndarray, "v 3"]) -> float:
        """How much of a field's root mean square over the skin the basis could explain, 0 to 1."""
        rows = field[self._skin].ravel().astype(np.float64)
        explained = self._skin_basis @ (self._inverse @ (self._skin_basis.T @ rows))
        return float(np.linalg.norm(explained) / np.linalg.norm(rows))


def _nearest_skin(
    points: Float[np.ndarray, "v 3"], skin: Bool[np.ndarray, "v"]
) -> tuple[Int[np.ndarray, "n m"], Float[np.ndarray, "n m"]]:
    """For each point that is no skin: the skin points that it follows, numbered among the skin, and shares."""
    found = KDTree(points[skin]).query(points[~skin], k=FOLLOWED)
    distance, index = np.asarray(found[0]), np.asarray(found[1])
    share = 1 / (np.square(distance) + 1)
    return index, share / share.sum(axis=1, keepdims=True)


def wrinkles(
    rng: np.random.Generator,
    points: Float[np.ndarray, "n 3"],
    *,
    nose_tip: Float[np.ndarray, "3"],
    depth: float,
) -> Float[np.ndarray, "n"]:
    """Heights of fine wrinkles in patches over the face, fading out towards the ears and the scalp.

    Args:
        rng: draws patches and folds.
        points: where, on the mean shape, so that wrinkles ride on the skin; mm.
        nose_tip: the middle of the face.
        depth: root mean square within a wrinkled patch, mm.
    """
    folds = WaveField(rng, WRINKLE_LENGTHS, waves=24)(points)[:, 0]
    patches = smoothstep(WaveField(rng, (30.0, 80.0), waves=16)(points)[:, 0], -0.5, 1.0)
    near = 1 - smoothstep(np.linalg.norm(points - nose_tip, axis=1), 70, 110)
    # ridges are sharper than furrows are wide
    return (depth * (folds - 0.25 * folds * folds + 0.25) * patches * near).astype(np.float32)


def root_mean_square(vectors: Float[np.ndarray, "n 3"]) -> float:
    """Root of the mean squared length."""
    return float(np.sqrt(np.square(vectors).sum(axis=1).mean()))
