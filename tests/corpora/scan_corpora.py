"""A small face-like scan with keypoints, and damage, for the tests of layouts of scans."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from facescale.structures import NOW7, Capture, Keypoints, Mesh
from tests.corpora.faces import NEUTRAL
from tests.rendering.solids import ball


def head_capture(item: str = "x", *, subject: str = "x", turned: bool = False) -> Capture:
    """A ball with a face's seven points on it, in mm; turned and moved away where asked."""
    mesh = ball(100.0, rows=12, columns=16)
    points = NEUTRAL * (100.0 / np.linalg.norm(NEUTRAL, axis=1))[:, None]
    vertices = mesh.vertices.astype(np.float64)
    if turned:
        vertices, points = vertices @ SPIN.T + SHIFT, points @ SPIN.T + SHIFT
    return Capture(
        item=item,
        subject=subject,
        scan=Mesh(vertices=vertices, faces=mesh.faces),
        unit="mm",
        keypoints=Keypoints(names=NOW7, positions=points),
    )


SPIN = np.array([[0.0, -0.6, 0.8], [1.0, 0.0, 0.0], [0.0, 0.8, 0.6]])
"""A rotation by hand."""
SHIFT = np.array([10.0, -250.0, 333.0])


def touch(root: Path, *paths: str, data: bytes = b"x") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with some bytes replaced, and perhaps cut short."""
    found = bytearray(whole)
    for at in draw(st.lists(st.integers(0, max(len(whole) - 1, 0)), max_size=6)):
        found[at] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        del found[draw(st.integers(0, len(whole))) :]
    return bytes(found)
