"""Rehearsals of the layouts "stirling", "headspace" and "bu3dfe": scans with clicked points beside them.

Joins synthesis and corpora.
"""

from dataclasses import replace

import numpy as np

from facescale.pipelines.rehearsals.takes import QUIRK, Take, Write, numbered, rehearsal_of, truth_of
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.structures.mesh import Mesh
from facescale.synthesis.truth import ScanTruth

_ODD, _LACKING, _OTHER = 1, 2, 3
"""Which of every four people is odd in what way; the first is as it should be."""
FACE_RADIUS = 115.0
"""mm around the nose that a cropped face reaches."""
_BU3DFE_TAKES = (
    "NE00",
    *(f"{e}{level:02d}" for level in (4, 3, 2, 1) for e in ("HA", "SU", "AN", "DI", "FE", "SA")),
)


def _way(config: RehearseConfig, person: int) -> int:
    return person % 4 if config.quirks else 0


def _stirling_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    sex = "FM"[index % 2]
    name = f"{sex}{1001 + numbered(config, index, 8999)}_N"
    return (f"{sex}_3D_N/{name.lower() if _way(config, index) == _ODD else name}",)


def _stirling(config: RehearseConfig) -> Write:
    from facescale.corpora.stirling.writing import write_stirling

    def write(take: Take) -> ScanTruth:
        name = take.item.split("/")[-1]
        way = _way(config, take.person)
        capture, points, quirk = take.made.capture, name, ("", "odd-case", "no-keypoints", "odd-case")[way]
        if way == _LACKING:
            capture = replace(capture, keypoints=None)
        elif way == _OTHER:
            points = name.lower()
        # lower case reaches the ending too: "m1002_n"
        write_stirling(capture, config.out, name=name, points_name=points)
        return truth_of(take, name.split("_")[0].lower(), **{QUIRK: quirk})

    return write


def _headspace_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return (f"{numbered(config, index, 1519) + 1:05d}/{140706150000 + index:012d}",)


def _headspace(config: RehearseConfig) -> Write:
    from scipy.spatial import KDTree

    from facescale.corpora.headspace.writing import write_headspace

    def write(take: Take) -> ScanTruth:
        person, name = take.item.split("/")
        way = _way(config, take.person)
        _, nearest = KDTree(take.made.capture.surface.vertices).query(take.ibug)
        write_headspace(
            take.made.capture,
            config.out,
            folder=str(int(person)) if way == _ODD else person,
            name=name,
            landmarks=None if way == _LACKING else np.asarray(nearest).tolist(),
            notes={} if way == _OTHER else {"id": person, "expression": "neutral", "underChinHoleFlag": "1"},
        )
        quirk = ("", "unpadded-id", "no-keypoints", "no-notes")[way]
        return truth_of(take, person, **{QUIRK: quirk})

    return write


def _bu3dfe_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    if config.sequences > len(_BU3DFE_TAKES):
        raise ValueError(f"expected at most {len(_BU3DFE_TAKES)} sequences, got {config.sequences}")
    person = f"{'FM'[index % 2]}{numbered(config, index, 9999) // 2 + 1:04d}"
    count = config.sequences - (1 if _way(config, index) == _OTHER and config.sequences > 1 else 0)
    origin = ("WH", "AE", "LA", "BL", "AM", "IN")[index % 6]
    return tuple(f"{person}/{person}_{take}{origin}_F3D" for take in _BU3DFE_TAKES[:count])


def _bu3dfe(config: RehearseConfig) -> Write:
    from facescale.corpora.bu3dfe.writing import write_bu3dfe

    def write(take: Take) -> ScanTruth:
        person, name = take.item.split("/")
        way = _way(config, take.person)
        lacking = way == _LACKING and take.last
        capture = replace(take.made.capture, scan=_cropped(take))
        points = take.made.capture.keypoints
        seven = None if lacking or points is None else points.positions
        write_bu3dfe(capture, config.out, name=name, seven=seven, form="block" if way == _ODD else "lines")
        quirk = "no-keypoints" if lacking else ("", "block", "", "missing-sequence")[way]
        return truth_of(take, person, **{QUIRK: quirk})

    return write


def _cropped(take: Take) -> Mesh:
    """The scan around the nose."""
    scan = take.made.capture.surface
    near = np.linalg.norm(scan.vertices - take.made.truth.keypoints[4], axis=1) < FACE_RADIUS
    number = np.cumsum(near) - 1
    kept = scan.faces[near[scan.faces].all(axis=1)]
    return Mesh(vertices=scan.vertices[near], faces=number[kept].astype(np.int32))


REHEARSALS = {
    "stirling": rehearsal_of("scans", _stirling_items, _stirling, settings=frozenset({"quirks"})),
    "headspace": rehearsal_of("scans", _headspace_items, _headspace, settings=frozenset({"quirks"})),
    "bu3dfe": rehearsal_of("scans", _bu3dfe_items, _bu3dfe, settings=frozenset({"sequences", "quirks"})),
}
