"""What a rehearsal is asked for. Makes nothing and knows nothing of synthesis."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Layout = Literal["scans", "images", "videos"]
PICTURE_SETTINGS = frozenset({"photos", "calibrated", "frames", "size"})
USED: Mapping[Layout, frozenset[str]] = {
    "scans": frozenset(),
    "images": frozenset({"photos", "calibrated", "size"}),
    "videos": frozenset({"frames", "size"}),
}
"""Settings of pictures that each layout depends on."""


@dataclass(frozen=True, kw_only=True)
class RehearseConfig:
    """A synthetic corpus."""

    out: str
    """Where the corpus goes: a folder or s3://bucket/prefix. Its truth goes beside it, to OUT-truth."""
    layout: Layout = "scans"
    """Layout of the corpus: "scans", "images" (photographs) or "videos"."""
    head: str = "builtin"
    """Head model that the subjects are drawn from."""
    subjects: int = 20
    """People to make. A rerun with more adds the missing ones."""
    seed: int = 0
    """Determines every subject and all that is seen of them."""
    truth: Literal["off-span", "in-span"] = "off-span"
    """"off-span": true shapes leave the head model's span, as real people do. "in-span": they do not, which
    flatters any fit of the same model."""
    photos: int = 5
    """Layout "images": photographs a subject, or cameras where they are calibrated."""
    calibrated: bool = False
    """Layout "images": one instant seen by calibrated cameras instead of photographs of different days."""
    frames: int = 60
    """Layout "videos": frames of each subject's video, 25 a second."""
    size: str = "640x640"
    """Layouts "images" and "videos": width and height of the pictures, pixels; even for videos."""
    workers: int = 0
    """Processes; 0 takes one a core."""

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.seed < 0 or self.workers < 0:
            got = f"{self.subjects}, {self.seed}, {self.workers}"
            raise ValueError(f"expected subjects >= 1, seed >= 0 and workers >= 0, got {got}")
        if self.photos < 1 or self.frames < 1:
            raise ValueError(f"expected photos and frames >= 1, got {self.photos} and {self.frames}")
        if self.calibrated and self.layout != "images":
            raise ValueError(f"expected calibrated only with layout images, got it with {self.layout}")
        parsed_size(self.size, even=self.layout == "videos")
        if not self.out.strip("/"):
            raise ValueError(f"expected a folder or s3:// prefix to write to, got {self.out!r}")


def parsed_size(text: str, *, even: bool = False) -> tuple[int, int]:
    """Width and height of "640x480".

    Args:
        text: as users type it.
        even: whether both must be even.

    Raises:
        ValueError: anything else.
    """
    found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if found is None:
        raise ValueError(f"expected a size such as 640x480, got {text!r}")
    size = (int(found[1]), int(found[2]))
    if even and any(side % 2 for side in size):
        raise ValueError(f"expected even sides for a video, got {text!r}")
    return size
