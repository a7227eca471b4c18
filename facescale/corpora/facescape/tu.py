"""The corpus layout "facescape-tu": FaceScape's registered scans, 20 expressions a person.

`<id>/models_reg/<k>_<expression>.obj`, `.obj.mtl`, `.jpg` and `<id>/dpmap/<k>_<expression>.png`, below
whatever folder the archives were unpacked into. The face looks to +z, its top to +y. The unit is mm, but each
person was scaled to one distance of the pupils: the attribute "scale" is "normalised". Textures and
displacements are named, not read.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from facescale.corpora.corpus_files import optional_file, side_file
from facescale.corpora.facescape.lists import (
    EXPRESSIONS,
    INFO_NAME,
    LANDMARKS_NAME,
    LIST_LIMIT,
    PUBLISHABLE_NAME,
    TOPOLOGIES,
    PersonInfo,
    read_info,
    read_landmark_indices,
    read_publishable,
)
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, refusal
from facescale.corpora.keypoint_files import IBUG68
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.meshes import read_mesh
from facescale.corpora.named_findings import warning
from facescale.corpora.view_files import inputs_of, read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.keypoints import Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.registered_mesh import RegisteredMesh

CORPUS = "facescape-tu"
LICENCE = "FaceScape (non-commercial, by application; only listed people may be shown)"
OBJ_LIMIT = 1 << 28
_PATH = re.compile(
    r"(?P<person>(?:[^/]+/)*?(?P<id>\d+))/(?:models_reg|dpmap)/"
    r"(?P<k>\d{1,2})_(?P<expression>[A-Za-z_]+)(?P<suffix>\.(?i:obj|obj\.mtl|jpg|png))"
)
_BESIDE = {".obj.mtl": "material", ".jpg": "texture", ".png": "displacement"}


@dataclass(frozen=True, kw_only=True)
class TuOptions:
    """How registered scans are read."""

    expressions: tuple[str, ...] = ()
    """Names ("neutral") or numbers ("1") of those that are taken; empty: all."""
    publishable: bool = False
    """Take only people who may be shown in publications, by publishable_list_v1.txt."""
    landmarks: str = ""
    """Path of landmark_indices.npz; empty: the one at the corpus' root, where there is one."""

    def __post_init__(self) -> None:
        known = {*EXPRESSIONS.values(), *map(str, EXPRESSIONS)}
        strange = [name for name in self.expressions if name not in known]
        if strange:
            raise ValueError(f"expected expressions out of {', '.join(EXPRESSIONS.values())}, got {strange}")

    def wants(self, number: int) -> bool:
        """Whether an expression is taken."""
        return not self.expressions or bool({EXPRESSIONS.get(number), str(number)} & set(self.expressions))


@dataclass(frozen=True, kw_only=True)
class Model:
    """One expression of one person, as listed."""

    person: str
    number: int
    name: str
    """As the file has it: "1_neutral"."""
    files: dict[str, FileEntry]
    """By suffix."""


def index(root: str, options: TuOptions) -> Iterator[Item]:
    """Find the models, a person at a time; only the lists are opened.

    An item is "<id>/<k>_<expression>"; its subject is the folder's name. Attributes: expression, scale, what
    the info list says of the person, "publishable", and the paths of texture and displacement.

    Raises:
        ValueError: no folder, or publishable people are wanted and there is no list of them.
        OSError: it cannot be listed.
    """
    try:
        info, shown = _people(root)
    except CaptureRejected as bad:
        if options.publishable:
            raise ValueError(f"expected {PUBLISHABLE_NAME} at {root}, got {bad}") from bad
        info, shown = {}, None  # the survey says so
    if options.publishable and shown is None:
        raise ValueError(f"expected {PUBLISHABLE_NAME} at {root}, found none")
    landmarks = _landmarks(root, options)
    for model in models(root):
        person = model.person.lstrip("0")
        scan = model.files.get(".obj")
        if scan is None or not options.wants(model.number):
            continue
        if options.publishable and person not in (shown or ()):
            continue
        said = {"expression": EXPRESSIONS.get(model.number, model.name), "scale": "normalised"}
        said |= info[person].attributes() if person in info else {}
        said |= {} if shown is None else {"publishable": "yes" if person in shown else "no"}
        said |= {role: model.files[s].path for s, role in _BESIDE.items() if s in model.files}
        yield Item(
            corpus=CORPUS,
            item=f"{model.person}/{model.name}",
            subject=model.person,
            sequence=model.name,
            inputs=(as_input("scan", scan), *landmarks),
            attributes=said,
        )


def load(item: Item, options: TuOptions) -> Capture:
    """Read one model: as the scan, and as a registered mesh; keypoints are the 68 where their places are known.

    Raises:
        CaptureRejected: the model or the landmarks' file cannot be used.
        OSError: a file cannot be read.
    """
    del options
    (file,) = inputs_of(item.inputs, "scan")
    mesh = read_mesh(read_limited(file, OBJ_LIMIT), ".obj")
    count = len(mesh.vertices)
    keypoints, attributes = _keypoints(item, mesh), dict(item.attributes)
    if count not in TOPOLOGIES:
        attributes["topology"] = f"unknown, of {count} vertices"
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=mesh,
        unit="mm",
        keypoints=keypoints,
        registrations=(RegisteredMesh(name=item.sequence, mesh=mesh, topology=f"facescape-{count}"),),
        attributes=attributes,
    )


def models(root: str) -> Iterator[Model]:
    """Every expression of every person, a person at a time."""
    found = ((_PATH.fullmatch(entry.path), entry) for entry in list_files(root))
    matched = ((match, entry) for match, entry in found if match is not None)
    for _, members in groupby(matched, lambda pair: pair[0]["person"]):
        gathered: dict[str, Model] = {}
        for match, entry in members:
            name = f"{match['k']}_{match['expression']}"
            fresh = Model(person=match["id"], number=int(match["k"]), name=name, files={})
            gathered.setdefault(name, fresh).files.setdefault(match["suffix"].lower(), entry)
        yield from sorted(gathered.values(), key=lambda model: (model.number, model.name))


def survey(root: str, options: TuOptions) -> Iterator[Finding]:
    """What of the 20 expressions and of their files is not there, and what the lists say otherwise.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    del options
    people: dict[str, set[int]] = {}
    absent: dict[str, list[str]] = {}
    odd: list[str] = []
    for model in models(root):
        there = people.setdefault(model.person, set())
        where = f"{model.person}/{model.name}"
        if model.name != f"{model.number}_{EXPRESSIONS.get(model.number)}":
            odd.append(where)
        if ".obj" in model.files:
            there.add(model.number)
        for suffix in (".obj", *_BESIDE):
            if suffix not in model.files:
                absent.setdefault(suffix, []).append(where)
    for suffix, named in absent.items():
        yield warning("missing-file", f"expressions have no {suffix.lstrip('.')} file", named)
    if odd:
        yield warning("odd-file-name", "expressions have a name that is not the corpus'", odd)
    short = [f"{p} ({len(there)} of {len(EXPRESSIONS)})" for p, there in people.items() if len(there) < 20]  # noqa: PLR2004
    if short:
        yield warning("missing-expression", "people lack expressions", short)
    try:
        info, _ = _people(root)
    except CaptureRejected as bad:
        yield refusal(bad)
        return
    unlisted = [person for person in people if info and person.lstrip("0") not in info]
    if unlisted:
        yield warning("unlisted-person", f"people are not in {INFO_NAME}", unlisted)
    lost = sorted(set(info) - {person.lstrip("0") for person in people}, key=int)
    if lost:
        yield warning("missing-person", f"people of {INFO_NAME} are not there", lost)
    invalid = [person for person in people if person.lstrip("0") in info and not info[person.lstrip("0")].valid]
    if invalid:
        yield warning("invalid-person", f"people are not valid by {INFO_NAME}", invalid)


def _people(root: str) -> tuple[dict[str, PersonInfo], frozenset[str] | None]:
    """The info list and the publishable ids, where they are there."""
    try:
        info, shown = (optional_file(root, name, limit=LIST_LIMIT) for name in (INFO_NAME, PUBLISHABLE_NAME))
    except ValueError as error:
        raise CaptureRejected("bad-list", str(error)) from error
    return ({} if info is None else read_info(info)), (None if shown is None else read_publishable(shown))


def _landmarks(root: str, options: TuOptions) -> tuple[InputFile, ...]:
    """The file of landmark places as an input; its content is its identity, wherever it lies.

    Raises:
        ValueError: one is asked for and not there, or too large.
    """
    folder, name = posixpath.split(options.landmarks) if options.landmarks else (root, LANDMARKS_NAME)
    found = side_file(folder or ".", name, "landmarks", limit=LIST_LIMIT)
    if found is None and options.landmarks:
        raise ValueError(f"expected landmarks to be a file, found nothing at {options.landmarks!r}")
    return () if found is None else (found,)


def _keypoints(item: Item, mesh: Mesh) -> Keypoints | None:
    for file in inputs_of(item.inputs, "landmarks"):
        places = read_landmark_indices(read_limited(file, LIST_LIMIT))
        # Places of another topology would be points somewhere else, without a sign of it.
        key = TOPOLOGIES.get(len(mesh.vertices))
        if key in places:
            if places[key].max() >= len(mesh.vertices):
                highest = f"{places[key].max():,} of {len(mesh.vertices):,} vertices"
                raise CaptureRejected("bad-landmarks", f"expected places of vertices, found {highest}")
            return Keypoints(names=IBUG68, positions=mesh.vertices[places[key]].astype(float))
    return None


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="FaceScape TU models: registered scans of 847 people in 20 expressions",
    holds="scan",
    role="scan",
    options=TuOptions,
    index=index,
    load=load,
    survey=survey,
    licence=LICENCE,
)
