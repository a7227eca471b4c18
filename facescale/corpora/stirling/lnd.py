"""The .lnd files of FG2018's protocol: seven lines "index x y z", mm. Knows nothing of where they lie."""

import numpy as np

from facescale.corpora.number_lines import number_lines
from facescale.corpora.rejections import bad_keypoints
from facescale.structures.keypoints import NOW7, Keypoints


def read_lnd(data: bytes) -> Keypoints:
    """Parse a .lnd file; its order is that of NoW, right and left being the subject's.

    The index of a line says which point it is where the indices are 0..6 or 1..7, in whatever order.

    Returns:
        The seven points in mm in the scan's frame.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    rows = number_lines(data, "a .lnd file", width=4)
    if len(rows) != len(NOW7):
        raise bad_keypoints("a .lnd file of 7 lines", f"{len(rows)}")
    order = np.argsort(rows[:, 0], kind="stable")
    counted = rows[order, 0] - rows[order[0], 0]
    if rows[order[0], 0] in {0, 1} and (counted == np.arange(len(NOW7))).all():
        rows = rows[order]
    return Keypoints(names=NOW7, positions=rows[:, 1:])
