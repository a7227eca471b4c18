"""The layout "nphm": raw scans in mm, with the registrations of the corpus as they lie on them.

Knows no method and no assets but the vertex list of 68 landmarks, where a copy of NPHM's assets is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facescale.corpora.array_files import read_npy
from facescale.corpora.files import as_input, join
from facescale.corpora.finding import Finding, Level
from facescale.corpora.keypoint_files import IBUG68
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nphm.neutrals import NEUTRALS, read_neutrals
from facescale.corpora.nphm.observations import index_observations, load_observation
from facescale.corpora.nphm.space import read_similarity
from facescale.corpora.nphm.splits import Release, flaw_of, split_of
from facescale.corpora.nphm.tree import ScanFolder, scan_folders
from facescale.corpora.rejections import bad_array
from facescale.corpora.scan_inputs import input_of, load_beside, load_mesh, required
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item
from facescale.structures.keypoints import Keypoints
from facescale.structures.registered_mesh import RegisteredMesh

NAME = "nphm"
LANDMARKS = "flame_up_lm_inds.npy"
"""68 vertices of the registrations, among NPHM's assets."""
REGISTERED: Mapping[str, tuple[str, str, int]] = {
    "registration": ("registration.ply", "nphm-33506", 33_506),
    "flame": ("flame.ply", "flame-5023", 5_023),
}
"""Role -> file, topology, vertices."""
_SIMILARITY = {"scale": "s.npy", "rotation": "R.npy", "translation": "t.npy"}


@dataclass(frozen=True, kw_only=True)
class NphmOptions:
    """How NPHM's data are read."""

    items: Literal["scans", "observations"] = "scans"
    """"scans": an item a raw scan. "observations": an item a point cloud of the single-view test, and then none
    of the settings below holds but split and release."""
    roots: tuple[str, ...] = ()
    """Further roots beside the first; of a person's expression in several the first counts."""
    release: Release = "mononphm"
    """Whose lists of people and of bad scans hold: the longer ones of MonoNPHM, or those of NPHM's paper."""
    split: Literal["all", "train", "eval", "test"] = "all"
    """Which people are taken."""
    expressions: Literal["all", "neutral", "neutral-open"] = "all"
    """Which scans of each: "neutral" those of neutrals_closed.json and neutrals_open.json, "neutral-open" only
    those of the latter (mouth open)."""
    flawed: Literal["skip", "take"] = "skip"
    """Scans that the authors' lists call bad or invalid; taken ones carry the attribute "flaw"."""
    also_flawed: tuple[str, ...] = ()
    """Further bad scans, such as "017/003"."""
    lists: str = ""
    """Folder of neutrals_open.json and neutrals_closed.json; empty: the root. They need not be there."""
    assets: str = ""
    """Folder of NPHM's assets, for the 68 landmarks of its registrations; empty: scans come without."""


def index(root: str, options: NphmOptions) -> Iterator[Item]:
    """Find the scans, root by root, streaming; only the lists of neutral expressions are opened.

    An item's id is "<person>/<expression>" with three digits each. Attributes: split, "neutral" ("open",
    "closed"), "flaw", and the chunk that it lies in.

    Raises:
        ValueError: a root is no folder, or a list is none.
        OSError: the storage cannot be read.
    """
    if options.items == "observations":
        yield from index_observations(root, NAME, release=options.release, split=options.split)
        return
    neutrals = read_neutrals(options.lists or root)
    wanted = {"neutral": {"open", "closed"}, "neutral-open": {"open"}}.get(options.expressions)
    landmarks = () if not options.assets else (_landmarks(options.assets),)
    seen: set[str] = set()
    for folder in scan_folders((root, *options.roots)):
        attributes = _attributes(folder, neutrals, options)
        if folder.item in seen or "scan.ply" not in folder.files:
            continue
        seen.add(folder.item)
        if options.split not in {"all", attributes["split"]}:
            continue
        if options.flawed == "skip" and "flaw" in attributes:
            continue
        if wanted is None or attributes.get("neutral") in wanted:
            yield Item(
                corpus=NAME,
                item=folder.item,
                subject=folder.item.split("/")[0],
                sequence=folder.item.split("/")[1],
                inputs=(*_inputs(folder), *landmarks),
                attributes=attributes,
            )


def load(item: Item, options: NphmOptions) -> Capture:
    """Read a scan and its registrations, brought back to mm in the scanner's frame.

    Raises:
        CaptureRejected: the scan, its similarity or a registration cannot be used.
        OSError: a file cannot be read.
    """
    if options.items == "observations":
        return load_observation(item)
    s, r, t = (load_beside(required(item, role, name)) for role, name in _SIMILARITY.items())
    similarity = read_similarity(s, r, t)
    scan = similarity.to_raw(load_mesh(required(item, "scan", "scan.ply")))
    registered = []
    for role, (name, topology, count) in REGISTERED.items():
        file = input_of(item, role)
        if file is None:
            continue
        mesh = load_mesh(file)
        if len(mesh.vertices) != count:
            raise bad_array(f"{count:,} vertices in {name}", f"{len(mesh.vertices):,}")
        registered.append(RegisteredMesh(name=role, mesh=similarity.to_raw(mesh), topology=topology))
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scan,
        unit="mm",
        keypoints=_keypoints(item, registered),
        registrations=tuple(registered),
        attributes=dict(item.attributes),
    )


def survey(root: str, options: NphmOptions) -> Iterator[Finding]:
    """Scans without registration or similarity, expressions that two chunks have, lists without their scans."""
    if options.items == "observations":
        return
    neutrals = read_neutrals(options.lists or root)
    seen: dict[str, str] = {}
    for folder in scan_folders((root, *options.roots)):
        expected = ["scan.ply", *_SIMILARITY.values(), *(name for name, _, _ in REGISTERED.values())]
        lacking = [name for name in expected if name not in folder.files]
        if folder.item in seen:
            message = f"{folder.path} repeats {seen[folder.item]}, which counts"
            yield Finding(level=Level.WARNING, reason="repeated", message=message)
        elif lacking:
            needed = {"scan.ply", *_SIMILARITY.values()} & set(lacking)
            level = Level.ERROR if needed else Level.WARNING
            message = f"{folder.path} has no {', '.join(lacking)}"
            yield Finding(level=level, reason="missing-file", message=message, hint="copy the folder again")
        if not folder.padded:
            message = f"{folder.path} is read as {folder.item}"
            yield Finding(level=Level.WARNING, reason="unpadded-id", message=message)
        seen.setdefault(folder.item, folder.path)
    for kind, numbers in neutrals.items():
        absent = [f"{s:03d}/{e:03d}" for s, e in sorted(numbers.items()) if f"{s:03d}/{e:03d}" not in seen]
        if absent:
            message = f"{NEUTRALS[kind]} names {len(absent)} scans that are not there, such as {absent[0]}"
            yield Finding(level=Level.WARNING, reason="missing-scan", message=message)


def _inputs(folder: ScanFolder) -> Iterator[InputFile]:
    roles = {"scan": "scan.ply", **_SIMILARITY, **{role: name for role, (name, _, _) in REGISTERED.items()}}
    for role, name in roles.items():
        if name in folder.files:
            yield as_input(role, folder.files[name])


def _attributes(
    folder: ScanFolder, neutrals: Mapping[str, Mapping[int, int]], options: NphmOptions
) -> dict[str, str]:
    found = {"split": split_of(folder.subject, options.release), "chunk": folder.chunk}
    found["neutral"] = next(
        (k for k, of in neutrals.items() if of.get(folder.subject) == folder.expression), ""
    )
    found["flaw"] = flaw_of(folder.subject, folder.expression, options.release)
    if not found["flaw"] and folder.item in options.also_flawed:
        found["flaw"] = "listed"
    return {name: value for name, value in found.items() if value}


def _landmarks(assets: str) -> InputFile:
    return InputFile(role="landmarks", uri=join(assets, LANDMARKS), path=f"assets/{LANDMARKS}", size=0)


def _keypoints(item: Item, registered: list[RegisteredMesh]) -> Keypoints | None:
    """The 68 landmarks of the registration, where both are at hand."""
    file = input_of(item, "landmarks")
    mesh = next((one.mesh for one in registered if one.name == "registration"), None)
    if file is None or mesh is None:
        return None
    numbers = read_npy(load_beside(file), LANDMARKS).ravel()
    fits = numbers.dtype.kind in "iu" and len(numbers) == len(IBUG68)
    if not fits or not ((numbers >= 0) & (numbers < len(mesh.vertices))).all():
        raise bad_array(f"68 vertices of the registration in {LANDMARKS}", f"{numbers.dtype} {numbers.shape}")
    return Keypoints(names=IBUG68, positions=mesh.vertices[numbers.astype(np.int64)])


LAYOUT = CorpusLayout(
    name=NAME,
    title="NPHM: raw scans in mm out of NPHM's space, with registration and FLAME fit",
    holds="scan",
    role="scan",
    beside="registration",
    options=NphmOptions,
    index=index,
    load=load,
    survey=survey,
    licence="nphm (research only)",
)
