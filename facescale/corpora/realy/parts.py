"""Parts of REALY's scans: regions into one mesh, 85 keypoints out of a mesh, scales. Knows no files."""

from collections.abc import Sequence

import numpy as np

from facescale.corpora.keypoint_files import IBUG68
from facescale.corpora.number_lines import number_lines
from facescale.corpora.rejections import bad_keypoints
from facescale.structures.keypoints import NOW7, NOW7_IN_IBUG68, Keypoints
from facescale.structures.mesh import Mesh

POINTS = 85


def joined(parts: Sequence[Mesh]) -> Mesh:
    """One mesh of several: vertices one part after another, none merged."""
    before = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, before, strict=False)]
    return Mesh(
        vertices=np.concatenate([part.vertices for part in parts]),
        faces=np.concatenate(faces).astype(np.int32),
    )


def keypoints_of(mesh: Mesh) -> Keypoints:
    """The vertices of a file of keypoints.

    NoW's seven come first; then all as "ibug_00".."ibug_67" (inferred: the protocol's seven points have ibug's
    numbers) and "realy_68".."realy_84".

    Raises:
        CaptureRejected: bad-keypoints.
    """
    if len(mesh.vertices) != POINTS:
        raise bad_keypoints(f"{POINTS} vertices as keypoints", f"{len(mesh.vertices)}")
    names = (*NOW7, *IBUG68, *(f"realy_{n}" for n in range(len(IBUG68), POINTS)))
    return Keypoints(
        names=names, positions=np.concatenate([mesh.vertices[list(NOW7_IN_IBUG68)], mesh.vertices])
    )


def read_scales(data: bytes) -> np.ndarray:
    """Parse metrical_scale.txt: a number a person, mm in the unit of its scan; (n,) float64.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    scales = number_lines(data, "metrical_scale.txt", width=1)[:, 0]
    if not len(scales) or not (scales > 0).all():
        raise bad_keypoints("numbers above 0 in metrical_scale.txt", f"{scales[:3].tolist()}")
    return scales
