"""Reads every item of a tree of photographs or videos and says what would be rejected and what looks odd.

Changes nothing. One form of row for both layouts.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa

from facescale.corpora import images, videos
from facescale.corpora.cameras_check import camera_findings
from facescale.corpora.check import in_order, path_findings
from facescale.corpora.files import open_input
from facescale.corpora.finding import Finding, Level, refusal, verdict, worst
from facescale.corpora.images import ImagesConfig, Photograph
from facescale.corpora.videos import VideosConfig
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import Item
from facescale.structures.outcome import Scalar

VIEWS_CHECK_SCHEMA = pa.schema([
    *((name, pa.string()) for name in ("item", "subject", "path")),
    ("size", pa.int64()),
    *((name, pa.string()) for name in ("level", "reasons", "message", "hint")),
    *((name, pa.int64()) for name in ("files", "views", "lost", "width", "height", "sizes", "cameras")),
    ("frames", pa.int64()),
    ("duration_s", pa.float64()),
    ("codec", pa.string()),
    ("digest", pa.string()),
])  # fmt: skip
"""Types of the rows of a check of photographs or videos."""
SMALL = 256
"""Pixels of the shorter side below which a face has little detail."""
_NAMED = 3
"""Files named in one finding."""


@dataclass(frozen=True, kw_only=True)
class ViewsCheck:
    """What one item is like."""

    item: Item
    findings: tuple[Finding, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    """Path and sha256 of every file that could be read; the ETag of a video on S3."""
    views: int = 0
    lost: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    """Widths and heights that occur, the largest first."""
    cameras: int = 0
    """Views that are calibrated."""
    frames: int | None = None
    """Of a video."""
    duration_s: float | None = None
    codec: str = ""

    @property
    def level(self) -> Level:
        """Of the worst finding."""
        return worst(self.findings)

    def row(self) -> dict[str, Scalar]:
        """Flat, in the order of `VIEWS_CHECK_SCHEMA`."""
        width, height = self.sizes[0] if self.sizes else (None, None)
        joined = [digest for _, digest in self.digests]
        return {
            "item": self.item.item,
            "subject": self.item.subject,
            "path": self.item.inputs[0].path,
            "size": self.item.size,
            **verdict(self.findings),
            "files": sum(file.role != "cameras" for file in self.item.inputs),
            "views": self.views,
            "lost": self.lost,
            "width": width,
            "height": height,
            "sizes": len(self.sizes),
            "cameras": self.cameras,
            "frames": self.frames,
            "duration_s": self.duration_s,
            "codec": self.codec,
            "digest": joined[0] if len(joined) == 1 else hashlib.sha256("".join(joined).encode()).hexdigest(),
        }


Inspect = Callable[[Item], tuple[ViewsCheck, Capture | None]]


def check_views(items: Iterable[Item], inspect: Inspect, *, workers: int = 2) -> Iterator[ViewsCheck]:
    """Check items, streaming, in their order; files with the bytes of earlier ones are called duplicates.

    Args:
        items: of an index.
        inspect: judges one of them by itself.
        workers: items that are read at a time.
    """
    twins = _Twins()
    for found in in_order(items, lambda item: inspect(item)[0], workers=workers):
        yield twins.told(found)


def inspect_images(item: Item, config: ImagesConfig) -> tuple[ViewsCheck, Capture | None]:
    """Read the photographs of one item and judge them."""
    found: list[Photograph] = []
    digests: list[tuple[str, str]] = []
    try:
        for photograph in images.photographs(item, config):
            if photograph.file is not None and photograph.data:
                digests.append((photograph.file.path, hashlib.sha256(photograph.data).hexdigest()))
            found.append(replace(photograph, data=b""))
        capture = images.capture_of(item, found)
    except (CaptureRejected, OSError, MemoryError) as bad:
        files = sum(file.role == "image" for file in item.inputs)
        return ViewsCheck(item=item, findings=(refusal(bad),), digests=tuple(digests), lost=files), None
    used = [p for p in found if p.refused is None]
    sizes = [p.picture.size for p in used if p.picture is not None]
    cameras = sum(p.camera is not None for p in used)
    findings = [
        *_lost_photographs(found),
        *_small(sizes),
        *_mixed(sizes),
        *_uncalibrated(used, cameras),
        *path_findings(item),
    ]
    check = ViewsCheck(
        item=item,
        findings=tuple(findings),
        digests=tuple(digests),
        views=len(used),
        lost=len(found) - len(used),
        sizes=_by_area(sizes),
        cameras=cameras,
    )
    return check, capture


def inspect_video(item: Item, config: VideosConfig) -> tuple[ViewsCheck, Capture | None]:
    """Decode the chosen frames of one video and judge it."""
    (file,) = item.inputs
    digests: tuple[tuple[str, str], ...] = ()
    try:
        digest = file.digest
        if not digest:
            with open_input(file) as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        digests = ((file.path, digest),)
        video = videos.read(item, config)
    except (CaptureRejected, OSError, MemoryError) as bad:
        return ViewsCheck(item=item, findings=(refusal(bad),), digests=digests), None
    findings = [*_small([video.size]), *path_findings(item)]
    if video.lost:
        first = video.lost[0]
        message = (
            f"{len(video.lost):,} of the chosen frames are lost, frame {first.number} first: {first.reason}"
        )
        findings.insert(0, _warning("lost-frames", message, "copy the file again"))
    if video.uneven:
        findings.append(_warning("variable-frame-rate", "frames are shown for different times, which are kept"))
    if video.transfer:
        message = f"colours are {video.transfer} (high dynamic range) and are read as if they were not"
        findings.append(_warning("high-dynamic-range", message, "convert it to BT.709"))
    if video.interlaced:
        findings.append(_warning("interlaced", "every frame holds two moments", "deinterlace it"))
    check = ViewsCheck(
        item=item,
        findings=tuple(findings),
        digests=digests,
        views=len(video.chosen),
        lost=len(video.lost),
        sizes=(video.size,),
        frames=video.frames,
        duration_s=video.duration_s,
        codec=video.codec,
    )
    return check, videos.capture_of(item, video)


def inspect_capture(item: Item, load: Callable[[Item], Capture]) -> tuple[ViewsCheck, Capture | None]:
    """Load the views of one item of any layout and judge them; pixels, not files, tell duplicates.

    Args:
        item: of the layout's index.
        load: the layout's.
    """
    try:
        capture = load(item)
    except (CaptureRejected, OSError, MemoryError) as bad:
        return ViewsCheck(item=item, findings=(refusal(bad),)), None
    sizes = [(view.image.shape[1], view.image.shape[0]) for view in capture.views]
    cameras = sum(view.camera is not None for view in capture.views)
    findings = [*_lost_views(capture), *_small(sizes), *path_findings(item)]
    if 0 < cameras < len(capture.views):
        bare = [view.name for view in capture.views if view.camera is None]
        message = f"{len(bare):,} of {len(capture.views):,} views have no camera: {_listed(bare)}"
        findings.append(_warning("missing-cameras", message))
    findings += camera_findings(capture)
    check = ViewsCheck(
        item=item,
        findings=tuple(findings),
        digests=tuple(
            (f"{item.item}:{view.name}", hashlib.sha256(view.image.tobytes()).hexdigest())
            for view in capture.views
        ),
        views=len(capture.views),
        lost=len(capture.lost_views),
        sizes=_by_area(sizes),
        cameras=cameras,
    )
    return check, capture


def _lost_views(capture: Capture) -> Iterator[Finding]:
    if capture.lost_views:
        total = len(capture.views) + len(capture.lost_views)
        named = _listed([f"{view.name}: {view.reason}" for view in capture.lost_views])
        yield _warning("lost-views", f"{len(capture.lost_views):,} of {total:,} views are lost: {named}")


def _warning(reason: str, message: str, hint: str = "") -> Finding:
    return Finding(level=Level.WARNING, reason=reason, message=message, hint=hint)


def _lost_photographs(found: list[Photograph]) -> Iterator[Finding]:
    by_reason: dict[str, list[tuple[str, CaptureRejected]]] = {}
    for photograph in found:
        if photograph.refused is not None:
            by_reason.setdefault(photograph.refused.reason, []).append((photograph.name, photograph.refused))
    for reason, lost in by_reason.items():
        named = _listed([f"{name}: {why.detail}" for name, why in lost])
        yield _warning(
            reason, f"{len(lost):,} of {len(found):,} photographs are lost: {named}", lost[0][1].hint
        )


def _small(sizes: list[tuple[int, int]]) -> Iterator[Finding]:
    small = [size for size in sizes if min(size) < SMALL]
    if small:
        width, height = min(small)
        message = (
            f"{len(small):,} of {len(sizes):,} have a side below {SMALL} pixels, down to {width} x {height}"
        )
        yield _warning("small", message, "use the originals where there are larger ones")


def _mixed(sizes: list[tuple[int, int]]) -> Iterator[Finding]:
    # Upright and lying pictures of one camera are alike.
    kinds = {tuple(sorted(size, reverse=True)) for size in sizes}
    if len(kinds) > 1:
        listed = _listed([f"{width} x {height}" for width, height in sorted(kinds, reverse=True)])
        yield _warning("mixed-sizes", f"photographs have {len(kinds):,} sizes: {listed}")


def _uncalibrated(used: list[Photograph], cameras: int) -> Iterator[Finding]:
    if 0 < cameras < len(used):
        names = _listed([p.name for p in used if p.camera is None])
        message = f"{len(used) - cameras:,} of {len(used):,} photographs have no camera: {names}"
        yield _warning("missing-cameras", message, "add them to cameras.json")


def _by_area(sizes: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(set(sizes), key=lambda size: (-size[0] * size[1], size)))


def _listed(texts: list[str]) -> str:
    more = f", and {len(texts) - _NAMED:,} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more


@dataclass(kw_only=True)
class _Twins:
    """The first file of every content."""

    first: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Digest -> path and subject."""

    def told(self, found: ViewsCheck) -> ViewsCheck:
        """Add a finding where files have the bytes of earlier ones."""
        pairs = []
        for path, digest in found.digests:
            twin, subject = self.first.setdefault(digest, (path, found.item.subject))
            # With a calibration or pattern one file may belong to several items.
            if twin != path:
                whose = "the same subject" if subject == found.item.subject else "another subject"
                pairs.append(f"{path} has the bytes of {twin} of {whose}")
        if not pairs:
            return found
        duplicate = _warning("duplicate", _listed(pairs), "remove one of them")
        return replace(found, findings=(*found.findings, duplicate))
