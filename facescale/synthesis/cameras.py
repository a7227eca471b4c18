"""Virtual depth cameras and how they stand around a head. Knows nothing of sensors' faults."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from facescale.geometry.surface import SurfaceBvh
from facescale.synthesis.subject import Surface

AIM = (0.0, -35.0, -50.0)
"""Where the cameras look, mm in the head frame."""
DISTANCE = (450.0, 900.0)
HALF_WIDTH, HALF_HEIGHT = 175.0, 200.0
"""Field of view at the distance of the aim, mm."""
HALF_ARC = {3: 45.0, 4: 65.0, 5: 90.0, 6: 130.0, 7: 154.0, 8: 157.5}
"""Number of cameras -> largest yaw in degrees: a few see the face only, many go all around."""


@dataclass(frozen=True, kw_only=True)
class DepthCamera:
    """A pinhole camera in OpenCV axes: +x right, +y down, +z forward; pixel centres at +0.5."""

    rotation: Float[np.ndarray, "3 3"]
    """World to camera."""
    translation: Float[np.ndarray, "3"]
    focal: float
    """Pixels."""
    width: int
    height: int

    @property
    def centre(self) -> Float[np.ndarray, "3"]:
        """The camera's position in the world."""
        return -self.rotation.T @ self.translation

    def rays(self) -> Float[np.ndarray, "n 3"]:
        """One direction a pixel, in the world, row by row; their depth along the optical axis is 1."""
        x = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        y = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        grid = np.stack([*np.meshgrid(x, y), np.ones((self.height, self.width))], axis=-1)
        return (grid.reshape(-1, 3) @ self.rotation).astype(np.float32)

    def project(self, points: Float[np.ndarray, "n 3"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Columns and rows in pixels, and depths, of points in the world."""
        turned = points @ self.rotation.T.astype(points.dtype) + self.translation.astype(points.dtype)
        depth = turned[:, 2]
        scale = np.float32(self.focal) / depth
        return turned[:, 0] * scale + self.width / 2, turned[:, 1] * scale + self.height / 2, depth


@dataclass(frozen=True, kw_only=True)
class DepthImage:
    """What ideal rays of one camera meet, row by row."""

    camera: DepthCamera
    depth: Float[np.ndarray, "n"]
    """Along the optical axis, mm; infinity where a ray meets nothing, or a surface from behind."""
    face: Int[np.ndarray, "n"]
    """Face met, -1 for none."""
    cosine: Float[np.ndarray, "n"]
    """Of the angle between ray and surface normal, 0 to 1."""

    @property
    def seen(self) -> Bool[np.ndarray, "n"]:
        """Pixels with a measurement."""
        return np.isfinite(self.depth)

    def points(self) -> Float[np.ndarray, "m 3"]:
        """The seen points in the world."""
        rays = self.camera.rays()[self.seen]
        return (self.camera.centre + rays * self.depth[self.seen, None]).astype(np.float32)


def stand_around(rng: np.random.Generator, *, count: int, pitch: float) -> list[DepthCamera]:
    """Place cameras on an arc around the face, all looking at the head.

    Args:
        rng: all randomness.
        count: 3 to 8.
        pitch: distance between neighbouring pixels' rays at the aim, mm.
    """
    arc = HALF_ARC[count]
    yaws = np.radians(np.linspace(-arc, arc, count) + rng.uniform(-8, 8, count))
    pitches = np.radians(rng.uniform(-15, 25, count))
    cameras = []
    for yaw, rise, distance in zip(yaws, pitches, rng.uniform(*DISTANCE, count), strict=True):
        way = np.array([np.sin(yaw) * np.cos(rise), np.sin(rise), np.cos(yaw) * np.cos(rise)])
        aim = np.array(AIM) + rng.normal(0, 8, 3)
        forward = -way
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forward, right), forward])
        cameras.append(
            DepthCamera(
                rotation=rotation,
                translation=-rotation @ (aim + distance * way),
                focal=distance / pitch,
                width=int(2 * HALF_WIDTH / pitch),
                height=int(2 * HALF_HEIGHT / pitch),
            )
        )
    return cameras


def look(cameras: list[DepthCamera], surface: Surface) -> list[DepthImage]:
    """Cast every camera's rays."""
    faces = torch.from_numpy(surface.faces)
    tree = SurfaceBvh(torch.from_numpy(surface.vertices)[None], faces)
    corners = surface.vertices[surface.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    images = []
    for camera in cameras:
        rays = camera.rays()
        centre = torch.from_numpy(camera.centre.astype(np.float32)).expand(1, len(rays), 3)
        hits = tree.first_hit(centre, torch.from_numpy(rays)[None])
        face, length = hits.sites.face[0].numpy(), hits.length[0].numpy()
        norms = np.linalg.norm(rays, axis=1)
        cosine = -(normals[face] * rays).sum(axis=1) / norms
        front = (face >= 0) & (cosine > 0)
        images.append(
            DepthImage(
                camera=camera,
                depth=np.where(front, length / norms, np.inf).astype(np.float32),
                face=face,
                cosine=np.where(front, cosine, 0).astype(np.float32),
            )
        )
    return images
