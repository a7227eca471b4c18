"""Picture files into views, each with its camera where it has one, or the reason why it is lost.

Knows no layout and no list of files.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from facescale.corpora.camera_files import camera_of
from facescale.corpora.files import read_input
from facescale.corpora.picture_rejections import bad_cameras, no_usable_view, too_large_picture
from facescale.corpora.pictures import MAX_PIXELS, decode_picture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile
from facescale.structures.view import LostView, PinholeRecord, View

MAX_BYTES = 1 << 28
"""Of a picture file."""
_LISTED = 20
"""Views named in one message."""


@dataclass(kw_only=True)
class ReadViews:
    """Views in the order in which they were read, and those that could not be."""

    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk; 0 keeps them."""
    views: list[View] = field(default_factory=list)
    refused: list[tuple[str, CaptureRejected]] = field(default_factory=list)
    focals: dict[str, str] = field(default_factory=dict)
    """Attributes "focal_35mm:<view>" of what EXIF says."""

    def read(
        self,
        file: InputFile,
        name: str,
        *,
        camera: PinholeRecord | None = None,
        group: str = "",
        time_s: float | None = None,
    ) -> None:
        """Read one picture file as a view.

        Args:
            file: the picture.
            name: of the view.
            camera: of the whole picture; that of a scaled one is scaled.
            group: of the view.
            time_s: of the view.

        Raises:
            OSError: the file is there no more or cannot be read.
        """
        try:
            picture = decode_picture(_content(file), max_pixels=MAX_PIXELS, longest_side=self.longest_side)
            if camera is not None:
                if camera_of(camera, picture.size) is None:
                    calibrated, found = ("{} x {}".format(*size) for size in (camera.size, picture.size))
                    expected = f"a picture of {calibrated} pixels or a scaled one"
                    raise bad_cameras(expected, f"{found}, upright")
                height, width = picture.image.shape[:2]
                camera = camera_of(camera, (width, height))
        except CaptureRejected as why:
            self.refused.append((name, why))
            return
        if picture.focal_35mm is not None:
            self.focals[f"focal_35mm:{name}"] = f"{picture.focal_35mm:g}"
        view = View(name=name, image=picture.image, camera=camera, group=group, time_s=time_s)
        self.views.append(view)

    def lose(self, name: str, why: CaptureRejected) -> None:
        """Note a view that the corpus names and that is not there."""
        self.refused.append((name, why))

    @property
    def lost(self) -> tuple[LostView, ...]:
        """The refused ones as a capture has them.

        Raises:
            CaptureRejected: there is no other; the reason is theirs where they share one.
        """
        if not self.views:
            raise _all_refused(self.refused)
        return tuple(LostView(name=name, reason=f"{why.reason}: {why.detail}") for name, why in self.refused)


def missing_picture(path: str) -> CaptureRejected:
    """A picture that a corpus should have."""
    return CaptureRejected("missing-file", f"expected {path}, found nothing", "download it again")


def read_limited(file: InputFile, limit: int) -> bytes:
    """Content of an input.

    Raises:
        CaptureRejected: too-large.
        OSError: it cannot be read.
    """
    try:
        return read_input(file, limit=limit)
    except ValueError as error:
        raise CaptureRejected("too-large", f"{file.path}: {error}", "look at what the file is") from error


def inputs_of(files: Iterable[InputFile], role: str) -> list[InputFile]:
    """The inputs of one role."""
    return [file for file in files if file.role == role]


def _content(file: InputFile) -> bytes:
    try:
        return read_input(file, limit=MAX_BYTES)
    except ValueError as error:
        raise too_large_picture(str(error)) from error


def _all_refused(refused: list[tuple[str, CaptureRejected]]) -> CaptureRejected:
    if not refused:
        return no_usable_view("none at all")
    first = refused[0][1]
    if len(refused) == 1:
        return first
    listed = "; ".join(f"{name}: {why.reason}, {why.detail}" for name, why in refused[:_LISTED])
    if len(refused) > _LISTED:
        listed += f"; and {len(refused) - _LISTED} more"
    if all(why.reason == first.reason for _, why in refused):
        return CaptureRejected(first.reason, listed, first.hint)
    return no_usable_view(listed)
