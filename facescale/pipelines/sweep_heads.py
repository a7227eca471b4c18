"""The head models of a sweep: what they are called in its rows, and which of them cannot run, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

STAND_IN = "(stand-in)"
LATER: Mapping[str, str] = {"coma": "trained in a later round"}
"""Heads that a sweep may name before there is one: their rows say so, and nothing has failed."""


@dataclass(frozen=True, kw_only=True)
class SweepHead:
    """One head of a sweep."""

    given: str
    """As users type it: a name, or the path of a converted file."""
    label: str
    """In rows, pictures and folders; a stand-in's says that it is one."""
    stand_in: bool = False
    """Made up: its scores are never accuracy."""
    parameters: int | None = None
    """Coefficients that a fit has, without the pose."""
    absent: str = ""
    """Why it is not there; empty where it is."""
    required: bool = False
    """Whether its absence is a failure of the sweep."""


def sweep_head(given: str) -> SweepHead:
    """Look a head up; one that is not there has its reason instead."""
    from facescale.heads.library import find_head, load_head

    name = PurePosixPath(given).name.removesuffix(".npz")
    try:
        find_head(given)
        head = load_head(given)
    except (ValueError, FileNotFoundError) as error:
        later = LATER.get(given, "")
        return SweepHead(given=given, label=name, absent=later or str(error), required=not later)
    card = head.card
    label = card.name
    if card.synthetic_stand_in and STAND_IN not in label:
        label += STAND_IN
    return SweepHead(
        given=given,
        label=label.replace("/", "-"),
        stand_in=card.synthetic_stand_in,
        parameters=sum(block.size for block in head.blocks),
    )
