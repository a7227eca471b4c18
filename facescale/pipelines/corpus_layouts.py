"""What the corpus commands know of each layout: how to list, check and picture its items, in its own words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol, runtime_checkable

import pyarrow as pa

from facescale.corpora import images, scans, videos
from facescale.corpora.finding import Finding
from facescale.corpora.images import ImagesConfig
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import find_layout
from facescale.corpora.meshes import MESH_SUFFIXES
from facescale.corpora.scans import ScansConfig
from facescale.corpora.videos import VideosConfig
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.outcome import Scalar
from facescale.structures.units import Unit

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
    survey: Callable[[str], Iterator[Finding]]
    """Root -> what the corpus as a whole lacks."""


def layout_of(
    name: str,
    *,
    subject: str = "",
    unit: Unit | None = None,
    item: ItemKind = "subject",
    option: Sequence[str] = (),
) -> Layout:
    """The layout of a name.

    Args:
        name: of `corpora.layouts`.
        subject: pattern of paths; of plain scans, images and videos only, as are the next two.
        unit: of scans.
        item: of images.
        option: "name=value" settings of any layout.

    Raises:
        ValueError: no such layout, or a setting that it cannot use or that belongs to another layout.
    """
    shared = _shared(name, subject=subject, unit=unit, item=item)
    layout = find_layout(name)
    options = options_of(layout.options, [*shared, *option])
    survey = partial(_survey, layout, options)
    if isinstance(options, ScansConfig):
        return _scans(options, survey)
    if isinstance(options, ImagesConfig):
        return _images(options, survey)
    if isinstance(options, VideosConfig):
        return _videos(options, survey)
    return _any(layout, options, survey)


def _shared(name: str, *, subject: str, unit: Unit | None, item: ItemKind) -> list[str]:
    """The flags that plain layouts have, as settings."""
    given = {"subject": subject, "unit": unit, "item": "" if item == "subject" else item}
    belongs = {"subject": ("scans", "images", "videos"), "unit": ("scans",), "item": ("images",)}
    for flag, value in given.items():
        if value and name not in belongs[flag]:
            kinds = " or ".join(belongs[flag])
            raise ValueError(f"expected {flag} with --corpus {kinds} only, got {value!r} with {name}")
    return [f"{flag}={value}" for flag, value in given.items() if value]


def _survey(layout: CorpusLayout[Any], options: Any, root: str) -> Iterator[Finding]:
    return layout.survey(root, options)


def _any(layout: CorpusLayout[Any], options: Any, survey: Callable[[str], Iterator[Finding]]) -> Layout:
    """A layout of a corpus of its own."""
    holds, role = layout.shown(options)

    def load(item: Item) -> Capture:
        return layout.load(item, options)

    def schema() -> pa.Schema:
        from facescale.corpora.check import CHECK_SCHEMA

        return CHECK_SCHEMA if holds == "scan" else _views_schema()

    def check(items: Iterable[Item], workers: int) -> Iterator[Checked]:
        from facescale.corpora.check import check_captures
        from facescale.corpora.views_check import check_views, inspect_capture

        if holds == "scan":
            return check_captures(items, load, workers=workers)
        return check_views(items, lambda item: inspect_capture(item, load), workers=workers)

    def card(item: Item, size: int) -> Any:
        from facescale.corpora import check, views_check
        from facescale.pipelines.contact_cards import card_of
        from facescale.pipelines.rig_cards import views_card

        if holds == "scan":
            return card_of(*check.inspect_capture(item, load), size=size)
        return views_card(*views_check.inspect_capture(item, load), size=size)

    return Layout(
        noun="scans" if holds == "scan" else "captures",
        role=role,
        beside=layout.beside,
        suffixes=(),
        index=lambda root: layout.index(root, options),
        schema=schema,
        check=check,
        card=card,
        survey=survey,
    )


def _scans(config: ScansConfig, survey: Callable[[str], Iterator[Finding]]) -> Layout:
    def schema() -> pa.Schema:
        from facescale.corpora.check import CHECK_SCHEMA

        return CHECK_SCHEMA

    def check(items: Iterable[Item], workers: int) -> Iterator[Checked]:
        from facescale.corpora.check import check_items

        return check_items(items, config, workers=workers)

    def card(item: Item, size: int) -> Any:
        from facescale.corpora.check import inspect
        from facescale.pipelines.contact_cards import card_of

        return card_of(*inspect(item, config), size=size)

    return Layout(
        noun="scans",
        role="scan",
        beside="keypoints",
        suffixes=MESH_SUFFIXES,
        index=partial(scans.index, config=config),
        schema=schema,
        check=check,
        card=card,
        survey=survey,
    )


def _images(config: ImagesConfig, survey: Callable[[str], Iterator[Finding]]) -> Layout:
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
        survey=survey,
    )


def _videos(config: VideosConfig, survey: Callable[[str], Iterator[Finding]]) -> Layout:
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
        survey=survey,
    )


def _of_views(
    inspect: Callable[[Item, int, int | None], Any],
    *,
    noun: str,
    role: str,
    beside: str,
    suffixes: tuple[str, ...],
    index: Callable[[str], Iterator[Item]],
    survey: Callable[[str], Iterator[Finding]],
) -> Layout:
    """A layout of pictures, still or moving.

    Args:
        inspect: item, longest side of its pictures and number of frames, None for the usual -> what is found.
        noun: as in `Layout`, as are the others.
        role: see there.
        beside: see there.
        suffixes: see there.
        index: see there.
        survey: see there.
    """

    def check(items: Iterable[Item], workers: int) -> Iterator[Checked]:
        from facescale.corpora.views_check import check_views

        return check_views(items, lambda item: inspect(item, _GLANCE, None), workers=workers)

    def card(item: Item, size: int) -> Any:
        from facescale.pipelines.rig_cards import views_card

        found, capture = inspect(item, 3 * size, _FRAMES_SHOWN)
        return views_card(found, capture, size=size)

    return Layout(
        noun=noun,
        role=role,
        beside=beside,
        suffixes=suffixes,
        index=index,
        schema=_views_schema,
        check=check,
        card=card,
        survey=survey,
    )


def _views_schema() -> pa.Schema:
    from facescale.corpora.views_check import VIEWS_CHECK_SCHEMA

    return VIEWS_CHECK_SCHEMA
