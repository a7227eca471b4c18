"""What rehearsals of corpora of scans share: some scans of each person, one meant to be neutral, in mm.

Joins heads and synthesis; what is written where belongs to each layout.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.scans import SyntheticScan
from facescale.synthesis.truth import ScanTruth

POINTS = (8_000, 30_000)
"""Vertices of a scan; most of these corpora hold text, and a rehearsal should not fill a disk."""
QUIRK = "quirk"
"""Attribute of a truth that says what was left out or written oddly."""


@dataclass(frozen=True, kw_only=True)
class Take:
    """One scan of one person on its way to a file."""

    made: SyntheticScan
    """In mm."""
    item: str
    """Id that the layout's index will give it."""
    person: int
    number: int
    """0 is meant to be neutral."""
    last: bool
    """Whether it is the person's last."""
    ibug: np.ndarray
    """(68, 3) true landmarks in mm, in the scan's frame."""


Write = Callable[[Take], ScanTruth]
"""Writes a scan and gives its truth, in the frame that the scan has when it is read."""


def takes_of(
    config: RehearseConfig,
    items: Callable[[RehearseConfig, int], tuple[str, ...]],
    writer: Callable[[RehearseConfig], Write],
) -> Callable[[int], Mapping[str, bytes]]:
    """The function that makes and writes all scans of a person, as `Rehearsal.maker` gives it.

    Args:
        config: of the rehearsal.
        items: ids of a person's scans.
        writer: makes the function that writes a scan.
    """
    import torch

    from facescale.geometry.sites import points_at
    from facescale.heads.library import load_head
    from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

    head = load_head(config.head)
    settings = ScanSynthesis(truth=config.truth, points=POINTS, keypoint_share=1.0, unit="mm")
    synthesizer = ScanSynthesizer(head, settings)
    write = writer(config)

    def make(person: int) -> Mapping[str, bytes]:
        truths: dict[str, bytes] = {}
        ids = items(config, person)
        for number, item in enumerate(ids):
            made = synthesizer.make(config.seed, person, take=number)
            vertices = torch.from_numpy(made.truth.vertices)[None]
            marked = points_at(vertices, head.faces, head.landmarks["ibug68"])[0].double().numpy()
            last = number == len(ids) - 1
            take = Take(made=made, item=item, person=person, number=number, last=last, ibug=marked)
            truths[item] = replace(write(take), item=item).to_npz()
        return truths

    return make


def rehearsal_of(
    unit: str,
    items: Callable[[RehearseConfig, int], tuple[str, ...]],
    writer: Callable[[RehearseConfig], Write],
    *,
    settings: frozenset[str],
    lists: Callable[[RehearseConfig], None] | None = None,
) -> Rehearsal:
    """The rehearsal of a corpus of scans; arguments as of `takes_of` and `Rehearsal`."""

    def maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
        return takes_of(config, items, writer)

    more = {} if lists is None else {"lists": lists}
    return Rehearsal(unit=unit, settings=settings, items=items, maker=maker, **more)


def truth_of(take: Take, subject: str, **attributes: str) -> ScanTruth:
    """The truth of a take with its person's name in the layout; empty attributes are left out."""
    told = {name: value for name, value in attributes.items() if value}
    truth = take.made.truth
    return replace(truth, subject=subject, attributes={**truth.attributes, **told})


def numbered(config: RehearseConfig, person: int, most: int) -> int:
    """A person's number, from 0.

    Raises:
        ValueError: the layout's names end before.
    """
    if config.subjects > most:
        raise ValueError(
            f"expected at most {most} subjects in the layout {config.layout}, got {config.subjects}"
        )
    return person
