"""ICT-FaceKit as a judge of shapes: how well its 100 identity coefficients and a rigid motion explain a head.

Minimised over a rotation, a translation (no scale) and the coefficients c in standard deviations:
    mean_i d_i^2  +  1e-3 sum_k c_k^2        d_i = n_i . (q_i - p_i) in mm
p_i are the judged head's skin vertices within 95 mm of its nose tip that can be seen from outside, q_i the
closest points of the ICT skin (no eyeballs, no sockets) and n_i its face normals there. Points whose match is
on an open border of the ICT skin, or faces away from it, are left out and counted. Shapes as good as ICT's own
random heads need coefficients of 0.5-0.7 RMS; shapes that are no faces need 1.4 and more.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.normals import face_normals, vertex_normals
from facescale.geometry.rotations import rotation_from_vector
from facescale.geometry.sites import Sites, points_at
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import border_sides
from facescale.heads.crop import crop
from facescale.heads.linear import LinearHead

RADIUS_MM = 95.0
PRIOR = 1e-3
PRIORS = (1.0, 0.1, 0.01, PRIOR)
"""Each round starts from the last one's end: a stiff head finds its place before it bends."""
STEPS = 60
FACING = 0.2
"""Least cosine between the normals of a point and its match."""
ON_EDGE = 1e-4
SETTLED = 1e-4
"""Relative gain of a step that ends a round."""
WAYS = 160
STEEPEST = 0.34
"""Cosine to the normal of the flattest way along which a vertex may be seen."""
FREE_WAYS = 3
CLEARANCE_MM = 0.05


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the best ICT head is like, and how far it is from the judged one."""

    mean_mm: float
    p90_mm: float
    rms: float
    """Of the coefficients, standard deviations."""
    largest: float
    points: int
    left_out: int
    converged: bool
    signed: Float[np.ndarray, "v"]
    """Of every vertex, mm; positive where the judged head lies outside ICT's."""
    used: Bool[np.ndarray, "v"]

    def __str__(self) -> str:
        return (
            f"mean {self.mean_mm:.3f} mm, p90 {self.p90_mm:.3f} mm, coefficients {self.rms:.3f} RMS, at most "
            f"{self.largest:.2f}; {self.points} points, {self.left_out} left out"
            + ("" if self.converged else "; not converged")
        )


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """Where the ICT head stands: judged points go to rotation . p + shift."""

    rotation: Float[Tensor, "3 3"]
    shift: Float[Tensor, "3"]
    coefficients: Float[Tensor, "k"]


@dataclass(frozen=True, kw_only=True)
class _Matches:
    """Judged points in ICT's frame and what they are matched with."""

    points: Float[Tensor, "n 3"]
    nearest: Float[Tensor, "n 3"]
    normals: Float[Tensor, "n 3"]
    """Of ICT's faces."""
    outward: Float[Tensor, "n 3"]
    """Smooth ones."""
    sites: Sites
    counted: Bool[Tensor, "n"]

    @property
    def residual(self) -> Float[Tensor, "n"]:
        return (self.normals * (self.nearest - self.points)).sum(-1)


class IctJudge:
    """Holds ICT's skin; judges one shape at a time.

    Args:
        ict: the whole head.
    """

    def __init__(self, ict: LinearHead) -> None:
        self.skin = crop(ict, ict.regions["head"]).head
        self._faces = self.skin.faces.long()
        self._border = border_sides(self._faces)
        self._identity = next(block for block in self.skin.blocks if block.name == "identity").size
        self._bvh = SurfaceBvh(self.skin.zero[None], self.skin.faces)

    def judge(
        self,
        vertices: Float[Tensor, "v 3"],
        faces: Int[Tensor, "f 3"],
        *,
        nose_tip: int,
        skin: Bool[Tensor, "v"],
        used: Bool[Tensor, "v"] | None = None,
    ) -> Verdict:
        """Fit ICT to a shape.

        Args:
            vertices: mm, head frame, the origin at the midpoint of the four eye corners.
            faces: all of the head's that stop light.
            nose_tip: a vertex.
            skin: vertices of the outer skin.
            used: vertices that count; None means the visible ones of `skin` near the nose tip.
        """
        points = vertices.detach().cpu().double()
        normals = vertex_normals(points[None], faces, weighting="area")[0]
        if used is None:
            near = (points - points[nose_tip]).norm(dim=1) < RADIUS_MM
            used = seen_from_outside(points, faces, skin & near)
        fit, converged = self._fitted(points[used], normals[used])
        every = self._match(fit, points, normals)
        offset = every.points - every.nearest
        distance = offset.norm(dim=1)
        signed = torch.where((offset * every.outward).sum(1) >= 0, distance, -distance)
        counted = used & every.counted
        return Verdict(
            mean_mm=float(distance[counted].mean()),
            p90_mm=float(distance[counted].quantile(0.9)),
            rms=float(fit.coefficients.square().mean().sqrt()),
            largest=float(fit.coefficients.abs().max()),
            points=int(counted.sum()),
            left_out=int((used & ~every.counted).sum()),
            converged=converged,
            signed=signed.numpy(),
            used=counted.numpy(),
        )

    def _fitted(self, points: Tensor, normals: Tensor) -> tuple[_Fit, bool]:
        """Damped Gauss-Newton steps; a step that makes things worse is taken back."""
        fit = _Fit(
            rotation=torch.eye(3, dtype=torch.float64),
            shift=torch.zeros(3, dtype=torch.float64),
            coefficients=torch.zeros(self._identity, dtype=torch.float64),
        )
        settled = False
        for prior in PRIORS:
            matches, damping, settled = self._match(fit, points, normals), 1e-3, False
            energy = _energy(matches, fit, prior)
            for _ in range(STEPS):
                trial = self._stepped(matches, fit, prior, damping)
                seen = self._match(trial, points, normals)
                new = _energy(seen, trial, prior)
                if new >= energy:
                    damping = max(damping, 1e-4) * 4
                    settled = damping > 1e2  # nothing near is better
                else:
                    settled = energy - new < SETTLED * energy
                    fit, matches, energy, damping = trial, seen, new, damping * 0.3
                if settled:
                    break
        return fit, settled

    def _stepped(self, matches: _Matches, fit: _Fit, prior: float, damping: float) -> _Fit:
        weight = matches.counted.double() / matches.counted.sum().clamp_min(1)
        jacobian = self._jacobian(matches)
        hessian = jacobian.T @ (jacobian * weight[:, None])
        gradient = jacobian.T @ (matches.residual * weight)
        gradient[6:] += prior * fit.coefficients
        diagonal = hessian.diagonal().clone()
        # A standard deviation is the unit of coefficients: a direction that the data leaves open stays put.
        diagonal[6:] = 1.0
        hessian.diagonal()[6:] += prior
        hessian.diagonal().add_(damping * diagonal)
        step = -torch.linalg.solve(hessian, gradient)
        turn = rotation_from_vector(step[None, :3])[0]
        return _Fit(
            rotation=turn @ fit.rotation,
            shift=turn @ fit.shift + step[3:6],
            coefficients=fit.coefficients + step[6:],
        )

    def _jacobian(self, matches: _Matches) -> Float[Tensor, "n k"]:
        """Of the residuals: rotation, translation, coefficients."""
        rows = self.skin.directional_jacobian(
            {"identity": torch.zeros(1, self._identity)}, matches.sites, matches.normals[None].float()
        )[0]
        turn = -torch.linalg.cross(matches.points, matches.normals)
        return torch.cat([turn, -matches.normals, rows.double()], dim=1)

    def _match(self, fit: _Fit, points: Tensor, normals: Tensor) -> _Matches:
        vertices = self.skin.evaluate({"identity": fit.coefficients[None].float()})
        self._bvh.refit(vertices)
        moved, turned = points @ fit.rotation.T + fit.shift, normals @ fit.rotation.T
        sites = self._bvh.closest(moved[None].float()).sites
        face = sites.face[0]
        own = face_normals(vertices, self._faces)[0, face].double()
        smooth = points_at(vertex_normals(vertices, self._faces, weighting="area"), self._faces, sites)[0]
        border = ((sites.barycentric[0] < ON_EDGE) & self._border[face]).any(1)
        return _Matches(
            points=moved,
            nearest=points_at(vertices, self._faces, sites)[0].double(),
            normals=own,
            outward=smooth.double(),
            sites=sites,
            counted=~border & ((own * turned).sum(1) > FACING),
        )


def _energy(matches: _Matches, fit: _Fit, prior: float) -> float:
    squares = matches.residual[matches.counted].square()
    return float(squares.mean() + prior * fit.coefficients.square().sum())


def seen_from_outside(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], candidates: Bool[Tensor, "v"]
) -> Bool[Tensor, "v"]:
    """Candidates from which straight ways lead out, at less than 70 degrees to the normal."""
    step = torch.arange(WAYS) + 0.5
    height, turn = 1 - 2 * step / WAYS, torch.pi * (1 + 5**0.5) * step
    around = (1 - height.square()).sqrt()
    ways = torch.stack([turn.cos() * around, turn.sin() * around, height], dim=1)
    normals = vertex_normals(vertices[None].double(), faces)[0, candidates].float()
    start = vertices[candidates].float() + CLEARANCE_MM * normals
    which, way = (normals @ ways.T > STEEPEST).nonzero(as_tuple=True)
    surface = SurfaceBvh(vertices[None].float(), faces)
    free = surface.first_hit(start[which][None], ways[way][None]).sites.face[0] < 0
    count = torch.zeros(len(normals)).index_add_(0, which, free.float())
    seen = candidates.clone()
    seen[candidates] = count >= FREE_WAYS
    return seen
