"""`facescale heads list|show|import|stand-in`: prints and converts what the head packages know."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from jaxtyping import Float
from torch import Tensor
from tyro.conf import Positional, arg

from facescale.heads.formats import FORMATS, convert, head_format, write_stand_in
from facescale.heads.library import (
    CONVERTED_FOLDER,
    SUFFIX,
    find_head,
    head_names,
    imported_heads,
    is_path,
    load_head,
)
from facescale.heads.template import AbstractTemplateHead, ParameterBlock


@dataclass(frozen=True, kw_only=True)
class ListConfig:
    """Nothing to choose."""


@dataclass(frozen=True, kw_only=True)
class ShowConfig:
    """Which head to describe."""

    name: Positional[str]
    """As `facescale heads list` has it, or the path of a converted head."""


@dataclass(frozen=True, kw_only=True)
class ImportConfig:
    """One conversion."""

    file: Positional[Path]
    """The model's own main file, as published."""
    format: Annotated[str, arg(name="as")]
    """What it is; `facescale heads list` has the formats."""
    out: str = ""
    """Where the converted head goes; empty keeps it in the user cache under the name of its format."""

    def __post_init__(self) -> None:
        head_format(self.format)
        if self.out and not is_path(self.out):
            raise ValueError(f"expected --out to end in {SUFFIX}, got {self.out!r}")


@dataclass(frozen=True, kw_only=True)
class StandInConfig:
    """One made-up model."""

    format: Positional[str]
    """`facescale heads list` has the formats."""
    out: Path
    """Folder for the model's files under their published names."""

    def __post_init__(self) -> None:
        head_format(self.format)


def list_heads(config: ListConfig) -> int:
    """Print heads that are ready, and formats that can be imported. Returns 0."""
    del config
    print("ready: facescale register --head NAME")
    for name in head_names():
        try:
            print(f"  {name:<18} {find_head(name)}")
        except FileNotFoundError as absent:
            print(f"  {name:<18} not here: {absent}")
    for name, path in imported_heads().items():
        print(f"  {name:<18} imported: {path}")
    print("can be imported: facescale heads import FILE --as FORMAT")
    for entry in FORMATS:
        print(f"  {entry.name:<18} {entry.title}; {entry.licence}; {entry.source}")
        print(f"  {'':<18} give {entry.files}")
        if entry.notice:
            print(f"  {'':<18} NOTICE: {entry.notice}")
    return 0


def show(config: ShowConfig) -> int:
    """Print a head's card, size, coefficients, landmarks and regions; returns 0, or 1 where it is absent."""
    try:
        head = load_head(config.name)
    except FileNotFoundError as absent:
        print(absent, file=sys.stderr)
        return 1
    print(described(head))
    return 0


def import_head(config: ImportConfig) -> int:
    """Convert a model's own files into one npz of plain arrays, and print its card. Returns 0.

    Raises:
        ValueError: files that are not what they are said to be.
    """
    from facescale.assets.lookup import cache_folder
    from facescale.heads.converted import write_head

    entry = head_format(config.format)
    if entry.notice:
        print(f"NOTICE: {entry.notice}", file=sys.stderr)
    print(f"{entry.title}: {entry.licence}, {entry.source}", file=sys.stderr)
    head = convert(entry, config.file)
    out = Path(config.out) if config.out else cache_folder() / CONVERTED_FOLDER / f"{head.card.name}{SUFFIX}"
    digest = write_head(head, out)
    print(described(head))
    print(f"written  {out}\n         sha256 {digest}")
    print(f"use it   facescale register --head {config.out or head.card.name!r} ...")
    return 0


def stand_in(config: StandInConfig) -> int:
    """Write a made-up model in a format, for rehearsals before a licence arrives. Returns 0."""
    path = write_stand_in(head_format(config.format), config.out)
    print(f"{path}\nmade up by facescale in the layout of {config.format}: its scores are never accuracy")
    return 0


def described(head: AbstractTemplateHead) -> str:
    """A head's card and contents, for people."""
    card = head.card
    lines = [
        f"{card.name}  version {card.version}",
        f"licence  {card.licence}",
        f"source   {card.source}",
        *([f"NOTICE   {card.notice}"] if card.notice else []),
        *(["stand-in made up by facescale: its scores are never accuracy"] if card.synthetic_stand_in else []),
        f"unit     {card.native_unit}, here mm",
        f"mesh     {head.num_vertices:,} vertices, {len(head.faces):,} triangles, " + _beside(head),
        *(f"block    {_block(block)}" for block in head.blocks),
        *(f"points   {name}: {len(sites.face)}" for name, sites in head.landmarks.items()),
        *(f"region   {name}: {int(mask.sum()):,} vertices" for name, mask in head.regions.items()),
        *(f"note     {note}" for note in card.notes),
        *(f"sha256   {digest}  {name}" for name, digest in card.assets.items()),
    ]
    return "\n".join(lines)


def _beside(head: AbstractTemplateHead) -> str:
    missing = {"texture coordinates": head.uv is None, "mirror map": head.mirror is None}
    return ", ".join(f"no {name}" if absent else name for name, absent in missing.items())


def _block(block: ParameterBlock) -> str:
    mean = "mean 0" if not bool(block.prior_mean.any()) else f"mean {_span(block.prior_mean)}"
    bounds = f"within {float(block.lower.min()):g}..{float(block.upper.max()):g}"
    return f"{block.name}: {block.size}, a {block.scope}, {mean}, deviation {_span(block.prior_std)}, {bounds}"


def _span(values: Float[Tensor, "_"]) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:g}" if low == high else f"{low:g}..{high:g}"
