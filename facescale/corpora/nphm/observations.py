"""Point clouds of NPHM's single-view test: <person>/<expression>/obs.npy, and what lies beside it.

They are in NPHM's space, and the similarity to the scanner's mm is not among them: they are read in mm of
FLAME, whose metres NPHM's space has times four.
"""

import posixpath
import re
from collections.abc import Iterator

import numpy as np

from facescale.corpora.array_files import read_npy
from facescale.corpora.files import as_input, list_files
from facescale.corpora.meshes import check_mesh
from facescale.corpora.nphm.splits import Release, split_of
from facescale.corpora.rejections import bad_array
from facescale.corpora.scan_inputs import VERTEX_LIMIT, load_beside, required
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.mesh import Mesh

MILLIMETRES_PER_UNIT = 250.0
_PATH = re.compile(
    r"(?:.+/)?(?P<subject>\d{1,3})/(?P<expression>\d{1,3})/(?P<name>obs|obs_back|full_obs|full_obs_back)\.npy"
)
_LIMIT = 1 << 28


def index_observations(root: str, corpus: str, *, release: Release, split: str) -> Iterator[Item]:
    """Find the point clouds, in the order of their paths, streaming; no file is opened.

    Args:
        root: a local folder or s3:// prefix.
        corpus: that items are of.
        release: whose list of test subjects holds.
        split: "all" or that of the people who are taken.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    for entry in list_files(root):
        found = _PATH.fullmatch(entry.path)
        if found is None:
            continue
        belongs = split_of(int(found["subject"]), release)
        if split in {"all", belongs}:
            # expressions are not padded in this tree, people are
            person, expression = f"{int(found['subject']):03d}", str(int(found["expression"]))
            yield Item(
                corpus=corpus,
                item=posixpath.join(person, expression, found["name"]),
                subject=person,
                sequence=expression,
                inputs=(as_input("scan", entry),),
                attributes={"split": belongs, "observation": found["name"]},
            )


def load_observation(item: Item) -> Capture:
    """Read a point cloud, in mm of FLAME.

    Raises:
        CaptureRejected: no (n, 3) array of numbers, or no points that can be a scan's.
        OSError: it cannot be read.
    """
    file = required(item, "scan", "a point cloud")
    points = read_npy(load_beside(file, limit=_LIMIT), posixpath.basename(file.path))
    if points.ndim != 2 or points.shape[1] != 3:  # noqa: PLR2004 - rows of x y z
        raise bad_array(f"points of shape (n, 3) in {file.path}", str(points.shape))
    cloud = Mesh(vertices=points.astype(np.float64) * MILLIMETRES_PER_UNIT, faces=np.zeros((0, 3), np.int32))
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=check_mesh(cloud, max_vertices=VERTEX_LIMIT),
        unit="mm",
        attributes={**item.attributes, "frame": "flame"},
    )
