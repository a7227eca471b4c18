"""The first thing a newcomer runs: a small rehearsed corpus, registered on a local Ray, with a report.

Two scans are bad on purpose, so that a rejection is seen explained.
"""

import os
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CUBE = """\
ply
format ascii 1.0
comment a cube is a mesh, and no head
element vertex 8
property float x
property float y
property float z
element face 12
property list uchar int vertex_indices
end_header
-80 -80 -80
80 -80 -80
80 80 -80
-80 80 -80
-80 -80 80
80 -80 80
80 80 80
-80 80 80
3 0 2 1
3 0 3 2
3 4 5 6
3 4 6 7
3 0 1 5
3 0 5 4
3 1 2 6
3 1 6 5
3 2 3 7
3 2 7 6
3 3 0 4
3 3 4 7
"""

BAD_SCANS: Mapping[str, str] = {
    "cube/cube.ply": CUBE,
    "upload-broken/upload-broken.ply": CUBE[: len(CUBE) // 2],
}


@dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """A small corpus and where its results go."""

    out: str = "demo"
    """Folder for the corpus, its truth and the results."""
    head: str = "builtin"
    """Head model that makes the scans and is fitted to them."""
    subjects: int = 24
    """Scans to make; two bad ones are added."""
    seed: int = 7
    engine: typing.Literal["ray", "local"] = "ray"
    """"ray": a local Ray. "local": threads and child processes of this process, no Ray."""
    workers: int = 0
    """Worker processes; 0 takes one a core."""

    def __post_init__(self) -> None:
        if self.subjects < 1:
            raise ValueError(f"expected at least one subject, got {self.subjects}")


def demo(config: DemoConfig) -> int:
    """Rehearse, register, report; returns the registration's exit status, 2 where the head is absent."""
    from facescale.heads.library import find_head
    from facescale.pipelines.register import RegisterConfig, register
    from facescale.pipelines.rehearse import RehearseConfig, rehearse

    try:
        find_head(config.head)
    except FileNotFoundError as absent:
        print(f"the demo needs the head model {config.head!r}: {absent}", file=sys.stderr)
        return 2
    out = Path(config.out)
    corpus, results = out / "corpus", out / "results"
    print(f"1/2  making {config.subjects} scans of people who never lived, in {corpus}")
    status = rehearse(
        RehearseConfig(
            head=config.head,
            subjects=config.subjects,
            seed=config.seed,
            out=str(corpus),
            workers=config.workers or os.cpu_count() or 1,
        )
    )
    if status:
        return status
    for name, text in BAD_SCANS.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"2/2  registering {config.subjects} scans and {len(BAD_SCANS)} bad ones, results in {results}")
    status = register(
        RegisterConfig(
            root=str(corpus),
            truth=f"{corpus}-truth",
            head=config.head,
            out=str(results),
            engine=config.engine,
            workers=config.workers,
        )
    )
    print(
        f"\nOpen {results / 'report.html'} in a browser.\n"
        f"Run `make demo` again: nothing is done twice. Then try your own scans:\n"
        f"  facescale corpus check --root YOUR_SCANS\n"
        f"  facescale register --root YOUR_SCANS --head {config.head} --out YOUR_RESULTS"
    )
    return status
