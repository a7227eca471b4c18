"""All corpus layouts by name. Imports one only when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from facescale.corpora.layout import CorpusLayout

LAYOUTS: Mapping[str, str] = {
    "bu3dfe": "facescale.corpora.bu3dfe.layout",
    "facescape-mv": "facescale.corpora.facescape.mv",
    "facescape-tu": "facescale.corpora.facescape.tu",
    "images": "facescale.corpora.images",
    "lfw": "facescale.corpora.lfw.layout",
    "multiface": "facescale.corpora.multiface.layout",
    "now": "facescale.corpora.now.layout",
    "nphm": "facescale.corpora.nphm.layout",
    "rig": "facescale.corpora.rig.layout",
    "scans": "facescale.corpora.scans",
    "stirling": "facescale.corpora.stirling.layout",
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
