"""Synthetic subjects: heads in the span of a model, seen by ideal cameras, with known noise."""

from dataclasses import dataclass

import numpy as np
import torch

from facescale.geometry.rotations import rotation_from_vector
from facescale.geometry.sites import Sites
from facescale.heads.prior import draw_prior
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject, LandmarkView
from facescale.structures.face_landmarks import FaceLandmarks
from facescale.structures.view import PinholeRecord

SIZE = (1280, 960)
TO_CAMERA = np.diag([1.0, -1.0, -1.0])


def embedding_of(head, *, extra=120, seed=0, outline=False):
    """The inner landmarks of ibug68, so many random sites of the face, and maybe the jaw, which slides."""
    sites = head.landmarks["ibug68"]
    rng = np.random.default_rng(seed)
    face = head.regions["face"][head.faces.long()].all(dim=1).nonzero()[:, 0]
    corners = head.mean_vertices()[head.faces.long()[face]]
    normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face = face[normal[:, 2] > 0]
    drawn = face[torch.from_numpy(rng.choice(len(face), extra, replace=False))]
    weights = torch.from_numpy(rng.dirichlet([1, 1, 1], extra)).to(sites.barycentric.dtype)
    jaw = 17 if outline else 0
    faces = [sites.face[17:], drawn.to(sites.face.dtype), sites.face[:jaw]]
    barycentric = [sites.barycentric[17:], weights, sites.barycentric[:jaw]]
    count = 51 + extra + jaw
    return LandmarkEmbedding(
        scheme="drawn",
        sites=Sites(face=torch.cat(faces), barycentric=torch.cat(barycentric)),
        points=np.arange(count),
        sliding=np.arange(count) >= 51 + extra,
    )


def turn_of(yaw, pitch=0.0, roll=0.0):
    """Head to camera, degrees; yaw about the head's own vertical, roll about the optical axis."""
    axes = np.radians([[0, yaw, 0], [pitch, 0, 0], [0, 0, roll]])
    a, b, c = (rotation_from_vector(torch.from_numpy(axis)).numpy() for axis in axes)
    return c @ TO_CAMERA @ b @ a


@dataclass(frozen=True, kw_only=True)
class Truth:
    identity: np.ndarray
    expression: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    focal: float


def truth_of(head, *, views, seed=0, focal=1500.0, still=False, yaws=None):
    """A subject whose parameters are drawn from the head's prior."""
    rng = np.random.default_rng(seed)
    blocks = {block.name: block for block in head.blocks}
    identity = draw_prior(blocks["identity"], rng, truncation=2.5)
    size = blocks["expression"].size
    expression = rng.uniform(0, 0.7, (views, size)) * (rng.uniform(size=(views, size)) < 0.15)
    yaws = np.linspace(-40, 40, views) if yaws is None and views > 1 else yaws
    yaws = rng.uniform(-25, 25, views) if yaws is None else np.asarray(yaws)
    turns = [turn_of(yaw, rng.uniform(-12, 12), rng.uniform(-15, 15)) for yaw in yaws]
    shift = np.stack([[*rng.uniform(-40, 40, 2), rng.uniform(500, 800)] for _ in range(views)])
    return Truth(
        identity=identity,
        expression=expression * (0 if still else 1),
        rotation=np.stack(turns),
        translation=shift,
        focal=focal,
    )


def head_points(head, embedding, truth):
    """(v, k, 3) in the head frame, float64."""
    kind = head.mean_vertices().dtype
    count = len(truth.expression)
    params = {
        "identity": torch.from_numpy(truth.identity).to(kind).expand(count, -1),
        "expression": torch.from_numpy(truth.expression).to(kind),
    }
    return head.evaluate(params, embedding.sites).double().numpy()


def project(points, truth):
    camera = points @ truth.rotation.swapaxes(1, 2) + truth.translation[:, None]
    return camera[..., :2] / camera[..., 2:] * truth.focal + np.array(SIZE) / 2


def landmarks_of(pixels, *, sigma=1.0, rng=None, scheme="drawn", sliding=None):
    noise = 0 if rng is None else rng.normal(0, sigma, pixels.shape)
    count = len(pixels)
    return FaceLandmarks(
        scheme=scheme,
        positions=(pixels + noise).astype(np.float32),
        covariances=np.tile(np.eye(2, dtype=np.float32) * sigma**2, (count, 1, 1)),
        sliding=np.zeros(count, dtype=bool) if sliding is None else sliding,
        face_height=float(np.ptp(pixels[:, 1])),
        yaw=0.0,
    )


def known_camera(focal=1500.0, rotation=None, translation=None, distortion=None):
    return PinholeRecord(
        rotation=np.eye(3) if rotation is None else rotation,
        translation=np.zeros(3) if translation is None else translation,
        focal=np.full(2, focal),
        principal=np.array(SIZE) / 2,
        distortion=np.zeros(5) if distortion is None else distortion,
        size=SIZE,
    )


def subject_of(head, embedding, truth, *, sigma=1.0, seed=None, camera=None, group="video", key="someone"):
    """Landmarks of the truth; without a seed they are exact."""
    rng = None if seed is None else np.random.default_rng(seed)
    pixels = project(head_points(head, embedding, truth), truth)
    return LandmarkSubject(
        key=key,
        views=tuple(
            LandmarkView(
                name=f"view{index}",
                landmarks=landmarks_of(row, sigma=sigma, rng=rng),
                size=SIZE,
                camera=camera,
                group="" if camera else group,
            )
            for index, row in enumerate(pixels)
        ),
    )
