"""The corpus layout "images": folders of photographs, a subject each, with cameras beside them where known.

Knows nothing of faces or of what is done with a photograph.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from facescale.corpora.camera_files import CAMERAS_LIMIT, CAMERAS_NAME, camera_of, read_cameras
from facescale.corpora.files import FileEntry, as_input, list_files, read_input
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.picture_rejections import bad_cameras, no_usable_view, too_large_picture
from facescale.corpora.pictures import MAX_PIXELS, PIXEL_LIMIT, Picture, decode_picture
from facescale.corpora.subjects import SubjectMatch, match_subject, subject_pattern
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.view import LostView, PinholeRecord, View

CORPUS = "images"
IMAGE_SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif",
)  # fmt: skip
"""Files that are taken for photographs; the last three so that they are refused and not overlooked."""
_LISTED = 20
"""Photographs named in one message."""


@dataclass(frozen=True, kw_only=True)
class ImagesConfig:
    """How folders of photographs are read."""

    subject: str = ""
    """Where the subject's id stands in a photograph's relative path without its ending: a template such as
    "{subject}/{name}" or "{subject}_{sequence}", or a regular expression with a group (?P<subject>...).
    Empty: the first folder, or the file's own name at the top."""
    item: Literal["subject", "image"] = "subject"
    """"subject" makes all photographs of a subject (and sequence) one item, "image" every photograph."""
    cameras: Literal["beside", "ignore"] = "beside"
    """"beside" takes the cameras.json in the photographs' folder or above, "ignore" takes none."""
    max_bytes: int = 1 << 28
    """A larger file is refused before it is read."""
    max_pixels: int = MAX_PIXELS
    """A picture with more pixels is refused before it is decoded; three bytes of memory each."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk; 0 keeps them."""

    def __post_init__(self) -> None:
        subject_pattern(self.subject)
        for name, allowed in (("item", {"subject", "image"}), ("cameras", {"beside", "ignore"})):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"expected {name} to be {' or '.join(sorted(allowed))}, got {getattr(self, name)!r}"
                )
        if self.max_bytes < 1:
            raise ValueError(f"expected max_bytes to be positive, got {self.max_bytes}")
        if not 1 <= self.max_pixels <= PIXEL_LIMIT:
            raise ValueError(f"expected max_pixels within 1..{PIXEL_LIMIT}, got {self.max_pixels}")
        if self.longest_side < 0:
            raise ValueError(f"expected longest_side to be 0 or more pixels, got {self.longest_side}")


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One photograph of an item, read."""

    name: str
    """Relative to the folder that all photographs of the item share."""
    file: InputFile | None
    """None for one that only the cameras name."""
    data: bytes = b""
    picture: Picture | None = None
    """None where it was refused."""
    camera: PinholeRecord | None = None
    refused: CaptureRejected | None = None


def index(root: str, config: ImagesConfig | None = None) -> Iterator[Item]:
    """Find the photographs below a root, in a fixed order; no file is opened.

    Without a subject pattern items stream: each first folder is an item named like it, with all photographs
    below it in the order of their paths; then come the files at the top, each an item named like the file.
    With a pattern, photographs of one subject may lie anywhere: the listing is gathered first, then items come
    in the order of their first photographs. With `item="image"` every file is an item named like its path.
    A cameras.json belongs to the photographs of its folder and below; one at the top, without a pattern, to
    those at the top.

    Args:
        root: a local folder or s3:// prefix.
        config: how to read it.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    config = config or ImagesConfig()
    pattern = subject_pattern(config.subject)
    folder, gathered, at_top = None, _Gathered(), _Gathered()
    for entry in list_files(root):
        first, nested, _ = entry.path.partition("/")
        if not pattern and nested and first != folder:
            yield from gathered.items(config, pattern)
            folder, gathered = first, _Gathered()
        (gathered if pattern or nested else at_top).add(entry, config)
    yield from gathered.items(config, pattern)
    yield from at_top.items(config, pattern)


def load(item: Item, config: ImagesConfig | None = None) -> Capture:
    """Read one item.

    Returns:
        Views in the order of their names, cameras in mm; photographs that cannot be used, and cameras without
        photographs, are `lost_views`. Focal lengths of EXIF are attributes "focal_35mm:<view>".

    Raises:
        CaptureRejected: no photograph can be used, or the cameras are not what they should be.
        OSError: a file cannot be read.
    """
    config = config or ImagesConfig()
    return capture_of(item, list(photographs(item, config)))


def capture_of(item: Item, found: list[Photograph]) -> Capture:
    """Make a capture of photographs.

    Raises:
        CaptureRejected: none can be used; the reason is theirs where they share one.
    """
    refused = [(p, p.refused) for p in found if p.refused is not None]
    if len(refused) == len(found):
        raise _all_refused(refused)
    usable = [(p, p.picture) for p in found if p.picture is not None and p.refused is None]
    focals = {f"focal_35mm:{p.name}": f"{one.focal_35mm:g}" for p, one in usable if one.focal_35mm is not None}
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(View(name=p.name, image=one.image, camera=p.camera) for p, one in usable),
        lost_views=tuple(LostView(name=p.name, reason=f"{why.reason}: {why.detail}") for p, why in refused),
        attributes={**item.attributes, **focals},
    )


def photographs(item: Item, config: ImagesConfig) -> Iterator[Photograph]:
    """Read the photographs of an item one at a time, refused ones too.

    Raises:
        CaptureRejected: the cameras are not what they should be.
        OSError: a file cannot be read.
    """
    files = [file for file in item.inputs if file.role == "image"]
    shared = posixpath.commonpath([posixpath.dirname(file.path) for file in files])
    shared += "/" if shared else ""
    cameras = _cameras(item) if config.cameras == "beside" else {}
    for file in files:
        yield _photograph(file, file.path.removeprefix(shared), cameras.pop(file.path, None), config)
    # Of a calibration that several items share each has but a part.
    if config.item == "subject" and not config.subject and "/" in files[0].path:
        for path in cameras:
            why = bad_cameras("a photograph of every camera", f"{path}, which is not there")
            yield Photograph(name=path.removeprefix(shared), file=None, refused=why)


def _all_refused(refused: list[tuple[Photograph, CaptureRejected]]) -> CaptureRejected:
    """One reason for all; their own where they share it."""
    listed = "; ".join(f"{p.name}: {why.reason}, {why.detail}" for p, why in refused[:_LISTED])
    if len(refused) > _LISTED:
        listed += f"; and {len(refused) - _LISTED} more"
    first = refused[0][1]
    if len(refused) == 1:
        return first
    if all(why.reason == first.reason for _, why in refused):
        return CaptureRejected(first.reason, listed, first.hint)
    return no_usable_view(listed)


def _photograph(file: InputFile, name: str, record: PinholeRecord | None, config: ImagesConfig) -> Photograph:
    try:
        data = read_input(file, limit=config.max_bytes)
    except ValueError as error:
        return Photograph(name=name, file=file, refused=too_large_picture(str(error)))
    try:
        picture = decode_picture(data, max_pixels=config.max_pixels, longest_side=config.longest_side)
    except CaptureRejected as refused:
        return Photograph(name=name, file=file, data=data, refused=refused)
    if record is None:
        return Photograph(name=name, file=file, data=data, picture=picture)
    height, width = picture.image.shape[:2]
    if camera_of(record, picture.size) is None:
        calibrated, found = ("{} x {}".format(*size) for size in (record.size, picture.size))
        why = bad_cameras(f"a picture of {calibrated} pixels or a scaled one", f"{found}, upright")
        return Photograph(name=name, file=file, data=data, picture=picture, refused=why)
    camera = camera_of(record, (width, height))
    return Photograph(name=name, file=file, data=data, picture=picture, camera=camera)


def _cameras(item: Item) -> dict[str, PinholeRecord]:
    """Path of a photograph below the root -> its camera."""
    found: dict[str, PinholeRecord] = {}
    for file in item.inputs:
        if file.role == "cameras":
            try:
                data = read_input(file, limit=CAMERAS_LIMIT)
            except ValueError as error:
                raise bad_cameras("a calibration", f"{file.path}: {error}") from error
            folder = posixpath.dirname(file.path)
            found |= {
                posixpath.normpath(posixpath.join(folder, name)): camera
                for name, camera in read_cameras(data).items()
            }
    return found


@dataclass(kw_only=True)
class _Gathered:
    """Files of a listing that are not yet items."""

    images: list[FileEntry] = field(default_factory=list)
    cameras: list[FileEntry] = field(default_factory=list)

    def add(self, entry: FileEntry, config: ImagesConfig) -> None:
        if posixpath.splitext(entry.path)[1].lower() in IMAGE_SUFFIXES:
            self.images.append(entry)
        elif posixpath.basename(entry.path).lower() == CAMERAS_NAME and config.cameras == "beside":
            self.cameras.append(entry)

    def items(self, config: ImagesConfig, pattern: re.Pattern[str] | None) -> Iterator[Item]:
        groups: dict[str, list[tuple[FileEntry, SubjectMatch]]] = {}
        for entry in self.images:
            found = match_subject(pattern, posixpath.splitext(entry.path)[0])
            alone = config.item == "image" or (not pattern and "/" not in entry.path)
            name = entry.path if alone else posixpath.join(found.subject, found.sequence).rstrip("/")
            groups.setdefault(name, []).append((entry, found))
        for name, members in groups.items():
            folders = {posixpath.dirname(entry.path) for entry, _ in members}
            beside = [c for c in self.cameras if any(_contains(posixpath.dirname(c.path), f) for f in folders)]
            match = members[0][1]
            yield Item(
                corpus=CORPUS,
                item=name,
                subject=match.subject,
                sequence=match.sequence,
                inputs=(
                    *(as_input("image", entry) for entry, _ in members),
                    *(as_input("cameras", entry) for entry in beside),
                ),
                attributes=_shared([found for _, found in members]),
            )


def _shared(matches: list[SubjectMatch]) -> dict[str, str]:
    """Attributes on which all photographs of an item agree."""
    return {k: v for k, v in matches[0].attributes.items() if all(m.attributes.get(k) == v for m in matches)}


def _contains(above: str, folder: str) -> bool:
    return not above or folder == above or folder.startswith(above + "/")


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="folders of photographs, a subject each, with a cameras.json where they are calibrated",
    holds="views",
    role="image",
    beside="cameras",
    options=ImagesConfig,
    index=index,
    load=load,
)
