"""Rehearsal of the layout "bosphorus": scans as a sensor before the face has them.

Joins synthesis and corpora.
"""

from dataclasses import replace

import numpy as np

from facescale.pipelines.rehearsals.takes import QUIRK, Take, Write, numbered, rehearsal_of, truth_of
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.truth import ScanTruth

STEP = 1.0
"""mm between points; the sensor's own 0.3 would make files of 15 MB."""
SIZE = (250, 200)
REACH = 130.0
"""mm behind the nose tip that the sensor sees: through a hole of the scan it meets no back of the head."""
NOSE_TIP = 30
_LABELS = {
    "right_eye_outer": "Outer right eye corner",
    "right_eye_inner": "Inner right eye corner",
    "left_eye_inner": "Inner left eye corner",
    "left_eye_outer": "Outer left eye corner",
    "mouth_right": "Right mouth corner",
    "mouth_left": "Left mouth corner",
}
_TAKES = (
    "N_N_0", "E_HAPPY_0", "E_SURPRISE_0", "LFAU_12_0", "LFAU_27_0", "UFAU_43_0", "E_ANGER_0", "E_SADNESS_0",
    "E_FEAR_0", "E_DISGUST_0",
)  # fmt: skip
_LACKING, _HEADED = 1, 2


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    if config.sequences > len(_TAKES):
        raise ValueError(f"expected at most {len(_TAKES)} sequences, got {config.sequences}")
    person = f"bs{numbered(config, index, 1000):03d}"
    return tuple(f"{person}/{person}_{take}" for take in _TAKES[: config.sequences])


def _writer(config: RehearseConfig) -> Write:
    from facescale.corpora.bosphorus.writing import write_bosphorus
    from facescale.synthesis.range_image import heights

    def write(take: Take) -> ScanTruth:
        truth, scan, clicked = take.made.truth, take.made.capture.surface, take.made.capture.keypoints
        assert clicked is not None, "every scan of these rehearsals has keypoints"

        def before(points: np.ndarray) -> np.ndarray:
            """Scan's frame to that of the head, whose nose is before the sensor's middle."""
            return (points.astype(np.float64) - truth.translation) @ truth.rotation - origin

        origin = np.zeros(3)
        origin = np.append(before(take.ibug)[NOSE_TIP, :2], 0.0)
        way = take.person % 3 if config.quirks else 0
        lacking = way == _LACKING and take.last
        at = dict(zip(clicked.names, before(clicked.positions), strict=True))
        points = {label: at[name] for name, label in _LABELS.items()}
        points["Nose tip"] = before(take.ibug)[NOSE_TIP]
        person, name = take.item.split("/")
        depth = heights(before(scan.vertices), scan.faces, step=STEP, size=SIZE)
        depth[depth < points["Nose tip"][2] - REACH] = np.nan
        write_bosphorus(
            depth,
            config.out,
            name=name,
            step=STEP,
            points={} if lacking else points,
            header=way == _HEADED,
        )
        placed = replace(
            truth,
            rotation=np.eye(3),
            translation=-origin,
            vertices=before(truth.vertices).astype(np.float32),
            keypoints=before(truth.keypoints),
        )
        quirk = "no-keypoints" if lacking else "header" if way == _HEADED else ""
        return truth_of(replace(take, made=replace(take.made, truth=placed)), person, **{QUIRK: quirk})

    return write


REHEARSALS = {"bosphorus": rehearsal_of("scans", _items, _writer, settings=frozenset({"sequences", "quirks"}))}
