"""A Capture: all that a corpus holds about one item, in one form for every corpus. numpy only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from facescale.structures.keypoints import Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.units import Unit


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One item of a corpus, loaded. Later corpora add views, cameras and depth maps beside the scan."""

    item: str
    """The item's id within its corpus."""
    subject: str
    """The subject's id, a string even where it looks like a number."""
    scan: Mesh
    """The scan in its native unit and frame."""
    unit: Unit | None = None
    """The scan's unit where the corpus states it; None where it must be recovered."""
    keypoints: Keypoints | None = None
    """Keypoints in the scan's unit and frame, where the corpus has them."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Whatever else the corpus says of the item."""
