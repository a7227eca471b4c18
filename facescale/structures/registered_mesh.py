"""A mesh of a known topology that a corpus ships beside its raw data. numpy only."""

from dataclasses import dataclass

from facescale.structures.mesh import Mesh


@dataclass(frozen=True, kw_only=True)
class RegisteredMesh:
    """The face or head of one item at one time, in the topology of a corpus or of a head model."""

    name: str
    """Unique within its capture: the frame, or what the corpus calls it."""
    mesh: Mesh
    """In the world of the capture's cameras, or of its scan where it has none; mm where that world is metric.
    Vertices in the corpus' order."""
    topology: str
    """Which order that is: "multiface-7306", "facescape-26317", "flame-5023", ..."""
    time_s: float | None = None
    """Seconds on the clock of the corpus; None for a single moment."""
