"""Reads every item of a tree of scans and says what would be rejected and what looks odd. Changes nothing."""

import hashlib
import posixpath
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pyarrow as pa

from facescale.corpora.finding import Finding, Level, refusal, verdict, worst
from facescale.corpora.keypoint_health import eye_distance, keypoint_problems
from facescale.corpora.mesh_health import MeshHealth, mesh_health
from facescale.corpora.scans import ScansConfig, index, parse, read
from facescale.corpora.unit_guess import plausible_units, robust_extent
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import Item
from facescale.structures.outcome import Scalar

T = TypeVar("T")
COARSE = 1000
_INSIDE_OUT = -0.3
_FRAGMENTED = 0.5
_AGAINST = 0.0


CHECK_SCHEMA = pa.schema([
    *((name, pa.string()) for name in ("item", "subject", "path")),
    ("size", pa.int64()),
    *((name, pa.string()) for name in ("level", "reasons", "message", "hint")),
    *((name, pa.int64()) for name in ("vertices", "faces")),
    *((name, pa.float64()) for name in ("extent_x", "extent_y", "extent_z")),
    ("plausible_units", pa.string()),
    ("keypoints", pa.int64()),
    *((name, pa.bool_()) for name in ("normals", "colours")),
    *((name, pa.int64()) for name in ("boundary_edges", "non_manifold_edges", "flipped_edges")),
    *((name, pa.int64()) for name in ("degenerate_faces", "unreferenced_vertices", "components")),
    ("sha256", pa.string()),
])  # fmt: skip
"""Types of the rows of a check, whatever the corpus is like."""


@dataclass(frozen=True, kw_only=True)
class ItemCheck:
    """What one item is like."""

    item: Item
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    """sha256 of the scan file; empty where it could not be read."""
    vertices: int | None = None
    faces: int | None = None
    extent: tuple[float, float, float] | None = None
    """Sides of the box around all but stray points, in the file's unit."""
    units: tuple[str, ...] = ()
    """In which the scan would be as large as a head."""
    keypoints: int = 0
    normals: bool = False
    colours: bool = False
    health: MeshHealth = field(default_factory=MeshHealth)

    @property
    def level(self) -> Level:
        """Of the worst finding."""
        return worst(self.findings)

    def row(self) -> dict[str, Scalar]:
        """Flat, in the order of `CHECK_SCHEMA`."""
        scan = self.item.inputs[0]
        extent = self.extent or (None, None, None)
        health = self.health
        return {
            "item": self.item.item,
            "subject": self.item.subject,
            "path": scan.path,
            "size": scan.size,
            **verdict(self.findings),
            "vertices": self.vertices,
            "faces": self.faces,
            "extent_x": extent[0],
            "extent_y": extent[1],
            "extent_z": extent[2],
            "plausible_units": " ".join(self.units),
            "keypoints": self.keypoints,
            "normals": self.normals,
            "colours": self.colours,
            "boundary_edges": health.boundary_edges,
            "non_manifold_edges": health.non_manifold_edges,
            "flipped_edges": health.flipped_edges,
            "degenerate_faces": health.degenerate_faces,
            "unreferenced_vertices": health.unreferenced,
            "components": health.components,
            "sha256": self.digest,
        }


def check(root: str, config: ScansConfig | None = None, *, workers: int = 2) -> Iterator[ItemCheck]:
    """Check all items below a root, streaming, in the order of the index.

    An item that cannot be read is a finding, whatever the cause; only the listing itself can fail.

    Args:
        root: a local folder or s3:// prefix.
        config: how to read it.
        workers: files that are read at a time; so many are in memory, twice that wait.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    yield from check_items(index(root, config), config, workers=workers)


def check_items(
    items: Iterable[Item], config: ScansConfig | None = None, *, workers: int = 2
) -> Iterator[ItemCheck]:
    """Check some items; later ones with the bytes of an earlier one are called duplicates.

    Args:
        items: of `index`.
        config: how to read them.
        workers: as for `check`.
    """
    config = config or ScansConfig()
    first: dict[str, Item] = {}
    for found in in_order(items, lambda item: inspect(item, config)[0], workers=workers):
        yield _without_twin(found, first)


def in_order(items: Iterable[Item], judge: Callable[[Item], T], *, workers: int) -> Iterator[T]:
    """Judge items on threads, streaming, in their order; at most twice as many as workers wait."""
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for item in items:
            waiting.append(pool.submit(judge, item))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def inspect(item: Item, config: ScansConfig) -> tuple[ItemCheck, Capture | None]:
    """Read one item and judge it by itself.

    Returns:
        What was found, and what was read; None where nothing could be.
    """
    try:
        files = read(item, config)
        digest = hashlib.sha256(files["scan"]).hexdigest()
        capture = parse(item, files, config)
    except (CaptureRejected, OSError, MemoryError) as bad:
        return ItemCheck(item=item, findings=(refusal(bad),)), None
    return _judged(item, capture, digest), capture


def inspect_capture(item: Item, load: Callable[[Item], Capture]) -> tuple[ItemCheck, Capture | None]:
    """Read one scan of any layout and judge it by itself; its content, not its files, tells duplicates.

    Args:
        item: of the layout's index.
        load: the layout's.
    """
    try:
        capture = load(item)
    except (CaptureRejected, OSError, MemoryError) as bad:
        return ItemCheck(item=item, findings=(refusal(bad),)), None
    digest = hashlib.sha256(capture.surface.vertices.tobytes())
    digest.update(capture.surface.faces.tobytes())
    return _judged(item, capture, digest.hexdigest()), capture


def check_captures(
    items: Iterable[Item], load: Callable[[Item], Capture], *, workers: int = 2
) -> Iterator[ItemCheck]:
    """Check scans of any layout, streaming, in their order; repeated content is called a duplicate.

    Args:
        items: of the layout's index.
        load: the layout's.
        workers: items that are read at a time.
    """
    first: dict[str, Item] = {}
    for found in in_order(items, lambda item: inspect_capture(item, load)[0], workers=workers):
        yield _without_twin(found, first)


def _judged(item: Item, capture: Capture, digest: str) -> ItemCheck:
    scan = capture.surface
    extent = robust_extent(scan.vertices)
    eyes = None if capture.keypoints is None else eye_distance(capture.keypoints)
    units = plausible_units(extent, eyes)
    health = mesh_health(scan)
    findings = [
        *_size_findings(capture, extent, units),
        *_mesh_findings(capture, health),
        *path_findings(item),
    ]
    if capture.keypoints is not None:
        problems = keypoint_problems(capture.keypoints, scan.vertices)
        findings += [Finding(level=Level.WARNING, reason=slug, message=text) for slug, text in problems]
    x, y, z = extent.tolist()
    return ItemCheck(
        item=item,
        findings=tuple(findings),
        digest=digest,
        vertices=len(scan.vertices),
        faces=len(scan.faces),
        extent=(x, y, z),
        units=units,
        keypoints=0 if capture.keypoints is None else len(capture.keypoints.names),
        normals=scan.normals is not None,
        colours=scan.colours is not None,
        health=health,
    )


def _size_findings(capture: Capture, extent: np.ndarray, units: tuple[str, ...]) -> Iterator[Finding]:
    sides = " x ".join(f"{side:.4g}" for side in extent)
    if not units:
        message = f"a box of {sides} is no head in mm, cm, m or inches"
        yield Finding(level=Level.WARNING, reason="no-plausible-unit", message=message)
    elif capture.unit is not None and capture.unit not in units:
        message = f"a box of {sides} is no head in {capture.unit}, it would be in {' or '.join(units)}"
        yield Finding(
            level=Level.WARNING, reason="unit-doubtful", message=message, hint="look at the setting `unit`"
        )
    count = len(capture.surface.vertices)
    if count < COARSE:
        message = f"{count:,} vertices are few for a head scan"
        yield Finding(level=Level.WARNING, reason="coarse", message=message)


def _mesh_findings(capture: Capture, health: MeshHealth) -> Iterator[Finding]:
    scan = capture.surface
    few = len(scan.faces) // 100

    def warning(reason: str, message: str) -> Finding:
        return Finding(level=Level.WARNING, reason=reason, message=message)

    if health.outwardness < _INSIDE_OUT:
        yield warning("inside-out", "most faces look inwards")
    if health.non_manifold_edges > few:
        yield warning("non-manifold", f"{health.non_manifold_edges:,} edges have more than two faces")
    if health.flipped_edges > few:
        yield warning("mixed-winding", f"{health.flipped_edges:,} neighbouring faces wind against each other")
    if health.degenerate_faces > few:
        yield warning("degenerate-faces", f"{health.degenerate_faces:,} faces have two corners in one place")
    if len(scan.faces) and health.largest_component < _FRAGMENTED:
        share = f"{100 * health.largest_component:.0f} %"
        yield warning("fragmented", f"the largest of {health.components:,} parts has {share} of the vertices")
    if scan.normals is not None and len(scan.faces):
        corners = scan.vertices[scan.faces]
        facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        if np.einsum("fk,fk->f", facing, scan.normals[scan.faces[:, 0]].astype(np.float64)).sum() < _AGAINST:
            yield warning("normals-against-winding", "the file's normals look away from the faces' outer side")


def path_findings(item: Item) -> Iterator[Finding]:
    """What is odd about where an item's files lie."""
    if "subject_pattern" in item.attributes:
        message = f"the subject pattern does not match, the subject is taken to be {item.subject!r}"
        yield Finding(level=Level.WARNING, reason="subject-unmatched", message=message)


def _without_twin(found: ItemCheck, first: dict[str, Item]) -> ItemCheck:
    """Add a finding where an earlier item has the same bytes."""
    if not found.digest:
        return found
    twin = first.setdefault(found.digest, found.item)
    if twin is found.item:
        return found
    whose = "another subject" if twin.subject != found.item.subject else "the same subject"
    message = f"the same bytes as {posixpath.normpath(twin.inputs[0].path)} of {whose}"
    duplicate = Finding(level=Level.WARNING, reason="duplicate", message=message, hint="remove one of them")
    return replace(found, findings=(*found.findings, duplicate))
