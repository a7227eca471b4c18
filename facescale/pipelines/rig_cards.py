"""One item with calibrated cameras on a contact sheet: the rig from three sides, and a frame of every camera.

Registered meshes and marked points are drawn where the cameras see them.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8

from facescale.corpora.cameras_check import head_centre
from facescale.corpora.views_check import ViewsCheck
from facescale.pipelines.view_cards import view_card
from facescale.rendering.encode import encode, sheet
from facescale.rendering.marks import dot_pixels, mark_pixels
from facescale.reporting.camera_drawing import DrawnCamera, camera_drawing
from facescale.reporting.contact_sheet import SheetCard, SheetFinding
from facescale.reporting.numbers import counted
from facescale.structures import Capture, PinholeRecord, RegisteredMesh, View

WIDTH = 1120
"""Pixels of a card's picture."""
COLUMNS = 8
MOST = 24
"""Cameras shown."""
ON_SURFACE, MARKED = (52, 211, 153), (255, 86, 120)
"""Colours of the registered mesh and of marked points."""
SPACING = 4.0
"""Pixels between the dots of a registered mesh."""


def views_card(found: ViewsCheck, capture: Capture | None, *, size: int) -> SheetCard:
    """Make the card of one item of views: of a rig where several cameras are known, else of pictures alone.

    Args:
        found: of a check.
        capture: its views; None where it was refused.
        size: pixels of a side of each picture.
    """
    views = () if capture is None else capture.views
    known = {view.group or view.name for view in views if view.camera is not None}
    if capture is None or len(known) < 2:  # noqa: PLR2004 - one camera makes no rig
        return view_card(found, capture, size=size)
    return rig_card(found, capture, size=size)


def rig_card(found: ViewsCheck, capture: Capture, *, size: int) -> SheetCard:
    """Make the card of one item whose views have cameras.

    Args:
        found: of a check.
        capture: its views.
        size: pixels of the usual picture on the sheet.
    """
    shown = _one_a_camera(capture.views)
    columns = -(-len(shown) // -(-len(shown) // COLUMNS))
    wide = min(WIDTH // max(columns, 4), 2 * size)
    high = round(wide * max(view.image.shape[0] / view.image.shape[1] for view in shown))
    tiles = [
        _tile(view, str(place), _nearest(capture, view), (wide, high)) for place, view in enumerate(shown, 1)
    ]
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    blank = np.zeros((high, wide, 4), np.uint8)
    rows = [[*row, *[blank] * (columns - len(row))] for row in rows]
    return SheetCard(
        item=found.item.item,
        level=found.level.value,
        figures=_figures(found, capture, shown),
        picture=encode(sheet(rows)),
        size=(wide * columns, high * len(rows)),
        alt=f"{found.item.item}: one frame of each of {counted(len(shown), 'camera')}",
        findings=[
            SheetFinding(level=f.level.value, reason=f.reason, message=f.message) for f in found.findings
        ],
        drawing=_drawing(capture, shown),
    )


def _one_a_camera(views: Sequence[View]) -> list[View]:
    """The middle frame of each calibrated camera."""
    by_camera: dict[str, list[View]] = {}
    for view in views:
        if view.camera is not None:
            by_camera.setdefault(view.group or view.name, []).append(view)
    return [members[len(members) // 2] for members in by_camera.values()][:MOST]


def _drawing(capture: Capture, shown: Sequence[View]) -> str:
    middle = head_centre(capture)
    drawn = []
    for place, view in enumerate(shown, 1):
        assert view.camera is not None
        drawn.append(_drawn(view.camera, str(place), view.group or view.name, middle))
    surface = capture.registrations[0].mesh.vertices if capture.registrations else None
    return camera_drawing(drawn, head=middle, surface=surface, metric=capture.world == "metric")


def _drawn(camera: PinholeRecord, label: str, name: str, middle: Float[np.ndarray, "3"] | None) -> DrawnCamera:
    (width, height), focal, principal = camera.size, camera.focal, camera.principal
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    rays = np.concatenate([(corners - principal) / focal, np.ones((4, 1))], axis=1)
    odd = False
    if middle is not None:
        at = camera.rotation @ middle + camera.translation
        pixel = at[:2] / at[2] * focal + principal if at[2] > 0 else np.full(2, -1.0)
        odd = not bool(((pixel >= 0) & (pixel <= camera.size)).all())
    return DrawnCamera(
        label=label,
        name=name,
        centre=-camera.rotation.T @ camera.translation,
        corners=rays @ camera.rotation,
        odd=odd,
    )


def _nearest(capture: Capture, view: View) -> RegisteredMesh | None:
    """The registered mesh of a view's time; the only one of captures without times."""
    timed = [mesh for mesh in capture.registrations if mesh.time_s is not None]
    if view.time_s is not None and timed:
        return min(timed, key=lambda mesh: abs((mesh.time_s or 0.0) - (view.time_s or 0.0)))
    return capture.registrations[0] if len(capture.registrations) == 1 else None


def _tile(
    view: View, label: str, mesh: RegisteredMesh | None, shape: tuple[int, int]
) -> UInt8[np.ndarray, "h w 4"]:
    """A picture with what the corpus knows of it, and its number."""
    from PIL import Image, ImageDraw, ImageFont

    height, width = view.image.shape[:2]
    scale = min(shape[0] / width, shape[1] / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = np.asarray(Image.fromarray(view.image).convert("RGBA").resize((wide, high), method))
    if mesh is not None and view.camera is not None:
        small = dot_pixels(small, _thinned(_facing(view.camera, mesh) * scale), colour=ON_SURFACE)
    if view.landmarks is not None:
        marks = view.landmarks.positions[np.isfinite(view.landmarks.positions).all(axis=1)]
        small = mark_pixels(small, marks * scale, colour=MARKED, radius=0.9, rim=0.0)
    canvas = Image.new("RGBA", shape, (0, 0, 0, 0))
    corner = ((shape[0] - wide) // 2, (shape[1] - high) // 2)
    canvas.paste(Image.fromarray(small), corner)
    pen = ImageDraw.Draw(canvas)
    box = (corner[0] + 5, corner[1] + 5, corner[0] + 13 + 8 * len(label), corner[1] + 21)
    pen.rounded_rectangle(box, 4, fill=(20, 23, 26, 235))
    font = ImageFont.load_default(size=12)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    pen.text(middle, label, (255, 255, 255, 255), font=font, anchor="mm")
    return np.asarray(canvas)


def _facing(camera: PinholeRecord, mesh: RegisteredMesh) -> Float[np.ndarray, "n 2"]:
    """Where the vertices that face a camera appear, pixels."""
    import torch

    from facescale.geometry.cameras.records import pinhole_of
    from facescale.geometry.normals import vertex_normals

    vertices = torch.from_numpy(np.ascontiguousarray(mesh.mesh.vertices)).double()
    pinhole = pinhole_of([camera])
    seen = pinhole.project(vertices[None])
    shown = seen.usable[0]
    if len(mesh.mesh.faces):
        normals = vertex_normals(vertices[None].float(), torch.from_numpy(mesh.mesh.faces).int())[0].double()
        shown = shown & ((normals * (pinhole.centre - vertices)).sum(-1) > 0)
    return seen.pixels[0, shown].numpy()


def _thinned(pixels: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "m 2"]:
    """One in each cell of a grid: meshes are finer at eyes and lips."""
    cells = np.floor(pixels / SPACING).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    return pixels[first]


def _figures(found: ViewsCheck, capture: Capture, shown: Sequence[View]) -> str:
    frames = len(capture.views) / max(len({view.group or view.name for view in capture.views}), 1)
    parts = [counted(len(shown), "camera")]
    said = dict(capture.attributes)
    if "frames" in said:
        parts.append(f"{frames:.0f} of {int(said['frames']):,} frames read" if said["frames"].isdigit() else "")
    else:
        parts.append(counted(len(capture.views), "view"))
    parts += [" x ".join(map(str, found.sizes[0]))] if found.sizes else []
    if capture.registrations:
        many = len(capture.registrations)
        parts.append("1 registered mesh" if many == 1 else f"{many:,} registered meshes")
    if capture.depth_maps:
        parts.append(counted(len(capture.depth_maps), "depth map"))
    names = ", ".join(f"{place} {view.group or view.name}" for place, view in enumerate(shown, 1))
    return ", ".join(part for part in parts if part) + f". Cameras: {names}"
