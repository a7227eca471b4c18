"""All corpus layouts by name. Imports one only when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from facescale.corpora.layout import CorpusLayout

LAYOUTS: Mapping[str, str] = {
    "bosphorus": "facescale.corpora.bosphorus.layout",
    "bu3dfe": "facescale.corpora.bu3dfe.layout",
    "facescape-mv": "facescale.corpora.facescape.mv",
    "facescape-svfr": "facescale.corpora.facescape.svfr",
    "facescape-tu": "facescale.corpora.facescape.tu",
    "headspace": "facescale.corpora.headspace.layout",
    "images": "facescale.corpora.images",
    "lfw": "facescale.corpora.lfw.layout",
    "micc": "facescale.corpora.micc.layout",
    "mononphm": "facescale.corpora.nphm.tracking",
    "multiface": "facescale.corpora.multiface.layout",
    "nersemble-benchmark": "facescale.corpora.nersemble.benchmark",
    "nersemble-paper": "facescale.corpora.nersemble.paper",
    "nersemble-v1": "facescale.corpora.nersemble.raw_v1",
    "nersemble-v2": "facescale.corpora.nersemble.raw_v2",
    "now": "facescale.corpora.now.layout",
    "nphm": "facescale.corpora.nphm.layout",
    "realy": "facescale.corpora.realy.layout",
    "rig": "facescale.corpora.rig.layout",
    "scans": "facescale.corpora.scans",
    "stirling": "facescale.corpora.stirling.layout",
    "vhap": "facescale.corpora.vhap.layout",
    "videos": "facescale.corpora.videos",
}
"""Name -> the module whose LAYOUT it is, in alphabetical order."""


def find_layout(name: str) -> CorpusLayout[Any]:
    """The layout of a name.

    Raises:
        ValueError: there is none.
    """
    if name not in LAYOUTS:
        raise ValueError(f"expected a corpus layout out of {', '.join(LAYOUTS)}, got {name!r}")
    layout: CorpusLayout[Any] = import_module(LAYOUTS[name]).LAYOUT
    assert layout.name == name, f"{LAYOUTS[name]} calls itself {layout.name}"
    return layout
