"""What of Multiface's lists and calibrations is not in its folders. Opens no picture and no mesh."""

from collections.abc import Iterator

from facescale.corpora.corpus_files import optional_file
from facescale.corpora.finding import Finding, refusal
from facescale.corpora.multiface.files import TEXT_LIMIT, read_frame_list
from facescale.corpora.multiface.listing import Entity, MultifaceOptions, Segment, entities, segments
from facescale.corpora.named_findings import warning
from facescale.geometry.cameras.formats.multiface import read_krt
from facescale.geometry.cameras.formats.reading import MAX_BYTES
from facescale.structures.errors import CaptureRejected


def survey(root: str, options: MultifaceOptions) -> Iterator[Finding]:
    """Compare folders with frame_list.txt and KRT, capture by capture.

    Raises:
        ValueError: as the index does.
        OSError: it cannot be listed.
    """
    for entity in entities(root):
        try:
            listed = _frames(root, entity)
            calibrated = _cameras(root, entity)
        except CaptureRejected as bad:
            yield refusal(bad)
            listed, calibrated = {}, set()
        if not calibrated:
            yield warning("no-calibration", "captures have no KRT that can be read", [entity.name])
        there: dict[str, Segment] = {}
        for segment in segments(root, entity, options):
            there[segment.name] = segment
            yield from _of_segment(entity, segment, listed.get(segment.name, ()), calibrated)
        lost = [name for name in listed if name not in there and _chosen(name, options)]
        if lost:
            yield warning("missing-segment", f"segments of {entity.name}'s frame_list.txt are not there", lost)


def _of_segment(
    entity: Entity, segment: Segment, listed: tuple[str, ...], calibrated: set[str]
) -> Iterator[Finding]:
    where = f"{entity.name}/{segment.name}"
    numbers = {int(frame) for frame in segment.frames}
    lost = [frame for frame in listed if int(frame) not in numbers]
    if lost:
        yield warning("missing-frame", f"frames that frame_list.txt has of {where} are not there", lost)
    gaps = [f"{c}/{f}" for f, shown in segment.images.items() for c in segment.cameras if c not in shown]
    if gaps:
        yield warning("missing-image", f"pictures of {where} are not there", gaps)
    absent = sorted(calibrated - set(segment.cameras))
    if absent and segment.cameras:
        yield warning("missing-camera", f"cameras of KRT have no picture of {where}", absent)
    strange = sorted(set(segment.cameras) - calibrated) if calibrated else []
    if strange:
        yield warning("uncalibrated-camera", f"cameras of {where} are not in KRT", strange)
    unplaced = [frame for frame in segment.vertices if frame not in segment.transforms]
    if unplaced:
        yield warning("no-transform", f"meshes of {where} have no transform", unplaced)
    bare = [frame for frame in segment.images if frame not in segment.vertices]
    if bare and segment.vertices:
        yield warning("missing-mesh", f"frames of {where} have no mesh", bare)
    if segment.vertices and not segment.topology:
        yield warning("no-topology", "segments have no .obj that tells the faces", [where])


def _chosen(name: str, options: MultifaceOptions) -> bool:
    return options.split == "all" and (not options.segments or name.startswith(options.segments))


def _frames(root: str, entity: Entity) -> dict[str, tuple[str, ...]]:
    try:
        data = optional_file(root, entity.path("frame_list.txt"), limit=TEXT_LIMIT)
    except ValueError as error:
        raise CaptureRejected("bad-list", f"frame_list.txt: {error}") from error
    return {} if data is None else read_frame_list(data)


def _cameras(root: str, entity: Entity) -> set[str]:
    try:
        data = optional_file(root, entity.path("KRT"), limit=MAX_BYTES)
    except ValueError as error:
        raise CaptureRejected("bad-cameras", f"KRT: {error}") from error
    return set() if data is None else set(read_krt(data).names)
