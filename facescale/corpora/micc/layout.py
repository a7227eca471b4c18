"""The layout "micc": MICC Florence's scans, photographs or videos, wherever a copy keeps them. Knows no method.

No source states how a download lies on disk; what is known of it are options. Each kind of item is read as the
plain layouts "scans", "images" and "videos" read theirs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from facescale.corpora import images, scans, videos
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.subjects import UNMATCHED, subject_pattern
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.units import UNITS, Unit

NAME = "micc"
Kind = Literal["scans", "images", "videos"]
_ANY = "{subject}/{name}"


@dataclass(frozen=True, kw_only=True)
class MiccOptions:
    """Where a copy of MICC Florence keeps what."""

    items: Kind = "scans"
    """What an item is: a scan, the photographs of a person's session, or a video."""
    scans: str = _ANY
    """Where scans lie: a template of their paths without ending, such as "registrations/{subject}/{name}", or a
    regular expression with (?P<subject>...). Other meshes are left out, and so it is with the next two."""
    images: str = "images/{subject}/{sequence}/{name}"
    """Where photographs lie; the default is how MICA's data preparation finds them, a folder a session."""
    videos: str = _ANY
    """Where videos lie."""
    unit: Unit | None = "mm"
    """Of the scans (inferred; no source states it); none lets it be recovered for each."""
    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes keypoint files next to scans as the layout "scans" does, "ignore" takes none."""

    def __post_init__(self) -> None:
        for pattern in (self.scans, self.images, self.videos):
            if not pattern:
                raise ValueError("expected a pattern of paths with {subject}, got an empty text")
            subject_pattern(pattern)
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"expected unit to be one of {', '.join(UNITS)}, got {self.unit!r}")


def index(root: str, options: MiccOptions) -> Iterator[Item]:
    """Find the items of a kind, in the order of their paths; no file is opened.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    found, _ = _plain(options)
    for item in found(root):
        if not _unmatched(item.attributes):
            yield replace(item, corpus=NAME)


def load(item: Item, options: MiccOptions) -> Capture:
    """Read an item as the plain layout of its kind does; raises as that does."""
    _, read = _plain(options)
    return read(item)


def survey(root: str, options: MiccOptions) -> Iterator[Finding]:
    """Files of a kind that its pattern does not match, and kinds of which there is nothing."""
    for kind in ("scans", "images", "videos"):
        found, _ = _plain(replace(options, items=kind))
        matched, others = 0, []
        for item in found(root):
            if _unmatched(item.attributes):
                others.append(item.inputs[0].path)
            else:
                matched += 1
        if others:
            message = f"{len(others)} {kind} lie elsewhere than {getattr(options, kind)!r}, such as {others[0]}"
            hint = f"set the option {kind} to where they lie"
            yield Finding(level=Level.WARNING, reason="subject-unmatched", message=message, hint=hint)
        if not matched:
            yield Finding(level=Level.WARNING, reason=f"no-{kind}", message=f"there are no {kind}")


def _plain(options: MiccOptions) -> tuple[Callable[[str], Iterator[Item]], Callable[[Item], Capture]]:
    """Index and load of the plain layout of a kind."""
    layout: Any
    settings: Any
    if options.items == "scans":
        layout = scans
        settings = scans.ScansConfig(subject=options.scans, unit=options.unit, keypoints=options.keypoints)
    elif options.items == "images":
        layout = images
        settings = images.ImagesConfig(subject=options.images)
    else:
        layout = videos
        settings = videos.VideosConfig(subject=options.videos)
    return lambda root: layout.index(root, settings), lambda item: layout.load(item, settings)


def _unmatched(attributes: Mapping[str, str]) -> bool:
    return UNMATCHED.items() <= attributes.items()


def _pictures(options: MiccOptions) -> str:
    return {"images": "image", "videos": "video"}.get(options.items, "")


LAYOUT = CorpusLayout(
    name=NAME,
    title="MICC Florence: scans, photographs or videos, where options say that they lie",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=MiccOptions,
    index=index,
    load=load,
    survey=survey,
    pictures=_pictures,
    licence="micc-florence (research; terms unverified)",
)
