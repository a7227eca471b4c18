"""The picture of one registered item: scan, fit and the fit's error, from three sides.

A worker makes it when it saves an item, so that a report over thousands of items reads no mesh.
"""

import numpy as np
from jaxtyping import Float

from facescale.rendering.clustering import cluster
from facescale.rendering.encode import encode, sheet
from facescale.rendering.error_colours import ERROR_RANGE_MM, error_colours
from facescale.rendering.preview import CLAY, SLATE, PreviewStyle, render_materials
from facescale.rendering.views import Framing, ViewName, framing_of
from facescale.structures.mesh import Mesh

PREVIEW_VIEWS: tuple[ViewName, ...] = ("front", "three_quarter", "side")
"""Rows of the sheet."""
PREVIEW_COLUMNS = ("scan", "fit", "error")
"""Columns of the sheet."""
PREVIEW_SIZE = 160
"""Pixels of each of the nine pictures."""
_CELLS = 150
"""Clusters along the framing's side for a large scan: about one a pixel."""


def item_preview(
    scan: Mesh,
    fit: Mesh,
    error_mm: Float[np.ndarray, "v"],
    *,
    full_mm: float = ERROR_RANGE_MM,
    framing: Framing | None = None,
) -> bytes:
    """Draw scan | fit | error in rows front, three-quarter and side, as WebP with a transparent background.

    Args:
        scan: in mm and the head frame, as the fit lies in it; a mesh or a point cloud.
        fit: in mm and the head frame.
        error_mm: distance to the scan of each vertex of the fit; NaN where it was not measured.
        full_mm: the dark end of the error colours.
        framing: what to show; None shows the fit.

    Returns:
        A picture of 3 x 3 squares of `PREVIEW_SIZE` pixels, about 20 kB.
    """
    if error_mm.shape != (len(fit.vertices),):
        raise ValueError(f"expected {len(fit.vertices)} errors, one a vertex of the fit, got {error_mm.shape}")
    framing = framing or framing_of(fit.vertices, PREVIEW_VIEWS)
    colours = error_colours(error_mm, full_mm=full_mm)
    small = cluster(scan, cell=2 * framing.radius / _CELLS, centre=framing.centre, radius=framing.radius * 1.5)
    style = PreviewStyle(size=PREVIEW_SIZE)
    left = render_materials(small, PREVIEW_VIEWS, [SLATE], framing=framing, style=style)
    right = render_materials(fit, PREVIEW_VIEWS, [CLAY, colours], framing=framing, style=style)
    return encode(sheet([[*a, *b] for a, b in zip(left, right, strict=True)]))
