"""Rehearsals of the layouts "realy" (regions of a scan) and "micc" (scans in folders).

Joins synthesis and corpora.
"""

from collections.abc import Mapping

import numpy as np

from facescale.pipelines.rehearsals.takes import QUIRK, Take, Write, numbered, rehearsal_of, truth_of
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.structures.mesh import Mesh
from facescale.synthesis.truth import ScanTruth

REGIONS: Mapping[str, tuple[tuple[int, ...], float]] = {
    "nose": ((27, 30, 33), 24.0),
    "mouth": ((48, 51, 54, 57), 16.0),
    "forehead": ((17, 19, 21, 22, 24, 26), 34.0),
    "cheek": ((2, 4, 6, 10, 12, 14, 41, 46), 32.0),
}
"""Region -> points of ibug and mm around them."""
SCALE = (6.5, 10.2)
"""mm in a person's unit, as the real list has them."""
_EXTRA = 17
_LACKING = 1


def _realy_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return (str(numbered(config, index, 100) + 1),)


def _scale(config: RehearseConfig, index: int) -> float:
    return round(float(np.random.default_rng([config.seed, index, 85]).uniform(*SCALE)), 4)


def _realy(config: RehearseConfig) -> Write:
    from facescale.corpora.realy.writing import write_realy

    def write(take: Take) -> ScanTruth:
        lacking = config.quirks and take.person % 3 == _LACKING
        # the outline's points and those half way between them stand for the 17 that are none of ibug's
        extra = (take.ibug[:_EXTRA] + take.ibug[1 : _EXTRA + 1]) / 2
        points = np.concatenate([take.ibug, extra])
        write_realy(
            {name: _around(take, *where) for name, where in REGIONS.items()},
            None if lacking else points,
            config.out,
            person=take.person + 1,
            scale=_scale(config, take.person),
        )
        return truth_of(take, take.item, **{QUIRK: "no-keypoints" if lacking else ""})

    return write


def _around(take: Take, points: tuple[int, ...], reach: float) -> Mesh:
    """What of the scan is near some points."""
    scan = take.made.capture.surface
    near = np.zeros(len(scan.vertices), dtype=bool)
    for point in points:
        near |= np.linalg.norm(scan.vertices - take.ibug[point], axis=1) < reach
    number = np.cumsum(near) - 1
    kept = scan.faces[near[scan.faces].all(axis=1)]
    return Mesh(vertices=scan.vertices[near], faces=number[kept].astype(np.int32))


def _realy_lists(config: RehearseConfig) -> None:
    from facescale.corpora.realy.writing import write_scales

    write_scales([_scale(config, index) for index in range(config.subjects)], config.out)


def _micc_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    person = f"subject_{numbered(config, index, 99) + 1:02d}"
    return tuple(f"{person}/scan_{number}" for number in range(config.sequences))


def _micc(config: RehearseConfig) -> Write:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.keypoint_files import write_keypoints
    from facescale.corpora.obj_writing import write_obj

    def write(take: Take) -> ScanTruth:
        write_bytes(join(config.out, f"{take.item}.obj"), write_obj(take.made.capture.surface))
        if take.made.capture.keypoints is not None:
            data = write_keypoints(take.made.capture.keypoints, "pp")
            write_bytes(join(config.out, f"{take.item}.pp"), data)
        return truth_of(take, take.item.split("/")[0])

    return write


REHEARSALS = {
    "realy": rehearsal_of("scans", _realy_items, _realy, settings=frozenset({"quirks"}), lists=_realy_lists),
    "micc": rehearsal_of("scans", _micc_items, _micc, settings=frozenset({"sequences"})),
}
