"""What a rehearsal is asked for. Makes nothing and knows nothing of synthesis."""

import re
from dataclasses import dataclass
from typing import Literal

PARTICULAR = frozenset({"photos", "calibrated", "frames", "size", "cameras", "sequences", "offsets", "quirks"})
"""Settings that only some layouts depend on."""


@dataclass(frozen=True, kw_only=True)
class RehearseConfig:
    """A synthetic corpus."""

    out: str
    """Where the corpus goes: a folder or s3://bucket/prefix. Its truth goes beside it, to OUT-truth."""
    layout: str = "scans"
    """Layout of the corpus: "scans", "images" (photographs), "videos", or one of those that `facescale corpus
    layouts` lists."""
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
    """Layouts with moving pictures: frames of each sequence."""
    cameras: int = 3
    """Layouts with a rig: its cameras."""
    sequences: int = 2
    """Layouts with several sequences or expressions a subject: how many."""
    offsets: bool = False
    """Layouts with a rig of videos: cameras are not synchronised, but up to half a frame apart."""
    quirks: bool = False
    """Layouts of real corpora: with the gaps and inconsistencies that the real deliveries are known for."""
    size: str = "640x640"
    """Layouts with pictures: width and height, pixels; even for videos."""
    workers: int = 0
    """Processes; 0 takes one a core."""

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.seed < 0 or self.workers < 0:
            got = f"{self.subjects}, {self.seed}, {self.workers}"
            raise ValueError(f"expected subjects >= 1, seed >= 0 and workers >= 0, got {got}")
        for name in ("photos", "frames", "cameras", "sequences"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} >= 1, got {getattr(self, name)}")
        parsed_size(self.size)
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
