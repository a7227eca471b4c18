"""VHAP's export for avatars made of splats: pictures that a transforms.json places. Knows nothing of inputs.

Unions list pictures of their neighbours with paths that lead there ("../"), which must stay below the root.
"""

import re

from facescale.corpora.camera_files import camera_of
from facescale.corpora.files import as_input
from facescale.corpora.nersemble.still_frames import StillFrame, chosen_frames, read_stills
from facescale.corpora.picture_rejections import no_usable_view
from facescale.corpora.vhap.options import RATE, VhapOptions
from facescale.corpora.vhap.transforms import LIMIT, ExportFrame, distinct, export_camera, read_transforms
from facescale.corpora.vhap.tree import Folder, named_files
from facescale.corpora.view_files import inputs_of, read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.view import LostView, PinholeRecord, View

_NAME = re.compile(r"(?:(?P<union>UNION\d*)_)?(?P<subject>\d+)_(?P<sequence>[^_]+)(?:_.*)?", re.IGNORECASE)
_LISTED = 20
_CANONICAL = "canonical_flame_param.npz"


def frames_of(lists: list[InputFile], folder: str) -> list[ExportFrame]:
    """All frames of some lists.

    Raises:
        CaptureRejected: a list is none, or a camera comes twice at one time.
        OSError: a list cannot be read.
    """
    frames = [frame for file in lists for frame in read_transforms(read_limited(file, LIMIT), folder)]
    distinct(frames)
    return frames


def export_item(corpus: str, root: str, folder: Folder, options: VhapOptions) -> Item:
    """One export with the files of its chosen frames and cameras; its lists alone where they cannot be used.

    Raises:
        OSError: a list cannot be read or a folder not be listed.
    """
    lists = [as_input("cameras", entry) for entry in folder.lists(options.split)]
    inputs = list(lists)
    try:
        frames = _chosen(frames_of(lists, folder.path), options)
    except CaptureRejected:  # loading says why
        frames = []
    roles = {path: role for frame in frames for path, role in _files(frame) if path}
    there = named_files(root, folder, roles)
    inputs += [as_input(role, there[path]) for path, role in roles.items() if path in there]
    inputs += [as_input("tracking", folder.files[_CANONICAL])] if _CANONICAL in folder.files else []
    name = folder.path or root.rstrip("/").rpartition("/")[2]
    told = _NAME.fullmatch(name.rpartition("/")[2])
    said = {"form": "export", "folder": folder.path, "union": told["union"] or "" if told else ""}
    return Item(
        corpus=corpus,
        item=name,
        subject=told["subject"] if told else name,
        sequence=told["sequence"] if told else "",
        inputs=tuple(inputs),
        attributes={key: value for key, value in said.items() if value},
    )


def load_export(item: Item, options: VhapOptions) -> Capture:
    """Read the chosen pictures with their cameras in mm and their alpha.

    Raises:
        CaptureRejected: a list that is none or names files outside the root, or no picture that can be used.
        OSError: a file cannot be read.
    """
    lists = inputs_of(item.inputs, "cameras")
    if not lists:
        raise no_usable_view(f"no list of the frames of {options.split}")
    frames = _chosen(frames_of(lists, item.attributes.get("folder", "")), options)
    files = {file.path: file for file in item.inputs}
    rate = options.rate or RATE
    views: list[View] = []
    lost: list[LostView] = []
    for frame in frames:
        still = StillFrame(
            camera=frame.camera,
            number=frame.timestep,
            file=files.get(frame.picture),
            mask=files.get(frame.mask),
        )

        def camera(_: str, size: tuple[int, int], frame: ExportFrame = frame) -> PinholeRecord:
            return _fitting(export_camera(frame, options), size)

        read, missed = read_stills([still], camera, longest_side=options.longest_side, rate=rate)
        views += read
        lost += missed
    if not views:
        listed = "; ".join(f"{one.name}: {one.reason}" for one in lost[:_LISTED])
        raise no_usable_view(listed or "no frame of these cameras")
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(views),
        lost_views=tuple(lost),
        attributes=dict(item.attributes),
    )


def _fitting(record: PinholeRecord, size: tuple[int, int]) -> PinholeRecord:
    fitting = camera_of(record, size)
    if fitting is None:
        expected = "{} x {}".format(*record.size)
        found = "{} x {}".format(*size)
        raise CaptureRejected("bad-cameras", f"expected a picture of {expected} pixels, found {found}")
    return fitting


def _chosen(frames: list[ExportFrame], options: VhapOptions) -> list[ExportFrame]:
    """Wanted timesteps of wanted cameras, camera by camera in the export's order."""
    if options.cameras:
        wanted = set(options.cameras)
        frames = [
            frame
            for frame in frames
            if wanted & {frame.camera, str(frame.camera_index), f"{frame.camera_index:02d}"}
        ]
    numbers = set(chosen_frames((frame.timestep for frame in frames), options.choice))
    kept = [frame for frame in frames if frame.timestep in numbers]
    return sorted(kept, key=lambda frame: (frame.camera_index, frame.camera, frame.timestep))


def _files(frame: ExportFrame) -> tuple[tuple[str, str], ...]:
    return ((frame.picture, "image"), (frame.mask, "mask"), (frame.tracking, "tracking"))
