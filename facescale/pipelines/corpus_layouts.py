"""What the corpus commands know of each layout: how to list, check and picture its items, in its own words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol, runtime_checkable

import pyarrow as pa

from facescale.corpora import images, scans, videos
from facescale.corpora.images import ImagesConfig
from facescale.corpora.meshes import MESH_SUFFIXES
from facescale.corpora.scans import ScansConfig
from facescale.corpora.videos import VideosConfig
from facescale.structures.item import Item
from facescale.structures.outcome import Scalar
from facescale.structures.units import Unit

LayoutName = Literal["scans", "images", "videos"]
ItemKind = Literal["subject", "image"]
_GLANCE = 512
"""Pixels to which a check shrinks pictures once they are decoded."""
_FRAMES_SHOWN = 6


@runtime_checkable
class Checked(Protocol):
    """What a check finds of an item."""

    @property
    def item(self) -> Item:
        """The item."""
        ...

    @property
    def findings(self) -> tuple[Any, ...]:
        """Of `corpora.check.Finding`."""
        ...

    @property
    def level(self) -> Any:
        """Of the worst finding."""
        ...

    def row(self) -> dict[str, Scalar]:
        """Flat."""
        ...


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One corpus layout with its settings."""

    noun: str
    """What an item shows, in the plural."""
    role: str
    """Of the files that are shown."""
    beside: str
    """Role of the files that may lie beside them; empty: none."""
    suffixes: tuple[str, ...]
    index: Callable[[str], Iterator[Item]]
    schema: Callable[[], pa.Schema]
    """Of the rows of a check."""
    check: Callable[[Iterable[Item], int], Iterator[Checked]]
    """Items and workers -> what is found."""
    card: Callable[[Item, int], Any]
    """Item and size in pixels -> its card on a contact sheet."""


def layout_of(
    name: LayoutName, *, subject: str, unit: Unit | None = None, item: ItemKind = "subject"
) -> Layout:
    """The layout of a name.

    Raises:
        ValueError: a setting that it cannot use, or that belongs to another layout.
    """
    if unit is not None and name != "scans":
        raise ValueError(f"expected unit with --corpus scans only, got {unit!r} with {name}")
    if item != "subject" and name != "images":
        raise ValueError(f"expected item with --corpus images only, got {item!r} with {name}")
    if name == "scans":
        return _scans(ScansConfig(subject=subject, unit=unit))
    if name == "images":
        return _images(ImagesConfig(subject=subject, item=item))
    return _videos(VideosConfig(subject=subject))


def _scans(config: ScansConfig) -> Layout:
    def schema() -> pa.Schema:
        from facescale.corpora.check import CHECK_SCHEMA

        return CHECK_SCHEMA

    def check(items: Iterable[Item], workers: int) -> Iterator[Checked]:
        from facescale.corpora.check import check_items

        return check_items(items, config, workers=workers)

    def card(item: Item, size: int) -> Any:
        from facescale.pipelines.contact_cards import card_of

        return card_of(item, config, size=size)

    return Layout(
        noun="scans",
        role="scan",
        beside="keypoints",
        suffixes=MESH_SUFFIXES,
        index=partial(scans.index, config=config),
        schema=schema,
        check=check,
        card=card,
    )


def _images(config: ImagesConfig) -> Layout:
    def inspect(item: Item, side: int, _frames: int | None) -> Any:
        from facescale.corpora.views_check import inspect_images

        return inspect_images(item, replace(config, longest_side=side))

    return _of_views(
        inspect,
        noun="photographs",
        role="image",
        beside="cameras",
        suffixes=images.IMAGE_SUFFIXES,
        index=partial(images.index, config=config),
    )


def _videos(config: VideosConfig) -> Layout:
    def inspect(item: Item, side: int, frames: int | None) -> Any:
        from facescale.corpora.views_check import inspect_video

        return inspect_video(item, replace(config, longest_side=side, frames=frames or config.frames))

    return _of_views(
        inspect,
        noun="videos",
        role="video",
        beside="",
        suffixes=videos.VIDEO_SUFFIXES,
        index=partial(videos.index, config=config),
    )


def _of_views(
    inspect: Callable[[Item, int, int | None], Any],
    *,
    noun: str,
    role: str,
    beside: str,
    suffixes: tuple[str, ...],
    index: Callable[[str], Iterator[Item]],
) -> Layout:
    """A layout of pictures, still or moving.

    Args:
        inspect: item, longest side of its pictures and number of frames, None for the usual -> what is found.
        noun: as in `Layout`, as are the others.
        role: see there.
        beside: see there.
        suffixes: see there.
        index: see there.
    """

    def check(items: Iterable[Item], workers: int) -> Iterator[Checked]:
        from facescale.corpora.views_check import check_views

        return check_views(items, lambda item: inspect(item, _GLANCE, None), workers=workers)

    def card(item: Item, size: int) -> Any:
        from facescale.pipelines.view_cards import view_card

        found, capture = inspect(item, 3 * size, _FRAMES_SHOWN)
        return view_card(found, capture, size=size)

    return Layout(
        noun=noun,
        role=role,
        beside=beside,
        suffixes=suffixes,
        index=index,
        schema=_views_schema,
        check=check,
        card=card,
    )


def _views_schema() -> pa.Schema:
    from facescale.corpora.views_check import VIEWS_CHECK_SCHEMA

    return VIEWS_CHECK_SCHEMA
