"""A fitted head and its landmarks over the photograph that they belong to. Knows no fit and no detector."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Integer, UInt8

from facescale.rendering.encode import encode, sheet
from facescale.rendering.marks import mark_pixels
from facescale.rendering.preview import CLAY
from facescale.rendering.shading import lit, to_linear, to_srgb

PICTURE_SIZE = 160
"""Pixels of a side of each picture of a sheet."""
MARGIN = 1.7
"""Side of the square that is shown, in heights of the face."""
OBSERVED, MODELLED = (38, 196, 133), (226, 54, 92)
"""Colours of the detector's landmarks and of the model's."""
_OPACITY = 0.85


@dataclass(frozen=True, kw_only=True)
class FittedFace:
    """One view of a fitted head, in the camera's axes and in pixels of the photograph."""

    vertices: Float[np.ndarray, "v 3"]
    """mm in OpenCV camera axes."""
    pixels: Float[np.ndarray, "v 2"]
    """Where the vertices appear."""
    faces: Integer[np.ndarray, "f 3"]
    observed: Float[np.ndarray, "k 2"]
    """Landmarks as found, pixels."""
    modelled: Float[np.ndarray, "j 2"]
    """Landmarks as fitted, pixels."""
    height: float
    """Of the face, pixels."""


def overlay_sheet(photographs: list[tuple[UInt8[np.ndarray, "h w 3"], FittedFace]]) -> bytes:
    """Draw photograph | landmarks | head over the photograph, a row a view, as WebP.

    Args:
        photographs: views of one item, each with what was fitted to it.
    """
    return encode(sheet([_row(image, face) for image, face in photographs]))


def _row(image: UInt8[np.ndarray, "h w 3"], face: FittedFace) -> list[UInt8[np.ndarray, "s s 4"]]:
    middle = (face.observed.min(axis=0) + face.observed.max(axis=0)) / 2
    side = max(MARGIN * face.height, 8.0)
    corner, factor = middle - side / 2, PICTURE_SIZE / side
    plain = _cut(image, corner, side)

    def shown(points: np.ndarray) -> np.ndarray:
        return (points - corner) * factor

    marked = mark_pixels(plain, shown(face.observed), colour=OBSERVED, radius=1.0, rim=0.0)
    marked = mark_pixels(marked, shown(face.modelled), colour=MODELLED, radius=0.8, rim=0.0)
    return [plain, marked, _headed(plain, face, shown(face.pixels))]


def _cut(image: UInt8[np.ndarray, "h w 3"], corner: np.ndarray, side: float) -> UInt8[np.ndarray, "s s 4"]:
    """A square of a photograph, resampled; transparent where it reaches beyond."""
    from PIL import Image

    left, top = corner
    box = (left, top, left + side, top + side)
    whole = Image.fromarray(image).convert("RGBA")
    reach = int(np.ceil(max(0.0, -left, -top, box[2] - whole.width, box[3] - whole.height)))
    if reach > 0:
        wide = Image.new("RGBA", (whole.width + 2 * reach, whole.height + 2 * reach), (0, 0, 0, 0))
        wide.paste(whole, (reach, reach))
        whole, box = wide, tuple(value + reach for value in box)
    small = whole.resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.BOX, box=box, reducing_gap=None)
    return np.asarray(small)


def _headed(
    plain: UInt8[np.ndarray, "s s 4"], face: FittedFace, pixels: Float[np.ndarray, "v 2"]
) -> UInt8[np.ndarray, "s s 4"]:
    """The head in clay over a photograph."""
    from facescale.geometry.normals import vertex_normals
    from facescale.rendering.rasterizers.fragments import ImageSize
    from facescale.rendering.rasterizers.interpolate import interpolate
    from facescale.rendering.rasterizers.topology import raster_topology
    from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer

    faces = torch.from_numpy(np.ascontiguousarray(face.faces)).int()
    topology = raster_topology(faces)
    projected = torch.from_numpy(np.concatenate([pixels, face.vertices[:, 2:]], axis=1)).float()[None]
    fragments = WarpRasterizer().rasterize(projected, topology, ImageSize(height=len(plain), width=len(plain)))
    normals = vertex_normals(torch.from_numpy(face.vertices).float()[None], faces, weighting="angle")
    blended = interpolate(normals, topology.faces, fragments.face, fragments.barycentric)[0].numpy()
    # camera axes have y down and z away; light comes in the view frame
    upward = blended.reshape(-1, 3) * np.array([1.0, -1.0, -1.0], np.float32)
    upward /= np.maximum(np.linalg.norm(upward, axis=1, keepdims=True), 1e-6)
    diffuse, gloss = lit(upward, inside=np.zeros(len(upward), np.float32))
    clay = to_linear(np.array(CLAY, np.uint8)) * diffuse + gloss[:, None]
    cover = _OPACITY * fragments.coverage[0].numpy()[..., None] * (fragments.face[0].numpy() >= 0)[..., None]
    under = to_linear(plain[..., :3])
    colour = to_srgb(under * (1 - cover) + clay.reshape(under.shape) * cover)
    alpha = np.maximum(plain[..., 3:], np.rint(255 * cover).astype(np.uint8))
    return np.concatenate([colour, alpha], axis=-1)
