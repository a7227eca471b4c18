"""`facescale heads subdivide`: a finer head of a coarser one, as a converted file."""

import sys
from dataclasses import dataclass, replace
from typing import Annotated

from tyro.conf import Positional, arg

from facescale.heads.library import SUFFIX, is_path, load_head


@dataclass(frozen=True, kw_only=True)
class SubdivideConfig:
    """One subdivision."""

    name: Positional[str]
    """As `facescale heads list` has it, or the path of a converted head."""
    out: str
    """Where the finer head goes, NAME.npz."""
    steps: Annotated[int, arg(name="steps")] = 1
    """Each makes four triangles of one."""

    def __post_init__(self) -> None:
        if not is_path(self.out) or not self.out.endswith(SUFFIX):
            raise ValueError(f"expected --out to end in {SUFFIX}, got {self.out!r}")
        if self.steps < 1:
            raise ValueError(f"expected at least one step, got {self.steps}")


def subdivide(config: SubdivideConfig) -> int:
    """Subdivide a head and print what became of it; returns 0, or 1 where the head is absent.

    Raises:
        ValueError: a head that is neither linear nor skinned.
    """
    from pathlib import Path

    from facescale.heads.converted import family_of, write_head
    from facescale.heads.linear import LinearHead
    from facescale.heads.skinned import SkinnedHead
    from facescale.heads.subdivided import subdivided
    from facescale.pipelines.heads import described

    try:
        head = load_head(config.name)
    except FileNotFoundError as absent:
        print(absent, file=sys.stderr)
        return 1
    family_of(head)
    assert isinstance(head, LinearHead | SkinnedHead)
    # the file has no place for correlations among people, which only draw subjects
    head = replace(head, blocks=tuple(replace(block, prior_correlation=None) for block in head.blocks))
    fine = subdivided(head, config.steps)
    digest = write_head(fine, Path(config.out))
    print(described(fine))
    print(f"written  {config.out}\n         sha256 {digest}")
    return 0
