"""One scan on a contact sheet: read, judged, turned to the viewer by its keypoints and drawn."""

import numpy as np

from facescale.corpora.check import ItemCheck
from facescale.corpora.keypoint_health import head_rotation
from facescale.rendering.clustering import cluster
from facescale.rendering.encode import encode, sheet
from facescale.rendering.marks import mark_points
from facescale.rendering.preview import SLATE, PreviewStyle, render_views
from facescale.rendering.views import ViewName, framing_of, view_rotation
from facescale.reporting.contact_sheet import SheetCard, SheetFinding
from facescale.reporting.numbers import counted
from facescale.structures import Capture

VIEWS: tuple[ViewName, ...] = ("front", "three_quarter", "side")


def card_of(found: ItemCheck, capture: Capture | None, *, size: int) -> SheetCard:
    """Make the card of one item; one that cannot be read says why.

    Args:
        found: of a check.
        capture: what was read; None where nothing could be.
        size: pixels of a side of each picture.
    """
    item = found.item
    findings = [SheetFinding(level=f.level.value, reason=f.reason, message=f.message) for f in found.findings]
    turned = capture is not None and _rotation(capture) is not None
    how = "turned by its keypoints" if turned else "in the frame of its file"
    return SheetCard(
        item=item.item,
        level=found.level.value,
        figures=_figures(found, how),
        picture=None if capture is None else draw_scan(capture, size=size),
        size=(size * len(VIEWS), size),
        alt=f"{item.item}, {how}, from the front, from three quarters and from the side",
        findings=findings,
    )


def draw_scan(capture: Capture, *, size: int) -> bytes:
    """Draw a scan from three sides with its keypoints, as WebP with a transparent background.

    Args:
        capture: the scan; keypoints that name eyes and mouth turn it to the viewer.
        size: pixels of a side of each picture.
    """
    turn = _rotation(capture)
    rotations = [view_rotation(view) @ (np.eye(3) if turn is None else turn) for view in VIEWS]
    framing = framing_of(capture.surface.vertices, rotations)
    small = cluster(
        capture.surface, cell=2 * framing.radius / size, centre=framing.centre, radius=framing.radius * 1.5
    )
    pictures = render_views(small, rotations, framing=framing, style=PreviewStyle(size=size, material=SLATE))
    if capture.keypoints is not None:
        points = capture.keypoints.positions
        pictures = [
            mark_points(picture, points, view=rotation, framing=framing, radius=size / 85)
            for picture, rotation in zip(pictures, rotations, strict=True)
        ]
    return encode(sheet([pictures]))


def _rotation(capture: Capture) -> np.ndarray | None:
    return None if capture.keypoints is None else head_rotation(capture.keypoints)


def _figures(found: ItemCheck, how: str) -> str:
    if found.vertices is None or found.extent is None:
        return f"{found.item.size:,} bytes"
    shape = counted(found.faces, "face") if found.faces else "a point cloud"
    parts = [f"{found.vertices:,} vertices", shape, " x ".join(f"{side:.3g}" for side in found.extent)]
    if found.units:
        parts.append(f"a head in {' or '.join(found.units)}")
    parts.append(counted(found.keypoints, "keypoint") if found.keypoints else "no keypoints")
    return ", ".join(parts) + f"; {how}"
