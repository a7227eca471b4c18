"""All layouts that can be rehearsed, by name. Imports one only when it is asked for."""

from collections.abc import Mapping
from importlib import import_module

from facescale.pipelines.rehearsals.rehearsal import Rehearsal

REHEARSED: Mapping[str, str] = {
    "bosphorus": "facescale.pipelines.rehearsals.bosphorus",
    "bu3dfe": "facescale.pipelines.rehearsals.marked_scans",
    "facescape-mv": "facescale.pipelines.rehearsals.facescape_views",
    "facescape-svfr": "facescale.pipelines.rehearsals.facescape_views",
    "facescape-tu": "facescale.pipelines.rehearsals.facescape",
    "headspace": "facescale.pipelines.rehearsals.marked_scans",
    "images": "facescale.pipelines.rehearsals.pictures",
    "lfw": "facescale.pipelines.rehearsals.lfw",
    "micc": "facescale.pipelines.rehearsals.loose_scans",
    "mononphm": "facescale.pipelines.rehearsals.mononphm",
    "multiface": "facescale.pipelines.rehearsals.multiface",
    "nersemble-benchmark": "facescale.pipelines.rehearsals.nersemble",
    "nersemble-paper": "facescale.pipelines.rehearsals.nersemble",
    "nersemble-v1": "facescale.pipelines.rehearsals.nersemble",
    "nersemble-v2": "facescale.pipelines.rehearsals.nersemble",
    "now": "facescale.pipelines.rehearsals.now",
    "nphm": "facescale.pipelines.rehearsals.nphm",
    "realy": "facescale.pipelines.rehearsals.loose_scans",
    "rig": "facescale.pipelines.rehearsals.rig",
    "scans": "facescale.pipelines.rehearsals.scans",
    "stirling": "facescale.pipelines.rehearsals.marked_scans",
    "vhap": "facescale.pipelines.rehearsals.vhap",
    "videos": "facescale.pipelines.rehearsals.pictures",
}
"""Name of a layout -> the module whose REHEARSALS has it, in alphabetical order."""


def find_rehearsal(layout: str) -> Rehearsal:
    """How a layout is rehearsed.

    Raises:
        ValueError: it cannot be.
    """
    if layout not in REHEARSED:
        raise ValueError(f"expected a layout out of {', '.join(REHEARSED)}, got {layout!r}")
    found: Mapping[str, Rehearsal] = import_module(REHEARSED[layout]).REHEARSALS
    return found[layout]
