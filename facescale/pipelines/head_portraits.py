"""Plain pictures of heads for detectors to look at: a painted mean or random head before a camera, softly lit.

They serve to calibrate landmarks (where does this detector put its points on this head?), not to test fits: for
that, photographs are made by other means. Knows no detector.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from facescale.geometry.cameras import PinholeCamera
from facescale.geometry.normals import vertex_normals
from facescale.geometry.sites import points_at
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.albedo import Grooming, linear, vertex_albedo
from facescale.heads.builtin.head import load_builtin
from facescale.heads.builtin.part_colours import LIMBUS, iris_colours
from facescale.heads.builtin.tones import ENAMEL, GUM, MOUTH, SCLERA, IrisName, ToneName
from facescale.heads.linear import LinearHead
from facescale.rendering.deferred import VertexAlbedo, render_lambertian
from facescale.rendering.rasterizers.topology import RasterTopology, raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer
from facescale.rendering.shading import to_linear, to_srgb
from facescale.rendering.spherical_harmonics import irradiance

ICT_EYEBALLS = {"left": (21451, 23021), "right": (23021, 24591)}
ICT_TEETH = (17039, 21451)
DISTANCE = 800.0
"""From the camera to the point between the eyes, mm: of a portrait."""
CENTRE = (0.0, -38.0, 0.0)
"""Of the picture, mm in the head frame: about the middle of a face."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a head is painted."""

    tone: ToneName = "light"
    iris: IrisName = "brown"
    seed: int = 0
    stubble: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """One picture and what took it."""

    image: UInt8[np.ndarray, "s s 3"]
    camera: PinholeCamera
    """World is the head frame."""


class PaintedHead:
    """A head's topology with colours; poses and pictures of any of its shapes.

    Args:
        head: a head whose skin has the 68 landmarks.
        look: the built-in head's skin is painted so, and carried over to others along their 68 landmarks.
    """

    def __init__(self, head: LinearHead, look: Look) -> None:
        self.head = head
        opaque = head.regions["opaque"]
        self._faces = head.faces[opaque[head.faces.long()].all(dim=1)]
        self._topology: RasterTopology = raster_topology(self._faces)
        self._albedo = torch.from_numpy(_painted(head, look)).float()

    def portraits(
        self,
        vertices: Float[Tensor, "v 3"],
        angles: list[tuple[float, float]],
        *,
        size: int,
        span: float,
        light: Float[Tensor, "9 3"],
    ) -> list[Portrait]:
        """Take pictures.

        Args:
            vertices: of the head, mm in the head frame.
            angles: for each picture how far the camera stands to the subject's left and above, radians.
            size: pixels of a side.
            span: mm that the picture shows at the distance of the head's origin.
            light: around the head, radiance in the head frame.
        """
        cameras = [camera_at(yaw, pitch, size=size, span=span) for yaw, pitch in angles]
        normals = vertex_normals(vertices[None], self._faces, weighting="area")
        pictures = []
        for camera in cameras:
            seen = camera.project(vertices)
            projected = torch.cat([seen.pixels, seen.depth[:, None]], dim=1).nan_to_num()[None]
            image, _ = render_lambertian(
                WarpRasterizer(),
                projected.float(),
                self._topology,
                normals,
                VertexAlbedo(colours=self._albedo[None]),
                irradiance(light)[None],
                torch.full((1, size, size, 3), 0.25),
            )
            pictures.append(Portrait(image=to_srgb(image[0].clamp(0, 1).numpy()), camera=camera))
        return pictures


def camera_at(yaw: float, pitch: float, *, size: int, span: float) -> PinholeCamera:
    """A camera that looks at the face from an angle.

    Args:
        yaw: towards the subject's left, radians.
        pitch: above the horizon, radians.
        size: pixels of a side.
        span: mm that it shows at the distance of what it looks at.
    """
    way = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.cross(-way, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(-way, right), -way])
    position = np.array(CENTRE) + DISTANCE * way
    focal = DISTANCE / span * size
    return PinholeCamera(
        rotation=torch.from_numpy(rotation).float(),
        translation=torch.from_numpy(-rotation @ position).float(),
        focal=torch.full((2,), focal),
        principal=torch.full((2,), size / 2),
        distortion=torch.zeros(5),
        size=torch.tensor([size, size]),
    )


def soft_light(rng: np.random.Generator) -> Float[Tensor, "9 3"]:
    """White light from all around with a stronger side, mostly from above and in front; radiance."""
    light = np.zeros((9, 3))
    light[0] = 3.3
    way = np.array([rng.normal(0, 0.7), 0.8 + rng.normal(0, 0.3), 1.0])
    strength = rng.uniform(0.6, 1.6)
    light[[3, 1, 2]] = (strength * way / np.linalg.norm(way))[:, None]
    return torch.from_numpy(light * rng.uniform(0.92, 1.08, 3)).float()


def _painted(head: LinearHead, look: Look) -> Float[np.ndarray, "v 3"]:
    skin = to_linear(vertex_albedo(tone=look.tone, seed=look.seed, grooming=Grooming(stubble=look.stubble)))
    mean = head.mean_vertices()
    albedo = np.tile(linear(MOUTH), (len(mean), 1))
    if head.card.name == "builtin":
        albedo[: len(skin)] = skin
        masks = head.regions
        balls = {side: masks[f"eyeballs.{side}"].numpy() for side in ("left", "right")}
        for part in ("upper_teeth", "lower_teeth"):
            albedo[masks[part].numpy()] = linear(GUM)
            albedo[masks[f"{part}.teeth"].numpy()] = linear(ENAMEL)
    else:
        outer = head.regions["head"].numpy()
        albedo[outer] = _carried_over(skin, head)[outer]
        index = np.arange(len(mean))
        balls = {side: (index >= low) & (index < high) for side, (low, high) in ICT_EYEBALLS.items()}
        albedo[slice(*ICT_TEETH)] = linear(ENAMEL)
    for ball in balls.values():
        albedo[ball] = _eyeball(mean[torch.from_numpy(ball)].numpy(), look)
    return albedo


def _eyeball(points: Float[np.ndarray, "n 3"], look: Look) -> Float[np.ndarray, "n 3"]:
    off = points - (points.min(axis=0) + points.max(axis=0)) / 2
    radius, angle = np.hypot(off[:, 0], off[:, 1]), np.arctan2(off[:, 1], off[:, 0])
    iris = iris_colours(radius, angle, iris=look.iris, seed=look.seed)
    return np.where(((radius < LIMBUS) & (off[:, 2] > 0))[:, None], iris, linear(SCLERA))


def _carried_over(skin: Float[np.ndarray, "w 3"], head: LinearHead) -> Float[np.ndarray, "v 3"]:
    """The built-in head's skin on another head, bent so that their landmarks meet."""
    from scipy.interpolate import RBFInterpolator

    source = load_builtin()
    mean = source.mean_vertices()
    marks = {
        name: points_at(any_head.mean_vertices()[None], any_head.faces, any_head.landmarks["ibug68"])[0].numpy()
        for name, any_head in (("source", source), ("target", head))
    }
    bend = RBFInterpolator(marks["source"], marks["target"], kernel="thin_plate_spline", smoothing=1.0)
    bent = torch.from_numpy(bend(mean[: len(skin)].double().numpy())).float()
    outer = source.faces[source.regions["head"][source.faces.long()].all(dim=1)]
    found = SurfaceBvh(bent[None], outer).closest(head.mean_vertices()[None])
    corners = outer[found.sites.face[0].long()].numpy()
    return np.einsum("nc,ncd->nd", found.sites.barycentric[0].numpy(), skin[corners])
