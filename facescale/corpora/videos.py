"""The corpus layout "videos": any tree of video files, an item each. Knows nothing of faces."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from facescale.corpora.files import as_input, list_files, open_input
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.picture_rejections import too_large_picture
from facescale.corpora.subjects import match_subject, subject_pattern
from facescale.corpora.video_frames import FrameChoice, Video, read_video
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.view import LostView, View

CORPUS = "videos"
VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".3gp", ".wmv",
)  # fmt: skip
CAMERA = "video"
"""Group of all views of an item: one camera took them."""


@dataclass(frozen=True, kw_only=True)
class VideosConfig:
    """How a tree of videos is read."""

    subject: str = ""
    """Where the subject's id stands in a video's relative path without its ending: a template such as
    "{subject}/{name}" or "{subject}_{sequence}", or a regular expression with a group (?P<subject>...).
    Empty: the first folder, or the file's own name at the top."""
    frames: int = 60
    """Frames taken of each video, evenly spaced; all of a shorter one."""
    stride: int = 0
    """Take every so many frames instead; 0: `frames` decides."""
    start_s: float = 0.0
    """Take frames from this time on, seconds after the first."""
    end_s: float = 0.0
    """Take frames before this time; 0: to the end."""
    longest_side: int = 0
    """Pixels to whose longest side larger frames are shrunk; 0 keeps them."""
    max_bytes: int = 1 << 36
    """A larger file is refused before it is opened. Only parts of it are in memory."""

    def __post_init__(self) -> None:
        subject_pattern(self.subject)
        for name, least in (
            ("frames", 1),
            ("stride", 0),
            ("start_s", 0),
            ("longest_side", 0),
            ("max_bytes", 1),
        ):
            if not getattr(self, name) >= least:
                raise ValueError(f"expected {name} to be {least} or more, got {getattr(self, name)}")
        if self.end_s != 0 and not self.end_s > self.start_s:
            raise ValueError(f"expected end_s to be 0 or after start_s, got {self.start_s} and {self.end_s}")

    @property
    def choice(self) -> FrameChoice:
        """Which frames are taken."""
        return FrameChoice(
            frames=self.frames,
            stride=self.stride,
            start_s=self.start_s,
            end_s=self.end_s,
            longest_side=self.longest_side,
        )


def index(root: str, config: VideosConfig | None = None) -> Iterator[Item]:
    """Find the videos below a root, streaming, in a fixed order; no file is opened.

    An item's id is the video's relative path with its ending.

    Args:
        root: a local folder or s3:// prefix.
        config: how to read it.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    pattern = subject_pattern((config or VideosConfig()).subject)
    for entry in list_files(root):
        stem, suffix = posixpath.splitext(entry.path)
        if suffix.lower() in VIDEO_SUFFIXES:
            found = match_subject(pattern, stem)
            file = as_input("video", entry)
            yield Item(
                corpus=CORPUS,
                item=entry.path,
                subject=found.subject,
                sequence=found.sequence,
                inputs=(file,),
                attributes=found.attributes,
            )


def load(item: Item, config: VideosConfig | None = None) -> Capture:
    """Read the chosen frames of one item.

    Returns:
        Views named by frame number, in order, with exact times, in one group; chosen frames that cannot be
        decoded are `lost_views`. Attributes say codec, length and what is special about the video.

    Raises:
        CaptureRejected: no video, none that can be read, or no frame within the times.
        OSError: the file cannot be read.
    """
    return capture_of(item, read(item, config or VideosConfig()))


def read(item: Item, config: VideosConfig) -> Video:
    """Decode what `load` makes a capture of; raises as it does."""
    file = next(file for file in item.inputs if file.role == "video")
    if file.size > config.max_bytes:
        raise too_large_picture(f"expected at most {config.max_bytes:,} bytes, found {file.size:,}")
    with open_input(file) as opened:
        return read_video(opened, config.choice)


def capture_of(item: Item, video: Video) -> Capture:
    """Make a capture of a decoded video."""
    said = {
        "codec": video.codec,
        "frames": str(video.frames),
        "duration_s": f"{video.duration_s:.6g}",
        "transfer": video.transfer,
        "frame_rate": "variable" if video.uneven else "",
        "scan": "interlaced" if video.interlaced else "",
    }
    views = (
        View(name=str(frame.number), image=frame.image, time_s=frame.time_s, group=CAMERA)
        for frame in video.chosen
    )
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(views),
        lost_views=tuple(LostView(name=str(lost.number), reason=lost.reason) for lost in video.lost),
        attributes={**item.attributes, **{name: value for name, value in said.items() if value}},
    )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="any tree of video files, an item each",
    holds="views",
    role="video",
    options=VideosConfig,
    index=index,
    load=load,
)
