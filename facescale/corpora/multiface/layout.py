"""The corpus layout "multiface": calibrated pictures of many cameras with tracked meshes, both scripts.

Frame numbers are global within a capture and have gaps; cameras lack frames. The world is the capture's, in mm.
A view is called "<camera>/<frame>". Meshes come from .bin and _transform.txt; an .obj only tells the faces.
"""

from collections.abc import Iterator

import numpy as np

from facescale.corpora.calibrated import records
from facescale.corpora.corpus_files import side_file
from facescale.corpora.files import as_input
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.multiface.files import MESH_BYTES, TEXT_LIMIT, VERTICES, read_tracked, read_transform
from facescale.corpora.multiface.listing import Entity, MultifaceOptions, Segment, entities, segments
from facescale.corpora.multiface.survey import survey
from facescale.corpora.obj import read_obj
from facescale.corpora.view_files import ReadViews, inputs_of, missing_picture, read_limited
from facescale.geometry.cameras.formats.multiface import read_krt
from facescale.geometry.cameras.formats.reading import MAX_BYTES
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.mesh import Mesh
from facescale.structures.registered_mesh import RegisteredMesh

CORPUS = "multiface"
TOPOLOGY = f"multiface-{VERTICES}"
OBJ_LIMIT = 64 << 20


def index(root: str, options: MultifaceOptions) -> Iterator[Item]:
    """Find the frames or segments, a segment at a time; only lists are opened.

    An item is "<entity>/<segment>/<frame>" or "<entity>/<segment>"; its subject is the entity, a string. The
    attribute "missing" names views that other frames of their cameras let expect; "textures" says where
    view-averaged ones lie.

    Raises:
        ValueError: no folder of this corpus, or a split without its list.
        CaptureRejected: a split's list is none.
        OSError: it cannot be listed.
    """
    for entity in entities(root):
        calibration = side_file(root, entity.path("KRT"), "cameras", limit=MAX_BYTES)
        for segment in segments(root, entity, options):
            frames = [frame for frame in segment.frames if frame in segment.images]
            frames = _spread(frames, options.frames)
            if options.item == "frame":
                for frame in frames:
                    name = f"{entity.name}/{segment.name}/{frame}"
                    yield _item(name, entity, segment, [frame], calibration, options)
            elif frames:
                yield _item(f"{entity.name}/{segment.name}", entity, segment, frames, calibration, options)


def load(item: Item, options: MultifaceOptions) -> Capture:
    """Read one item.

    Returns:
        Views by camera and time with calibrated cameras, world mm; registered meshes by time. A mesh without
        its transform cannot be placed and is left out, which the attribute "lost_meshes" says.

    Raises:
        CaptureRejected: no picture can be used, or KRT is none.
        OSError: a file cannot be read.
    """
    times = dict(pair.split("=") for pair in item.attributes["times"].split())
    cameras = {}
    for file in inputs_of(item.inputs, "cameras"):
        cameras = records(read_krt(read_limited(file, MAX_BYTES)))
    read = ReadViews(longest_side=options.longest_side)
    for file in inputs_of(item.inputs, "image"):
        camera, frame = file.path.split("/")[-2:]
        frame = frame.split(".")[0]
        seconds = float(times[frame])
        read.read(file, f"{camera}/{frame}", camera=cameras.get(camera), group=camera, time_s=seconds)
    for name in item.attributes.get("missing", "").split():
        read.lose(name, missing_picture(name))
    lost = read.lost
    meshes, strays = _meshes(item, times)
    attributes = dict(item.attributes)
    attributes |= {"lost_meshes": "; ".join(strays)} if strays else {}
    without = sorted({v.group for v in read.views if v.camera is None})
    attributes |= {"uncalibrated": " ".join(without)} if without else {}
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(read.views),
        lost_views=lost,
        registrations=meshes,
        attributes=attributes,
    )


def _spread(frames: list[str], count: int) -> list[str]:
    """So many frames evenly, the middles of equal parts; all where 0 or where there are no more."""
    if not count or len(frames) <= count:
        return frames
    return [frames[(2 * k + 1) * len(frames) // (2 * count)] for k in range(count)]


def _item(
    name: str,
    entity: Entity,
    segment: Segment,
    frames: list[str],
    calibration: InputFile | None,
    options: MultifaceOptions,
) -> Item:
    times = segment.times()
    inputs = [
        as_input("image", segment.images[f][c])
        for c in segment.cameras
        for f in frames
        if c in segment.images[f]
    ]
    missing = [f"{c}/{f}" for c in segment.cameras for f in frames if c not in segment.images[f]]
    inputs += [calibration] if calibration is not None else []
    if options.meshes == "read":
        for frame in frames:
            parts = (("mesh", segment.vertices), ("transform", segment.transforms))
            inputs += [as_input(role, files[frame]) for role, files in parts if frame in files]
        # Any .obj of the segment tells the faces of all.
        known = [segment.topology[frame] for frame in frames if frame in segment.topology]
        inputs += [as_input("topology", entry) for entry in [*known, *segment.topology.values()][:1]]
    said = {
        "script": entity.script,
        "times": " ".join(f"{frame}={times[frame]:.9g}" for frame in frames),
        "missing": " ".join(missing),
        "textures": " ".join(segment.textures[f].path for f in frames if f in segment.textures),
    }
    return Item(
        corpus=CORPUS,
        item=name,
        subject=entity.name,
        sequence=segment.name,
        inputs=tuple(inputs),
        attributes={key: value for key, value in said.items() if value},
    )


def _meshes(item: Item, times: dict[str, str]) -> tuple[tuple[RegisteredMesh, ...], list[str]]:
    """Meshes in the world, and what is wrong with the others."""
    faces, strays = _faces(item)
    poses = {_frame(file): file for file in inputs_of(item.inputs, "transform")}
    found = []
    for file in inputs_of(item.inputs, "mesh"):
        frame = _frame(file)
        if frame not in poses:
            strays.append(f"{frame}: no-transform, expected {frame}_transform.txt, found none")
            continue
        try:
            own = read_tracked(read_limited(file, MESH_BYTES + 1)).astype(np.float64)
            turn, shift = read_transform(read_limited(poses[frame], TEXT_LIMIT))
        except CaptureRejected as why:
            strays.append(f"{frame}: {why.reason}, {why.detail}")
            continue
        mesh = Mesh(vertices=own @ turn.T + shift, faces=faces)
        found.append(RegisteredMesh(name=frame, mesh=mesh, topology=TOPOLOGY, time_s=float(times[frame])))
    return tuple(found), strays


def _faces(item: Item) -> tuple[np.ndarray, list[str]]:
    """Faces of an .obj, whose vertices may be fewer than the mesh's; none where they cannot be used."""
    nothing = np.zeros((0, 3), np.int32)
    for file in inputs_of(item.inputs, "topology"):
        try:
            faces = read_obj(read_limited(file, OBJ_LIMIT)).faces
        except CaptureRejected as why:
            return nothing, [f"faces: {why.reason}, {why.detail}"]
        if faces.size and not 0 <= faces.min() <= faces.max() < VERTICES:
            found = f"{faces.min()}..{faces.max()}"
            return nothing, [f"faces: bad-face-index, expected 0..{VERTICES - 1}, found {found}"]
        return faces, []
    return nothing, []


def _frame(file: InputFile) -> str:
    return file.path.rsplit("/", 1)[-1].split(".")[0].removesuffix("_transform")


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="Multiface: pictures of 35 to 151 calibrated cameras with tracked meshes of 13 people",
    holds="views",
    role="image",
    beside="cameras",
    options=MultifaceOptions,
    index=index,
    load=load,
    survey=survey,
    licence="Multiface (CC BY-NC 4.0)",
)
