"""Writes captures as NPHM's data lie on disk, in its space. Shares no conversion with the reader."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from facescale.corpora.encoded import npy
from facescale.corpora.files import join, write_bytes
from facescale.corpora.ply import write_ply
from facescale.structures.capture import Capture
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER

_FILES = {"nphm-33506": "registration.ply", "flame-5023": "flame.ply"}


def write_nphm(capture: Capture, root: str, *, folder: str, head_to_scan: np.ndarray) -> tuple[str, ...]:
    """Write scan, registrations and the similarity between raw mm and NPHM's space.

    Args:
        capture: a scan of known unit; its registrations, in mm, are written where they have NPHM's topologies.
        root: a local folder or s3:// prefix.
        folder: "017/003", or "chunk005/017/003".
        head_to_scan: (4, 4), from a frame with x to the subject's left, y up and z out of the face, in mm, to
            the scan in mm: that frame, in units of 250 mm, becomes NPHM's space.

    Returns:
        The relative paths written.

    Raises:
        ValueError: a scan without unit.
        OSError: it cannot be written.
    """
    if capture.unit is None:
        raise ValueError("expected a scan of known unit, got none")
    # X = s R X_raw + t, and X = 0.004 A^-1 (X_raw - b) for the head frame's A and b
    spin = np.linalg.inv(head_to_scan[:3, :3])
    s, shift = 0.004, -0.004 * (spin @ head_to_scan[:3, 3])

    def placed(mesh: Mesh, millimetres: float) -> bytes:
        raw = mesh.vertices.astype(np.float64) * millimetres
        moved = s * np.einsum("ij,nj->ni", spin, raw) + shift
        return write_ply(replace(mesh, vertices=moved.astype(np.float32), normals=None))

    written = {"scan.ply": placed(capture.surface, MILLIMETRES_PER[capture.unit])}
    for one in capture.registrations:
        if one.topology in _FILES:
            written[_FILES[one.topology]] = placed(one.mesh, 1.0)
    written |= {"s.npy": npy(np.float64(s)), "R.npy": npy(spin), "t.npy": npy(shift)}
    for name, data in written.items():
        write_bytes(join(root, f"{folder}/{name}"), data)
    return tuple(f"{folder}/{name}" for name in written)


def write_neutrals(neutrals: Mapping[str, Mapping[int, int]], root: str) -> None:
    """Write neutrals_open.json and neutrals_closed.json.

    Args:
        neutrals: "open" or "closed" -> person -> expression, -1 where there is none.
        root: a local folder or s3:// prefix.

    Raises:
        OSError: they cannot be written.
    """
    for kind, numbers in neutrals.items():
        data = json.dumps({str(person): expression for person, expression in numbers.items()}).encode()
        write_bytes(join(root, f"neutrals_{kind}.json"), data)
