"""The corpus layout "facescape-mv": FaceScape's multi-view pictures with their cameras and raw meshes.

`fsmview_trainset/<id>/<k>_<expression>/<view>.jpg`, `params.json` beside them and `<k>_<expression>.ply` above.
The world is that of structure from motion and differs from item to item; Rt_scale_dict.json takes it to the
space of the registered models, approximately.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from facescale.corpora.corpus_files import side_file
from facescale.corpora.facescape.lists import EXPRESSIONS
from facescale.corpora.facescape.params import (
    PARAMS_LIMIT,
    PIXEL_CENTRE,
    SCALES,
    SCALES_LIMIT,
    SOURCE,
    ToCanonical,
    read_params,
    read_scales,
)
from facescale.corpora.facescape.tu import LICENCE
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.meshes import read_mesh
from facescale.corpora.named_findings import warning
from facescale.corpora.view_files import ReadViews, inputs_of, missing_picture, read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.mesh import Mesh

CORPUS = "facescape-mv"
PLY_LIMIT = 1 << 30
_FOLDERS = ("", "fsmview_trainset/")
_PATH = re.compile(
    r"(?P<person>(?:[^/]+/)*?(?P<id>\d+))/(?P<k>\d{1,2})_(?P<expression>[A-Za-z_]+)"
    r"(?:/(?P<file>params\.json|\d{1,6}\.(?i:jpe?g|png))|\.(?i:ply))"
)


@dataclass(frozen=True, kw_only=True)
class MvOptions:
    """How multi-view pictures are read."""

    space: Literal["sfm", "tu"] = "sfm"
    """"sfm": the item's own world, of no known unit. "tu": the space of the registered models, mm, by
    Rt_scale_dict.json; approximate."""
    expressions: tuple[str, ...] = ()
    """Names or numbers of those that are taken; empty: all."""
    mesh: Literal["read", "ignore"] = "read"
    """Whether the raw mesh becomes the capture's scan."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk, their cameras with them; 0 keeps them."""
    pixel_centre: float = PIXEL_CENTRE
    """Coordinate of the first pixel's centre in params.json: nothing states it."""

    def __post_init__(self) -> None:
        if self.space not in {"sfm", "tu"} or self.mesh not in {"read", "ignore"}:
            got = f"{self.space!r} and {self.mesh!r}"
            raise ValueError(f"expected space to be sfm or tu and mesh to be read or ignore, got {got}")
        known = {*EXPRESSIONS.values(), *map(str, EXPRESSIONS)}
        strange = [name for name in self.expressions if name not in known]
        if strange or self.longest_side < 0:
            got = f"{strange} and {self.longest_side}"
            raise ValueError(f"expected expressions of the corpus and longest_side 0 or more, got {got}")


@dataclass(kw_only=True)
class Shoot:
    """One person in one expression, as listed."""

    person: str
    number: int
    name: str
    images: dict[int, FileEntry] = field(default_factory=dict)
    params: FileEntry | None = None
    mesh: FileEntry | None = None


def index(root: str, options: MvOptions) -> Iterator[Item]:
    """Find the shoots, a person at a time; no file is opened.

    An item is "<id>/<k>_<expression>". Folders of pictures without params.json are items too, uncalibrated.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    scales = _scales(root) if options.space == "tu" else ()
    for shoot in _shoots(root):
        wanted = {EXPRESSIONS.get(shoot.number), str(shoot.number)} & set(options.expressions)
        if not shoot.images or (options.expressions and not wanted):
            continue
        inputs = [as_input("image", entry) for _, entry in sorted(shoot.images.items())]
        if shoot.params is not None:
            inputs.append(as_input("cameras", shoot.params))
        if shoot.mesh is not None and options.mesh == "read":
            inputs.append(as_input("scan", shoot.mesh))
        inputs += scales
        yield Item(
            corpus=CORPUS,
            item=f"{shoot.person}/{shoot.name}",
            subject=shoot.person,
            sequence=shoot.name,
            inputs=tuple(inputs),
            attributes={"expression": EXPRESSIONS.get(shoot.number, shoot.name), "space": options.space},
        )


def load(item: Item, options: MvOptions) -> Capture:
    """Read one shoot: views named like their files, each with its own camera.

    Views that the corpus marks as invalid, and those without a picture or without parameters, are `lost_views`.

    Raises:
        CaptureRejected: no view can be used, params.json or the mesh cannot be, or space "tu" is not known.
        OSError: a file cannot be read.
    """
    to_tu = _to_canonical(item) if options.space == "tu" else None
    files = {int(posixpath.basename(f.path).split(".")[0]): f for f in inputs_of(item.inputs, "image")}
    read = ReadViews(longest_side=options.longest_side)
    cameras = inputs_of(item.inputs, "cameras")
    if not cameras:
        for file in files.values():
            read.read(file, posixpath.basename(file.path))
    for file in cameras:
        found = read_params(read_limited(file, PARAMS_LIMIT), pixel_centre=options.pixel_centre)
        for place in sorted({*files, *found.cameras, *found.refused}):
            name = posixpath.basename(files[place].path) if place in files else f"{place}.jpg"
            if place in found.refused:
                read.lose(name, found.refused[place])
            elif place not in files:
                read.lose(name, missing_picture(name))
            elif place not in found.cameras:
                read.lose(name, CaptureRejected("bad-cameras", f"{SOURCE}: expected view {place}, found none"))
            else:
                camera = found.cameras[place]
                read.read(files[place], name, camera=camera if to_tu is None else to_tu.camera(camera))
    lost = read.lost
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=_scan(item, to_tu),
        unit="mm" if to_tu is not None and inputs_of(item.inputs, "scan") else None,
        views=tuple(read.views),
        lost_views=lost,
        world="arbitrary" if to_tu is None else "metric",
        attributes={**item.attributes, **({} if to_tu is None else {"scale": "normalised, approximate"})},
    )


def survey(root: str, options: MvOptions) -> Iterator[Finding]:
    """What of pictures, cameras and meshes is not there.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    absent: dict[str, list[str]] = {}
    people: dict[str, int] = {}
    for shoot in _shoots(root):
        where = f"{shoot.person}/{shoot.name}"
        people[shoot.person] = people.get(shoot.person, 0) + 1
        kinds = (("pictures", shoot.images), ("params.json", shoot.params), ("raw mesh", shoot.mesh))
        for kind, there in kinds:
            if not there:
                absent.setdefault(kind, []).append(where)
        if shoot.images and len(shoot.images) != max(shoot.images) + 1:
            absent.setdefault("picture of every number", []).append(where)
    for kind, named in absent.items():
        yield warning("missing-file", f"expressions have no {kind}", named)
    short = [f"{person} ({count} of {len(EXPRESSIONS)})" for person, count in people.items() if count < 20]  # noqa: PLR2004
    if short:
        yield warning("missing-expression", "people lack expressions", short)
    if options.space == "tu" and not _scales(root):
        message = f"expected {SCALES} below the root for space=tu, found none"
        yield Finding(level=Level.ERROR, reason="no-scale", message=message)


def _scales(root: str) -> tuple[InputFile, ...]:
    """Rt_scale_dict.json, at the root or among the people."""
    found = (side_file(root, f"{folder}{SCALES}", "scale", limit=SCALES_LIMIT) for folder in _FOLDERS)
    return tuple(file for file in found if file is not None)[:1]


def _shoots(root: str) -> Iterator[Shoot]:
    """Shoots, person by person."""
    found = ((_PATH.fullmatch(entry.path), entry) for entry in list_files(root))
    matched = ((match, entry) for match, entry in found if match is not None)
    for _, members in groupby(matched, lambda pair: pair[0]["person"]):
        gathered: dict[str, Shoot] = {}
        for match, entry in members:
            name = f"{match['k']}_{match['expression']}"
            fresh = Shoot(person=match["id"], number=int(match["k"]), name=name)
            shoot = gathered.setdefault(name, fresh)
            if match["file"] is None:
                shoot.mesh = entry
            elif match["file"] == "params.json":
                shoot.params = entry
            else:
                shoot.images.setdefault(int(match["file"].split(".")[0]), entry)
        yield from sorted(gathered.values(), key=lambda shoot: (shoot.number, shoot.name))


def _to_canonical(item: Item) -> ToCanonical:
    for file in inputs_of(item.inputs, "scale"):
        data = read_limited(file, SCALES_LIMIT)
        return read_scales(data, item.subject, int(item.sequence.split("_")[0]))
    expected = f"expected {SCALES} below the root for space=tu, found none"
    raise CaptureRejected("no-scale", expected, "fetch it from the corpus' page or use space=sfm")


def _scan(item: Item, to_tu: ToCanonical | None) -> Mesh | None:
    for file in inputs_of(item.inputs, "scan"):
        mesh = read_mesh(read_limited(file, PLY_LIMIT), ".ply")
        if to_tu is None:
            return mesh
        normals = None if mesh.normals is None else mesh.normals @ to_tu.rotation.T
        return replace(mesh, vertices=to_tu.points(mesh.vertices), normals=normals)
    return None


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="FaceScape multi-view: about 60 calibrated pictures of 359 people in 20 expressions",
    holds="views",
    role="image",
    beside="cameras",
    options=MvOptions,
    index=index,
    load=load,
    survey=survey,
    licence=LICENCE,
)
