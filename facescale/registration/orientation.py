"""Find a face in a scan without any hint: which way it looks and where it is. numpy only, seconds at most.

The template's face is laid onto the scan, never the scan onto the head: a front-only scan fits the back of a
head about as well as its front, but a face fits nothing but a face.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from facescale.registration.head_template import HeadTemplate
from facescale.registration.point_pool import CAP_MM, PointPool, trimmed_mean
from facescale.registration.rigid import Motions, angles_between, exponential

TRIM = 0.85
"""Share of the face's points that is scored: the rest may lie over holes or hair."""
ANCHORS = 1200
SPINS = 24
TILT = np.deg2rad(20.0)
GLANCE_POINTS = 20
COARSE_POINTS = 60
CHUNK = 4096
COARSE_KEPT = 400
REFINED = 40
LADDER = ((100, 6, 20), (150, 6, 12), (300, 5, 8))
"""Points of the face, rounds of ICP, and the distinct motions that are kept after them."""
ADAPTED_POINTS = 400
DIFFERENT = np.deg2rad(40.0)
"""Orientations closer than this are the same answer."""
MODE_NOISE_MM = 2.0
"""Residual of a right pose that a mode's prior is weighed against."""
PRIOR_SHARE = 0.02
"""Points of the face are far from independent: this share of them is."""
MODE_BOUND = 2.5
"""Standard deviations that a mode may move."""
MOST_CELLS = 1_500_000
LEAST_CELL_MM = 5.0
ANCHOR_RADIUS_MM = 20.0
SAME_ANGLE = np.deg2rad(20.0)
SAME_PLACE_MM = 25.0
"""Motions closer than both are refined once."""


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """The best pose that was found and the best clearly different one's score."""

    rotation: np.ndarray
    """(3, 3) head frame to the scan's axes."""
    translation: np.ndarray
    """(3,) mm."""
    score: float
    """85 % trimmed mean distance from the mean face to the scan, mm."""
    runner_up: float
    """The same of the best orientation more than 40 degrees away."""

    @property
    def ratio(self) -> float:
        """How much better the best is."""
        return self.runner_up / max(self.score, 1e-6)


def orient(
    template: HeadTemplate,
    pool: PointPool,
    rng: np.random.Generator,
    *,
    rotation: np.ndarray | None = None,
    within: float = np.pi,
) -> Orientation:
    """Try the face at many places and spins, refine the best by ICP, and compare what remains.

    Args:
        template: the mean head.
        pool: points of the scan, mm.
        rng: chooses which scan points are tried as the place of the nose bridge.
        rotation: (3, 3) where the orientation is known to some 20 degrees and only the place is sought.
        within: radians from that rotation beyond which only the lack of anything nearer makes a pose the best.
    """
    starts = _hypotheses(template, pool, rng, rotation)
    kept = _most_promising(template, pool, starts)
    kept = kept[_distinct(starts.take(kept), REFINED)]
    motions = starts.take(kept)
    for points, rounds, most in LADDER:
        motions = refine(template, pool, motions, points=points, rounds=rounds)
        order = np.argsort(score(template, pool, motions, points=points))
        motions = motions.take(order[_distinct(motions.take(order), most)])
    motions, scores = adapt(template, pool, motions)
    best = int(np.argmin(scores))
    if rotation is not None:
        # a face that fits badly, of an infant say, slides far to where it fits a little better
        drifted = angles_between(rotation, motions.rotation) > within
        best = int(np.argmin(scores + np.where(drifted, CAP_MM, 0.0)))
    apart = angles_between(motions.rotation[best], motions.rotation) > DIFFERENT
    return Orientation(
        rotation=motions.rotation[best],
        translation=motions.translation[best],
        score=float(scores[best]),
        runner_up=float(scores[apart].min()) if apart.any() else CAP_MM,
    )


def score(template: HeadTemplate, pool: PointPool, motions: Motions, *, points: int) -> np.ndarray:
    """(m,) 85 % trimmed mean distances from the mean face to the scan, mm."""
    normals = motions.turn(template.face_normals[:points])
    return trimmed_mean(pool.distances(motions.apply(template.face[:points]), normals)[0], TRIM)


def refine(template: HeadTemplate, pool: PointPool, motions: Motions, *, points: int, rounds: int) -> Motions:
    """Trimmed point-to-plane ICP of the mean face onto the scan, all motions at once."""
    face, normals = template.face[:points], template.face_normals[:points]
    for _ in range(rounds):
        placed = motions.apply(face)
        left, right, _ = _trimmed_equations(pool, placed, motions.turn(normals), ())
        motions = _stepped(motions, placed, _solved(left, right, np.zeros(0)))
    return motions


def adapt(
    template: HeadTemplate, pool: PointPool, motions: Motions, *, rounds: int = 10
) -> tuple[Motions, np.ndarray]:
    """The same with the leading coefficients of the head, under their priors, free beside each motion.

    A right pose gains more by it than a wrong one, and the scores part.

    Returns:
        The motions and (m,) 85 % trimmed mean distances from the adapted faces to the scan, mm.
    """
    coefficients = np.zeros((len(motions.rotation), template.face_modes.shape[2]))
    mean, directions, modes = (
        part[:ADAPTED_POINTS] for part in (template.face, template.face_normals, template.face_modes)
    )
    precision = np.full(coefficients.shape[1], len(mean) * PRIOR_SHARE * MODE_NOISE_MM**2)
    distance = np.zeros(0)
    for last in [False] * rounds + [True]:
        face = mean + np.einsum("nic,mc->mni", modes, coefficients)
        placed = face @ motions.rotation.swapaxes(1, 2) + motions.translation[:, None]
        turned = np.einsum("mij,njc->mnic", motions.rotation, modes)
        left, right, distance = _trimmed_equations(pool, placed, motions.turn(directions), (turned,))
        if last:
            break
        right[:, 6:] -= precision * coefficients
        step = _solved(left, right, precision)
        motions = _stepped(motions, placed, step)
        coefficients = np.clip(coefficients + step[:, 6:], -MODE_BOUND, MODE_BOUND)
    return motions, trimmed_mean(distance, TRIM)


def _trimmed_equations(
    pool: PointPool, placed: np.ndarray, normals: np.ndarray, modes: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal equations of the nearest 85 %: (m, u, u) and (m, u), and all distances (m, n)."""
    distance, offset, across = pool.distances(placed, normals)
    limit = np.quantile(distance, TRIM, axis=1, keepdims=True)
    weight = ((distance <= limit) & (distance < CAP_MM)).astype(np.float64)
    arm = placed - placed.mean(axis=1, keepdims=True)
    rows = [np.cross(arm, across), across]
    rows += [np.einsum("mni,mnic->mnc", across, mode) for mode in modes]
    row = np.concatenate(rows, axis=2)
    weighted = row * weight[..., None]
    height = np.einsum("mni,mni->mn", across, offset)
    return weighted.swapaxes(1, 2) @ row, (weighted.swapaxes(1, 2) @ height[..., None])[..., 0], distance


def _solved(left: np.ndarray, right: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Steps (m, u), with a ridge that keeps a pose on a flat or round scan from sliding for ever."""
    points = np.einsum("mii->m", left[:, 3:6, 3:6])[:, None]
    ridge = np.concatenate([np.full(3, 0.01), np.full(3, 1e-5)]) * (points + 100.0)
    full = np.concatenate([ridge, np.broadcast_to(precision, (len(left), len(precision)))], axis=1)
    return np.linalg.solve(left + np.einsum("mu,uv->muv", full, np.eye(full.shape[1])), right[..., None])[
        ..., 0
    ]


def _stepped(motions: Motions, placed: np.ndarray, step: np.ndarray) -> Motions:
    """Turn about the middle of the placed face and shift, neither by more than a cautious step."""
    turn = exponential(_shortened(step[:, :3], np.deg2rad(12.0)))
    shift = _shortened(step[:, 3:6], 15.0)
    middle = placed.mean(axis=1)
    moved = np.einsum("mij,mj->mi", turn, motions.translation - middle) + middle + shift
    return Motions(rotation=turn @ motions.rotation, translation=moved)


def _shortened(vectors: np.ndarray, most: float) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors * np.minimum(1.0, most / np.maximum(length, 1e-12))


def _hypotheses(
    template: HeadTemplate, pool: PointPool, rng: np.random.Generator, known: np.ndarray | None
) -> Motions:
    """The middle of the face on every anchor: known upright, or upright along its normal, tilted, spun."""
    index = rng.permutation(len(pool.positions))[:ANCHORS]
    at, up = pool.positions[index], pool.normals[index]
    if not pool.signed:
        at, up = np.concatenate([at, at]), np.concatenate([up, -up])
    anchor, forward = _anchor(template)
    tilts = exponential(np.array([[0, 0, 0], [TILT, 0, 0], [-TILT, 0, 0], [0, TILT, 0], [0, -TILT, 0]]))
    if known is None:
        spins = exponential(np.arange(SPINS)[:, None] * (2 * np.pi / SPINS) * np.array([0.0, 0.0, 1.0]))
        # head frame -> frame whose z is the anchor's normal -> tilted, spun -> scan
        local = (tilts[:, None] @ spins[None]).reshape(-1, 3, 3) @ _frames(forward[None])[0].T
        rotation = (_frames(up)[:, None] @ local[None]).reshape(-1, 3, 3)
    else:
        local = tilts @ known
        rotation = np.tile(local, (len(at), 1, 1))
    place = np.repeat(at, len(local), axis=0)
    return Motions(rotation=rotation, translation=place - rotation @ anchor)


def _anchor(template: HeadTemplate) -> tuple[np.ndarray, np.ndarray]:
    """A point in the middle of the face and the mean normal around it, at the scale of the pool's smoothing."""
    inner = [template.keypoints[f"{side}_eye_inner"] for side in ("left", "right")]
    away = np.linalg.norm(template.face - np.mean(inner, axis=0), axis=1)
    bridge = template.face[away.argmin()]
    away = np.linalg.norm(template.face - bridge, axis=1)
    normal = template.face_normals[away < ANCHOR_RADIUS_MM].mean(axis=0)
    return bridge, normal / np.linalg.norm(normal)


def _frames(normals: np.ndarray) -> np.ndarray:
    """(n, 3, 3) rotations whose third column is the normal."""
    helper = np.where(np.abs(normals[:, :1]) < np.sqrt(0.5), [[1.0, 0, 0]], [[0, 1.0, 0]])
    x = np.cross(helper, normals)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    return np.stack([x, np.cross(normals, x), normals], axis=2)


def _most_promising(template: HeadTemplate, pool: PointPool, motions: Motions) -> np.ndarray:
    """Indices of the best of very many motions, best first, by look-ups in a grid of distances to the scan."""
    low, high = pool.positions.min(axis=0) - CAP_MM, pool.positions.max(axis=0) + CAP_MM
    cell = max(LEAST_CELL_MM, float(np.prod(high - low) / MOST_CELLS) ** (1 / 3))
    shape = np.ceil((high - low) / cell).astype(int) + 1
    empty = np.ones(shape, dtype=bool)
    empty[tuple(((pool.positions - low) / cell).astype(int).T)] = False
    grid = np.minimum(np.asarray(distance_transform_edt(empty)) * cell, CAP_MM).astype(np.float32).ravel()
    # the margin is as wide as the cap, so that what is clipped to the grid is as far as the cap anyway
    scores = np.full(len(motions.rotation), np.inf, dtype=np.float32)
    left = np.arange(len(scores))
    for points, kept in ((GLANCE_POINTS, len(left) // 8), (COARSE_POINTS, COARSE_KEPT)):
        face = (template.face[:points] / cell).astype(np.float32)
        for part in np.array_split(left, max(1, len(left) // CHUNK)):
            rotation = motions.rotation[part].astype(np.float32)
            offset = ((motions.translation[part] - low) / cell).astype(np.float32)
            flat = np.zeros((len(part), points), dtype=np.int32)
            for axis in range(3):
                place = rotation[:, axis] @ face.T
                place += offset[:, axis, None]
                np.clip(place, 0, shape[axis] - 1, out=place)
                flat *= shape[axis]
                flat += place.astype(np.int32)
            scores[part] = trimmed_mean(grid[flat], TRIM)
        left = left[np.argpartition(scores[left], min(kept, len(left) - 1))[:kept]]
    return left[np.argsort(scores[left], kind="stable")]


def _distinct(motions: Motions, most: int) -> np.ndarray:
    """Indices of the first motion of each neighbourhood, in their order."""
    left = np.arange(len(motions.rotation))
    chosen = []
    while len(left) and len(chosen) < most:
        first = left[0]
        chosen.append(first)
        angle = angles_between(motions.rotation[first], motions.rotation[left])
        away = np.linalg.norm(motions.translation[left] - motions.translation[first], axis=1)
        left = left[(angle > SAME_ANGLE) | (away > SAME_PLACE_MM)]
    return np.array(chosen)
