"""How deliveries of NeRSemble are read: the settings that several of them share. Reads nothing."""

from dataclasses import dataclass
from typing import Literal

from facescale.corpora.nersemble.rig import in_rig_order
from facescale.corpora.video_frames import FrameChoice
from facescale.structures.units import MILLIMETRES_PER, Unit


@dataclass(frozen=True, kw_only=True)
class RigOptions:
    """How the videos of a sequence are read."""

    frames: int = 1
    """Frames taken of every camera, evenly spaced; all of a shorter video."""
    stride: int = 0
    """Take every so many frames instead; 0: `frames` decides."""
    start: int = 0
    """Take frames from this number on; the first is 0."""
    cameras: tuple[str, ...] = ()
    """Serials of the cameras to read; empty: all."""
    longest_side: int = 0
    """Pixels to whose longest side larger frames are shrunk; 0 keeps them."""
    unit: Unit = "m"
    """Of the world. Metres is how the corpus' own tools use it; no document says so."""
    pixel_centre: float = 0.0
    """Where the calibration has the centre of the first pixel: 0 as OpenCV calibrates, or 0.5."""
    rate: float = 0.0
    """Frames a second, if you know it better than the videos; 0: their time stamps count. 73 were taken."""

    def __post_init__(self) -> None:
        for name, least in (("frames", 1), ("stride", 0), ("start", 0), ("longest_side", 0), ("rate", 0)):
            if not getattr(self, name) >= least:
                raise ValueError(f"expected {name} to be {least} or more, got {getattr(self, name)}")
        if self.unit not in MILLIMETRES_PER:
            raise ValueError(f"expected unit to be one of {', '.join(MILLIMETRES_PER)}, got {self.unit!r}")
        if not 0 <= self.pixel_centre <= 1:
            raise ValueError(f"expected pixel_centre within 0..1, got {self.pixel_centre}")

    @property
    def choice(self) -> FrameChoice:
        """Which frames are taken."""
        return FrameChoice(
            frames=self.frames, stride=self.stride, start=self.start, longest_side=self.longest_side
        )

    def wanted(self, known: set[str]) -> list[str]:
        """Serials to read, in the order of the rig.

        Args:
            known: serials that the item's files or calibration name.
        """
        return sorted(self.cameras or known, key=in_rig_order)


@dataclass(frozen=True, kw_only=True)
class ColouredRigOptions(RigOptions):
    """How the videos of a sequence are read, where colours can be corrected."""

    colour: Literal["raw", "corrected"] = "raw"
    """"corrected" applies each camera's colour calibration."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.colour not in {"raw", "corrected"}:
            raise ValueError(f"expected colour to be raw or corrected, got {self.colour!r}")
