"""A Capture: all that a corpus holds about one item, in one form for every corpus. numpy only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from facescale.structures.depth_map import DepthMap
from facescale.structures.keypoints import Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.registered_mesh import RegisteredMesh
from facescale.structures.units import Unit
from facescale.structures.view import LostView, View


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One item of a corpus, loaded: a scan, or views, or both."""

    item: str
    """The item's id within its corpus."""
    subject: str
    """The subject's id, a string even where it looks like a number."""
    scan: Mesh | None = None
    """The scan in its native unit and frame; None where the corpus has images only."""
    unit: Unit | None = None
    """The scan's unit where the corpus states it; None where it must be recovered."""
    keypoints: Keypoints | None = None
    """Keypoints in the scan's unit and frame, where the corpus has them."""
    views: tuple[View, ...] = ()
    """Photographs or frames, in the order of their names or times."""
    lost_views: tuple[LostView, ...] = ()
    """Views that could not be read; the others still serve."""
    registrations: tuple[RegisteredMesh, ...] = ()
    """Meshes that the corpus ships beside its raw data, in the order of their times."""
    depth_maps: tuple[DepthMap, ...] = ()
    """In the order of their names."""
    world: Literal["metric", "arbitrary"] = "metric"
    """"metric": the world of cameras and registered meshes is in mm. "arbitrary": its unit is unknown, as after
    structure from motion, and so are those of translations and vertices."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Whatever else the corpus says of the item."""

    @property
    def surface(self) -> Mesh:
        """The scan of an item that must have one."""
        assert self.scan is not None, f"{self.item} has no scan"
        return self.scan
