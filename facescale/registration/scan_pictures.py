"""Small grey pictures of a scan of unknown pose: what they show, and how. Finds nothing in them."""

from collections.abc import Sequence

import numpy as np

from facescale.registration.scan_surface import Drawn, ScanSurface
from facescale.rendering.clustering import cluster
from facescale.rendering.preview import PreviewStyle, render_views
from facescale.rendering.views import Framing
from facescale.structures.mesh import Mesh

SIZE = 192
"""Pixels of a side."""
FRAMED = 98.0
"""Percentile of the distances from the middle that fits the picture: crumbs may lie outside."""
MARGIN = 1.05
CELLS = 150
"""Clusters along the framing's side for a large scan."""
GREY = (90, 90, 90)
SKIN = (200, 190, 180)


def framing_of_points(drawn: Drawn) -> Framing:
    """The ball around the middle of a scan's points, drawn by area, whichever way it is looked at."""
    centre = np.median(drawn.positions, axis=0)
    radius = float(np.percentile(np.linalg.norm(drawn.positions - centre, axis=1), FRAMED))
    x, y, z = centre.tolist()
    return Framing(centre=(x, y, z), radius=max(radius * MARGIN, 1e-9))


def picture_surface(surface: ScanSurface, framing: Framing) -> Mesh:
    """A scan's outer surface, coarse enough for small pictures; what is only part of a scan as a cloud.

    A random part of a fine mesh's faces is full of holes, its corners are a dense cloud.
    """
    if surface.is_cloud or surface.fraction < 1:
        faces = np.zeros((0, 3), dtype=np.int32)
        mesh = Mesh(vertices=surface.first.astype(np.float64), faces=faces)
    else:
        faces = surface.faces if surface.winding > 0 else surface.faces[:, ::-1]
        mesh = Mesh(vertices=surface.vertices, faces=np.ascontiguousarray(faces, dtype=np.int32))
    return cluster(mesh, cell=2 * framing.radius / CELLS, centre=framing.centre, radius=1.5 * framing.radius)


def pictures(mesh: Mesh, views: Sequence[np.ndarray], framing: Framing) -> list[np.ndarray]:
    """(SIZE, SIZE, 3) uint8 pictures, one a view (3, 3)."""
    style = PreviewStyle(size=SIZE, background=GREY, material=SKIN)
    return [image[..., :3] for image in render_views(mesh, views, framing=framing, style=style)]
