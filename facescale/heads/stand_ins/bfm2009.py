"""A stand-in for the Basel Face Model 2009 and the parts of its front crop: the built-in head's face."""

import io
from pathlib import Path

import numpy as np
from scipy.io import savemat

from facescale.heads.bfm2009 import (
    BASIS,
    COMPONENTS,
    DEVIATIONS,
    EXPRESSION_INDEX,
    EXPRESSION_VERTICES,
    FRONT_INDEX,
    FRONT_VERTICES,
    VERTICES,
)
from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.stand_ins.bfm import components
from facescale.heads.stand_ins.surface import resampled

FACES = 106466
MICROMETRES = 1000.0
EXPRESSIONS = 79
TEXT = 116
"""Bytes of free text at the start of a MATLAB 5 file."""


def write_stand_in(path: Path, name: str) -> None:
    """Write the model and, beside it, the four parts of the crop, in their published sizes."""
    del name
    sheet = resampled(VERTICES, FACES, "face")
    (basis, variance), (moves, move_variance) = components(sheet, COMPONENTS, EXPRESSIONS)
    grey = np.full((3 * VERTICES, 1), 150, np.float32)
    model = {
        "shapeMU": sheet.vertices.reshape(-1, 1) * MICROMETRES,
        "shapePC": basis,
        "shapeEV": np.sqrt(variance)[:, None] * MICROMETRES,
        "texMU": grey,
        "texPC": np.zeros((3 * VERTICES, COMPONENTS)),
        "texEV": np.ones((COMPONENTS, 1)),
        "tl": sheet.faces[:, ::-1] + 1,
        "segbin": np.ones((VERTICES, 4)),
    }
    path.write_bytes(_matlab({key: value.astype(np.float32) for key, value in model.items()}))
    # the nearest to the nose, as the crop is of the front
    near = np.argsort(np.linalg.norm(sheet.vertices - (0.0, -40.0, 20.0), axis=1), kind="stable")
    trim = np.sort(near[:EXPRESSION_VERTICES])
    front = np.flatnonzero(np.isin(trim, near[:FRONT_VERTICES]))
    (path.parent / EXPRESSION_INDEX).write_bytes(_matlab({"trimIndex": (trim + 1).astype(np.uint16)[:, None]}))
    (path.parent / FRONT_INDEX).write_bytes(_matlab({"idx": (front + 1).astype(np.float32)[:, None]}))
    trimmed = moves.reshape(VERTICES, 3, EXPRESSIONS)[trim].reshape(-1, EXPRESSIONS).astype("<f4")
    with (path.parent / BASIS).open("wb") as stream:
        stream.write(np.array(EXPRESSIONS, "<i4").tobytes())
        stream.write(np.zeros(3 * EXPRESSION_VERTICES, "<f4").tobytes())
        stream.write(np.ascontiguousarray(trimmed.T).tobytes())
    deviations = np.sqrt(move_variance) * MICROMETRES
    (path.parent / DEVIATIONS).write_text(" ".join(f"{value:.6g}" for value in deviations))


def _matlab(arrays: dict[str, np.ndarray]) -> bytes:
    """A MATLAB 5 file whose text says that it is made up."""
    stream = io.BytesIO()
    savemat(stream, arrays, do_compression=True)
    return STAND_IN_MARK.ljust(TEXT) + stream.getvalue()[TEXT:]
