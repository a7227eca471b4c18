"""How VHAP's folders are read. Reads nothing."""

from dataclasses import dataclass
from typing import Literal

from facescale.corpora.nersemble.options import RigOptions

RATE = 25.0
"""Frames a second to which sequences are resampled unless told otherwise."""


@dataclass(frozen=True, kw_only=True)
class VhapOptions(RigOptions):
    """How VHAP's folders are read. Cameras are named by serials, or by numbers where an export has no serials.

    `unit` is inferred for both forms: exports shift the world and keep its scale. `pixel_centre` is that of the
    input's calibration; exports are used as their own renderer does, from the picture's corner.
    """

    form: Literal["auto", "input", "export"] = "auto"
    """"input": preprocessed sequences, as the tracker reads them. "export": folders with transforms.json.
    "auto": both, each folder by what it holds."""
    downsample: int = 1
    """Of the input's pictures: 1 (images), 2 (images_2) or 4 (images_4)."""
    landmarks: Literal["any", "STAR", "face-alignment", "none"] = "any"
    """Whose landmarks of the input are read; "any" takes STAR's first."""
    split: Literal["all", "train", "val", "test"] = "all"
    """Which frames of an export."""
    principal_rows: Literal["from-bottom", "from-top"] = "from-bottom"
    """Where an export counts cy from. Its writer turns y upwards and cy with it; other tools' files do not."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, known in (
            ("form", ("auto", "input", "export")),
            ("downsample", (1, 2, 4)),
            ("landmarks", ("any", "STAR", "face-alignment", "none")),
            ("split", ("all", "train", "val", "test")),
            ("principal_rows", ("from-bottom", "from-top")),
        ):
            if getattr(self, name) not in known:
                listed = ", ".join(map(str, known))
                raise ValueError(f"expected {name} to be one of {listed}, got {getattr(self, name)!r}")
