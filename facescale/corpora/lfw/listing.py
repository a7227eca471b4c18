"""The pictures and lists of LFW's folders, by name alone. Opens nothing but the lists."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from facescale.corpora.corpus_files import optional_file
from facescale.corpora.files import FileEntry, list_files
from facescale.corpora.lfw.protocol import LIST_LIMIT, LISTS, Portrait, Protocol, read_protocol
from facescale.structures.errors import CaptureRejected

Variant = Literal["lfw", "lfw_funneled", "lfw-deepfunneled"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
SIZE = (250, 250)
"""Width and height of every picture that is published."""
_PICTURE = re.compile(r"(?P<name>[^/]+)/(?P<file>[^/]+)_(?P<number>\d{1,7})\.(?i:jpe?g)")
_PADDED = re.compile(r".*_\d{4}\.jpg")


@dataclass(frozen=True, kw_only=True)
class LfwOptions:
    """How LFW is read."""

    variant: Literal["auto", "lfw", "lfw_funneled", "lfw-deepfunneled"] = "auto"
    """Which of the archives; "auto" takes the one that is there."""
    item: Literal["image", "person"] = "image"
    """"image" makes every picture an item, "person" all pictures of a person."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk; 0 keeps them."""

    def __post_init__(self) -> None:
        if self.variant not in {"auto", *VARIANTS}:
            raise ValueError(f"expected variant to be auto, {', '.join(VARIANTS)}, got {self.variant!r}")
        if self.item not in {"image", "person"}:
            raise ValueError(f"expected item to be image or person, got {self.item!r}")
        if self.longest_side < 0:
            raise ValueError(f"expected longest_side to be 0 or more pixels, got {self.longest_side}")


class Found(NamedTuple):
    """A picture of the listing."""

    portrait: Portrait
    entry: FileEntry
    variant: str
    """Empty where the root is the variant's folder."""


def protocol_of(root: str) -> Protocol:
    """The lists that lie at the root or in a variant's folder.

    Raises:
        CaptureRejected: bad-protocol.
        OSError: one cannot be read.
    """
    files: dict[str, bytes] = {}
    for name in LISTS:
        for folder in ("", *VARIANTS):
            try:
                data = optional_file(root, posixpath.join(folder, name), limit=LIST_LIMIT)
            except ValueError as error:
                raise CaptureRejected("bad-protocol", f"{name}: {error}") from error
            if data is not None:
                files[name] = data
                break
    return read_protocol(files)


def pictures(root: str, options: LfwOptions) -> Iterator[Found]:
    """All pictures of the chosen variant; in the order of their paths.

    Raises:
        ValueError: no folder, or several variants and none chosen.
        OSError: it cannot be listed.
    """
    chosen = None if options.variant == "auto" else options.variant
    for entry in list_files(root):
        variant, _, inner = entry.path.partition("/")
        if variant not in VARIANTS:
            variant, inner = "", entry.path
        shown = _PICTURE.fullmatch(inner)
        if shown is None or not int(shown["number"]):
            continue
        if chosen is None:
            chosen = variant
        if options.variant == "auto" and variant != chosen:
            both = " and ".join(name or "one at the top" for name in (chosen, variant))
            raise ValueError(f"expected one variant of LFW, got {both}: choose with --option variant=NAME")
        if variant in {chosen, ""}:
            portrait = Portrait(shown["name"], int(shown["number"]))
            yield Found(portrait, entry, variant)


def odd_name(found: Found) -> str:
    """What is unusual about a file's name; empty where nothing is."""
    name = posixpath.basename(found.entry.path)
    if not name.startswith(f"{found.portrait.name}_"):
        return "another name than its folder"
    return "" if _PADDED.fullmatch(name) else "a number without four digits or an ending in capitals"
