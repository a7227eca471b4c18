"""The mean head's distances against published measurements of adults, both sexes pooled."""

import numpy as np
import pytest

from facescale.heads.builtin.assembly import HeadArrays
from facescale.heads.builtin.store import stored_arrays
from facescale.heads.builtin.topology import skin_topology

PUBLISHED = {
    # Farkas 1994, Anthropometry of the Head and Face, North American whites of 19 to 25 years: men, women
    "en-en": ((33.3, 2.7), (31.8, 2.3)),
    "ex-ex": ((91.2, 3.0), (87.8, 3.2)),
    "en-ex": ((31.3, 1.2), (30.7, 1.2)),
    "n-sn": ((54.8, 3.3), (50.6, 3.1)),
    "n-gn": ((124.7, 5.7), (111.4, 4.8)),
    "sn-gn": ((72.6, 4.5), (64.3, 4.0)),
    "sn-sto": ((22.3, 2.1), (20.1, 2.0)),
    "ls-sto": ((8.0, 1.4), (8.7, 1.3)),
    "sto-li": ((9.3, 1.6), (9.4, 1.5)),
    "al-al": ((34.9, 2.1), (31.4, 2.0)),
    "sn-prn": ((19.5, 1.9), (19.7, 1.6)),
    "ch-ch": ((54.5, 3.0), (50.2, 3.5)),
    "zy-zy": ((139.1, 5.3), (130.0, 4.6)),
    "sa-sba": ((62.7, 3.6), (59.6, 3.4)),
    # Gordon et al. 1989, survey of US Army personnel
    "g-op": ((197.1, 7.1), (187.2, 6.4)),
    "eu-eu": ((151.7, 5.4), (144.4, 4.9)),
    # Bekerman, Gottlieb and Vaiman 2014: transverse diameter of the globe, both sexes
    "globe": ((24.2, 0.7), (24.2, 0.7)),
}
"""mm, (mean, standard deviation) of men and of women."""


def norm(name):
    """Mean and standard deviation of both sexes together."""
    (men, spread), (women, other) = PUBLISHED[name]
    return (men + women) / 2, np.sqrt((spread**2 + other**2) / 2 + (men - women) ** 2 / 4)


def measured(head: HeadArrays) -> dict[str, float]:
    """The same distances on the built-in head, in mm."""
    topology = skin_topology()
    points = head.vertices.astype(float)
    marks = points[head.landmarks]
    midline = points[topology.grid[:, 0][topology.grid[:, 0] >= 0]]
    # the lowest point of the chin's contour: the last one that a plane inclined by 45 degrees meets from below
    gnathion = midline[(midline[:, 2] - midline[:, 1] - 1e3 * (midline[:, 2] < 0)).argmax()]
    nasion = marks[27]
    alae = points[topology.grid[25:30, 4:6].ravel()]
    cheeks = points[topology.grid[24:32, 9:21].ravel()]
    cheeks = cheeks[topology.grid[24:32, 9:21].ravel() >= 0]
    ear = points[topology.rings["ear"][3:7]].reshape(-1, 3)
    vault = points[topology.grid[38:].ravel()]
    brow = midline[(midline[:, 1] > 10) & (midline[:, 1] < 40) & (midline[:, 2] > 0)]
    glabella = brow[brow[:, 2].argmax()]
    back = points[topology.grid[24:, 36]]
    ball = points[head.masks["eyeballs.sclera"] & head.masks["eyeballs.left"]]

    def between(one, other):
        return float(np.linalg.norm(one - other))

    return {
        "en-en": between(marks[39], marks[42]),
        "ex-ex": between(marks[36], marks[45]),
        "en-ex": between(marks[42], marks[45]),
        "n-sn": between(nasion, marks[33]),
        "n-gn": between(nasion, gnathion),
        "sn-gn": between(marks[33], gnathion),
        "sn-sto": between(marks[33], (marks[62] + marks[66]) / 2),
        "ls-sto": between(marks[51], marks[62]),
        "sto-li": between(marks[66], marks[57]),
        "al-al": 2 * float(alae[:, 0].max()),
        "sn-prn": between(marks[33], marks[30]),
        "ch-ch": between(marks[48], marks[54]),
        "zy-zy": 2 * float(cheeks[:, 0].max()),
        "sa-sba": float(np.ptp(ear[:, 1])),
        "g-op": float(np.linalg.norm(back - glabella, axis=1).max()),
        "eu-eu": 2 * float(vault[:, 0].max()),
        "globe": float(np.ptp(ball[:, 0])),
    }


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_distances_of_the_mean_lie_within_two_standard_deviations_of_published_ones(name):
    mean, spread = norm(name)
    assert abs(measured(stored_arrays())[name] - mean) <= 2 * spread, measured(stored_arrays())[name]
