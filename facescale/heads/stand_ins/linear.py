"""A stand-in for a user's own linear model: the built-in head's face as `generic_linear` reads it."""

from pathlib import Path

import numpy as np

from facescale.heads.stand_ins.marks import mark_zip
from facescale.heads.stand_ins.surface import resampled

METRES = 1e-3


def write_stand_in(path: Path, name: str) -> None:
    """Write an npz in metres, with landmarks, 52 identity components and 52 named activations."""
    write_linear(path, name, vertices=6000, faces=11800)


def write_linear(path: Path, name: str, *, vertices: int, faces: int) -> None:
    """Write one of any size."""
    sheet = resampled(vertices, faces, "face")
    sites = sheet.landmarks()
    names = next(block.names for block in sheet.head.blocks if block.name == "expression")
    np.savez(
        path,
        mean=sheet.vertices * METRES,
        faces=sheet.faces,
        identity=sheet.carried("identity") * METRES,
        expression=sheet.carried("expression") * METRES,
        expression_names=np.array(names),
        landmark_face=sites.face.numpy(),
        landmark_barycentric=sites.barycentric.double().numpy(),
        unit=np.array("m"),
        name=np.array(name),
        licence=np.array("made up by facescale, no licence needed"),
    )
    mark_zip(path)
